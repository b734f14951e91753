"""Pinned messages: a channel's pins become lessons, each as from its own shortcut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import phrases
from bot.messages import Pin, Refused
from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.teaching import Origin, asked_author
from bot.vocabulary import Teach
from learning.errors import CommandError
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Taught
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit
    from bot.slack_app.teaching import Teachers

_OUTSIDE = frozenset({"channel_not_found", "not_in_channel"})


async def teach_pins(slack: SlackParts, teachers: Teachers, visit: Visit) -> str:
    """Put the pinned messages of a channel up for review; return what came of it."""
    channel = visit.place.channel
    pins = ChannelPins(teachers, visit)
    taught = await slack.core.teach_pins(visit.server, visit.actor, channel, pins)
    if isinstance(taught, Refused):
        return rendering.spelled(taught.text)
    slack.people.taught(visit)
    return rendering.spelled(phrases.pins_taught(taught))


class ChannelPins:
    """The pinned messages of the channel where somebody teaches."""

    def __init__(self, teachers: Teachers, visit: Visit) -> None:
        self._teachers = teachers
        self._visit = visit
        self._authors: dict[str, str] = {}

    async def pins(self) -> Sequence[Pin]:
        """Return the messages that are pinned; a pinned file is none."""
        channel = self._visit.place.channel
        try:
            answer = await self._visit.client.pins_list(channel=channel)
        except FAILURES as exc:
            raise CommandError(_refusal(name_of(exc))) from exc
        items = [each["message"] for each in answer["items"] if "message" in each]
        self._authors = {each["ts"]: each.get("user", "") for each in items}
        return [_pin(each) for each in items]

    async def teach(self, pin: Pin) -> tuple[Taught | Refused, bool]:
        """Teach one as a fact, as the shortcut of its message would."""
        visit, author = self._visit, self._authors[pin.message]
        words_of = "" if author == visit.actor.id else author
        origin = Origin(visit.place.channel, pin.message, words_of)
        said = Teach(LessonKind.FACT, text=pin.text)
        taught = await self._teachers.put_up(visit, said, origin)
        if isinstance(taught, Refused):
            return taught, True
        return taught, await asked_author(visit, taught) is not False


def _pin(message: dict[str, Any]) -> Pin:
    is_persons = bool(message.get("user")) and not message.get("bot_id")
    return Pin(message["ts"], rendering.plain(message.get("text", "")), is_persons)


def _refusal(error: str) -> str:
    if error == "missing_scope":
        return phrases.pins_need_scope()
    if error in _OUTSIDE:
        return phrases.pins_need_membership()
    return phrases.pins_not_read(error)
