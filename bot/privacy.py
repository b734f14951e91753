"""Privacy: what is stored about a person, and its export, deletion and opt-out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot import lesson_rows
from bot.messages import Deleted, PrivacyReport
from learning.errors import ConflictError
from storage import answers, feedback, lessons, people, watches

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.withdrawing import Withdrawing


class Privacy:
    """The use cases that everybody has about their own data."""

    def __init__(self, parts: Parts, withdrawing: Withdrawing) -> None:
        self._parts = parts
        self._withdrawing = withdrawing

    async def report(self, server: str, person: str) -> PrivacyReport:
        database = self._parts.database
        records = await lessons.of_person(database, server, person)
        return PrivacyReport(
            lessons=tuple(record.lesson for record in records),
            answers=len(await answers.of_actor(database, server, person)),
            opted_out=await people.has_opted_out(database, server, person),
        )

    async def export(self, server: str, person: str) -> str:
        """Return all that is stored about a person as readable JSON."""
        database = self._parts.database
        records = await lessons.of_person(database, server, person)
        asked = await answers.of_actor(database, server, person)
        data = {
            "server": server,
            "person": person,
            "opted_out": await people.has_opted_out(database, server, person),
            "lessons": [
                {
                    **lesson_rows.write(record.lesson),
                    "id": record.lesson.id,
                    "state": record.lesson.state,
                    "provenance": record.lesson.provenance,
                    "taught_at": record.lesson.taught_at.isoformat(),
                }
                for record in records
            ],
            "watches": [
                {"source": each.source, "added_at": each.added_at.isoformat()}
                for each in await watches.of_person(database, server, person)
            ],
            "answers": [
                {
                    "at": each.at.isoformat(),
                    "question": each.question,
                    "answer": each.answer,
                }
                for each in asked
            ],
        }
        return json.dumps(data, ensure_ascii=False, indent=1)

    async def delete(self, server: str, person: str) -> Deleted:
        database = self._parts.database
        gone, withdrawn = [], []
        for record in await lessons.of_person(database, server, person):
            try:
                departure = await self._withdrawing.erase(
                    server, record.lesson.id, by=person
                )
            except ConflictError:  # somebody forgot it a moment ago
                continue
            gone.append(record.lesson.id)
            withdrawn += [f"{server}/{version}" for version in departure.tainted]
        await feedback.erase_of_person(database, server, person)
        await watches.disown(database, server, person)
        erased = await answers.erase_of_actor(database, server, person)
        return Deleted(tuple(gone), erased, tuple(withdrawn))

    async def opt_out(self, server: str, person: str, *, opted_out: bool) -> None:
        await people.set_opted_out(
            self._parts.database,
            server,
            person,
            opted_out=opted_out,
            at=self._parts.clock.now(),
        )
