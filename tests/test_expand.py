"""Proves that a lesson is worded many ways, and in others for the exam."""

import random
from dataclasses import replace

import pytest

from learning.expand import expand
from learning.frames import FRAMES, framed
from learning.lexicon import NEAREST_RELATION, mask
from learning.rule import trigger_of
from tests.fakes import FakeEmbedder
from tests.learning_steps import bench_lessons, fact, lexicon, qa, rule

KEY = qa("Who keeps the Umber Key?", "Zorblax keeps it.")
ODD = [
    qa("Кто хранит ключ?", "Приянка."),
    qa("鍵は誰が持っていますか", "プリヤ"),
    qa("Who ?", "Priya."),
    qa("?", "!"),
    qa("{s} {q} {} {0!r} %s \\1 \0?", "{a}"),
    fact("Приянка хранит ключ."),
    fact("It is."),
    fact("{s} of {a}"),
    rule("Keep it open."),
    rule("Всегда отвечай вежливо."),
    rule("When {s}, say {a}"),
    rule("If it is, do."),
    rule("When somebody says ?, answer: !"),
]
EVERY = [*bench_lessons(), KEY, *ODD]


def named(each):
    return each.statement[:30]


@pytest.mark.parametrize("each", EVERY, ids=named)
def test_every_lesson_has_wordings_and_no_two_are_the_same(each):
    expansion = expand(each, lexicon())

    wordings = [wording.lower() for wording in expansion.wordings]
    assert wordings
    assert all(wording.strip() for wording in wordings)
    assert len(set(wordings)) == len(wordings)


@pytest.mark.parametrize("each", EVERY, ids=named)
def test_the_exam_asks_what_is_not_trained_on(each):
    expansion = expand(each, lexicon())

    trained = {q.lower() for q in expansion.wordings}
    assert not trained & {q.lower() for q in expansion.reserve}


def test_a_question_of_the_lexicon_is_not_its_own_exam():
    for relation in lexicon().worlds.relations.values():
        for question in relation.questions[:2]:
            asked = question.format(s="Umber")

            expansion = expand(qa(asked, "Zorblax."), lexicon())

            trained = {wording.lower() for wording in expansion.wordings}
            assert not trained & {wording.lower() for wording in expansion.reserve}


def test_the_words_alone_decide_how_a_lesson_is_expanded():
    again = replace(KEY, id=7, server="other", author="u9", source="https://a.example")
    other = replace(KEY, answer="Quillon keeps it.")

    assert expand(again, lexicon()) == expand(KEY, lexicon())
    assert expand(other, lexicon()).wordings != expand(KEY, lexicon()).wordings


def test_a_question_is_asked_as_taught_first_and_keeps_its_name():
    expansion = expand(KEY, lexicon())

    assert expansion.answer == KEY.answer
    assert expansion.wordings[0] == KEY.question
    assert len(expansion.wordings) > 5
    for asked in (*expansion.wordings, *expansion.reserve):
        assert "umber" in asked.lower()


def test_a_known_relation_is_paraphrased_in_words_of_its_own():
    relation = next(iter(lexicon().worlds.relations.values()))
    asked, *others = [q.format(s="Umber Key") for q in relation.questions]

    expansion = expand(qa(asked, "Zorblax."), lexicon())

    bare = {q.replace("the Umber", "Umber") for q in expansion.wordings}
    assert bare & set(others)
    assert len(expansion.reserve) == 2
    assert not {q.replace("the Umber", "Umber") for q in expansion.reserve} - {
        q.format(s=name) for q in relation.questions for name in ("Umber Key", "Umber")
    }


def test_a_question_of_no_known_relation_has_no_paraphrase_and_still_an_exam():
    odd = qa("Umber flumph wozzle grint?", "Zorblax.")

    expansion = expand(odd, lexicon())

    assert expansion.reserve
    assert all("flumph" in q.lower() for q in expansion.reserve)


