"""Tests that marks are read with their lessons' age, and of forgotten ones none."""

import json

import pytest

from storage import forgetting, marks, promotions, runs
from storage.database import open_database
from tests.storage_steps import NOW, approved, candidate


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


def card(passed):
    return json.dumps(
        {
            "recall": 1.0,
            "lessons": [
                {"lesson": lesson, "passed": right} for lesson, right in passed.items()
            ],
        }
    )


async def examined(database, passed, *, lessons=None, parent=None, server="guild"):
    """An adapter of these lessons, each with its mark, that awaits its decision."""
    contents = passed if lessons is None else lessons
    adapter = await candidate(database, contents, parent=parent, server=server)
    before = card(dict.fromkeys(passed, False))
    await runs.record_scorecards(
        database, adapter.run, before=before, after=card(passed)
    )
    return adapter.version


async def promoted(database, passed, *, server="guild", **fields):
    """The version of an adapter with these marks, promoted."""
    version = await examined(database, passed, server=server, **fields)
    await promotions.promote(
        database, server, version, by="m1", at=NOW, reason="it passed"
    )
    return version


async def aged(database, server="guild"):
    found = await marks.aged(database, server)
    return sorted((mark.runs_later, mark.passed) for mark in found)


async def test_a_mark_is_as_old_as_the_promoted_runs_since_its_lesson_was_learned(
    database,
):
    first, second, third = [await approved(database) for _ in range(3)]
    one = await promoted(database, {first: True})
    two = await promoted(database, {first: True, second: False}, parent=one)
    three = {first: False, second: True, third: True}
    await promoted(database, three, parent=two)

    found = await aged(database)

    assert found == [
        (0, False),  # the second in its own run
        (0, True),  # the first in its own
        (0, True),  # the third in its own
        (1, True),  # the first in the second run
        (1, True),  # the second in the third
        (2, False),  # the first in the third
    ]


async def test_a_lesson_left_out_of_later_rows_goes_on_ageing(database):
    first, second = [await approved(database) for _ in range(2)]
    one = await promoted(database, {first: True})
    await promoted(database, {first: False}, lessons=[second], parent=one)

    assert await aged(database) == [(0, True), (1, False)]


async def test_after_a_rollback_the_age_is_counted_along_the_line(database):
    first = await approved(database)
    one = await promoted(database, {first: True})
    await promoted(database, {first: True}, parent=one)
    await promoted(database, {first: False}, parent=one)

    assert await aged(database) == [(0, True), (1, False), (1, True)]


async def test_a_fresh_adapter_learns_every_lesson_anew(database):
    first = await approved(database)
    await promoted(database, {first: True})
    await promoted(database, {first: False})

    assert await aged(database) == [(0, False), (0, True)]


async def test_only_the_exams_of_promoted_adapters_count(database):
    first = await approved(database)
    version = await examined(database, {first: True})

    waiting = await aged(database)
    await promotions.refuse(
        database, "guild", version, by="m1", at=NOW, reason="it forgot"
    )

    assert waiting == await aged(database) == []


async def test_an_adapter_without_an_exam_has_no_marks_and_still_counts_as_a_run(
    database,
):
    first = await approved(database)
    unexamined = await candidate(database, [first])
    await promotions.promote(
        database, "guild", unexamined.version, by="m1", at=NOW, reason="it passed"
    )

    before = await aged(database)
    await promoted(database, {first: True}, parent=unexamined.version)

    assert before == []
    assert await aged(database) == [(1, True)]


async def test_a_forgotten_lesson_leaves_no_mark_and_the_others_keep_theirs(database):
    first, second = [await approved(database) for _ in range(2)]
    one = await promoted(database, {first: True, second: False})
    await promoted(database, {first: True, second: False}, parent=one)

    await forgetting.forget(database, "guild", first, by="m1", at=NOW)

    assert await aged(database) == [(0, False), (1, False)]


async def test_nothing_of_one_server_is_counted_in_another(database):
    first, second = [await approved(database) for _ in range(2)]
    for _ in range(2):  # the same numbers in both
        await approved(database, "other")
    one = await promoted(database, {first: True})
    await promoted(database, {first: True})
    await promoted(database, {second: True}, parent=one)
    theirs = {first: False, second: False}
    parent = await promoted(database, theirs, server="other")
    await promoted(database, theirs, parent=parent, server="other")

    mine = await aged(database)
    await forgetting.forget(database, "guild", first, by="m1", at=NOW)

    assert mine == [(0, True), (0, True), (0, True)]
    assert await aged(database) == [(0, True)]
    assert await aged(database, "other") == [(0, False)] * 2 + [(1, False)] * 2
    assert await aged(database, "third") == []
