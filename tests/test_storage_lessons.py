"""Tests that lessons are stored, found and decided about once."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest

from learning.errors import ConflictError, NotFoundError
from learning.lesson import LessonKind, LessonState
from moderation.provenance import Provenance, Scope
from moderation.verdict import Finding, Severity, Verdict
from storage import journal, lessons, review
from storage.database import open_database
from tests.storage_steps import HOUR, NOW, approve, approved, draft, served, taught

VERDICT = Verdict(
    (Finding("conflict", Severity.WARN, "Differs from lesson 1.", 3, 9, lesson=1),)
)


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def reject(database, lesson, **fields):
    return await review.reject(
        database, "guild", lesson, **{"by": "m2", "by_name": "Rui", "at": NOW, **fields}
    )


async def actions(database, lesson):
    entries = await journal.entries(database, "guild", lesson=lesson)
    return [(entry.action, entry.actor) for entry in reversed(entries)]


async def test_a_lesson_is_read_back_as_it_was_written(database):
    await taught(database)
    written = draft(
        kind=LessonKind.FACT,
        question="",
        answer="",
        text="The raid starts at nine.",
        provenance=Provenance.WEB,
        scope=Scope("raids"),
        platform="discord",
        source="https://example.org/raid",
        expires_at=NOW + HOUR,
        supersedes=1,
    )

    added = await lessons.add(database, written, verdict=VERDICT)

    record = await lessons.get(database, "guild", 2)
    assert added == replace(written, id=2)
    assert record.lesson == added
    assert record.verdict == VERDICT
    assert (record.decided_by, record.decided_at, record.reason) == ("", None, "")


async def test_ids_count_from_one_on_each_server(database):
    ids = [await taught(database, server) for server in ("a", "a", "b", "a", "b")]

    assert ids == [1, 2, 1, 3, 2]


async def test_a_new_lesson_waits_whatever_its_draft_says(database):
    added = await lessons.add(database, draft(state=LessonState.APPROVED, id=77))

    assert (added.id, added.state) == (1, LessonState.PENDING)
    assert await lessons.approved(database, "guild") == []


async def test_a_lesson_and_its_journal_entry_are_stored_together(database):
    await taught(database)

    assert await actions(database, 1) == [("lesson.taught", "u1")]


async def test_a_lesson_that_does_not_exist_is_not_found(database):
    await taught(database, "other")

    with pytest.raises(NotFoundError, match="no lesson 1 here"):
        await lessons.get(database, "guild", 1)


async def test_a_lesson_cannot_supersede_what_its_server_does_not_have(database):
    await taught(database, "other")

    with pytest.raises(NotFoundError):
        await lessons.add(database, draft(supersedes=1))


async def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(ValueError, match="names no time zone"):
        await lessons.add(database, draft(taught_at=NOW.replace(tzinfo=None)))


async def test_an_approved_lesson_may_be_answered_from(database):
    lesson = await taught(database)

    result = await approve(database, lesson)

    record = await lessons.get(database, "guild", lesson)
    assert result.state is LessonState.APPROVED
    assert await lessons.approved(database, "guild") == [result]
    assert (record.decided_by, record.decided_by_name) == ("m1", "Mona")
    assert record.decided_at == NOW
    assert await actions(database, lesson) == [
        ("lesson.taught", "u1"),
        ("lesson.approved", "m1"),
    ]


async def test_a_rejected_lesson_keeps_its_reason_out_of_the_journal(database):
    lesson = await taught(database)

    result = await reject(database, lesson, reason="Priya left in May")

    record = await lessons.get(database, "guild", lesson)
    entries = await journal.entries(database, "guild")
    assert result.state is LessonState.REJECTED
    assert record.reason == "Priya left in May"
    assert await lessons.approved(database, "guild") == []
    assert entries[0].action == "lesson.rejected"
    assert "Priya" not in str(entries)


async def test_of_two_moderators_the_first_decides_and_the_second_is_told(database):
    lesson = await taught(database)

    results = await asyncio.gather(
        approve(database, lesson), reject(database, lesson), return_exceptions=True
    )

    assert results[0].state is LessonState.APPROVED
    assert isinstance(results[1], ConflictError)
    assert str(results[1]) == "Mona has already approved lesson 1."
    assert await actions(database, lesson) == [
        ("lesson.taught", "u1"),
        ("lesson.approved", "m1"),
    ]


async def test_of_many_approvals_at_once_one_is_journalled(database):
    lesson = await taught(database)

    results = await asyncio.gather(
        *(approve(database, lesson, by=f"m{n}") for n in range(20)),
        return_exceptions=True,
    )

    refused = [result for result in results if isinstance(result, ConflictError)]
    assert len(refused) == 19
    assert len(await actions(database, lesson)) == 2


async def test_an_unknown_lesson_cannot_be_decided_about(database):
    with pytest.raises(NotFoundError):
        await approve(database, 3)
    with pytest.raises(NotFoundError):
        await reject(database, 3)


async def test_approving_a_correction_retires_what_it_supersedes(database):
    old = await approved(database)
    new = await taught(database, answer="Tomas does.", supersedes=old)

    await approve(database, new)

    assert [lesson.id for lesson in await lessons.approved(database, "guild")] == [new]
    retired = await lessons.get(database, "guild", old)
    assert retired.lesson.state is LessonState.SUPERSEDED
    assert (await actions(database, old))[-1] == ("lesson.superseded", "m1")


async def test_a_moderator_may_say_what_a_lesson_supersedes(database):
    old = await approved(database)
    new = await taught(database)

    result = await approve(database, new, supersedes=old)

    assert result.supersedes == old
    assert (await lessons.counts(database, "guild")) == {
        LessonState.SUPERSEDED: 1,
        LessonState.APPROVED: 1,
    }


async def test_superseding_an_unknown_lesson_approves_nothing(database):
    lesson = await taught(database)

    with pytest.raises(NotFoundError):
        await approve(database, lesson, supersedes=9)

    assert await lessons.approved(database, "guild") == []


async def test_a_lesson_superseded_twice_is_journalled_once(database):
    old = await approved(database)
    for answer in ("Tomas does.", "Ana does."):
        new = await taught(database, answer=answer, supersedes=old)
        await approve(database, new)

    superseded = [a for a, _ in await actions(database, old) if "superseded" in a]
    assert len(superseded) == 1


async def test_a_waiting_lesson_can_be_edited(database):
    old = await taught(database)
    lesson = await taught(database)
    edited = replace(
        draft(id=lesson),
        answer="Ana does.",
        provenance=Provenance.AUTHORED,
        supersedes=old,
    )

    result = await review.edit(database, edited, verdict=VERDICT, by="m1", at=NOW)

    record = await lessons.get(database, "guild", lesson)
    assert result == edited == record.lesson
    assert record.verdict == VERDICT
    assert (await actions(database, lesson))[-1] == ("lesson.edited", "m1")


async def test_words_that_the_moderator_never_saw_are_not_approved(database):
    lesson = await taught(database)
    seen = (await lessons.get(database, "guild", lesson)).lesson
    edited = replace(seen, answer="Ana does.")
    await review.edit(database, edited, verdict=Verdict(), by="m2", at=NOW)

    with pytest.raises(ConflictError, match="edited meanwhile"):
        await approve(database, lesson, seen=seen.digest)

    assert await lessons.approved(database, "guild") == []
    assert await approve(database, lesson, seen=edited.digest)


async def test_an_approved_lesson_cannot_be_edited(database):
    lesson = await approved(database)

    with pytest.raises(ConflictError, match="Mona has already approved lesson 1"):
        await review.edit(
            database, draft(id=lesson), verdict=Verdict(), by="m1", at=NOW
        )
    with pytest.raises(sqlite3.IntegrityError, match="only a waiting lesson"):
        await database.rows("UPDATE lessons SET answer = 'sneaked in'")


async def test_a_lesson_is_found_by_words_in_any_case_and_order(database):
    await taught(database, question="Wann ist das FRÜHSTÜCK?", answer="Um neun.")
    await taught(database, question="When is the raid?", answer="100 % at nine.")

    async def found(words):
        records = await lessons.search(database, "guild", words)
        return [record.lesson.id for record in records]

    assert await found("frühstück WANN") == [1]
    assert await found("raid frühstück") == []
    assert await found("%") == [2]
    assert await found("_") == []
    assert await found("") == [1, 2]


async def test_lessons_are_listed_by_state(database):
    for _ in range(3):
        await taught(database)
    await approve(database, 2)

    waiting = await lessons.in_state(database, "guild", LessonState.PENDING)

    assert [record.lesson.id for record in waiting] == [1, 3]


async def test_nothing_of_one_server_is_seen_from_another(database):
    lesson = await approved(database, "a")

    assert await lessons.approved(database, "b") == []
    assert await lessons.untrained(database, "b") == []
    assert await lessons.search(database, "b", "") == []
    assert await lessons.counts(database, "b") == {}
    assert await lessons.in_state(database, "b", LessonState.APPROVED) == []
    assert await journal.entries(database, "b") == []
    with pytest.raises(NotFoundError):
        await approve(database, lesson, "b")


async def test_a_lesson_is_new_until_the_line_in_service_contains_it(database):
    first, second, third = [await approved(database) for _ in range(3)]
    one = await served(database, [first])
    await served(database, [second], parent=one)

    new = await lessons.untrained(database, "guild")

    assert [lesson.id for lesson in new] == [third]


async def test_a_fresh_line_makes_the_lessons_of_the_old_one_new_again(database):
    first, second = [await approved(database) for _ in range(2)]
    await served(database, [first])
    await served(database, [second])

    new = await lessons.untrained(database, "guild")

    assert [lesson.id for lesson in new] == [first]


async def test_an_unapproved_lesson_is_never_new(database):
    await taught(database)
    rejected = await taught(database)
    await reject(database, rejected)

    assert await lessons.untrained(database, "guild") == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM lessons", "keeps its number"),
        ("UPDATE lessons SET state = 'superseded'", "cannot go from that state"),
        ("UPDATE lessons SET state = 'approved'", "CHECK"),
        ("UPDATE lessons SET answer = ''", "CHECK"),
        ("UPDATE lessons SET text = 'also a fact'", "CHECK"),
        ("UPDATE lessons SET kind = 'song'", "CHECK"),
        ("UPDATE lessons SET supersedes = 1", "CHECK"),
        ("UPDATE lessons SET supersedes = 9", "FOREIGN KEY"),
        ("UPDATE lessons SET findings = '['", "CHECK"),
        ("INSERT INTO lessons SELECT * FROM lessons", "UNIQUE"),
    ],
)
async def test_the_schema_keeps_the_rules_of_lessons(database, statement, rule):
    await taught(database)

    with pytest.raises(sqlite3.IntegrityError, match=rule):
        await database.rows(statement)


async def test_the_schema_lets_no_lesson_begin_approved(database):
    await approved(database)
    await database.rows("CREATE TEMP TABLE copy AS SELECT * FROM lessons")
    await database.rows("UPDATE temp.copy SET id = 2")

    with pytest.raises(sqlite3.IntegrityError, match="waits for review"):
        await database.rows("INSERT INTO lessons SELECT * FROM temp.copy")


async def test_the_schema_lets_no_rejected_lesson_be_approved(database):
    lesson = await taught(database)
    await reject(database, lesson)

    with pytest.raises(sqlite3.IntegrityError, match="cannot go from that state"):
        await database.rows("UPDATE lessons SET state = 'approved'")
