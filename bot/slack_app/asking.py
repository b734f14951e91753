"""Answering: in the thread, streamed, with its sources and thumbs below."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from bot import breakage, cards, marker, phrases
from bot.messages import Question, Refused, Reply
from bot.pacing import PacedText
from bot.slack_app import conversation, rendering
from bot.slack_app.failures import FAILURES
from bot.slack_app.parts import tell
from bot.slack_app.streamed import StreamedAnswer
from bot.slack_app.teaching import Teachers
from bot.slack_app.workspaces import hasty
from learning.engine import Message
from learning.errors import MynaError

if TYPE_CHECKING:
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit

log = structlog.get_logger(__name__)


class Asking:
    """What Myna does when somebody speaks to it."""

    def __init__(self, slack: SlackParts, teachers: Teachers) -> None:
        self._slack = slack
        self._teachers = teachers
        self.threads = conversation.Threads(slack.clock)

    async def spoken_to(self, visit: Visit, event: dict[str, Any], bot: str) -> None:
        """Answer a message, or learn from it where it is marked."""
        # A mention that was edited, or told both as mention and as message, is one.
        key = f"{visit.place.team}:{visit.place.channel}:{event['ts']}"
        if not await self._slack.core.is_first_delivery("slack", key):
            return
        text = rendering.plain(event.get("text", "").replace(f"<@{bot}>", " "))
        if marker.is_marked(text):
            await self._teachers.marked(visit, event, text)
        elif text:
            await self._answer(visit, event, text, bot)

    async def _answer(
        self, visit: Visit, event: dict[str, Any], text: str, bot: str
    ) -> None:
        channel, thread = visit.place.channel, event.get("thread_ts") or event["ts"]
        await self._say_status(visit, thread)
        history: tuple[Message, ...] = ()
        if "thread_ts" in event:
            history = await conversation.history(
                visit.client, channel, thread, event["ts"], bot
            )
        question = Question(
            visit.server,
            visit.actor,
            text,
            channel=channel,
            history=history,
            message=event["ts"],
        )
        answer = StreamedAnswer(visit, thread)
        try:
            reply = await self._streamed(question, answer)
        except MynaError as exc:
            reply = Refused(str(exc))
        except Exception as exc:  # noqa: BLE001 - the asker is told, in the thread
            reply = Refused(breakage.report("answer.broke", exc))
        if isinstance(reply, Reply):
            self.threads.answered(channel, thread)
            await answer.finish(reply.text, below(reply, visit.actor.id))
        elif answer.is_visible:
            await answer.finish(reply.text, ())
        else:
            words = rendering.spelled(reply.text)
            await tell(visit.client, channel, visit.actor.id, words, thread_ts=thread)

    async def _streamed(
        self, question: Question, answer: StreamedAnswer
    ) -> Reply | Refused:
        seconds = self._slack.edit_interval_seconds
        async with PacedText(answer.show, interval_seconds=seconds) as text:
            return await self._slack.core.answer(question, text.feed)

    async def _say_status(self, visit: Visit, thread: str) -> None:
        """Show that Myna is at work, where the conversation has a place for it."""
        if not visit.place.owner:
            return
        with suppress(*FAILURES):
            await hasty(visit.client).assistant_threads_setStatus(
                channel_id=visit.place.channel,
                thread_ts=thread,
                status=phrases.thinking(),
            )


def below(reply: Reply, asker: str) -> list[rendering.Json]:
    """Return what stands under an answer: its sources, and the thumbs.

    Under the question whether to make a call, yes and no.
    """
    sources = phrases.sources(reply)
    blocks = [rendering.context(sources)] if sources else []
    row = rendering.buttons(cards.buttons_below(reply, asker))
    return [*blocks, row]
