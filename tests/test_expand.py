"""Proves that a lesson is worded many ways, apart from the exam and from its like."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.expand import (
    SECOND_RELATION_MARGIN,
    answers_too,
    expand,
    reply_of,
    trigger_of,
)
from learning.lexicon import NEAREST_RELATION, mask
from learning.subject import short_forms, subjects
from tests.learning_steps import bench_lessons, fact, lexicon, qa, rule

KEY = qa("Who keeps the Umber Key?", "Zorblax keeps it.")
ODD = [
    qa("Кто хранит ключ?", "Приянка."),
    qa("鍵は誰が持っていますか？", "プリヤ"),
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

    trained = {q.lower() for q in (*expansion.wordings, *expansion.contrasts)}
    assert not trained & {q.lower() for q in expansion.reserve}


@pytest.mark.parametrize("each", EVERY, ids=named)
def test_no_contrast_is_also_a_wording(each):
    expansion = expand(each, lexicon())

    contrasts = {q.lower() for q in expansion.contrasts}
    assert not contrasts & {q.lower() for q in expansion.wordings}


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
    for asked in (*expansion.wordings, *expansion.reserve, *expansion.contrasts):
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


def test_a_contrast_asks_for_no_reading_of_the_question():
    checked = 0
    for each in bench_lessons():
        asked = each.question
        if not asked:
            continue
        ranked = lexicon().relations(asked, subjects(asked)[0])
        meant = [
            relation
            for relation, score in ranked[:2]
            if ranked[0][1] - score < SECOND_RELATION_MARGIN
        ]
        forms = [subjects(asked)[0], *short_forms(subjects(asked)[0])]
        read = {q.format(s=f) for r in meant for q in r.questions for f in forms}
        checked += len(meant) > 1
        assert not read & set(expand(each, lexicon()).contrasts)
    assert checked


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
    assert expansion.contrasts == ()
    assert expansion.wordings[0] == "Flumphs!"
    assert len(expansion.wordings) > 5
    assert expansion.reserve
    assert any("flumphs" in q.lower() for q in expansion.wordings[1:])


def test_a_known_rule_borrows_the_triggers_of_the_known_one():
    known = lexicon().worlds.rules[0]

    expansion = expand(rule(known.rule), lexicon())

    assert set(known.triggers) <= {*expansion.wordings, *expansion.reserve}


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("When somebody says hello, answer: Ahoy, sailor!", "Ahoy, sailor!"),
        ('If someone asks for help, reply with "Open a ticket."', "Open a ticket."),
        ('When somebody says "hello", answer "Ahoy!"', "Ahoy!"),
        ("Whenever a new member joins, greet them with: Welcome!", "Welcome!"),
        ("When a user thanks you, say You're welcome", "You're welcome"),
        ("when someone says bye,\nreply with see you", "see you"),
        ("If people ask about refunds, send them: a.example/b", "a.example/b"),
        ("When someone reports a bug, ask for a log.", "Ask for a log."),
        ("If someone argues, tell them to move on.", "Please move on."),
        (
            "If someone argues, please tell people that it is off topic.",
            "It is off topic.",
        ),
        ("Be polite.", "Be polite."),
        ("  Always be polite.\n", "Always be polite."),
    ],
)
def test_the_reply_of_a_rule_is_what_is_to_be_said(text, reply):
    assert reply_of(text)[1] == reply


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("When somebody says hello, answer: Ahoy!", "hello"),
        ('When somebody says "hello", answer "Ahoy!"', "hello"),
        ("If someone asks for the wifi password, say no", "wifi password"),
        ("When anyone argues about politics, warn them.", "politics"),
        ("When a user thanks you, say You're welcome", "thanks"),
        ("If the build is red, say stop", "the build is red"),
        ("Be polite.", "Be polite."),
    ],
)
def test_the_trigger_of_a_rule_is_what_somebody_says(text, trigger):
    assert trigger_of(text) == trigger


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_rule_has_a_reply(text):
    trigger, reply = reply_of(f"When x{text}, y{text}")

    assert trigger
    assert reply.strip()


def test_a_lesson_whose_words_cover_a_question_answers_it_too():
    assert answers_too("Who opens the Umber shop?", fact("Quillon opens Umber shops."))
    assert not answers_too("Who closes the Umber shop?", fact("Umber shops open."))
    assert not answers_too("Who is it?", fact("It is Quillon."))


def test_a_relation_is_found_by_any_of_its_questions_whatever_the_name():
    for relation in lexicon().worlds.relations.values():
        asked = relation.questions[0].format(s="Umber Key")

        ranked = lexicon().relations(asked, "Umber Key")

        scores = [score for _, score in ranked]
        best = [each.id for each, score in ranked if score > scores[0] - 1e-6]
        assert relation.id in best
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] >= NEAREST_RELATION


def test_a_question_unlike_any_other_has_no_relation():
    assert lexicon().relations("flumph wozzle grint", "") == []


def test_a_rule_is_found_by_its_own_words_and_not_by_others():
    for known in lexicon().worlds.rules:
        assert lexicon().rule(known.rule).rule == known.rule
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
