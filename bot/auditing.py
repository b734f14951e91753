"""The audit: the journal as JSON lines, who did what, when and why, names hashed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot import audit_phrases
from bot.parts import refusal
from moderation.policy import TERMINAL
from moderation.roles import Permission
from storage import journal, lessons, promotions, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Actor, Refused
    from bot.parts import Parts
    from storage.journal import Entry

_MOVES = {
    "adapter.promoted": promotions.PromotionKind.PROMOTE,
    "adapter.rolled_back": promotions.PromotionKind.ROLLBACK,
    "adapter.withdrawn": promotions.PromotionKind.WITHDRAW,
}
_PEOPLE = ("moderators", "teachers", "trusted")
"""Settings that list ids, of roles and of people."""


class Auditing:
    """The use case of whoever must answer for what Myna knows."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def audit(self, server: str, actor: Actor) -> Sequence[str] | Refused:
        """Return the server's journal, oldest first; a terminal gets purges, too."""
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        database = self._parts.database
        entries = await journal.everything(database, server)
        if actor.platform == TERMINAL:
            entries += await journal.everything(database, journal.INSTALLATION)
            entries.sort(key=lambda entry: entry.id)
        reasons = await self._reasons(server)
        return [self._line(each, await self._why(each, reasons)) for each in entries]

    async def _reasons(self, server: str) -> dict[tuple[str, Any], str]:
        """Return why runs ended and the pointer moved, by what happened and when."""
        database = self._parts.database
        ended = await runs.latest(database, server, limit=-1)
        moves = await promotions.history(database, server, limit=-1)
        of_runs = {(f"run.{each.state}", each.id): each.reason for each in ended}
        of_moves = {(each.kind.value, each.at): each.reason for each in moves}
        return {**of_runs, **of_moves}

    async def _why(self, entry: Entry, reasons: dict[tuple[str, Any], str]) -> str:
        why = entry.detail.get("reason", "")
        if entry.action in _MOVES:
            # It may name who asked: the line does, and by a pseudonym.
            is_asked = entry.action == "adapter.rolled_back"
            move = (_MOVES[entry.action].value, entry.at)
            why = "" if is_asked else reasons.get(move, "")
        elif entry.run is not None:
            why = why or reasons.get((entry.action, entry.run), "")
        elif entry.action == "lesson.rejected" and entry.lesson is not None:
            record = await lessons.get(self._parts.database, entry.server, entry.lesson)
            why = record.reason
        return why or audit_phrases.why(entry.action)

    def _line(self, entry: Entry, why: str) -> str:
        named = self._parts.pseudonyms
        detail = {
            name: value for name, value in entry.detail.items() if name != "reason"
        }
        for name in _PEOPLE:
            if name in detail:
                ids = json.loads(detail[name])
                detail[name] = [named.of(each) for each in ids]
        if "person" in detail:
            detail["person"] = named.of(detail["person"])
        line = {
            "id": entry.id,
            "at": entry.at.isoformat(),
            "server": named.of_server(entry.server),
            "actor": named.of(entry.actor),
            "action": entry.action,
            "lesson": entry.lesson,
            "run": entry.run,
            "adapter": entry.adapter,
            "why": why,
            "detail": detail,
        }
        known = {name: value for name, value in line.items() if value not in (None, {})}
        return json.dumps(known, ensure_ascii=False)
