"""A form for a tool: what is typed is read, and what is stored is shown again whole."""

import json
from dataclasses import replace

import pytest

from bot import tool_fields
from bot.cards import review_card
from bot.discord_app.rendering import layout
from bot.lesson_forms import formed
from bot.messages import Waiting
from bot.tool_fields import ANSWER, CALL, EXAMPLES, PARAMETERS, TOOL
from learning import tool_text
from learning.errors import CommandError, LessonError
from learning.lesson import LessonKind
from moderation.verdict import Verdict
from tests.fakes_terminal import OPEN_GATE, a_lesson

MOST = 4000
TYPED = {
    TOOL: "status: Says whether it is up",
    PARAMETERS: "region: eu | us - where it is\nname (optional): string",
    CALL: "https://x.org/{region}\nheader: X-Key: {secret:KEY}\nconfirm: yes",
    ANSWER: "Name: {name}\nCall: {tel}",
    EXAMPLES: "Is EU up? -> region=eu\nUS? -> status(region=us, name='a b')",
}


def lesson_of(text):
    return formed(replace(a_lesson(7, text), kind=LessonKind.TOOL))


def test_the_fields_become_one_tool_with_its_examples():
    tool, examples = tool_text.read(tool_fields.text_of(TYPED))

    assert (tool.name, tool.description) == ("status", "Says whether it is up")
    assert tool.required == ["region"]
    assert tool.endpoint.method == "GET"
    assert tool.endpoint.headers == {"X-Key": "{secret:KEY}"}
    assert tool.confirm
    assert tool.answer == TYPED[ANSWER]
    assert [request for request, _ in examples] == ["Is EU up?", "US?"]


def test_a_signature_may_stand_for_the_parameters():
    typed = {**TYPED, PARAMETERS: 'status(region: "eu" | "us", name: str = None)'}

    tool, _ = tool_text.read(tool_fields.text_of(typed))

    assert list(tool.properties) == ["region", "name"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {PARAMETERS: 'status(region: "eu" | "us", name: str = "x")'},
        {PARAMETERS: '{"type": "object", "required": ["region"], "properties":'
         ' {"region": {"enum": ["eu", "us"]}, "name": {"type": "string",'
         ' "maxLength": 9}}}'},
        {CALL: "PUT https://x.org/{region}\nbody: form"},
        {CALL: "https://x.org/", PARAMETERS: "", EXAMPLES: ""},
        {ANSWER: "answer: {a}\nconfirm: no\nexample: b"},
        {EXAMPLES: "US? -> region=us, name=\"it, is=so\"\nEU? -> region=eu, name='{'"},
    ],
)  # fmt: skip
def test_what_is_stored_comes_back_as_it_was(changes):
    lesson = lesson_of(tool_fields.text_of({**TYPED, **changes}))

    shown = tool_fields.filled(lesson, most_chars=MOST)
    again = lesson_of(tool_fields.text_of(shown))

    assert (again.text, again.examples) == (lesson.text, lesson.examples)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (TOOL, ""),
        (TOOL, "status"),
        (TOOL, "9lives: x"),
        (PARAMETERS, "region: foo bar"),
        (CALL, ""),
        (CALL, "FETCH https://x.org/"),
        (CALL, "https://x.org/{zone}"),
        (CALL, "https://x.org/\nAuthorization: abc"),
        (ANSWER, "a" * 5000),
        (EXAMPLES, "Hm"),
        (EXAMPLES, "Asia? -> region=asia"),
    ],
)
def test_the_field_that_is_off_is_named(field, words):
    typed = {**TYPED, field: words}

    found = tool_fields.problem(typed)

    assert found is not None
    assert found[0] == field
    with pytest.raises(LessonError):
        tool_fields.text_of(typed)


def test_a_right_form_has_no_problem():
    assert tool_fields.problem(TYPED) is None


def test_a_long_tool_hides_neither_where_it_goes_nor_what_it_sends():
    parameters = "\n".join(f"p{n}: string - {'x' * 400}" for n in range(12))
    lesson = lesson_of(
        tool_fields.text_of(
            {**TYPED, PARAMETERS: f"region: eu | us\nname: string\n{parameters}"}
        )
    )

    card = review_card(Waiting(lesson, Verdict(), OPEN_GATE))
    shown = json.dumps(layout(card).to_components())

    assert "GET x.org/{region}" in shown
    assert "**Secrets:** KEY" in shown
    assert "before each call" in shown
    assert len(card.text) > 4000


def test_the_card_of_a_correction_shows_what_would_change():
    old = lesson_of(tool_fields.text_of(TYPED))
    moved = {**TYPED, CALL: TYPED[CALL].replace("x.org", "evil.example.org")}
    new = lesson_of(tool_fields.text_of(moved))

    card = review_card(Waiting(new, Verdict(), OPEN_GATE, replaces=old))

    [change] = [value for name, value in card.facts if name.startswith("Replaces")]
    assert change.splitlines() == [
        "- It reaches GET x.org/{region}, and nothing else.",
        "+ It reaches GET evil.example.org/{region}, and nothing else.",
    ]


def test_what_is_too_long_for_a_form_is_not_cut():
    with pytest.raises(CommandError, match="too long for a form"):
        tool_fields.filled(lesson_of(tool_fields.text_of(TYPED)), most_chars=30)
