"""Passages as rows of a file of lessons: an import makes documents of them again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from bot import lesson_rows, phrases
from bot.messages import Imported, ImportProblem, Refused
from bot.proposing import MOST_ROWS
from bot.reading import Reading, digest_of
from learning.lesson import LessonKind
from learning.passages import Passage
from moderation.policy import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.documents import Documents
    from bot.messages import Actor, ImportRow, Teaching, Waiting
    from bot.parts import Parts

Group: TypeAlias = "list[tuple[ImportRow, Teaching]]"


class DocumentRows:
    """Restores documents from the rows of an export."""

    def __init__(self, parts: Parts, documents: Documents) -> None:
        self._parts = parts
        self._documents = documents

    async def restore(
        self, server: str, rows: Sequence[ImportRow], actor: Actor
    ) -> Imported | Refused:
        """Put the passages up, those of one source and scope as one document.

        Who may import was asked before.
        """
        if actor.platform != TERMINAL and len(rows) > MOST_ROWS:
            return Refused(phrases.too_many_rows(MOST_ROWS))
        waiting: list[Waiting] = []
        problems: list[ImportProblem] = []
        groups: dict[tuple[object, ...], Group] = {}
        for row in rows:
            teaching = lesson_rows.read(row, server, actor)
            if isinstance(teaching, ImportProblem):
                problems.append(teaching)
            elif not teaching.source:
                problems.append(ImportProblem(row.line, phrases.row_needs(["source"])))
            else:
                origin = (teaching.provenance, teaching.platform, teaching.expires_at)
                key = (teaching.source, teaching.scope, *origin)
                groups.setdefault(key, []).append((row, teaching))
        for group in groups.values():
            put_up, refused = await self._put_up(server, actor, group)
            waiting += put_up
            problems += refused
        return Imported(tuple(waiting), tuple(problems))

    async def _put_up(
        self, server: str, actor: Actor, group: Group
    ) -> tuple[Sequence[Waiting], list[ImportProblem]]:
        row, teaching = group[0]
        passages = tuple(_passage(row) for row, _ in group)
        title = row.fields.get("title") or teaching.source
        reading = Reading(
            teaching.source,
            title,
            teaching.provenance,
            passages,
            digest_of(passages),
        )
        template = replace(
            self._documents.template(
                server, actor, reading, teaching.scope, teaching.platform
            ),
            expires_at=teaching.expires_at,
        )
        added = await self._documents.put_up(template, reading)
        problems = [
            ImportProblem(group[each.position - 1][0].line, each.reason)
            for each in added.problems
        ]
        if added.unchanged or added.repeats:
            many = len(passages) if added.unchanged else added.repeats
            problems.append(ImportProblem(row.line, phrases.passages_known(many)))
        return added.waiting, problems


def is_passage(row: ImportRow) -> bool:
    """Say whether a row is one of a document's."""
    return row.fields.get("kind", "").strip() == LessonKind.PASSAGE


def _passage(row: ImportRow) -> Passage:
    headings = row.fields.get("heading", "").split(" › ")  # noqa: RUF001 - a mark
    text, place = row.fields.get("text", "").strip(), row.fields.get("place", "")
    return Passage(tuple(filter(None, headings)), text, place)
