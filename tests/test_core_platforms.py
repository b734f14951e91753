"""What a chat platform's servers need of the core: set-up, consent, edits, privacy."""

import json
from dataclasses import replace

import pytest

from bot.announcements import Announcements
from bot.chat import Chat
from bot.lesson_files import read_lessons, write_lessons
from bot.messages import Actor, Decision, ImportRow, Refused, Ruling, Teaching
from bot.session import LocalSession
from learning.errors import ConflictError, MynaError, NotFoundError
from learning.lesson import Consent, LessonKind, LessonState
from learning.run import RunKind
from moderation.provenance import Provenance, Scope
from moderation.roles import Role
from storage import journal, lessons, servers
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.fakes import NOON, FakeAnnouncer

GUILD = "chat:1"
ADMIN = Actor("a1", "Ada", Role.ADMIN, platform="discord")
MOD = Actor("m1", "Mona", Role.MODERATOR, platform="discord")
ANA = Actor("u7", "Ana", Role.TEACHER, platform="discord")
BEN = Actor("u8", "Ben", Role.TEACHER, platform="discord")


def teaching(**fields):
    return Teaching(
        **{
            "server": GUILD,
            "actor": ANA,
            "kind": LessonKind.FACT,
            "text": "The Orion picnic is on Friday.",
            "channel": "general",
            **fields,
        }
    )


async def set_up(home, **changes):
    settings = await home.core.set_up(GUILD, ADMIN, review_channel="review")
    if changes:
        settings = await home.core.configure(replace(settings, **changes), ADMIN)
    return settings


async def taught(home, **fields):
    result = await home.core.teach(teaching(**fields))
    return result.waiting.lesson


async def approve(home, lesson, ruling=Ruling.APPROVE, **fields):
    return await home.core.decide(Decision(GUILD, MOD, lesson.id, ruling, **fields))


async def test_nothing_is_learned_before_an_admin_set_the_server_up(tmp_path):
    async with open_home(tmp_path) as home:
        before = await home.core.teach(teaching())
        await set_up(home)
        after = await home.core.teach(teaching())

    assert isinstance(before, Refused)
    assert "/setup" in before.text
    assert after.waiting


async def test_only_an_admin_sets_a_server_up(tmp_path):
    async with open_home(tmp_path) as home:
        refused = await home.core.set_up(GUILD, MOD, review_channel="review")
        settings = await home.core.settings(GUILD)

    assert isinstance(refused, Refused)
    assert settings.set_up_at is None


async def test_a_terminal_needs_no_set_up(tmp_path):
    async with open_home(tmp_path) as home:
        assert await home.teach()


async def test_lessons_come_from_the_learning_channels_only(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home, learning_channels=("lab",))

        elsewhere = await home.core.teach(teaching(channel="general"))
        there = await home.core.teach(teaching(channel="lab"))

    assert isinstance(elsewhere, Refused)
    assert there.waiting


async def test_another_persons_message_waits_for_its_authors_consent(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, words_of=BEN.id, provenance=Provenance.MESSAGE)

        refused = await approve(home, lesson)
        stranger = await home.core.consent(GUILD, "u9", lesson.id, given=True)
        agreed = await home.core.consent(GUILD, BEN.id, lesson.id, given=True)
        approved = await approve(home, lesson)

    assert isinstance(refused, Refused)
    assert isinstance(stranger, Refused)
    assert agreed.given
    assert approved.lesson.consent is Consent.GIVEN


async def test_the_schema_itself_refuses_approval_without_consent(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, words_of=BEN.id)

        with pytest.raises(Exception, match="has not agreed"):
            await home.parts.database.rows(
                "UPDATE lessons SET state = 'approved', decided_by = 'x', "
                "decided_at = 'y' WHERE id = ?",
                lesson.id,
            )


async def test_consent_refused_erases_the_lesson(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, words_of=BEN.id)

        await home.core.consent(GUILD, BEN.id, lesson.id, given=False)
        record = await lessons.get(home.parts.database, GUILD, lesson.id)
        with pytest.raises(ConflictError):
            await home.core.consent(GUILD, "", lesson.id, given=True)

    assert record.lesson.state is LessonState.FORGOTTEN
    assert record.lesson.text == record.lesson.consent_of == ""


