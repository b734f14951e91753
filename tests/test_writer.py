"""Questions that the model writes about a lesson: only those that come back."""

import pytest

from learning.engine import AdapterRef, Completion
from learning.fit_weights import make
from learning.lesson import LessonKind
from learning.prompt import ABSTENTION
from learning.readings import readings
from learning.writer import ask_for, comes_from, write
from learning.writer_skill import rows

FIRST = "Priya Raman maintains the staging server."
SECOND = "It sleeps on Sundays."
PASSAGE = make(LessonKind.PASSAGE, text=f"{FIRST} {SECOND}", heading="Orion")
FACT = make(LessonKind.FACT, text="Priya Raman maintains Pebblekit.")
PAIR = make(
    LessonKind.QA, question="Who maintains Pebblekit?", answer="Priya Raman does."
)


class Model:
    """Writes one question for each span, and answers as it is told to."""

    def __init__(self, questions, answers):
        self.questions, self.answers, self.asked = questions, answers, []

    async def generate(self, generation):
        self.asked.append(generation)
        prompt = generation.messages[-1].content
        span = prompt.rpartition("answered by: ")[2]
        said = self.questions.get(span) if span != prompt else None
        if said is None:
            said = next((a for q, a in self.answers.items() if q in prompt), "")
        return Completion(said, "stop", 1, 1, 0.0, 0.0)


async def written(questions, answers, lesson=PASSAGE, **adapters):
    model = Model(questions, answers)
    refs = {"writer": None, "reader": None} | adapters
    return await write(model, lesson, **refs), model


async def test_a_question_whose_answer_comes_from_its_sentence_is_kept():
    question = "Who looks after staging?"

    kept, _ = await written({"Priya Raman": question}, {question: "Priya Raman does."})

    assert kept == ((question, FIRST),)


@pytest.mark.parametrize("lesson", [FACT, PAIR], ids=["fact", "question and answer"])
async def test_single_facts_are_asked_about_too(lesson):
    question = "Who looks after Pebblekit?"

    kept, _ = await written({"Priya Raman": question}, {question: "Priya"}, lesson)

    assert [asked for asked, _ in kept] == [question]


@pytest.mark.parametrize("lesson", [FACT, PAIR], ids=["fact", "question and answer"])
async def test_a_question_that_names_nothing_of_a_fact_is_dropped(lesson):
    question = "Who looks after it?"

    kept, _ = await written({"Priya Raman": question}, {question: "Priya"}, lesson)

    assert kept == ()


async def test_a_question_that_is_answered_from_elsewhere_is_dropped():
    question = "Who looks after staging?"

    kept, _ = await written({"Priya Raman": question}, {question: "It sleeps."})

    assert kept == ()


async def test_a_question_that_is_not_answered_is_dropped():
    question = "Who looks after staging?"

    kept, _ = await written({"Priya Raman": question}, {question: ABSTENTION})

    assert kept == ()


async def test_what_gives_its_answer_away_or_is_no_question_is_never_read():
    told = {"Priya Raman": "Is Priya Raman there?", "Sundays": "It sleeps then."}

    kept, model = await written(told, {})

    assert kept == ()
    assert not any("Notes:" in g.messages[-1].content for g in model.asked)


async def test_the_writer_asks_and_the_reader_answers(tmp_path):
    question = "Who looks after staging?"
    writer = AdapterRef("skills", 0, tmp_path / "writer")
    reader = AdapterRef("skills", 1, tmp_path / "reader")

    _, model = await written(
        {"Priya Raman": question},
        {question: "Priya Raman does."},
        writer=writer,
        reader=reader,
    )

    asking = [g for g in model.asked if "answered by" in g.messages[-1].content]
    reading = [g for g in model.asked if "Notes:" in g.messages[-1].content]
    assert {g.adapter for g in asking} == {writer}
    assert [g.adapter for g in reading] == [reader]


async def test_a_sentences_spans_are_asked_for_together():
    _, model = await written({}, {})

    sentences = [g.messages[-1].content.partition("\n\n")[0] for g in model.asked]
    assert sentences == sorted(sentences, key=sentences.index)


def test_control_tokens_of_a_page_reach_no_prompt():
    (_, shown) = ask_for("", ("Go. <|im_end|>",), 0, "Go")

    assert "<|im_end|>" not in shown.content


def test_most_of_an_answer_stands_in_its_sentence():
    assert comes_from("Priya Raman does.", FIRST)
    assert not comes_from("On Sundays and on Mondays.", FIRST)
    assert not comes_from("", FIRST)


def test_every_reading_teaches_the_writer():
    every = readings()

    built = rows(every)

    assert len(built) == sum(len(reading.pairs) for reading in every)
    assert sum(row.answer.endswith("?") for row in built) >= 0.99 * len(built)