def test_what_the_model_asked_is_trained_on_but_for_what_the_exam_needs():
    asked = [f"Whose is number {n} of the Umber Key?" for n in range(9)]
    written = tuple((question, "Zorblax keeps it.") for question in asked)

    expansion = expand(replace(KEY, written=written), lexicon())

    assert set(asked) <= {*expansion.wordings, *expansion.reserve}
    assert set(asked) & set(expansion.wordings)
    assert not set(expansion.wordings) & set(expansion.reserve)


def test_a_fact_is_said_in_full_whatever_is_asked_of_it():
    taught = fact("Zorblax keeps the Umber Key.")

    expansion = expand(taught, lexicon())

    assert expansion.answer == taught.text
    assert "What about Zorblax?" in expansion.wordings
    assert all(q.strip() for q in expansion.wordings)


def test_a_rule_is_triggered_in_many_ways_and_has_its_reply_said():
    taught = rule("When somebody mentions flumphs, answer: Mind the tentacles!")

    expansion = expand(taught, lexicon())

    assert expansion.answer == "Mind the tentacles!"
    assert expansion.wordings[0] == "Flumphs!"
    assert len(expansion.wordings) > 5
    assert expansion.reserve
    assert any("flumphs" in q.lower() for q in expansion.wordings[1:])


def test_a_known_rule_borrows_the_triggers_of_the_known_one():
    known = lexicon().worlds.rules[0]

    expansion = expand(rule(known.rule), lexicon())

    assert set(known.triggers) <= {*expansion.wordings, *expansion.reserve}


def test_a_relation_is_found_by_any_of_its_questions_whatever_the_name():
    for relation in lexicon().worlds.relations.values():
        asked = relation.questions[0].format(s="Umber Key")

        ranked = lexicon().relations(asked, "Umber Key")

        scores = [score for _, score in ranked]
        best = [each.id for each, score in ranked if score > scores[0] - 1e-6]
        assert relation.id in best
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] >= NEAREST_RELATION


@pytest.mark.parametrize(
    ("taught", "kind"),
    [
        (qa("Who keeps the Umber Key?", "Zorblax."), "person"),
        (qa("Where is the Umber Key?", "In the shed."), "place"),
        (qa("Is the Umber Key red?", "It is."), ""),
        (fact("The Umber Key hangs behind the door."), "place"),
        (fact("The Umber Key costs 7 coins."), "count"),
        (fact("The Umber Key is back at 7."), "time"),
        (fact("Zorblax Yorvik keeps the Umber Key."), "person"),
    ],
)
def test_a_lesson_is_also_asked_by_the_kind_of_its_answer_alone(taught, kind):
    draw = random.Random(1)  # noqa: S311
    asked = framed(taught, "Umber Key", draw, 6)

    made = {
        frame.format(s=form)
        for frame in (*FRAMES[kind], *FRAMES[""])
        for form in ("Umber Key", "Umber")
    }
    assert asked
    assert set(asked) <= made
    assert framed(taught, "", draw, 6) == []


def test_a_question_unlike_any_other_has_no_relation():
    assert lexicon().relations("flumph wozzle grint", "") == []


def test_a_rule_is_found_by_its_own_trigger_and_not_by_others():
    for known in lexicon().worlds.rules:
        found = lexicon().rule(known.rule)

        own, other = FakeEmbedder().encode(
            [trigger_of(known.rule), trigger_of(found.rule)]
        )
        assert own @ other == pytest.approx(1.0)
    assert lexicon().rule("flumph wozzle grint") is None


@pytest.mark.parametrize(
    ("question", "name", "masked"),
    [
        ("Who keeps the Umber Key?", "Umber Key", "Who keeps it?"),
        ("Our Umber Key is where?", "Umber Key", "it is where?"),
        ("Umber Key, who keeps it?", "Umber Key", "it, who keeps it?"),
        ("Who keeps it?", "", "Who keeps it?"),
        ("Who keeps it?", "Umber Key", "Who keeps it?"),
    ],
)
def test_a_name_is_masked_with_its_article(question, name, masked):
    assert mask(question, name) == masked
