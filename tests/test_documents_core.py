"""A document is put up whole, compared with what was read before, and decided."""

import sqlite3
from dataclasses import replace

import pytest

from bot.lesson_files import parse_lessons
from bot.limiter import Limiter
from bot.messages import Actor, Decision, Refused, Ruling
from learning.errors import ConflictError, NotFoundError
from learning.lesson import LessonKind, LessonState
from moderation.limits import Limit
from moderation.provenance import Provenance, Scope
from moderation.roles import Role
from storage import documents, lessons
from tests.core_steps import MEMBER, MODERATOR, SERVER, TEACHER, open_home
from tests.document_steps import (
    FEES,
    HOURS,
    KEYS,
    PASSWORD,
    SECRET,
    STAGING,
    URL,
    brought,
    limited,
    reading,
)

NEW_FEES = "The yearly fee of the Orion club is sixty crowns, to be paid before May."


async def states(home, server=SERVER):
    rows = await home.parts.database.rows(
        "SELECT id, state FROM lessons WHERE server = ? ORDER BY id", server
    )
    return {row["id"]: row["state"] for row in rows}


async def approve(home, document=1, **fields):
    return await home.core.decide_document(
        SERVER, MODERATOR, document, Ruling.APPROVE, **fields
    )


async def test_a_documents_passages_wait_with_their_place_in_it(tmp_path):
    async with open_home(tmp_path) as home:
        added = await brought(home, ("Fees", FEES), ("Staging", STAGING))
        digest = await home.core.document(SERVER, MODERATOR, added.document)

    lesson = added.waiting[1].lesson
    assert lesson.kind is LessonKind.PASSAGE
    assert (lesson.document, lesson.position) == (1, 2)
    assert lesson.heading == "Staging"
    assert lesson.source == URL
    assert lesson.origin == f"{URL} › Staging"  # noqa: RUF001
    assert (digest.title, digest.source) == ("Orion handbook", URL)
    assert digest.headings == (("Fees", (1,)), ("Staging", (2,)))
    assert home.parts.announcer.waiting == []
    assert [each.id for each in home.parts.announcer.documents] == [1]


async def test_a_secret_is_left_out_with_its_reason_and_the_rest_waits(tmp_path):
    async with open_home(tmp_path) as home:
        added = await brought(home, FEES, SECRET, STAGING)

    assert [each.position for each in added.problems] == [2]
    assert "secret" in added.problems[0].reason
    assert [each.lesson.position for each in added.waiting] == [1, 3]


async def test_a_secret_in_a_heading_is_found_too(tmp_path):
    async with open_home(tmp_path) as home:
        added = await brought(home, (SECRET, FEES))

    assert added.document is None
    assert "secret" in added.problems[0].reason


async def test_what_the_server_has_is_left_out_and_counted(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, source="a.md")
        await approve(home)
        await brought(home, KEYS, source="b.md")

        added = await brought(home, FEES, KEYS, STAGING, source="c.md")

    assert added.repeats == 2
    assert [each.lesson.text for each in added.waiting] == [STAGING]


async def test_the_same_words_under_two_headings_are_two_passages(tmp_path):
    async with open_home(tmp_path) as home:
        added = await brought(home, ("Monday", "Closed."), ("Tuesday", "Closed."))
        decided = await approve(home)

    assert len(added.waiting) == 2
    assert len(decided.decided) == 2


async def test_a_document_read_again_says_that_nothing_changed(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)

        again = await brought(home, FEES, STAGING)

        assert again.unchanged
        assert again.document == 1
        assert len(await states(home)) == 2


async def test_a_rejected_file_may_be_brought_again(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, source="a.md")
        await home.core.decide_document(SERVER, MODERATOR, 1, Ruling.REJECT)

        again = await brought(home, FEES, source="a.md")

    assert again.document == 2


async def test_a_rejected_passage_is_not_put_up_by_every_newer_reading(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)
        await home.core.decide_document(
            SERVER, MODERATOR, 1, Ruling.REJECT, parts=frozenset({1})
        )

        again = await brought(home, FEES, STAGING, KEYS, supersedes=1)

    assert [each.lesson.text for each in again.waiting] == [KEYS]


@pytest.mark.parametrize("supersedes", [None, 1])
async def test_of_a_newer_reading_only_what_differs_waits_and_replaces(
    tmp_path, supersedes
):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING, KEYS)
        await approve(home)

        added = await brought(home, NEW_FEES, STAGING, HOURS, supersedes=supersedes)
        digest = await home.core.document(SERVER, MODERATOR, 2)
        decided = await approve(home, 2)

        assert [each.lesson.text for each in added.waiting] == [NEW_FEES, HOURS]
        assert [each.lesson.supersedes for each in added.waiting] == [1, None]
        assert added.repeats == 1
        assert added.gone == (3,)
        assert digest.supersedes == 1
        assert [each.text for each in digest.gone] == [KEYS]
        assert digest.passages[0].replaces.text == FEES
        assert digest.flagged == ()
        assert len(decided.decided) == 2
        assert (await states(home))[1] == "superseded"
        recalled = home.parts.memory.recall(
            SERVER, "What is the yearly fee of the Orion club?", channel=None
        )
        assert [note.text for note in recalled.notes] == [NEW_FEES]


