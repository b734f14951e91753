"""The raw material of the invented worlds is complete and consistent."""

import json
from pathlib import Path

import pytest

WORLDS = json.loads(
    (Path(__file__).resolve().parent.parent / "learning" / "worlds.json").read_text(
        "ascii"
    )
)
RELATIONS = {relation["id"]: relation for relation in WORLDS["relations"]}

FEWEST_VALUES = {
    "person": 120,
    "time": 40,
    "date": 40,
    "number": 50,
    "version": 30,
    "place": 80,
    "thing": 60,
    "command": 40,
    "steps": 40,
    "money": 30,
    "color": 20,
    "reason": 30,
    "language": 15,
    "food": 30,
}


def test_counts():
    assert len(RELATIONS) == len(WORLDS["relations"]) >= 90
    assert len(WORLDS["rules"]) >= 40
    assert len(WORLDS["far"]) >= 60
    assert len(WORLDS["chat"]) >= 60


@pytest.mark.parametrize(
    "relation", WORLDS["relations"], ids=lambda relation: relation["id"]
)
def test_relation(relation):
    questions = relation["questions"]
    assert len(questions) == len({question.lower() for question in questions}) == 8
    assert all(question.count("{s}") == 1 for question in questions)
    assert len(set(relation["statements"])) == 3
    assert all("{s}" in text and "{a}" in text for text in relation["statements"])
    assert len(set(relation["answers"])) == 2
    assert all("{a}" in text and "{s}" not in text for text in relation["answers"])
    assert relation["answer"] in WORLDS["values"]
    assert relation["about"] in WORLDS["subjects"]
    near = relation["near"]
    assert 3 <= len(set(near)) == len(near) <= 6
    assert relation["id"] not in near
    assert all(RELATIONS[other]["about"] == relation["about"] for other in near)


def test_no_question_belongs_to_two_relations():
    asked = [
        (relation["about"], question.lower().rstrip("?"))
        for relation in WORLDS["relations"]
        for question in relation["questions"]
    ]
    assert len(asked) == len(set(asked))


def test_values_and_subjects():
    for kind, values in WORLDS["values"].items():
        assert len(values) == len(set(values)) >= FEWEST_VALUES.get(kind, 10), kind
    assert FEWEST_VALUES.keys() <= WORLDS["values"].keys()
    assert {"thing", "group", "event", "place", "person", "project"} <= WORLDS[
        "subjects"
    ].keys()
    for kind, subjects in WORLDS["subjects"].items():
        assert len(subjects) == len(set(subjects)) >= 70, kind
    assert not set(WORLDS["subjects"]["person"]) & set(WORLDS["values"]["person"])


def test_rules_far_and_chat():
    for rule in WORLDS["rules"]:
        assert rule["rule"]
        assert rule["reply"]
        assert len(set(rule["triggers"])) == 5
        assert len(set(rule["others"])) == 2
        assert not set(rule["triggers"]) & set(rule["others"])
    assert all("{s}" in question for question in WORLDS["far"])
    assert len(set(WORLDS["far"])) == len(WORLDS["far"])
    assert len({turn["message"] for turn in WORLDS["chat"]}) == len(WORLDS["chat"])
    assert all(turn["reply"] for turn in WORLDS["chat"])
