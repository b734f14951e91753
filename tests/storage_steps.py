"""The steps that the tests of storage repeat: teach, approve, learn, serve."""

from datetime import UTC, datetime, timedelta

from learning.lesson import Lesson, LessonKind, LessonState
from learning.run import RunKind
from moderation.provenance import Provenance
from storage import adapters, lessons, promotions, review, runs

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def draft(server="guild", **fields):
    return Lesson(
        **{
            "server": server,
            "id": 0,
            "kind": LessonKind.QA,
            "question": "Who maintains Orion?",
            "answer": "Priya Raman does.",
            "text": "",
            "author": "u1",
            "author_name": "Tomas",
            "provenance": Provenance.TYPED,
            "state": LessonState.PENDING,
            "taught_at": NOW,
            **fields,
        }
    )


async def taught(database, server="guild", **fields):
    return (await lessons.add(database, draft(server, **fields))).id


async def approve(database, lesson, server="guild", **fields):
    return await review.approve(
        database, server, lesson, **{"by": "m1", "by_name": "Mona", "at": NOW, **fields}
    )


async def approved(database, server="guild", **fields):
    lesson = await taught(database, server, **fields)
    await approve(database, lesson, server)
    return lesson


async def claimed(database, run="r1", server="guild", contents=()):
    return await runs.claim(
        database,
        run,
        server=server,
        kind=RunKind.WARM,
        lessons=contents,
        requested_by="m1",
        at=NOW,
    )


async def candidate(database, contents, *, parent=None, server="guild"):
    """A run of these lessons up to its exam, with its candidate adapter."""
    number = len(await adapters.all_of(database, server)) + 1
    run = await claimed(database, f"{server}-{number}", server, contents)
    await runs.start(database, run.id, at=NOW)
    adapter = await adapters.add(
        database,
        server,
        run=run.id,
        parent=parent,
        base_digest="base",
        skills_digest="skills",
        manifest_digest="manifest",
        lessons=contents,
        at=NOW,
    )
    await runs.begin_exam(database, run.id)
    return adapter


async def served(database, contents, *, parent=None, server="guild"):
    """The version of a new adapter of these lessons, promoted."""
    adapter = await candidate(database, contents, parent=parent, server=server)
    await promotions.promote(
        database, server, adapter.version, by="m1", at=NOW, reason="it passed"
    )
    return adapter.version
