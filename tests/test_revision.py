"""What changed between two readings: each passage finds the one it rewords."""

from learning.revision import fingerprint, successors


def test_a_passage_is_known_again_by_its_words_and_its_innermost_heading():
    assert fingerprint("Book › Fees", "It is  40.") == fingerprint("fees", "It is 40.")  # noqa: RUF001
    assert fingerprint("Monday", "Closed.") != fingerprint("Tuesday", "Closed.")


def test_a_new_wording_finds_the_old_one():
    old = {
        4: "The yearly fee of the club is forty crowns, to be paid before May.",
        7: "The keys of the boat house hang behind the kitchen door.",
    }
    new = [
        "The keys of the boat house hang beside the front door now.",
        "Dogs are welcome on the lawn, and in the harbour office on rainy days.",
        "The yearly fee of the club is sixty crowns, to be paid before June.",
    ]

    assert successors(new, old) == {0: 7, 2: 4}


def test_one_old_passage_is_replaced_once_by_what_is_most_alike():
    old = {1: "The harbour office opens at nine and closes at five every day."}
    new = [
        "The harbour office opens at nine in summer, and at ten in winter.",
        "The harbour office opens at nine and closes at six every day.",
    ]

    assert successors(new, old) == {1: 1}


def test_short_texts_and_scripts_without_spaces_are_compared_too():
    assert successors(["Opens at 10."], {1: "Opens at 9."}) == {0: 1}
    assert successors(["会费每年六十克朗。"], {1: "会费每年四十克朗。"}) == {0: 1}
    assert successors(["Closed."], {1: "Opens at 9."}) == {}
