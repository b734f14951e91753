"""Questions made of a statement's own words."""

import pytest

from learning.statement import kind_of_statement, questions


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The stable release of Umber is 4.2.", "What is the stable release of Umber?"),
        ("The Umber fair will be held on 1 May.", "When will the Umber fair be held?"),
        ("Ada Vale edits the Umber Letter.", "Who edits the Umber Letter?"),
        (
            "Before each Umber launch, ring the bell.",
            "What do I do before each Umber launch?",
        ),
        ("The keys of Umber hang behind the door.", "Where the keys of Umber hang?"),
    ],
)
def test_the_plainest_question_asks_for_the_value(statement, question):
    assert questions(statement)[0] == question


def test_a_question_never_holds_the_value_it_asks_for():
    assert all("4.2" not in q for q in questions("The release of Umber is 4.2."))


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("It is on 14 September.", "time"),
        ("The raid moved to Friday.", "place"),
        ("Come on Fridays.", "time"),
        ("The limit is 12.", "count"),
        ("The sky is blue.", ""),
    ],
)
def test_the_kind_of_a_statement_is_read_off_its_value(statement, kind):
    assert kind_of_statement(statement) == kind
