"""Teaching: commands, forms and messages become lessons that wait for review."""

from __future__ import annotations

from collections.abc import Mapping

import discord
import structlog

from bot import marker, phrases
from bot.cards import consent_card
from bot.discord_app import words
from bot.discord_app.forms import Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import Visit, visit_of
from bot.discord_app.rendering import NO_MENTIONS, layout
from bot.discord_app.replies import defer, tell, told
from bot.discord_app.retrying import FAILURES, insist
from bot.messages import Refused, Taught, Teaching
from bot.vocabulary import Teach
from learning.errors import MynaError
from learning.lesson import Consent, LessonKind
from moderation.provenance import Provenance

log = structlog.get_logger(__name__)

CALL_AUTHOR = discord.AllowedMentions(
    everyone=False, users=False, roles=False, replied_user=True
)
"""The one mention Myna makes: whose message it is has to know that consent is asked."""


async def teach(interaction: Interaction, lesson: Teach, *, source: str = "") -> None:
    """Put what was typed into a command or form into the review queue."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        teaching = _teaching(visit, lesson, Provenance.TYPED, source)
        await tell(interaction, said(await visit.core.teach(teaching)))


async def open_form(interaction: Interaction) -> None:
    """Let somebody write a longer lesson."""
    fields = [
        Field("question", "Question, or nothing for a fact", required=False),
        Field("text", "Answer, or the fact"),
        Field("link", "Link to where it says so", required=False, lines=False),
    ]
    await interaction.response.send_modal(Form("Teach Myna", fields, _form_sent))


async def _form_sent(interaction: Interaction, typed: Mapping[str, str]) -> None:
    await teach(interaction, _lesson(typed), source=typed["link"])


async def teach_this(interaction: Interaction, message: discord.Message) -> None:
    """Let somebody teach the message that they chose in its menu."""
    is_own = message.author == interaction.client.user
    if not is_persons(message) and not is_own:
        await tell(interaction, phrases.only_people_are_learned_from())
        return
    if not message.content.strip():
        await tell(interaction, words.no_words())
        return

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await _teach_message(again, message, _lesson(typed))

    fields = [
        Field("question", "Question, or nothing for a fact", required=False),
        Field("text", "Answer, or the fact", default=message.content),
    ]
    await interaction.response.send_modal(Form("Teach this", fields, sent))


async def _teach_message(
    interaction: Interaction, message: discord.Message, lesson: Teach
) -> None:
    await defer(interaction)
    visit = await visit_of(interaction)
    is_theirs = message.author in (interaction.user, interaction.client.user)
    words_of = "" if is_theirs else str(message.author.id)
    taught, asked = await teach_words(visit, message, lesson, words_of=words_of)
    await tell(interaction, f"{said(taught)}\n{asked}".strip())


def is_persons(message: discord.Message) -> bool:
    """Say whether a person wrote a message, and no bot or webhook."""
    return not message.author.bot and message.webhook_id is None


async def teach_words(
    visit: Visit, message: discord.Message, lesson: Teach, *, words_of: str
) -> tuple[Taught | Refused, str]:
    """Put a message's words up for review, and ask whose they are, if anybody's.

    Return also what the teacher has to know: that the author could not be asked.
    """
    teaching = _teaching(
        visit,
        lesson,
        Provenance.MESSAGE,
        message.jump_url,
        message=str(message.id),
        words_of=words_of,
    )
    taught = await visit.core.teach(teaching)
    return taught, await ask_consent(taught, visit.actor.name, message)


async def teach_marked(visit: Visit, message: discord.Message, text: str) -> None:
    """Take the lesson of a message marked `[Learn]`, and say so in a reply."""
    try:
        sentence = await _marked(visit, message, text)
    except MynaError as exc:
        sentence = words.here(str(exc))
    await message.reply(sentence, allowed_mentions=NO_MENTIONS)


async def _marked(visit: Visit, message: discord.Message, text: str) -> str:
    lesson = marker.read(text)
    if lesson is None:
        return phrases.marked_without_lesson()
    teaching = _teaching(
        visit,
        lesson,
        Provenance.MESSAGE,
        message.jump_url,
        message=str(message.id),
    )
    return said(await visit.core.teach(teaching))


async def ask_consent(
    taught: Taught | Refused,
    teacher: str,
    message: discord.Message | discord.PartialMessage,
) -> str:
    """Ask the author of a message, below it, whether it may be learned.

    Return what the teacher has to know: that the author could not be asked.
    """
    if isinstance(taught, Refused) or taught.waiting is None:
        return ""
    lesson = taught.waiting.lesson
    if lesson.consent is not Consent.ASKED:
        return ""
    card = consent_card(lesson, teacher)
    try:
        await insist(message.reply, view=layout(card), allowed_mentions=CALL_AUTHOR)
    except FAILURES as exc:
        log.info("consent.not_asked", lesson=lesson.id, error=type(exc).__name__)
        return phrases.consent_asked(asked=False)
    return ""


def said(taught: Taught | Refused) -> str:
    """Say what became of a teaching."""
    if isinstance(taught, Refused):
        return words.here(taught.text)
    return words.here(phrases.taught(taught))


def _lesson(typed: Mapping[str, str]) -> Teach:
    if typed["question"]:
        question, answer = typed["question"], typed["text"]
        return Teach(LessonKind.QA, question=question, answer=answer)
    return Teach(LessonKind.FACT, text=typed["text"])


def _teaching(
    visit: Visit,
    lesson: Teach,
    provenance: Provenance,
    source: str,
    *,
    message: str = "",
    words_of: str = "",
) -> Teaching:
    place = visit.place
    return Teaching(
        place.server,
        visit.actor,
        lesson.kind,
        question=lesson.question,
        answer=lesson.answer,
        text=lesson.text,
        examples=lesson.examples,
        provenance=provenance,
        scope=place.scope,
        source=source,
        channel=place.channel,
        message=message,
        words_of=words_of,
    )