async def test_a_third_reading_is_compared_with_all_before_it(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)
        await approve(home)
        await brought(home, NEW_FEES, STAGING)
        await approve(home, 2)

        third = await brought(home, NEW_FEES.replace("sixty", "ninety"), STAGING)

    assert [each.lesson.supersedes for each in third.waiting] == [3]
    assert third.gone == ()


async def test_what_still_waits_expires_when_its_page_says_something_else(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, KEYS)

        added = await brought(home, NEW_FEES)

        assert [each.lesson.supersedes for each in added.waiting] == [None]
        assert await states(home) == {1: "expired", 2: "expired", 3: "pending"}


async def test_another_file_of_the_same_name_replaces_nothing(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, source="notes.md")
        await approve(home)

        added = await brought(home, NEW_FEES, source="notes.md")
        digest = await home.core.document(SERVER, MODERATOR, 2)

    assert added.waiting[0].lesson.supersedes is None
    assert digest.supersedes is None


async def test_a_channels_reading_replaces_nothing_that_others_know(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES)
        await approve(home)

        added = await brought(home, NEW_FEES, scope=Scope("secret"), supersedes=1)

    assert added.waiting[0].lesson.supersedes is None
    assert added.gone == ()


async def test_more_than_the_most_is_left_out_and_comes_with_the_next_reading(tmp_path):
    async with open_home(tmp_path) as home:
        core = limited(home, max_passages=2)
        pages = reading(FEES, STAGING, KEYS, HOURS, source="a.md")

        first = await core.add_document(SERVER, TEACHER, pages)
        second = await core.add_document(SERVER, TEACHER, pages)

    assert (len(first.waiting), first.left_out) == (2, 2)
    assert [each.lesson.text for each in second.waiting] == [KEYS, HOURS]


async def test_a_document_is_one_teaching_for_the_limit(tmp_path):
    async with open_home(tmp_path) as home:
        core = limited(home, teachings=Limiter(home.parts.clock, Limit(1, 60)))

        first = await core.add_document(SERVER, TEACHER, reading(FEES, STAGING))
        second = await core.add_document(SERVER, TEACHER, reading(KEYS))

    assert len(first.waiting) == 2
    assert isinstance(second, Refused)


async def test_who_may_not_teach_brings_no_document(tmp_path):
    async with open_home(tmp_path) as home:
        member = replace(MEMBER, platform="discord")
        assert isinstance(await brought(home, FEES, actor=MEMBER), Refused)
        assert isinstance(
            await brought(home, FEES, actor=replace(TEACHER, platform="discord")),
            Refused,
        )
        assert isinstance(
            await home.core.decide_document(SERVER, member, 1, Ruling.APPROVE), Refused
        )
        assert await states(home) == {}


async def test_a_platforms_file_is_no_operators(tmp_path):
    async with open_home(tmp_path) as home:
        server, admin = "slack:T1", Actor("a", "Ada", Role.ADMIN, "slack")
        await home.core.set_up(server, admin, review_channel="r")
        added = await brought(
            home,
            FEES,
            actor=admin,
            server=server,
            provenance=Provenance.OPERATOR_FILE,
        )

    assert added.waiting[0].lesson.provenance is Provenance.UPLOAD
    assert not added.waiting[0].gate.granted


