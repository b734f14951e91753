"""Proves that memory finds what was taught at once, and only where it may."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning import fit, general, memory
from learning.lesson import LessonKind
from learning.memory import Memory, Standing
from moderation.provenance import Scope
from tests.fakes import FakeEmbedder
from tests.learning_steps import bench_lessons, fact, qa, rule

ORION = qa("Who maintains the Orion staging server?", "Priya Raman does.", 1)
LANTERN = fact("Ilse edits the Lantern Letter.", 2)
RAID = qa("When does the Emberfall raid start?", "At nine.", 3)
SECRET = qa("What is the code of the Juniper safe?", "7443.", 4, scope=Scope("council"))
EVERY = [ORION, LANTERN, RAID, SECRET]
HOSTILE = [
    '"',
    "'",
    '"Orion',
    "Orion*",
    "Orion NEAR Lantern",
    "NEAR(Orion Lantern, 2)",
    "Orion AND",
    "OR OR OR",
    "NOT",
    "text: Orion",
    "{text} : Orion",
    "^Orion",
    "(((",
    ")",
    "-Orion",
    "+",
    "a.b/c-d'e",
    "Orion'; DROP TABLE lessons; --",
    "\0Orion\0",
    "Кто?",
    "鍵",
    "",
    " ",
    "?" * 500,
    "Orion " * 500,
]


def remembering(*lessons):
    built = Memory(FakeEmbedder())
    for lesson in lessons:
        built.add(lesson)
    return built


def asked(built, question, *, server="guild", channel=None):
    return built.recall(server, question, channel=channel)


@pytest.fixture
def built():
    return remembering(*EVERY)


def found(recall):
    return [hit.lesson for hit in recall.hits]


def test_an_exact_question_is_answered_by_its_lesson_alone(built):
    for lesson in (ORION, RAID):
        recall = asked(built, lesson.question)

        assert found(recall)[0] == lesson
        assert recall.notes == (lesson,)
        assert recall.standing is Standing.MATCH


def test_the_exact_question_of_every_bench_lesson_finds_it():
    lessons = [each for each in bench_lessons() if each.kind is LessonKind.QA]
    built = remembering(*lessons)

    missed = [
        each.question
        for each in lessons
        if found(asked(built, each.question))[0] != each
    ]

    assert missed == []


def test_hits_come_best_first_with_their_likelihood(built):
    recall = asked(built, ORION.question)

    scores = [hit.score for hit in recall.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_lesson_is_known_from_the_moment_it_is_added():
    built = remembering(ORION)
    before = asked(built, RAID.question)

    built.add(RAID)

    assert RAID not in found(before)
    assert asked(built, RAID.question).notes == (RAID,)


def test_a_removed_lesson_is_gone_at_once(built):
    built.remove("guild", ORION.id)

    assert ORION not in found(asked(built, ORION.question))
    assert ORION not in dict(built.similar("guild", ORION.question))
    assert asked(built, RAID.question).notes == (RAID,)


def test_removing_what_is_not_there_changes_nothing(built):
    before = asked(built, ORION.question)

    built.remove("guild", 99)
    built.remove("nowhere", ORION.id)

    assert asked(built, ORION.question) == before


def test_a_lesson_added_again_takes_the_place_of_the_first(built):
    edited = qa("Who maintains the Orion staging server?", "Tomas does.", ORION.id)

    built.add(edited)

    assert found(asked(built, ORION.question)).count(edited) == 1
    assert ORION not in found(asked(built, ORION.question))


def test_nothing_of_another_server_is_found(built):
    elsewhere = qa("Who maintains the Orion staging server?", "Nobody.", 1, server="x")
    built.add(elsewhere)

    here = asked(built, ORION.question)
    there = asked(built, ORION.question, server="x")

    assert elsewhere not in found(here)
    assert found(there) == [elsewhere]
    assert asked(built, ORION.question, server="empty").hits == ()
    assert dict(built.similar("x", ORION.question)).keys() == {elsewhere}


def test_the_same_number_on_another_server_stays_when_one_is_removed(built):
    elsewhere = qa("Who maintains the Orion staging server?", "Nobody.", 1, server="x")
    built.add(elsewhere)

    built.remove("guild", 1)

    assert found(asked(built, ORION.question, server="x")) == [elsewhere]


@pytest.mark.parametrize("channel", [None, "general", "Council", ""])
def test_a_channels_lesson_is_not_found_outside_it(built, channel):
    outside = asked(built, SECRET.question, channel=channel)

    assert SECRET not in found(outside)
    assert SECRET not in outside.notes


def test_a_channels_lesson_is_found_in_it_beside_those_of_the_whole_server(built):
    assert asked(built, SECRET.question, channel="council").notes == (SECRET,)
    assert asked(built, ORION.question, channel="council").notes == (ORION,)


def test_a_crowd_out_of_scope_does_not_hide_what_is_in_scope():
    crowd = [
        qa(ORION.question, f"Number {number}.", number, scope=Scope("council"))
        for number in range(10, 90)
    ]
    built = remembering(*crowd, ORION)

    assert found(asked(built, ORION.question)) == [ORION]


def test_rebuilding_from_rows_knows_what_adding_one_by_one_knows():
    one_by_one = remembering(*EVERY)
    rebuilt = remembering(qa("Who was here before?", "Somebody.", 9))

    rebuilt.rebuild(EVERY)

    for lesson in EVERY:
        for question in (lesson.statement, "Who keeps the Orion letter?"):
            for channel in (None, "council"):
                assert asked(rebuilt, question, channel=channel) == asked(
                    one_by_one, question, channel=channel
                )
    assert rebuilt.similar("guild", "Orion") == one_by_one.similar("guild", "Orion")


def everything_of(built):
    """All that a memory has to say to many questions."""
    questions = [each.statement for each in bench_lessons()]
    questions += ["Who keeps the Orion letter?", "When does the club meet?"]
    return [asked(built, question) for question in questions]


def under_other_numbers(lessons, **fields):
    """The same words, each under the number of another lesson."""
    numbers = [each.id for each in lessons]
    return [
        replace(each, id=number, **fields)
        for each, number in zip(lessons, numbers[7:] + numbers[:7], strict=True)
    ]


def test_what_another_server_holds_changes_no_answer():
    built = remembering(*bench_lessons())
    alone = everything_of(built)
    elsewhere = under_other_numbers(bench_lessons(), server="x")

    for each in elsewhere:
        built.add(each)
    beside = everything_of(built)
    for each in elsewhere:
        built.remove("x", each.id)

    assert beside == alone
    assert everything_of(built) == alone


def test_a_memory_with_a_past_knows_what_a_new_one_knows():
    fresh = everything_of(remembering(*bench_lessons()))
    edited = remembering(*under_other_numbers(bench_lessons()))
    rebuilt = remembering(*under_other_numbers(bench_lessons()))

    for each in bench_lessons():
        edited.add(each)
    rebuilt.rebuild(bench_lessons())

    assert everything_of(edited) == fresh
    assert everything_of(rebuilt) == fresh


def test_rebuilding_from_nothing_forgets_everything(built):
    built.rebuild([])

    assert asked(built, ORION.question).hits == ()
    assert asked(built, ORION.question).standing is Standing.FAR
    assert built.similar("guild", ORION.question) == ()


@pytest.mark.parametrize("question", HOSTILE)
def test_a_hostile_question_does_no_harm(built, question):
    asked(built, question)

    assert asked(built, ORION.question).notes == (ORION,)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_any_question_may_be_asked(question):
    recall = asked(FULL, question)

    assert len(recall.hits) <= memory.CANDIDATES
    assert len(recall.notes) <= memory.MOST_NOTES


FULL = remembering(*EVERY)


@pytest.mark.parametrize("text", [each for each in HOSTILE if each.strip()])
def test_hostile_words_may_be_taught(text):
    built = remembering(qa(text, text, 1), fact(text, 2), RAID)

    assert asked(built, RAID.question).notes == (RAID,)
    assert {hit.id for hit in found(asked(built, text))} <= {1, 2, 3}


def test_notes_are_the_best_hits_and_few():
    crowd = [qa(ORION.question, f"Number {number}.", number) for number in range(20)]

    recall = asked(remembering(*crowd), ORION.question)

    assert list(recall.notes) == found(recall)[: len(recall.notes)]
    assert 0 < len(recall.notes) <= memory.MOST_NOTES
    assert len(recall.hits) <= memory.CANDIDATES


def test_a_question_about_nothing_known_is_far(built):
    recall = asked(built, "Flumph wozzle grint?")

    assert recall.standing is Standing.FAR
    assert recall.notes == ()


def test_standing_says_whether_there_is_a_note():
    built = remembering(*bench_lessons())
    for question in [
        *(each.question for each in bench_lessons() if each.question),
        "Orion staging server wages holidays?",
        "What colour is Hazelnut's hat?",
        "Flumph?",
    ]:
        recall = asked(built, question)

        assert (recall.standing is Standing.MATCH) == bool(recall.notes)
        if recall.standing is Standing.NEAR:
            assert any(fit.is_about(question, each) for each in found(recall))


def test_similar_lessons_come_with_their_likeness(built):
    (best, likeness), *others = built.similar("guild", RAID.statement, limit=3)

    assert best == RAID
    assert likeness == pytest.approx(1.0, abs=1e-5)
    assert len(others) == 2
    assert all(other <= likeness for _, other in others)
    assert built.similar("guild", " \n") == ()


def test_threads_may_ask_and_teach_at_once(built):
    def work(number):
        built.add(qa(f"Who keeps key {number}?", f"Number {number}.", 100 + number))
        asked(built, ORION.question)
        built.remove("guild", 100 + number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))

    assert set(found(asked(built, ORION.question))) <= set(EVERY)
    assert asked(built, ORION.question).notes == (ORION,)


def test_a_rule_is_remembered_by_what_triggers_it():
    greeting = rule("When somebody says hello, answer: Ahoy, sailor!", 5)

    recall = asked(remembering(*EVERY, greeting), "hello")

    assert found(recall)[0] == greeting


def test_a_rule_that_nothing_triggers_stands_for_whoever_may_see_it():
    polite = rule("Always be polite.", 5, scope=Scope("council"))
    greeting = rule("When somebody says hello, answer: Ahoy!", 6)
    built = remembering(*EVERY, polite, greeting)

    inside = asked(built, "Flumph?", channel="council")
    outside = asked(built, "Flumph?")
    built.remove("guild", 5)
    after = asked(built, "Flumph?", channel="council")

    assert inside.has_standing_rules
    assert not outside.has_standing_rules
    assert not after.has_standing_rules
    assert not asked(remembering(polite), "Flumph?", server="x").has_standing_rules


def test_how_general_a_question_is_does_not_depend_on_what_was_taught(built):
    vector = FakeEmbedder().encode(["Who painted it?"])[0]

    for memory_ in (built, remembering()):
        recall = asked(memory_, "Who painted it?")

        assert recall.general == general.probability(vector)
        assert 0 <= recall.general <= 1
        assert recall.is_general == (recall.general >= memory.GENERAL)


def test_the_shipped_weights_are_of_the_numbers_that_are_measured():
    shipped = json.loads(fit.WEIGHTS.read_text())
    for name, names in (("note", fit.FEATURES), ("rule", fit.RULE_FEATURES)):
        assert shipped[name]["features"] == list(names)
        assert len(shipped[name]["weights"]) == len(names)


@pytest.mark.parametrize(
    ("question", "lesson", "may"),
    [
        ("When is it?", qa("What is the plan?", "Talk to Uma."), False),
        ("When is it?", qa("What is the plan?", "Talk on Monday."), True),
        ("How many are there?", qa("Where is it?", "In the shed."), False),
        ("How many are there?", qa("Where is it?", "In shed 4."), True),
        ("Who has it?", qa("Where is the Key?", "It is in the shed."), False),
        ("Who has it?", qa("Where is the Key?", "It is with Uma."), True),
        ("Who has it?", fact("The Key is in the shed."), False),
        ("Who has it?", fact("the key is with uma"), True),
        ("Is it there?", qa("Where is it?", "In the shed."), True),
        ("When is it?", rule("Be polite."), True),
    ],
)
def test_a_lesson_without_the_kind_of_value_that_is_asked_for_cannot_answer(
    question, lesson, may
):
    assert fit.may_hold(question, lesson) == may


def test_a_missing_value_makes_a_lesson_less_likely_to_answer():
    place = qa("Where is the Key?", "It is in the shed.")
    numbers = np.zeros(len(fit.FEATURES))

    who = fit.probability("Who has the Key?", place, numbers)

    assert who < fit.probability("Where is the Key?", place, numbers)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who keeps it?", "person"),
        ("How many are there?", "count"),
        ("What time is it?", "time"),
        ("Where's the key?", "place"),
        ("Why so?", "reason"),
        ("How do I get in?", "way"),
        ("Is it open?", ""),
        ("", ""),
    ],
)
def test_a_question_says_what_kind_of_answer_it_wants(question, kind):
    assert fit.kind_of_question(question) == kind


def test_a_name_gives_way_to_one_pronoun():
    names = fit.subject_stems(ORION)

    assert fit.without_names(ORION.question, names) == "Who maintains it"
    assert fit.without_names("Is Orion up?", names) == "Is it up"
    assert fit.without_names("Who else?", names) == "Who else"


def test_a_question_is_about_a_lesson_when_it_names_its_subject():
    assert fit.is_about("Is the Orion server up?", ORION)
    assert not fit.is_about("Is the Juniper safe shut?", ORION)
    assert not fit.is_about("hello", rule("When somebody says hello, answer: Ahoy!"))


def test_the_facets_of_a_lesson_leave_its_name_out_once():
    assert fit.facets(ORION) == fit.Facets(
        asked=ORION.question, note=ORION.statement, masked="Who maintains it"
    )
    greeting = rule("When somebody says hello, answer: Ahoy!")
    assert fit.facets(greeting) == fit.Facets("hello", greeting.text, "hello")


@pytest.mark.model
def test_a_rewording_is_found_by_meaning():
    from learning.embed import Embedder  # noqa: PLC0415 - reads the bundled weights

    built = Memory(Embedder())
    built.rebuild(EVERY)

    assert asked(built, "Whom do I ping when Orion staging is down?").notes == (ORION,)
    assert asked(built, "Who puts the Lantern Letter together?").notes == (LANTERN,)
    common = asked(built, "What is the capital of France?")
    assert (common.notes, common.is_general) == ((), True)
    near = asked(built, "Who leads the Emberfall raid?")
    assert (near.notes, near.standing) == ((), Standing.NEAR)
    assert not near.is_general
