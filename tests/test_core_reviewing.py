"""Nothing is known before a moderator approved it, and the first to decide wins."""

import json
from datetime import UTC, datetime

import pytest

from bot.limiter import Limiter
from bot.messages import Decision, ImportRow, Refused, Ruling, Teaching
from learning.errors import ConflictError, NotFoundError
from learning.lesson import LessonKind, LessonState
from moderation.limits import Limit
from moderation.provenance import Provenance
from storage import lessons
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.fakes import FakeClock


def reject(lesson, reason="It is wrong.", actor=MODERATOR):
    return Decision(SERVER, actor, lesson, Ruling.REJECT, reason)


async def test_a_taught_lesson_waits_with_its_author(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()

        (waiting,) = await home.core.queue(SERVER, MODERATOR)

        assert waiting.lesson.question == ORION
        assert waiting.lesson.author_name == "Tomas"
        assert waiting.lesson.state is LessonState.PENDING


async def test_a_member_may_not_teach(tmp_path):
    async with open_home(tmp_path) as home:
        teaching = Teaching(SERVER, MEMBER, LessonKind.FACT, text="Orion is a server.")

        assert isinstance(await home.core.teach(teaching), Refused)


async def test_only_moderators_review(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()
        core = home.core

        answers = [
            await core.queue(SERVER, TEACHER),
            await core.decide(reject(lesson, actor=TEACHER)),
            await core.approve_all(SERVER, TEACHER),
            await core.edit(SERVER, TEACHER, lesson, answer="Me."),
            await core.import_lessons(SERVER, [], TEACHER),
            await core.export(SERVER, TEACHER),
        ]

        assert all(isinstance(answer, Refused) for answer in answers)
        record = await lessons.get(home.parts.database, SERVER, lesson)
        assert record.lesson.state is LessonState.PENDING


@pytest.mark.parametrize(
    ("question", "answer"),
    [(ORION, ""), ("", "Priya."), (ORION, "Log in with AKIAIOSFODNN7EXAMPLE.")],
)
async def test_what_does_not_pass_the_screen_is_not_stored(tmp_path, question, answer):
    async with open_home(tmp_path) as home:
        teaching = Teaching(SERVER, TEACHER, LessonKind.QA, question, answer)

        taught = await home.core.teach(teaching)

        assert taught.refused
        assert taught.verdict.reasons
        assert await home.core.queue(SERVER, MODERATOR) == ()


async def test_teachings_beyond_the_limit_wait(tmp_path):
    clock = FakeClock()
    limiter = Limiter(clock, Limit(count=1, window_seconds=3600))
    async with open_home(tmp_path, clock=clock, teachings=limiter) as home:
        await home.teach()
        again = Teaching(SERVER, TEACHER, LessonKind.FACT, text="Orion is a server.")

        assert isinstance(await home.core.teach(again), Refused)


async def test_an_approved_lesson_is_known_at_once_and_its_author_is_told(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()

        decided = await home.approve(lesson)

        assert decided.lesson.state is LessonState.APPROVED
        assert (await home.ask()).text == "Priya Raman does."
        (notice,) = home.parts.announcer.told
        assert notice.person == TEACHER.id
        assert "approved" in notice.text


async def test_a_rejected_lesson_is_never_known_and_its_author_learns_why(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()

        await home.core.decide(reject(lesson))

        assert (await home.ask()).abstained
        assert isinstance(await home.learn(), Refused)
        (notice,) = home.parts.announcer.told
        assert "It is wrong." in notice.text


async def test_who_approves_their_own_lesson_is_not_told(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach(actor=MODERATOR)

        await home.approve(lesson)

        assert home.parts.announcer.told == []
        assert await home.core.notices(SERVER, MODERATOR.id) == ()


async def test_notices_are_read_once_and_survive_a_restart(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        lesson = await home.teach("Which port does Lyra use?", "9090.")
        await home.core.decide(reject(lesson))
    async with open_home(tmp_path) as home:
        told = await home.core.notices(SERVER, TEACHER.id)
        again = await home.core.notices(SERVER, TEACHER.id)

        assert ["approved" in told[0].text, "rejected" in told[1].text] == [True, True]
        assert "It is wrong." in told[1].text
        assert again == ()


async def test_the_second_moderator_is_told_who_decided_first(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        with pytest.raises(ConflictError, match="Mona"):
            await home.core.decide(reject(lesson))


async def test_a_lesson_that_does_not_exist_is_not_found(tmp_path):
    async with open_home(tmp_path) as home:
        with pytest.raises(NotFoundError):
            await home.approve(7)


async def test_the_same_lesson_is_refused_while_the_first_still_waits(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()
        teaching = Teaching(SERVER, TEACHER, LessonKind.QA, ORION, "Priya Raman does.")

        taught = await home.core.teach(teaching)

        assert taught.refused
        assert [finding.rule for finding in taught.verdict.findings] == ["duplicate"]


async def test_a_contradiction_supersedes_what_it_contradicts(tmp_path):
    async with open_home(tmp_path) as home:
        first = await home.approved("Which port does Orion use?", "Port 8080.")
        second = await home.teach("Which port does Orion use?", "Port 9090.")
        (waiting,) = await home.core.queue(SERVER, MODERATOR)

        decided = await home.approve(second)

        assert waiting.verdict.findings[0].lesson == first
        assert decided.lesson.supersedes == first
        assert "9090" in (await home.ask("Which port does Orion use?")).text
        record = await lessons.get(home.parts.database, SERVER, first)
        assert record.lesson.state is LessonState.SUPERSEDED


async def test_approving_all_leaves_what_needs_a_look(tmp_path):
    async with open_home(tmp_path) as home:
        plain = await home.teach()
        held = await home.teach("Whom do we greet?", "We greet @everyone loudly.")
        one = await home.teach("Which port does Lyra use?", "Port 8080.")
        other = await home.teach("Which port does Lyra use?", "Port 9090.")

        result = await home.core.approve_all(SERVER, MODERATOR)

        assert [lesson.id for lesson in result.approved] == [plain]
        assert [waiting.lesson.id for waiting in result.held] == [held, one, other]
        assert len(await home.core.queue(SERVER, MODERATOR)) == 3


async def test_an_edit_is_screened_and_goes_on_waiting(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()

        edited = await home.core.edit(SERVER, MODERATOR, lesson, answer="Ana does.")
        refused = await home.core.edit(SERVER, MODERATOR, lesson, answer=" ")

        assert edited.waiting.lesson.answer == "Ana does."
        assert refused.refused
        (waiting,) = await home.core.queue(SERVER, MODERATOR)
        assert waiting.lesson.answer == "Ana does."
        assert waiting.lesson.author == TEACHER.id


async def test_an_edit_of_a_field_the_lesson_has_not_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()

        refused = await home.core.edit(SERVER, MODERATOR, lesson, text="Ana does.")

        assert "`answer` or `question`" in refused.text


async def test_an_approved_lesson_cannot_be_edited(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        with pytest.raises(ConflictError):
            await home.core.edit(SERVER, MODERATOR, lesson, answer="Ana does.")


async def test_an_import_puts_good_rows_into_review_and_names_the_bad(tmp_path):
    rows = [
        ImportRow(1, {"question": "Which port has Lyra?", "answer": "Port 9090."}),
        ImportRow(2, {"kind": "fact", "text": "Orion sleeps on Sunday."}),
        ImportRow(3, {"kind": "song", "text": "La."}),
        ImportRow(4, {"question": "Who?"}),
        ImportRow(5, problem="it is no JSON."),
        ImportRow(6, {"text": "Vega is new.", "expires_at": "someday"}),
        ImportRow(7, {"text": "Vega is blue.", "expires_at": "2027-01-31"}),
        ImportRow(8, {"text": "Orion sleeps on Sunday."}),
    ]
    async with open_home(tmp_path) as home:
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

        assert [waiting.lesson.id for waiting in imported.waiting] == [1, 2, 3]
        assert [problem.line for problem in imported.problems] == [3, 4, 5, 6, 8]
        assert all(problem.reason for problem in imported.problems)
        last = imported.waiting[-1].lesson
        assert last.provenance is Provenance.OPERATOR_FILE
        assert last.expires_at == datetime(2027, 1, 31, tzinfo=UTC)
        assert (await home.ask("Which port has Lyra?")).abstained


async def test_what_was_exported_can_be_imported_elsewhere(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.teach("Which port has Lyra?", "Port 9090.")

        lines = await home.core.export(SERVER, MODERATOR)
        rows = [ImportRow(1, json.loads(line)) for line in lines]
        imported = await home.core.import_lessons("elsewhere", rows, MODERATOR)

        (waiting,) = imported.waiting
        assert waiting.lesson.question == ORION
        assert waiting.lesson.answer == "Priya Raman does."


async def test_lessons_lists_what_is_approved_and_what_matches(tmp_path):
    async with open_home(tmp_path) as home:
        orion = await home.approved()
        lyra = await home.approved("Which port has Lyra?", "Port 9090.")
        await home.teach("Which port has Vega?", "Port 7070.")

        everything = await home.core.lessons(SERVER)
        ports = await home.core.lessons(SERVER, "port")

        assert [lesson.id for lesson in everything] == [orion, lyra]
        assert [lesson.id for lesson in ports] == [lyra]
        assert await home.core.lessons("elsewhere") == ()
