"""What a person gets of themselves: all that is stored about them, as readable JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot import lesson_rows
from storage import answers, documents, feedback, journal, lessons, people, watches

if TYPE_CHECKING:
    from storage.database import Database
    from storage.lessons import LessonRecord


async def export(database: Database, server: str, person: str) -> str:
    """Return everything that this server's rows say of a person or by them."""
    thumbs = await feedback.of_person(database, server, person)
    data = {
        "server": server,
        "person": person,
        "opted_out": await people.has_opted_out(database, server, person),
        "lessons": [
            _lesson(each) for each in await lessons.of_person(database, server, person)
        ],
        "documents": [
            {
                "id": each.id,
                "title": each.title,
                "source": each.source,
                "searched_for": each.query,
                "added_at": each.added_at.isoformat(),
            }
            for each in await documents.of_person(database, server, person)
        ],
        "watches": [
            {"source": each.source, "added_at": each.added_at.isoformat()}
            for each in await watches.of_person(database, server, person)
        ],
        "answers": [
            {
                "id": each.id,
                "at": each.at.isoformat(),
                "channel": each.channel,
                "question": each.question,
                "answer": each.answer,
            }
            for each in await answers.of_actor(database, server, person)
        ],
        "feedback": [
            {"answer": answer, "helpful": helpful, "at": at.isoformat()}
            for answer, helpful, at in thumbs
        ],
        "reviews": [
            {
                "lesson": each.lesson.id,
                "state": each.lesson.state,
                "at": each.decided_at.isoformat() if each.decided_at else None,
                "reason": each.reason,
            }
            for each in await lessons.decided_by(database, server, person)
        ],
        "journal": [
            {
                "at": each.at.isoformat(),
                "action": each.action,
                "lesson": each.lesson,
                "adapter": each.adapter,
                "run": each.run,
            }
            for each in await journal.of_actor(database, server, person)
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def _lesson(record: LessonRecord) -> dict[str, Any]:
    lesson = record.lesson
    return {
        **lesson_rows.write(lesson),
        "id": lesson.id,
        "state": lesson.state,
        "consent": lesson.consent,
        "findings": [finding.reason for finding in record.verdict.findings],
        "reason": record.reason,
    }