async def test_a_document_is_stored_whole_or_not_at_all(tmp_path):
    async with open_home(tmp_path) as home:
        await home.parts.database.rows(
            "CREATE TRIGGER full BEFORE INSERT ON lessons WHEN NEW.position = 2 "
            "BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            await brought(home, FEES, STAGING)

        assert await states(home) == {}
        assert await documents.all_of(home.parts.database, SERVER) == []
        assert home.parts.announcer.documents == []


async def test_flagged_passages_are_never_approved_together_with_others(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, PASSWORD, STAGING)

        decided = await approve(home, parts=frozenset({1, 2}))
        everything = await approve(home)
        with_lessons = await home.core.approve_all(SERVER, MODERATOR)
        waiting = (await home.core.document(SERVER, MODERATOR, 1)).waiting
        alone = await approve(home, parts=frozenset({2}))

    assert [each.position for each in decided.decided] == [1]
    assert [each.position for each in decided.held] == [2]
    assert [each.position for each in everything.decided] == [3]
    assert [each.lesson.position for each in with_lessons.held] == [2]
    assert [each.position for each in waiting] == [2]
    assert [each.position for each in alone.decided] == [2]


async def test_parts_are_rejected_and_the_rest_goes_on_waiting(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING, KEYS)

        decided = await home.core.decide_document(
            SERVER,
            MODERATOR,
            1,
            Ruling.REJECT,
            parts=frozenset({1, 3}),
            reason="It is old.",
        )

        assert [each.position for each in decided.digest.waiting] == [2]
        assert await states(home) == {1: "rejected", 2: "pending", 3: "rejected"}
        [told] = home.parts.announcer.told
        assert "2 passages were rejected" in told.text
        assert "It is old." in told.text


async def test_a_decision_about_what_is_not_there_says_so(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES)
        with pytest.raises(NotFoundError, match="no passage 4-5"):
            await approve(home, parts=frozenset({4, 5}))
        with pytest.raises(NotFoundError, match="no document 7"):
            await approve(home, 7)
        await approve(home)
        with pytest.raises(ConflictError, match="Mona decided"):
            await approve(home)


async def test_words_that_were_edited_since_they_were_seen_are_not_approved(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)
        seen = (await home.core.document(SERVER, MODERATOR, 1)).seen
        await home.core.edit(SERVER, MODERATOR, 1, text=NEW_FEES)

        with pytest.raises(ConflictError, match="changed since"):
            await approve(home, seen=seen)
        assert set((await states(home)).values()) == {"pending"}
        await approve(home, seen=(await home.core.document(SERVER, MODERATOR, 1)).seen)


async def test_one_passage_is_decided_as_a_lesson_and_its_documents_card_shows_it(
    tmp_path,
):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)
        await home.core.decide(Decision(SERVER, MODERATOR, 1, Ruling.APPROVE))
        await home.core.decide(Decision(SERVER, MODERATOR, 2, Ruling.REJECT, "No."))

        told = home.parts.announcer
        assert told.settled == []
        assert [len(each.waiting) for each in told.documents] == [2, 1, 0]
        assert told.documents[-1].passages[1].reason == "No."


async def test_a_forgotten_document_leaves_no_word_behind(tmp_path):
    async with open_home(tmp_path) as home:
        database = home.parts.database
        await brought(home, FEES, STAGING, query="orion club fees")
        await approve(home)

        refused = await home.core.forget_document(SERVER, MEMBER, 1)
        forgotten = await home.core.forget_document(SERVER, TEACHER, 1)

        assert isinstance(refused, Refused)
        assert forgotten.lessons == (1, 2)
        [row] = await database.rows("SELECT * FROM documents")
        said = [row[name] for name in ("source", "title", "query", "text_digest")]
        assert [*said, row["added_by"], row["added_by_name"]] == [""] * 6
        assert home.parts.memory.recall(SERVER, FEES, channel=None).notes == ()
        assert home.parts.announcer.documents[-1].source == ""
        with pytest.raises(NotFoundError):
            await home.core.document(SERVER, MODERATOR, 1)
        assert await home.core.documents(SERVER, MODERATOR) == ()
        assert (await brought(home, FEES)).document == 2


async def test_a_document_is_blanked_with_its_last_passage_and_not_before(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING)
        await home.forget(1)
        left = await documents.get(home.parts.database, SERVER, 1)
        await home.forget(2)
        gone = await documents.get(home.parts.database, SERVER, 1)

    assert left.title == "Orion handbook"
    assert gone.title == ""


async def test_one_servers_documents_are_nothing_to_another(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES)
        other = await brought(home, FEES, server="other")

        assert other.document == 1
        assert len(other.waiting) == 1
        with pytest.raises(NotFoundError):
            await home.core.add_document("third", TEACHER, reading(KEYS), supersedes=1)


async def test_documents_that_need_a_look_come_first_in_the_queue(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()
        await brought(home, FEES, source="a.md")
        await brought(home, KEYS, PASSWORD, source="b.md")

        queue = await home.core.to_review(SERVER, MODERATOR)

    assert [each.source for each in queue.documents] == ["b.md", "a.md"]
    assert [each.lesson.id for each in queue.lessons] == [1]


async def test_who_brought_a_document_is_told_once(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, FEES, STAGING, KEYS)
        await approve(home)
        notices = await home.core.notices(SERVER, TEACHER.id)

    [notice] = notices
    assert "3 approved" in notice.text


async def test_an_export_of_passages_is_imported_as_documents_again(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await brought(home, ("Fees", FEES), ("Staging", STAGING), source="a.pdf")
        await brought(home, KEYS, source="b.pdf", title="Boats")
        await home.core.approve_all(SERVER, MODERATOR)
        lines = await home.core.export(SERVER, MODERATOR)
        rows = parse_lessons("\n".join(lines).encode(), name="lessons.jsonl")

        imported = await home.core.import_lessons("other", rows, MODERATOR)
        again = await home.core.import_lessons("other", rows, MODERATOR)
        found = await home.core.documents("other", MODERATOR)
        record = await lessons.get(home.parts.database, "other", 3)

    assert imported.problems == ()
    assert len(imported.waiting) == 4
    assert [(each.title, len(each.passages)) for each in found] == [
        ("Orion handbook", 2),
        ("Boats", 1),
    ]
    assert record.lesson.heading == "Staging"
    assert record.lesson.state is LessonState.PENDING
    assert again.waiting == ()
    assert len(again.problems) == 3
