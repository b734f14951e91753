"""YAML is read as OpenAPI means it, and no file of it can take the bot down."""

import pytest
import yaml

from bot.lesson_files import holds_lessons, read_lessons
from learning import tool_yaml
from learning.errors import ImportFileError, LessonError
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.test_tool_files import API, GOOD


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("12:30", "12:30"),
        ("2026-03-01", "2026-03-01"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("truest", "truest"),
        ("", None),
        ("~", None),
        ("-3", -3),
        ("1.5e3", 1500.0),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
        ("'true'", "true"),
        ("| \n two\n lines\n", "two\nlines\n"),
    ],
)
def test_words_and_numbers_are_those_of_the_core(written, meant):
    assert tool_yaml.loads(f"value: {written}")["value"] == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a: &x [1]\nb: *x", "references"),
        ("[" * 100_000, "no YAML"),
        ("a: [", "no YAML"),
        ('a: !!int ""', "tags"),
        ("a: !!timestamp 2026-03-01", "tags"),
        ("a: !!set {b}", "tags"),
        ("!!binary aGk=: a", "tags"),
        ("a: !own b", "tags"),
        ('a: "\\UFFFFFFFF"', "no YAML"),
        ("a: b\n---\nc: d", "no YAML"),
        ("a" * (tool_yaml.MOST_CHARS + 1), "JSON"),
    ],
)
def test_what_is_off_is_a_sentence(written, said):
    with pytest.raises(LessonError, match=said):
        tool_yaml.loads(written)


@pytest.mark.parametrize(
    "written",
    [
        "!!python/object/apply:os.system [touch {}]",
        "!!python/object/new:os.system [touch {}]",
        "!!python/name:os.system",
        "!!python/module:antigravity",
    ],
)
def test_nothing_in_it_runs(tmp_path, written):
    made = tmp_path / "made"

    with pytest.raises(LessonError, match="tags"):
        tool_yaml.loads(f"a: {written.format(made)}")

    assert not made.exists()


@pytest.mark.parametrize("name", ["api.yaml", "API.YML"])
async def test_an_openapi_document_is_the_same_tools_as_in_json(tmp_path, name):
    text = yaml.safe_dump(API).encode()
    assert holds_lessons(text, name)

    async with open_home(tmp_path) as home:
        rows = read_lessons(text, name)
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

    [waiting] = imported.waiting
    assert waiting.lesson.text.startswith('{"name": "status"')
    assert waiting.lesson.examples[0][0] == "Is EU up?"


async def test_tools_written_by_hand_may_be_yaml(tmp_path):
    rows = read_lessons(yaml.safe_dump({"tools": [GOOD]}).encode(), "tools.yaml")

    async with open_home(tmp_path) as home:
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

    assert len(imported.waiting) == 1


@pytest.mark.parametrize("text", [b"name: Ana", b"just words", b"a: *x", b""])
def test_any_other_yaml_is_refused_by_name(text):
    with pytest.raises(ImportFileError, match=r"notes\.yaml"):
        read_lessons(text, "notes.yaml")