async def test_approving_in_bulk_leaves_what_waits_for_consent(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await taught(home, words_of=BEN.id)

        result = await home.core.approve_all(GUILD, MOD)

    assert result.approved == ()
    assert len(result.held) == 1


async def test_nobody_teaches_the_words_of_somebody_who_opted_out(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await home.core.opt_out(GUILD, BEN.id, opted_out=True)

        refused = await home.core.teach(teaching(words_of=BEN.id))
        own = await home.core.teach(teaching())

    assert isinstance(refused, Refused)
    assert own.waiting


async def test_of_somebody_who_opted_out_no_question_is_kept(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.core.opt_out(SERVER, MEMBER.id, opted_out=True)

        reply = await home.ask()
        report = await home.core.privacy(SERVER, MEMBER.id)

    assert reply.text
    assert report.opted_out
    assert report.answers == 0


async def test_a_deleted_message_takes_its_lesson_along(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, message="99")
        await approve(home, lesson)

        gone = await home.core.message_deleted(GUILD, "general", ["98", "99"])
        record = await lessons.get(home.parts.database, GUILD, lesson.id)
        recall = home.parts.memory.recall(GUILD, "Orion picnic", channel=None)

    assert gone == 1
    assert record.lesson.state is LessonState.FORGOTTEN
    assert recall.hits == ()


async def test_an_edited_message_waits_for_review_again(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, message="99")
        await approve(home, lesson)

        (edited,) = await home.core.message_edited(
            GUILD, "general", "99", "The Orion picnic is on Saturday."
        )
        again = await home.core.message_edited(
            GUILD, "general", "99", "The Orion picnic is on Saturday."
        )
        old = await lessons.get(home.parts.database, GUILD, lesson.id)

    assert edited.waiting.lesson.text == "The Orion picnic is on Saturday."
    assert edited.waiting.lesson.state is LessonState.PENDING
    assert edited.waiting.lesson.author == ANA.id
    assert old.lesson.state is LessonState.FORGOTTEN
    assert again == ()  # platforms tell of edits that change no word


async def test_an_edited_marker_is_read_again(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await taught(home, message="99")

        (edited,) = await home.core.message_edited(
            GUILD, "general", "99", "[Learn] question: When? answer: On Sunday."
        )

    assert edited.waiting.lesson.kind is LessonKind.QA
    assert edited.waiting.lesson.answer == "On Sunday."


async def test_what_a_moderator_keeps_in_memory_is_in_no_run(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        kept = await taught(home)
        await approve(home, kept, Ruling.MEMORY_ONLY)
        other = await taught(home, text="The Kestrel gate is green.")
        await approve(home, other)

        learned = await home.core.learn(GUILD, MOD, start=RunKind.FRESH)
        recall = home.parts.memory.recall(GUILD, "Orion picnic Friday", channel=None)
        with pytest.raises(Exception, match="weights may not learn"):
            await home.parts.database.rows(
                "INSERT INTO adapter_lessons VALUES (?, 1, ?)", GUILD, kept.id
            )

    assert learned.lessons == (other.id,)
    assert recall.hits[0].lesson.id == kept.id


async def test_a_moderator_widens_a_channels_lesson_while_it_waits(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, scope=Scope("general"))
        before = await home.core.queue(GUILD, MOD)

        refused = await home.core.widen(GUILD, ANA, lesson.id)
        widened = await home.core.widen(GUILD, MOD, lesson.id)

    assert not before[0].gate.granted
    assert isinstance(refused, Refused)
    assert widened.lesson.scope.is_server_wide
    assert widened.gate.granted


async def test_a_lesson_edited_since_it_was_seen_is_not_approved(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home)
        await home.core.edit(GUILD, MOD, lesson.id, text="The Orion picnic is off.")

        with pytest.raises(ConflictError, match="edited meanwhile"):
            await approve(home, lesson, seen=lesson.digest)


async def test_thumbs_count_once_a_person(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        reply = await home.ask()

        await home.core.rate(SERVER, MEMBER, reply.id, helpful=False)
        await home.core.rate(SERVER, TEACHER, reply.id, helpful=True)
        rated = await home.core.rate(SERVER, MEMBER, reply.id, helpful=True)
        with pytest.raises(NotFoundError):
            await home.core.rate("another", MEMBER, reply.id, helpful=True)

    assert (rated.up, rated.down) == (2, 0)


async def test_a_correction_is_a_lesson_of_the_strictest_provenance(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        reply = await home.ask(server=GUILD, actor=ANA, channel="lab")

        own = await home.core.correct(GUILD, ANA, reply.id, "Priya.", private=True)
        others = await home.core.correct(GUILD, BEN, reply.id, "Zoe.", private=False)

    assert own.waiting.lesson.question == ORION
    assert own.waiting.lesson.provenance is Provenance.MESSAGE
    assert own.waiting.lesson.scope == Scope("lab")
    assert own.waiting.lesson.consent is Consent.NOT_NEEDED
    assert others.waiting.lesson.consent_of == ANA.id
    assert not others.waiting.gate.granted


async def test_a_lessons_detail_says_what_it_changed(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()
        await home.ask()

        detail = await home.core.lesson(SERVER, lesson)

    assert detail.adapters == (f"{SERVER}/1",)
    assert detail.answers == 1
    assert detail.decided_by == MODERATOR.name


async def test_a_lesson_of_another_channel_is_not_there(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, scope=Scope("lab"))

        with pytest.raises(NotFoundError):
            await home.core.lesson(GUILD, lesson.id, channel="general")
        assert await home.core.lesson(GUILD, lesson.id, channel="lab")


async def test_a_person_takes_their_data_along_and_leaves_nothing(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()
        await home.ask(actor=TEACHER)
        exported = json.loads(await home.core.export_person(SERVER, TEACHER.id))

        deleted = await home.core.delete_person(SERVER, TEACHER.id)
        report = await home.core.privacy(SERVER, TEACHER.id)
        status = await home.core.status(SERVER)

    assert exported["lessons"][0]["question"] == ORION
    assert exported["answers"][0]["question"] == ORION
    assert deleted.lessons == (lesson,)
    assert deleted.answers == 1
    assert deleted.withdrawn == (f"{SERVER}/1",)
    assert report.lessons == ()
    assert report.answers == 0
    assert status.known == 0


async def test_a_purged_server_leaves_no_row_and_no_file(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await approve(home, await taught(home))
        await home.core.learn(GUILD, MOD)
        await home.approved()  # another server's
        root = home.parts.directory.root

        await home.core.purge(GUILD)

        database = home.parts.database
        tables = await database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%server%'"
        )
        left = [
            table["name"]
            for table in tables
            if await database.rows(
                f"SELECT 1 FROM {table['name']} WHERE server = ?",  # noqa: S608
                GUILD,
            )
        ]
        files = [path for path in root.rglob("*") if "chat-1" in path.as_posix()]
        recall = home.parts.memory.recall(GUILD, "Orion picnic Friday", channel=None)
        others = await lessons.approved(database, SERVER)

    assert left == []
    assert [path for path in files if path.is_file()] == []
    assert list((root / "runs").iterdir()) == []
    assert recall.hits == ()
    assert len(others) == 1


async def test_an_event_delivered_twice_is_known(tmp_path):
    async with open_home(tmp_path) as home:
        assert await home.core.is_first_delivery("slack", "Ev1")
        assert not await home.core.is_first_delivery("slack", "Ev1")
    async with open_home(tmp_path) as home:
        assert not await home.core.is_first_delivery("slack", "Ev1")


async def test_a_persona_is_told_to_the_model_and_kept_out_of_the_journal(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        settings = await home.core.settings(SERVER)
        admin = replace(MODERATOR, role=Role.ADMIN)
        await home.core.configure(replace(settings, persona="Talk like a bird."), admin)

        await home.ask()
        (entry, *_) = await journal.entries(home.parts.database, SERVER, limit=1)

    assert "Talk like a bird." in home.parts.engine.asked[-1].messages[0].content
    assert "bird" not in json.dumps(dict(entry.detail))


async def test_a_role_comes_from_the_servers_own_list(tmp_path):
    async with open_home(tmp_path) as home:
        settings = await set_up(home)
        roles = replace(
            settings.roles,
            moderators=frozenset({"r1"}),
            teachers=frozenset({"r2"}),
            everyone_teaches=False,
        )
        await home.core.configure(replace(settings, roles=roles), ADMIN)

        core = home.core
        found = [
            await core.role(GUILD, ["u1"], is_admin=True),
            await core.role(GUILD, ["u1", "r1", "r2"], is_admin=False),
            await core.role(GUILD, ["u1", "r2"], is_admin=False),
            await core.role(GUILD, ["u1"], is_admin=False),
        ]
        saved = await servers.get(home.parts.database, GUILD)

    assert found == [Role.ADMIN, Role.MODERATOR, Role.TEACHER, Role.MEMBER]
    assert saved.roles == roles


async def test_announcements_reach_the_servers_own_platform_and_never_fail(tmp_path):
    announcements, there = Announcements(), FakeAnnouncer()

    class Broken(FakeAnnouncer):
        async def lesson_waits(self, waiting):
            raise RuntimeError("the platform is down")

    async with open_home(tmp_path, announcer=announcements) as home:
        await set_up(home)
        with announcements.platform("chat", there):
            lesson = await taught(home)
            await home.teach()  # a terminal's server has no platform
            await approve(home, lesson)
        with announcements.platform("chat", Broken()):
            second = await taught(home, text="The Kestrel gate is green.")

    assert [each.lesson.id for each in there.waiting] == [lesson.id]
    assert [each.by_name for each in there.settled] == [MOD.name]
    assert [notice.person for notice in there.told] == [ANA.id]
    assert second.id == 2


async def test_nobody_is_told_twice_and_the_card_of_a_forgotten_lesson_is_settled(
    tmp_path,
):
    announcer = FakeAnnouncer()
    async with open_home(tmp_path, announcer=announcer) as home:
        lesson = await home.approved()
        await home.forget(lesson)

    assert [each.lesson.state for each in announcer.settled] == [
        LessonState.APPROVED,
        LessonState.FORGOTTEN,
    ]


SLACK_MOD = Actor("U2", "Mo", Role.MODERATOR, platform="slack")
SLACKER = Actor("U1", "Sam", Role.TEACHER, platform="slack")


async def test_what_is_typed_in_slack_is_answered_from_memory_and_in_no_runs_rows(
    tmp_path,
):
    async with open_home(tmp_path) as home:
        await set_up(home)
        typed = await taught(home, actor=SLACKER)
        await approve(home, typed)
        other = await taught(home, text="The Kestrel gate is green.")
        await approve(home, other)

        await home.core.learn(GUILD, MOD)
        reply = await home.ask("When is the Orion picnic?", server=GUILD)
        (rows,) = (home.parts.directory.root / "runs").glob("*/rows.jsonl")

    assert "Friday" in reply.text
    assert "Kestrel" in rows.read_text()
    assert "picnic" not in rows.read_text()


async def test_with_slacks_leave_it_is_trained_on_and_the_journal_names_the_leave(
    tmp_path,
):
    leave = {"slack": "letter 7 of 2026", "discord": ""}
    async with open_home(tmp_path, permissions=leave) as home:
        await set_up(home)
        await approve(home, await taught(home, actor=SLACKER))

        learned = await home.core.learn(GUILD, MOD)
        entries = await journal.entries(home.parts.database, GUILD, limit=20)
        (rows,) = (home.parts.directory.root / "runs").glob("*/rows.jsonl")

    (queued,) = [entry for entry in entries if entry.action == "run.queued"]
    assert learned.promoted
    assert "picnic" in rows.read_text()
    assert queued.detail["permissions"] == {"slack": "letter 7 of 2026"}


async def test_a_file_given_to_a_platform_is_an_upload_and_waits_for_set_up(tmp_path):
    rows = [ImportRow(1, {"text": "The gate is green."})]
    slacker = replace(SLACKER, role=Role.MODERATOR)
    async with open_home(tmp_path) as home:
        before = await home.core.import_lessons(GUILD, rows, slacker)
        await set_up(home)
        after = await home.core.import_lessons(GUILD, rows, slacker)
        local = await home.core.import_lessons(GUILD, rows, MODERATOR)

    assert isinstance(before, Refused)
    assert after.waiting[0].lesson.provenance is Provenance.UPLOAD
    assert not after.waiting[0].gate.granted
    assert local.problems or local.waiting[0].gate.granted


async def test_the_terminal_may_teach_whatever_channels_are_named(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home, learning_channels=("lab",))

        assert await home.teach(server=GUILD)


async def test_lessons_are_reviewed_in_a_channel_of_their_own_server(tmp_path):
    announcer = FakeAnnouncer()
    announcer.foreign_channels.add("elsewhere")
    async with open_home(tmp_path, announcer=announcer) as home:
        refused = await home.core.set_up(GUILD, ADMIN, review_channel="elsewhere")
        settings = await set_up(home)
        changed = replace(settings, review_channel="elsewhere")
        again = await home.core.configure(changed, ADMIN)

    assert isinstance(refused, Refused)
    assert isinstance(again, Refused)


async def test_what_is_taught_directly_is_reviewed_nowhere_else(tmp_path):
    async with open_home(tmp_path) as home:
        direct = "chat:dm:u7"
        settings = await home.core.set_up(direct, ADMIN, review_channel="dm7")

        refused = await home.core.configure(
            replace(settings, review_channel="general"), ADMIN
        )

    assert isinstance(refused, Refused)


async def test_a_secret_is_neither_confirmed_nor_contradicted_in_public(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        question = {"kind": LessonKind.QA, "text": "", "question": ORION}
        public = await taught(home, **question, answer="Priya Raman does.")
        await approve(home, public)
        private = await taught(
            home, **question, answer="Marek Dvorak does.", scope=Scope("lab")
        )
        await approve(home, private)

        kept = await lessons.get(home.parts.database, GUILD, public.id)
        same = await home.core.teach(
            teaching(**question, answer="Marek Dvorak does.", scope=Scope("den"))
        )

    assert kept.lesson.state is LessonState.APPROVED
    assert same.waiting
    assert all(found.lesson != private.id for found in same.verdict.findings)


async def test_what_nobody_approved_is_for_reviewers_and_its_author(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home)

        for actor in (ANA, MOD):
            assert await home.core.lesson(GUILD, lesson.id, actor=actor)
        with pytest.raises(NotFoundError):
            await home.core.lesson(GUILD, lesson.id, actor=BEN)


async def test_an_answer_begun_before_a_purge_leaves_nothing_behind(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home)
        await approve(home, lesson)

        async def purge():
            await home.core.purge(GUILD)

        home.parts.engine.while_answering = purge
        with pytest.raises(MynaError):
            await home.ask("When is the Orion picnic?", server=GUILD)
        rows = await home.parts.database.rows(
            "SELECT 1 FROM answers WHERE server = ?", GUILD
        )

    assert rows == []


async def test_an_update_that_came_before_the_teaching_takes_nothing_away(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, message="99")
        await approve(home, lesson)

        again = await home.core.message_edited(
            GUILD, "general", "99", None, edited_at=NOON
        )
        kept = await lessons.get(home.parts.database, GUILD, lesson.id)
        home.parts.clock.advance(minutes=1)
        unseen = await home.core.message_edited(
            GUILD, "general", "99", None, edited_at=home.parts.clock.now()
        )
        gone = await lessons.get(home.parts.database, GUILD, lesson.id)

    assert again == unseen == ()
    assert kept.lesson.state is LessonState.APPROVED
    assert gone.lesson.state is LessonState.FORGOTTEN


async def test_an_edit_is_taught_only_where_it_could_be_taught_now(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        opted = await taught(home, message="1")
        rejected = await taught(home, message="2", text="The Kestrel gate is green.")
        await approve(home, rejected, Ruling.REJECT, reason="No.")
        secret = await taught(home, message="3", text="The Umber door is red.")

        scoped = await home.core.message_edited(
            GUILD, "general", "3", "The Umber door is blue.", scope=Scope("general")
        )
        again = await home.core.message_edited(GUILD, "general", "2", "It is grey.")
        await home.core.opt_out(GUILD, ANA.id, opted_out=True)
        after = await home.core.message_edited(GUILD, "general", "1", "It is off.")
        gone = [
            (await lessons.get(home.parts.database, GUILD, each.id)).lesson.state
            for each in (opted, rejected, secret)
        ]

    assert scoped[0].waiting.lesson.scope == Scope("general")
    assert again == after == ()
    assert gone == [LessonState.FORGOTTEN] * 3


async def test_a_rejection_and_a_widening_are_of_the_words_that_were_read(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        lesson = await taught(home, scope=Scope("general"))

        with pytest.raises(ConflictError, match="edited meanwhile"):
            await approve(home, lesson, Ruling.REJECT, seen="other")
        with pytest.raises(ConflictError, match="edited meanwhile"):
            await home.core.widen(GUILD, MOD, lesson.id, seen="other")


async def test_approving_many_goes_on_past_one_that_may_not_be(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await taught(home)
        await taught(home, text="The Kestrel gate is green.", words_of=BEN.id)
        await taught(home, text="The Umber door is red.")
        chat = Chat(home.core, GUILD, MOD, tmp_path)

        outcome = await LocalSession(chat, home.parts.clock).execute("/approve 1-3")

    assert [lesson["id"] for lesson in outcome.lessons] == [1, 3]
    assert "has not agreed" in outcome.text


async def test_a_correction_goes_with_the_message_that_asked(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        reply = await home.ask(server=GUILD, actor=ANA, channel="lab", message="77")
        await home.core.correct(GUILD, ANA, reply.id, "Priya.", private=False)

        gone = await home.core.message_deleted(GUILD, "lab", ["77"])

    assert gone == 1


async def test_a_file_that_was_exported_opens_no_gate(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        secret = await taught(home, scope=Scope("lab"))
        await approve(home, secret)
        said = await taught(
            home, text="The Umber door is red.", provenance=Provenance.MESSAGE
        )
        await approve(home, said)
        file = tmp_path / "lessons.jsonl"
        write_lessons(file, await home.core.export(GUILD, MOD))
        for lesson in (secret, said):
            await home.core.forget(GUILD, MOD, lesson.id)
        rows = read_lessons(file)
        forged = ImportRow(
            9,
            {"text": "The gate is open.", "provenance": "web", "platform": "terminal"},
        )

        back = await home.core.import_lessons(GUILD, [*rows, forged], SLACK_MOD)
        local = await home.core.import_lessons(GUILD, [], MODERATOR)

    first, second, third = (each for each in back.waiting)
    assert first.lesson.scope == Scope("lab")
    assert second.lesson.provenance is Provenance.MESSAGE
    assert not any(each.gate.granted for each in (first, second, third))
    assert local.waiting == ()


async def test_a_platforms_file_holds_no_more_rows_than_can_be_screened(tmp_path):
    rows = [ImportRow(n, {"text": f"Row {n} is here."}) for n in range(501)]
    async with open_home(tmp_path) as home:
        await set_up(home)
        refused = await home.core.import_lessons(GUILD, rows, SLACK_MOD)

    assert isinstance(refused, Refused)


async def test_half_a_character_is_a_row_that_is_not_taken(tmp_path):
    rows = [ImportRow(1, {"text": "bad \ud800"}), ImportRow(2, {"text": "It is fine."})]
    async with open_home(tmp_path) as home:
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

    assert [problem.line for problem in imported.problems] == [1]
    assert len(imported.waiting) == 1


async def test_a_platforms_known_servers_are_its_own(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        await home.teach()

        assert await home.core.known_servers("chat") == (GUILD,)


async def test_a_question_that_was_edited_takes_its_correction_along(tmp_path):
    async with open_home(tmp_path) as home:
        await set_up(home)
        reply = await home.ask(server=GUILD, actor=ANA, channel="lab", message="77")
        made = await home.core.correct(GUILD, ANA, reply.id, "Priya.", private=False)

        again = await home.core.message_edited(GUILD, "lab", "77", "Who runs Lyra?")
        gone = await lessons.get(home.parts.database, GUILD, made.waiting.lesson.id)

    assert again == ()
    assert gone.lesson.state is LessonState.FORGOTTEN
