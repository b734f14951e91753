"""Teaching: from a command, a form, a marked message or somebody's message."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import cards, marker, phrases
from bot.messages import Refused, Taught, Teaching
from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES
from bot.slack_app.parts import tell
from bot.slack_app.workspaces import hasty
from learning.errors import LessonError
from learning.lesson import Consent, Lesson
from moderation.provenance import Provenance

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit
    from bot.vocabulary import Teach


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened, and whose message filled it, kept in the form."""

    channel: str = ""
    message: str = ""
    words_of: str = ""

    @property
    def provenance(self) -> Provenance:
        """A form that a message filled stays a message, whatever was changed."""
        return Provenance.MESSAGE if self.message else Provenance.TYPED

    def to_metadata(self) -> str:
        return json.dumps([self.channel, self.message, self.words_of])


def read_origin(metadata: str) -> Origin:
    """Return what `to_metadata` wrote."""
    return Origin(*json.loads(metadata))


class Teachers:
    """What Myna does when somebody teaches it."""

    def __init__(self, slack: SlackParts) -> None:
        self._slack = slack

    async def teach(
        self, visit: Visit, said: Teach, origin: Origin
    ) -> tuple[Taught | Refused, str]:
        """Put a lesson up for review; return also the sentence about it."""
        result = await self.put_up(visit, said, origin)
        return result, await self.told(visit, result)

    async def put_up(
        self, visit: Visit, said: Teach, origin: Origin
    ) -> Taught | Refused:
        """Put a lesson up for review; its author, if that is another, is not asked."""
        return await self._slack.core.teach(
            Teaching(
                visit.server,
                visit.actor,
                said.kind,
                question=said.question,
                answer=said.answer,
                text=said.text,
                examples=said.examples,
                provenance=origin.provenance,
                scope=visit.place.scope,
                source=await _link(visit, origin.message),
                channel=visit.place.channel or None,
                message=origin.message,
                words_of=origin.words_of,
            )
        )

    async def told(self, visit: Visit, result: Taught | Refused) -> str:
        """Return the sentence about a lesson, once its author was asked for consent."""
        if isinstance(result, Refused):
            return rendering.spelled(result.text)
        self._slack.people.taught(visit)
        words = rendering.spelled(phrases.taught(result))
        asked = await asked_author(visit, result)
        if asked is None:
            return words
        return f"{words} {phrases.consent_asked(asked=asked)}"

    async def marked(self, visit: Visit, event: dict[str, Any], text: str) -> None:
        """Learn what follows the marker in a person's own message."""
        try:
            said = marker.read(text)
        except LessonError as exc:
            said, words = None, str(exc)
        else:
            words = phrases.marked_without_lesson()
        if said is not None:
            _, words = await self.teach(
                visit, said, Origin(visit.place.channel, event["ts"])
            )
        thread = {"thread_ts": event["thread_ts"]} if "thread_ts" in event else {}
        await tell(visit.client, visit.place.channel, visit.actor.id, words, **thread)


async def asked_author(visit: Visit, taught: Taught) -> bool | None:
    """Ask the author of taught words; None where nobody's consent is needed."""
    lesson = taught.waiting.lesson if taught.waiting else None
    if lesson is None or lesson.consent is not Consent.ASKED:
        return None
    return await ask_consent(visit.client, visit.place.channel, lesson)


async def ask_consent(client: AsyncWebClient, channel: str, lesson: Lesson) -> bool:
    """Ask the author of a message in its channel, where nobody else sees it."""
    card = cards.consent_card(lesson, lesson.author_name)
    message = rendering.card_message(card, lesson.server)
    try:
        await client.chat_postEphemeral(
            channel=channel, user=lesson.consent_of, **message
        )
    except FAILURES:
        return False
    return True


async def _link(visit: Visit, message: str) -> str:
    """Return the link to a message; nothing where Slack gives none."""
    if not message:
        return ""
    try:
        answer = await hasty(visit.client).chat_getPermalink(
            channel=visit.place.channel, message_ts=message
        )
    except FAILURES:
        return ""
    return str(answer["permalink"])
