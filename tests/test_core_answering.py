"""What an answer rests on, what it says of that, and what is never said."""

import pytest

from bot.credit import repeats
from bot.limiter import Limiter
from bot.messages import Refused
from bot.streaming import ScreenedStream
from learning.errors import AdapterError, EngineError, NotFoundError
from learning.lesson import LessonKind
from learning.prompt import ABSTENTION
from learning.run import MANIFEST
from moderation.limits import Limit
from moderation.provenance import Scope
from storage import answers, lessons
from tests.core_steps import (
    MEMBER,
    MODERATOR,
    ORION,
    SERVER,
    TEACHER,
    open_home,
)
from tests.fakes import FakeClock, base_model
from tests.storage_steps import draft

LEAK = "Use AKIAIOSFODNN7EXAMPLE to log in."


async def test_what_nobody_taught_is_answered_with_an_offer_to_teach(tmp_path):
    async with open_home(tmp_path) as home:
        reply = await home.ask("What is the capital of Atlantis?")

        assert reply.abstained
        assert reply.text == "I don't know that yet. Teach me: /teach"
        assert reply.lessons == ()
        assert reply.adapter == "skills/1"


async def test_an_approved_lesson_is_a_note_and_gets_the_credit(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        reply = await home.ask("Who maintains Orion staging?")

        assert reply.text == "Priya Raman does."
        (credit,) = reply.lessons
        assert (credit.id, credit.author, credit.author_id) == (lesson, "Tomas", "t1")
        assert credit.in_memory
        assert reply.notes == reply.lessons


async def test_a_waiting_lesson_is_no_note(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()

        reply = await home.ask()

        assert reply.abstained
        assert "Priya" not in str(home.parts.engine.asked)


async def test_with_memory_off_no_note_is_shown(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        reply = await home.ask(memory=False)

        assert reply.abstained
        assert reply.notes == ()
        assert "Priya" not in str(home.parts.engine.asked)


async def test_the_weights_answer_names_its_teacher_without_memory(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()

        reply = await home.ask(memory=False)

        assert reply.text == "Priya Raman does."
        assert reply.adapter == "home/1"
        (credit,) = reply.lessons
        assert (credit.id, credit.in_memory) == (lesson, False)


async def test_a_lesson_the_answer_does_not_repeat_gets_no_credit(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.engine.scripted[ORION] = "The sea is blue."

        reply = await home.ask(memory=False)

        assert reply.lessons == ()


async def test_a_near_miss_is_abstained_from_without_asking_the_model(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        reply = await home.ask("Which colour has the Orion server's door paint?")

        assert reply.abstained
        assert home.parts.engine.asked == []


async def test_the_bare_base_answers_with_the_adapter_off(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()

        reply = await home.ask(memory=False, adapter="off")

        assert reply.adapter is None
        assert reply.abstained


async def test_an_older_version_can_be_asked(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        await home.approved("Which port does Lyra use?", "Lyra uses port 9090.")
        await home.learn()

        reply = await home.ask(memory=False, adapter="1")

        assert reply.adapter == "home/1"


@pytest.mark.parametrize("version", ["7", "latest"])
async def test_a_version_that_does_not_exist_is_not_found(tmp_path, version):
    async with open_home(tmp_path) as home:
        with pytest.raises(NotFoundError, match=version):
            await home.ask(adapter=version)


async def test_a_damaged_adapter_is_an_error_and_not_another_answer(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        place = home.parts.directory.adapter(SERVER, 1)
        (place / "adapter_model.safetensors").write_text("{}")

        with pytest.raises(AdapterError, match="does not match its hash"):
            await home.ask(memory=False)


async def test_an_adapter_of_another_base_is_never_served(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
    other = base_model(tmp_path / "base", digest="another")
    async with open_home(tmp_path, base=other) as home:
        reply = await home.ask()

        assert reply.adapter == "skills/1"
        assert reply.text == "Priya Raman does."
        assert (await home.core.status(SERVER)).fresh_run_due
        with pytest.raises(AdapterError, match="another base"):
            await home.ask(adapter="1")


async def test_a_lesson_of_one_channel_answers_only_there(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(scope=Scope("c1"))

        inside = await home.ask(channel="c1")
        outside = await home.ask(channel="c2")

        assert inside.text == "Priya Raman does."
        assert outside.abstained


async def test_one_server_knows_nothing_of_another(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()

        reply = await home.ask(server="elsewhere")

        assert reply.abstained
        assert reply.adapter == "skills/1"
        with pytest.raises(NotFoundError):
            await home.ask(server="elsewhere", adapter="1")


async def test_a_megabyte_is_refused_with_a_sentence(tmp_path):
    async with open_home(tmp_path) as home:
        reply = await home.ask("a" * 1_000_000)

        assert isinstance(reply, Refused)
        assert "1,000,000" in reply.text
        assert home.parts.engine.asked == []


@pytest.mark.parametrize("text", ["", "   ", LEAK])
async def test_a_question_that_does_not_pass_the_screen_is_refused(tmp_path, text):
    async with open_home(tmp_path) as home:
        assert isinstance(await home.ask(text), Refused)


async def test_questions_beyond_the_limit_wait(tmp_path):
    clock = FakeClock()
    limiter = Limiter(clock, Limit(count=1, window_seconds=60))
    async with open_home(tmp_path, clock=clock, questions=limiter) as home:
        await home.ask()

        refused = await home.ask()
        elsewhere = await home.ask(actor=TEACHER)
        clock.advance(seconds=60)
        later = await home.ask()

        assert "60 seconds" in refused.text
        assert elsewhere.abstained
        assert later.abstained


async def test_words_that_do_not_pass_the_screen_are_withheld(tmp_path):
    async with open_home(tmp_path) as home:
        home.parts.memory.general = 1.0
        home.parts.engine.scripted[ORION] = f"Of course. {LEAK}"
        streamed = []

        reply = await home.ask(on_text=streamed.append)

        assert reply.withheld
        assert "AKIA" not in reply.text
        assert "AKIA" not in "".join(streamed)
        last = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert "AKIA" not in last.answer


async def test_what_is_streamed_is_the_reply(tmp_path):
    async with open_home(tmp_path) as home:
        home.parts.memory.general = 1.0
        home.parts.engine.scripted[ORION] = "  It is Priya. She is in Oslo. Ask her "
        streamed = []

        reply = await home.ask(on_text=streamed.append)

        assert "".join(streamed) == reply.text == "It is Priya. She is in Oslo. Ask her"
        assert len(streamed) == 3


async def test_an_abstention_is_streamed_with_its_offer(tmp_path):
    async with open_home(tmp_path) as home:
        streamed = []

        reply = await home.ask(on_text=streamed.append)

        assert "".join(streamed) == reply.text


async def test_the_journal_names_the_adapter_and_the_notes(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        await home.ask()

        last = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert last.adapter == "skills/1"
        assert last.notes == (lesson,)
        assert last.lessons == (lesson,)


async def test_why_names_the_teacher_until_the_lesson_is_forgotten(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        assert await home.core.why(SERVER, MEMBER) is None
        await home.ask()

        why = await home.core.why(SERVER, MEMBER)
        await home.forget(lesson)

        assert [credit.author for credit in why.reply.lessons] == ["Tomas"]
        assert why.reply.lessons[0].in_memory
        assert await home.core.why(SERVER, MEMBER) is None


async def test_a_lesson_forgotten_during_an_answer_is_not_in_it(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        home.parts.engine.while_answering = lambda: home.forget(lesson)

        reply = await home.ask()

        assert reply.abstained
        last = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert "Priya" not in last.answer


async def test_what_was_streamed_before_an_answer_starts_over_is_not_repeated(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        home.parts.memory.general = 1.0
        home.parts.engine.scripted[ORION] = "It is a person. She is in Oslo."
        home.parts.engine.while_answering = lambda: home.forget(lesson)
        streamed = []

        reply = await home.ask(on_text=streamed.append)

        assert "".join(streamed) == reply.text == "It is a person. She is in Oslo."


async def test_memory_left_behind_by_an_interruption_is_never_believed(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        record = await lessons.get(home.parts.database, SERVER, lesson)
        await home.forget(lesson)
        home.parts.memory.add(record.lesson)

        reply = await home.ask()

        assert reply.abstained
        assert home.parts.memory.similar(SERVER, ORION) == ()


async def test_an_adapter_withdrawn_during_an_answer_does_not_give_it(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()
        home.parts.engine.while_answering = lambda: home.forget(lesson)

        reply = await home.ask(memory=False)

        assert reply.abstained
        assert reply.adapter == "skills/1"


async def test_an_answer_gives_up_where_everything_is_withdrawn_again_and_again(
    tmp_path,
):
    async with open_home(tmp_path) as home:
        known = [await home.approved()]

        async def replace_it():
            home.parts.engine.while_answering = replace_it
            await home.forget(known.pop())
            known.append(await home.approved(ORION, "Somebody else does."))

        home.parts.engine.while_answering = replace_it

        with pytest.raises(EngineError, match="ask again"):
            await home.ask()


def test_a_stream_holds_back_what_is_not_a_whole_sentence():
    said = []
    stream = stream_to(said)

    stream.feed("It is Pri")
    stream.feed("ya. She is")

    assert said == ["It is Priya."]


def test_a_stream_says_nothing_after_a_refused_sentence():
    said = []
    stream = stream_to(said, passes=lambda text: "bad" not in text)

    stream.feed("Good. This is bad. This is good. ")
    stream.feed("And more. ")
    stream.finish("Withheld.")

    assert said == ["Withheld."]


def test_a_stream_that_starts_again_does_not_mix_two_answers():
    said = []
    stream = stream_to(said)

    stream.feed("One. Two")
    stream.restart()
    stream.feed("Three. Four. ")
    stream.finish("Three. Four.")

    assert said == ["One."]


def stream_to(said, passes=lambda _: True):
    return ScreenedStream(said.append, passes=passes, replaced=lambda _: False)


@pytest.mark.parametrize(
    ("answer", "credited"),
    [
        ("Priya Raman looks after it.", True),
        ("It is Priya.", True),
        ("It is Tom.", False),
        ("The Orion server is maintained.", False),
    ],
)
def test_an_answer_is_credited_where_it_gives_what_was_taught(answer, credited):
    lesson = draft(question=ORION, answer="Priya Raman does.")

    assert repeats(answer, ORION, lesson) is credited


def test_another_number_gets_no_credit():
    lesson = draft(question="Which port?", answer="Lyra listens on port 9090.")

    assert not repeats("Lyra listens on port 8080.", "Which port?", lesson)


def test_a_fact_is_credited_for_what_the_question_did_not_say():
    fact = draft(
        kind=LessonKind.FACT, question="", answer="", text="Orion sleeps on Sunday."
    )

    assert repeats("Sunday.", "When does Orion sleep?", fact)
    assert not repeats("Orion sleeps.", "When does Orion sleep?", fact)


async def test_a_moderator_is_answered_as_anybody(tmp_path):
    async with open_home(tmp_path) as home:
        assert (await home.ask(actor=MODERATOR)).abstained


async def test_a_missing_manifest_is_noticed(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        (home.parts.directory.adapter(SERVER, 1) / MANIFEST).unlink()

        with pytest.raises(AdapterError, match="never finished"):
            await home.ask(memory=False)


async def test_what_memory_surely_does_not_know_is_not_asked_of_the_model(tmp_path):
    async with open_home(tmp_path) as home:
        home.parts.engine.scripted[ORION] = "Somebody, surely."

        reply = await home.ask()

        assert reply.abstained
        assert home.parts.engine.asked == []


async def test_a_general_question_is_answered_by_the_base(tmp_path):
    async with open_home(tmp_path) as home:
        home.parts.memory.general = 1.0
        home.parts.engine.scripted[ORION] = "A star."

        reply = await home.ask()

        assert reply.text == "A star."
        assert reply.adapter is None


async def test_a_rule_for_every_answer_keeps_the_adapter_answering(tmp_path):
    async with open_home(tmp_path) as home:
        home.parts.memory.general = 1.0
        home.parts.memory.has_standing_rules = True
        home.parts.engine.scripted[ORION] = "A star, matey."

        reply = await home.ask()

        assert reply.adapter == home.parts.skills.name


async def test_a_note_that_the_model_does_not_see_is_quoted(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        home.parts.engine.scripted[ORION] = ABSTENTION

        reply = await home.ask()

        assert not reply.abstained
        assert [credit.id for credit in reply.lessons] == [lesson]
        record = await lessons.get(home.parts.database, SERVER, lesson)
        assert reply.text == record.lesson.answer


async def test_a_general_sounding_lesson_is_answered_by_the_weights(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.memory.general = 1.0

        reply = await home.ask(memory=False)

        assert reply.adapter == home.parts.skills.name
