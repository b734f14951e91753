"""Tests that a lesson that leaves takes its words and its adapters with it."""

import json
import sqlite3

import pytest

from learning.errors import ConflictError, NotFoundError
from learning.lesson import LessonState
from moderation.verdict import Finding, Severity, Verdict
from storage import adapters, answers, forgetting, journal, lessons, promotions
from storage.adapters import AdapterState
from storage.database import open_database
from tests.storage_steps import (
    HOUR,
    NOW,
    approve,
    approved,
    candidate,
    draft,
    served,
    taught,
)


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def forget(database, lesson, server="guild"):
    return await forgetting.forget(database, server, lesson, by="m1", at=NOW)


async def states(database, server="guild"):
    return [adapter.state for adapter in await adapters.all_of(database, server)]


async def test_only_the_number_of_a_forgotten_lesson_remains(database):
    lesson = await approved(database, source="notes.txt")

    await forget(database, lesson)

    record = await lessons.get(database, "guild", lesson)
    kept = record.lesson
    assert kept.state is LessonState.FORGOTTEN
    assert (kept.question, kept.answer, kept.text, kept.source) == ("", "", "", "")
    assert (kept.author, kept.author_name) == ("", "")
    assert (record.decided_by, record.decided_by_name) == ("", "")
    assert await lessons.approved(database, "guild") == []
    assert await lessons.search(database, "guild", "") == []


async def test_the_number_of_a_forgotten_lesson_is_not_used_again(database):
    lesson = await taught(database)

    await forget(database, lesson)

    assert await taught(database) == lesson + 1


async def test_no_byte_of_a_forgotten_lesson_is_left_in_the_files(database, tmp_path):
    for number in range(40):
        await taught(database, answer=f"filler {number}")
    lesson = await approved(database, answer="xylophone")
    await lessons.add(
        database,
        draft(),
        verdict=Verdict(
            (Finding("conflict", Severity.WARN, "says xylophone", lesson=lesson),)
        ),
    )
    await answers.record(
        database,
        "guild",
        at=NOW,
        channel=None,
        actor="u2",
        question="xylophone?",
        answer="xylophone.",
        abstained=False,
        adapter=None,
        lessons=[lesson],
    )

    await forget(database, lesson)

    files = list(tmp_path.glob("myna.db*"))
    assert [path for path in files if b"xylophone" in path.read_bytes()] == []


async def test_findings_about_other_lessons_stay(database):
    lesson = await approved(database)
    kept = Finding("length", Severity.WARN, "It is long.")
    about = Finding("conflict", Severity.WARN, "Differs.", lesson=lesson)
    await lessons.add(database, draft(), verdict=Verdict((kept, about)))

    await forget(database, lesson)

    record = await lessons.get(database, "guild", 2)
    assert record.verdict == Verdict((kept,))


async def test_a_lesson_is_forgotten_once(database):
    lesson = await taught(database)
    await forget(database, lesson)

    with pytest.raises(ConflictError, match="already forgotten"):
        await forget(database, lesson)
    with pytest.raises(ConflictError, match="no longer waiting: it is forgotten"):
        await approve(database, lesson)
    with pytest.raises(sqlite3.IntegrityError, match="stays forgotten"):
        await database.rows("UPDATE lessons SET platform = 'web'")


async def test_an_unknown_lesson_cannot_be_forgotten(database):
    await approved(database, "other")

    with pytest.raises(NotFoundError):
        await forget(database, 1)


async def test_forgetting_taints_the_adapter_and_all_that_descend_from_it(database):
    first, second, third = [await approved(database) for _ in range(3)]
    one = await served(database, [first])
    two = await served(database, [second], parent=one)
    three = await served(database, [third], parent=two)
    fresh = await served(database, [second, third])

    departure = await forget(database, first)

    assert departure.tainted == (one, two, three)
    assert departure.withdrawn is None
    assert await states(database) == [AdapterState.TAINTED] * 3 + [
        AdapterState.PROMOTED
    ]
    assert (await adapters.current(database, "guild")).version == fresh


