"""Privacy: what is stored about a person, and its export, deletion and opt-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import audit_phrases, certifying, person_export
from bot.messages import Deleted, PrivacyReport
from learning.errors import ConflictError
from storage import answers, deletions, lessons, people

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
        return await person_export.export(self._parts.database, server, person)

    async def delete(self, server: str, person: str) -> Deleted:
        """Erase all of a person; a certificate follows once no weights have it."""
        parts = self._parts
        parts.purges.begin_person(server, person)
        gone, withdrawn = list[int](), list[str]()
        for record in await lessons.of_person(parts.database, server, person):
            try:
                departure = await self._withdrawing.erase(
                    server,
                    record.lesson.id,
                    by=person,
                    reason=audit_phrases.PERSON_DELETED,
                )
            except ConflictError:  # somebody forgot it a moment ago
                continue
            gone.append(record.lesson.id)
            withdrawn += [f"{server}/{version}" for version in departure.tainted]
        deletion = await deletions.delete(
            parts.database,
            server,
            person,
            pseudonym=parts.pseudonyms.of(person),
            lessons=gone,
            at=parts.clock.now(),
        )
        await certifying.certify(parts, server)
        return Deleted(tuple(gone), deletion.counts["answers"], tuple(withdrawn))

    async def opt_out(self, server: str, person: str, *, opted_out: bool) -> None:
        await people.set_opted_out(
            self._parts.database,
            server,
            person,
            opted_out=opted_out,
            at=self._parts.clock.now(),
        )
