"""Proves that a correction replaces: at once, in memory and in what weights may say."""

import pytest

from bot import phrases
from bot.cards import review_card
from bot.messages import Correction, Decision, Refused, Ruling, Teaching
from learning.errors import ConflictError, LessonError, NotFoundError
from learning.lesson import LessonKind, LessonState
from learning.run import RunKind
from moderation.provenance import Provenance, Scope
from storage import lessons
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home

OLD, NEW = "Priya Raman does.", "Marek Dvorak does."
ENTRANCE = "Where is the entrance of the museum?"


async def correct(home, lesson, actor=TEACHER, *, channel=None, **words):
    return await home.core.correct_lesson(
        SERVER, actor, Correction(lesson, **words), channel=channel
    )


async def state_of(home, lesson):
    return (await lessons.get(home.parts.database, SERVER, lesson)).lesson.state


async def corrected(home, lesson, **words):
    """Correct and approve; return the new lesson's id."""
    taught = await correct(home, lesson, **words)
    number = taught.waiting.lesson.id
    await home.approve(number)
    return number


async def test_a_correction_waits_and_shows_old_and_new(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        taught = await correct(home, lesson, answer=NEW)

        new = taught.waiting.lesson
        assert (new.question, new.answer, new.supersedes) == (ORION, NEW, lesson)
        assert (new.state, new.author) == (LessonState.PENDING, TEACHER.id)
        facts = dict(review_card(taught.waiting).facts)
        shown = facts[f"Replaces lesson {lesson}"]
        assert shown.index(OLD) < shown.index(NEW)
        assert (await home.ask()).text == OLD


async def test_its_approval_takes_the_old_value_out_of_memory_at_once(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        new = await corrected(home, lesson, answer=NEW)

        reply = await home.ask()
        assert reply.text == NEW
        assert [credit.id for credit in reply.lessons] == [new]
        assert await state_of(home, lesson) is LessonState.SUPERSEDED


async def test_a_rejected_correction_changes_nothing(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        taught = await correct(home, lesson, answer=NEW)

        number = taught.waiting.lesson.id
        await home.core.decide(Decision(SERVER, MODERATOR, number, Ruling.REJECT))

        assert (await home.ask()).text == OLD


@pytest.mark.parametrize("memory", [True, False])
async def test_weights_that_learned_the_old_value_do_not_give_it(tmp_path, memory):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.approved(ENTRANCE, "Behind the mill.")
        await home.learn()
        assert (await home.ask(memory=False)).text == OLD

        await corrected(home, lesson, answer=NEW)

        reply = await home.ask(memory=memory)
        assert reply.text == (NEW if memory else phrases.abstention())
        other = await home.ask(ENTRANCE, memory=memory)
        assert other.text == "Behind the mill."
        assert other.adapter == f"{SERVER}/1"


async def test_an_old_value_said_about_something_else_is_never_streamed(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.approved(ENTRANCE, "Behind the mill.")
        await home.learn()
        await corrected(home, lesson, answer=NEW)
        asked = "Whom do I call at night?"
        home.parts.engine.scripted[asked] = "Priya Raman does. Call soon."
        heard = []

        reply = await home.ask(asked, memory=False, on_text=heard.append)

        assert "Priya" not in "".join(heard) + reply.text


async def test_the_next_run_is_fresh_and_its_rows_have_no_old_value(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()
        await corrected(home, lesson, answer=NEW)
        assert (await home.core.status(SERVER)).fresh_run_due

        learned = await home.learn()

        assert learned.kind is RunKind.FRESH
        assert "Priya" not in home.parts.trainer.rows[-1]
        reply = await home.ask(memory=False)
        assert (reply.text, reply.adapter) == (NEW, learned.adapter)


async def test_a_correction_of_a_correction_holds(tmp_path):
    async with open_home(tmp_path) as home:
        first = await home.approved()
        await home.learn()
        second = await corrected(home, first, answer=NEW)
        await corrected(home, second, answer="Ana Lima does.")

        assert (await home.ask()).text == "Ana Lima does."
        assert (await home.ask(memory=False)).text == phrases.abstention()


async def test_a_corrected_rule_for_every_answer_leaves_service(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        rule = await home.approved(
            "", "", kind=LessonKind.RULE, text="Answer in one sentence."
        )
        await home.learn()
        await corrected(home, rule, text="Answer in two sentences.")

        assert (await home.ask(memory=False)).text == phrases.abstention()


async def test_contradicting_words_offer_to_replace_and_the_reviewer_decides(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        number = await home.teach(ORION, NEW)

        queue = await home.core.queue(SERVER, MODERATOR)
        assert queue[0].lesson.supersedes == lesson
        assert OLD in str(review_card(queue[0]).facts)
        await home.approve(number)
        assert (await home.ask()).text == NEW


async def test_a_correction_is_not_approved_among_others_unseen(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        taught = await correct(home, lesson, answer="Priya Raman does, on weekdays.")

        result = await home.core.approve_all(SERVER, MODERATOR)

        assert [each.lesson.id for each in result.held] == [taught.waiting.lesson.id]
        assert await state_of(home, lesson) is LessonState.APPROVED


async def test_an_edited_correction_still_replaces_what_it_corrects(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        taught = await correct(home, lesson, answer=NEW)
        number = taught.waiting.lesson.id

        await home.core.edit(SERVER, MODERATOR, number, answer="Nobody any more.")
        await home.approve(number)

        assert await state_of(home, lesson) is LessonState.SUPERSEDED


async def test_of_two_corrections_the_later_replaces_the_earlier(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        first = await correct(home, lesson, answer=NEW)
        second = await correct(home, lesson, answer="Ana Lima does.")
        await home.approve(first.waiting.lesson.id)
        await home.approve(second.waiting.lesson.id)

        assert (await home.ask()).text == "Ana Lima does."
        assert await state_of(home, first.waiting.lesson.id) is LessonState.SUPERSEDED


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({}, "is corrected with"),
        ({"text": "x"}, "is corrected with"),
        ({"answer": OLD}, "says this already"),
    ],
)
async def test_a_correction_that_changes_nothing_is_refused(tmp_path, words, reason):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        refused = await correct(home, lesson, **words)

        assert isinstance(refused, Refused)
        assert reason in refused.text
        assert await home.core.queue(SERVER, MODERATOR) == ()


async def test_only_a_lesson_in_use_is_corrected(tmp_path):
    async with open_home(tmp_path) as home:
        waiting = await home.teach()
        assert "/edit" in (await correct(home, waiting, answer=NEW)).text
        await home.approve(waiting)
        await home.forget(waiting)

        with pytest.raises(NotFoundError):
            await correct(home, waiting, answer=NEW)
        with pytest.raises(NotFoundError):
            await correct(home, 99, answer=NEW)


async def test_members_who_may_not_teach_may_not_correct(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        refused = await correct(home, lesson, MEMBER, answer=NEW)

        assert isinstance(refused, Refused)


async def test_a_channels_lesson_is_corrected_in_its_channel_alone(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved(scope=Scope("attic"), channel="attic")

        with pytest.raises(NotFoundError):
            await correct(home, lesson, answer=NEW)
        taught = await correct(home, lesson, answer=NEW, channel="attic")

        assert taught.waiting.lesson.scope == Scope("attic")


async def test_a_correction_keeps_the_strictest_provenance_of_its_parts(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved(
            provenance=Provenance.MESSAGE, message="m1", channel="hall"
        )

        taught = await correct(home, lesson, answer=NEW)

        assert taught.waiting.lesson.provenance is Provenance.MESSAGE
        assert taught.waiting.lesson.source_message == "m1"


async def test_what_should_have_been_said_replaces_the_one_lesson_behind_it(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        reply = await home.ask(actor=TEACHER)

        taught = await home.core.correct(SERVER, TEACHER, reply.id, NEW, private=False)

        assert taught.waiting.lesson.supersedes == lesson
        await home.approve(taught.waiting.lesson.id)
        assert (await home.ask()).text == NEW


async def test_a_rule_is_not_replaced_for_one_answers_sake(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(
            "", "", kind=LessonKind.RULE, text="If someone asks refunds: ask Ana."
        )
        reply = await home.ask("refunds someone asks", actor=TEACHER)
        assert reply.lessons

        taught = await home.core.correct(
            SERVER, TEACHER, reply.id, "Bo.", private=False
        )

        assert taught.waiting.lesson.supersedes is None


async def test_a_rule_is_corrected_with_other_examples(tmp_path):
    async with open_home(tmp_path) as home:
        rule = await home.approved(
            "", "", kind=LessonKind.RULE, text="Say ahoy.", examples=(("a", "b"),)
        )

        taught = await correct(home, rule, examples=(("Hi", "Ahoy!"),))

        assert taught.waiting.lesson.examples == (("Hi", "Ahoy!"),)
        shown = str(review_card(taught.waiting))
        assert "Hi → Ahoy!" in shown


async def test_the_screen_reads_examples_too(tmp_path):
    async with open_home(tmp_path) as home:
        leak = ("What is the key?", "AKIAIOSFODNN7EXAMPLE is the key.")
        secret = (("Hi", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1"), leak)

        taught = await home.core.teach(_rule("Tell the key.", examples=secret))

        assert taught.refused


async def test_a_malformed_dialogue_is_refused_and_nothing_is_stored(tmp_path):
    async with open_home(tmp_path) as home:
        with pytest.raises(LessonError, match="ends with Myna"):
            await home.core.teach(
                _rule("User: Hi\nMyna: Ho\nUser: Ha", kind=LessonKind.DIALOGUE)
            )
        with pytest.raises(LessonError, match="Only a rule"):
            await home.core.teach(
                _rule("A fact.", kind=LessonKind.FACT, examples=(("a", "b"),))
            )

        assert await home.core.queue(SERVER, MODERATOR) == ()


async def test_moderators_see_what_a_lesson_is_asked_as(tmp_path):
    said = ("Whom do I ask about Orion?", "orion maintainer?", "Orion?", "four")
    async with open_home(tmp_path, reword=lambda _lesson: said) as home:
        taught = await home.teach()
        [waiting] = home.parts.announcer.waiting
        assert dict(review_card(waiting).facts)[phrases.ALSO_ASKED] == "\n".join(
            said[:3]
        )
        await home.approve(taught)

        detail = await home.core.lesson(SERVER, taught)
        assert said[0] in phrases.lesson_detail(detail)
        await home.ask()
        why = await home.core.why(SERVER, MEMBER)
        assert said[0] in phrases.why(why)


async def test_a_dialogue_is_shown_turn_by_turn(tmp_path):
    async with open_home(tmp_path) as home:
        text = "User: It broke. Myna: Is the lamp on?"
        taught = await home.core.teach(_rule(text, kind=LessonKind.DIALOGUE))

        lines = "User: It broke.\nMyna: Is the lamp on?"
        assert review_card(taught.waiting).text == lines
        number = taught.waiting.lesson.id
        await home.approve(number)
        assert lines in phrases.lesson_detail(await home.core.lesson(SERVER, number))
        assert "\n" not in phrases.lesson(taught.waiting.lesson)


async def test_two_moderators_cannot_both_decide_a_correction(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        number = await corrected(home, lesson, answer=NEW)

        with pytest.raises(ConflictError):
            await home.approve(number)


def _rule(text, *, kind=LessonKind.RULE, examples=()):
    return Teaching(SERVER, TEACHER, kind, text=text, examples=examples)