async def test_parents_that_never_saw_the_lesson_stay_clean(database):
    first, second = [await approved(database) for _ in range(2)]
    one = await served(database, [first])
    await served(database, [second], parent=one)

    departure = await forget(database, second)

    assert departure.tainted == (2,)
    assert await states(database) == [AdapterState.PROMOTED, AdapterState.TAINTED]


async def test_a_tainted_adapter_leaves_service_at_once(database):
    lesson = await approved(database)
    version = await served(database, [lesson])

    departure = await forget(database, lesson)

    assert departure.withdrawn == version
    assert await adapters.current(database, "guild") is None
    [moved, _] = await promotions.history(database, "guild")
    assert moved.kind is promotions.PromotionKind.WITHDRAW
    assert [entry.action for entry in await journal.entries(database, "guild")][:3] == [
        "adapter.withdrawn",
        "adapter.tainted",
        "lesson.forgotten",
    ]


async def test_a_candidate_trained_on_it_cannot_be_promoted(database):
    lesson = await approved(database)
    adapter = await candidate(database, [lesson])
    await forget(database, lesson)

    with pytest.raises(ConflictError, match="trained on a lesson that has since left"):
        await promotions.promote(
            database, "guild", adapter.version, by="m1", at=NOW, reason=""
        )

    assert await adapters.current(database, "guild") is None


async def test_what_was_forgotten_while_a_run_trained_taints_its_adapter(database):
    lesson = await approved(database)
    await forget(database, lesson)

    adapter = await candidate(database, [lesson])

    assert adapter.state is AdapterState.TAINTED


async def test_a_child_of_a_tainted_adapter_is_tainted_from_the_start(database):
    first, second = [await approved(database) for _ in range(2)]
    one = await served(database, [first])
    await forget(database, first)

    adapter = await candidate(database, [second], parent=one)

    assert adapter.state is AdapterState.TAINTED


async def test_forgetting_on_one_server_touches_no_other(database):
    for server in ("a", "b"):
        lesson = await approved(database, server)
        await served(database, [lesson], server=server)

    await forget(database, 1, "a")

    assert await states(database, "b") == [AdapterState.PROMOTED]
    assert len(await lessons.approved(database, "b")) == 1


async def test_answers_lose_the_words_that_came_from_the_lesson(database):
    lesson, other = [await approved(database) for _ in range(2)]
    for server, field, ids in (
        ("guild", "notes", [lesson]),
        ("guild", "lessons", [lesson]),
        ("guild", "notes", [other]),
        ("elsewhere", "notes", [lesson]),
    ):
        await answers.record(
            database,
            server,
            at=NOW,
            channel=None,
            actor="u2",
            question="q",
            answer="a",
            abstained=False,
            adapter=None,
            **{field: ids},
        )

    await forget(database, lesson)

    rows = await database.rows("SELECT question || answer AS words FROM answers")
    assert [row["words"] for row in rows] == ["", "", "qa", "qa"]


async def test_lessons_expire_when_their_time_is_over(database):
    due = await approved(database, expires_at=NOW)
    waiting = await taught(database, expires_at=NOW)
    later = await approved(database, expires_at=NOW + HOUR)
    lasting = await approved(database)
    version = await served(database, [due, lasting])

    departures = await forgetting.expire_due(database, now=NOW)

    assert departures == [
        forgetting.Departure("guild", due, (version,), version),
        forgetting.Departure("guild", waiting, (), None),
    ]
    standing = [lesson.id for lesson in await lessons.approved(database, "guild")]
    assert standing == [later, lasting]
    record = await lessons.get(database, "guild", due)
    assert record.lesson.state is LessonState.EXPIRED
    assert record.lesson.answer == "Priya Raman does."
    assert await adapters.current(database, "guild") is None


async def test_a_lesson_expires_once(database):
    await approved(database, expires_at=NOW)
    await forgetting.expire_due(database, now=NOW)

    assert await forgetting.expire_due(database, now=NOW + HOUR) == []


async def test_the_journal_holds_no_words(database):
    lesson = await approved(database, answer="xylophone")
    await forget(database, lesson)

    rows = await database.rows("SELECT * FROM journal")

    assert "xylophone" not in json.dumps([tuple(row) for row in rows])
