"""Tests of telling contradictions from paraphrases."""

import pytest

from moderation.conflict import SAME_SUBJECT, Similar, difference, repeats


def known(*fields, cosine=0.9, lesson=4):
    question, answer, text = (*fields, "") if len(fields) == 2 else ("", "", *fields)
    return Similar(
        lesson=lesson, text=text, question=question, answer=answer, cosine=cosine
    )


def about(new, old):
    """Return what differs, and whether both are surely about one thing."""
    found = difference(new, old)
    return found and (found.about, found.same_subject)


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        ("The raid is on Friday 8pm.", "The raid is on Friday 9pm.", "numbers"),
        ("The raid is on Friday.", "The raid is on Saturday.", "days"),
        ("Standup is in May.", "Standup is in June.", "days"),
        ("The Orion lead is Priya.", "The Orion lead is Marek.", "names"),
        ("Always answer in French.", "Always answer in German.", "names"),
        ("Guests may bring pets.", "Guests may not bring pets.", "yes and no"),
        ("Guests mustn't smoke.", "Guests smoke.", "yes and no"),
        ("We need three healers.", "We need five healers.", "numbers"),
        ("The port is 8080.", "The port is 9,090.", "numbers"),
    ],
)
def test_two_statements_about_one_thing_conflict_where_a_value_differs(new, old, what):
    assert about((new,), known(old)) == (what, True)


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        ("Priya leads Orion.", "Marek leads the Orion team.", "names"),
        ("Orion is led by Priya.", "The lead is Marek of Orion.", "names"),
        ("The raid starts at 8 pm.", "The raid ends at 11 pm.", "numbers"),
        ("Our chess club opens at 8.", "Our chess club shuts at 11.", "numbers"),
    ],
)
def test_what_may_be_two_true_things_is_called_close_only(new, old, what):
    assert about((new,), known(old)) == (what, False)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("The raid is on Friday at 8 pm.", "On Friday, 20:00, the raid starts."),
        ("The raid is at 8.30 pm.", "The raid is at 8.30 pm on Fridays."),
        ("We need three healers.", "The raid needs 3 healers."),
        ("You may leave.", "You leave in May."),
        ("Orion listens on 8080.", "Lyra listens on 9090."),
        ("The Orion lead is Priya.", "The Orion lead is Priya Raman."),
        ("Raids start after dinner.", "Every raid starts after dinner."),
        ("Never feed the cat.", "Do not feed the cat."),
    ],
)
def test_a_paraphrase_or_another_subject_is_no_conflict(new, old):
    assert difference((new,), known(old)) is None


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        (
            ("Who maintains Orion?", "Priya Raman does."),
            ("Who maintains Orion now?", "That is Marek Dvorak."),
            "names",
        ),
        (
            ("When does the raid start?", "Friday at eight"),
            ("What time does the raid start?", "Friday at 9"),
            "numbers",
        ),
        (
            ("Which colour is the banner?", "green"),
            ("What colour is the banner?", "red"),
            "answers",
        ),
        (
            ("Is the vault open?", "Yes, it is open."),
            ("Is the vault open?", "No, it is not open and never was."),
            "yes and no",
        ),
    ],
)
def test_two_answers_to_one_question_conflict(new, old, what):
    assert about(new, known(*old)) == (what, True)


def test_the_same_question_conflicts_however_far_its_answers_are():
    old = known("Who leads Orion?", "It is Marek Dvorak.", cosine=0.3)

    assert about(("who leads Orion", "It is Priya."), old) == ("names", True)


def test_a_question_of_another_kind_about_the_same_subject_is_no_conflict():
    old = known("Where does the Saltmarsh chess club meet?", "In the boathouse.")

    new = ("Who coaches the Saltmarsh chess club?", "Mirela Stanek is the coach.")

    assert about(new, old) is None


def test_answers_to_questions_worded_otherwise_are_called_close_only():
    old = known("Who looks after Orion?", "That is Marek Dvorak.")

    assert about(("Who maintains Orion?", "It is Priya."), old) == ("names", False)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (
            ("Who maintains Orion?", "Priya Raman does."),
            ("Who maintains Lyra?", "Marek Dvorak does."),
        ),
        (
            ("Who maintains Orion?", "Priya Raman does."),
            ("Who looks after Orion?", "Priya Raman."),
        ),
        (
            ("What does the raid need?", "A full guild bank."),
            ("When does the raid start?", "after dinner"),
        ),
    ],
)
def test_answers_to_different_questions_do_not_differ(new, old):
    assert difference(new, known(*old)) is None


def test_questions_in_almost_the_same_words_need_a_little_likeness_too():
    old = known("Who leads the raid tonight?", "Marek does it.", cosine=0.5)

    assert about(("Who leads the raid?", "It is Priya."), old) is None


def test_below_the_cosine_of_one_subject_nothing_is_said_to_supersede():
    far = known("The raid is on Friday 9pm.", cosine=SAME_SUBJECT - 0.01)

    assert not difference(("The raid is on Friday 8pm.",), far).same_subject


def test_a_question_and_answer_can_differ_from_a_fact():
    fact = known("The raid starts at 9 pm.")

    assert (
        difference(("When does the raid start?", "At 8 pm."), fact).about == "numbers"
    )


def test_the_same_words_in_another_case_and_spacing_are_a_repetition():
    assert repeats(("the raid  is on FRIDAY",), known("The raid is on Friday."))


def test_a_question_and_its_answer_repeat_the_same_ones_only():
    lesson = known("Who leads?", "Priya.")

    assert repeats(("who leads", "priya"), lesson)
    assert not repeats(("who leads", "Marek"), lesson)


def test_a_sign_inside_a_text_makes_it_another_text():
    assert not repeats(("We write C",), known("We write C++"))
    assert not repeats(("It is 35",), known("It is 3.5"))
