"""Guards of docs/threat-model.md that are everybody's: SQL, files that run, tampering."""

import ast
import json
from pathlib import Path

import pytest

from bot.messages import Decision, Refused, Ruling, Teaching
from learning.errors import AdapterError, MynaError, StorageError
from learning.lesson import LessonKind
from learning.memory import Memory
from learning.run import MANIFEST
from tests.core_steps import MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.crash_steps import ROOT
from tests.fakes import FakeEmbedder
from tests.hostile.corpus import texts

PACKAGES = ("bot", "learning", "moderation", "storage")
RUNS_CODE = {
    *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"),
    *("yaml", "code", "runpy"),
}
"""Modules that run what they read, or make it easy."""
CALLS_CODE = {"eval", "exec", "compile", "__import__"}
SQL = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ", "ATTACH ")


def modules():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("text", ["Who \ud800 is it?", "\udfff", "a\ud800"])
async def test_half_a_character_is_refused_with_a_sentence(tmp_path, text):
    """JSON may hold one, and no database does."""
    async with open_home(tmp_path) as home:
        lesson = await home.teach()
        draft = Teaching(SERVER, TEACHER, LessonKind.FACT, text=text)
        taught = await home.core.teach(draft)
        asked = await home.ask(text)
        edited = await home.core.edit(SERVER, MODERATOR, lesson, answer=text)

        assert taught.refused
        assert isinstance(asked, Refused)
        assert edited.refused
        with pytest.raises(StorageError, match="half a character"):
            await home.core.decide(
                Decision(SERVER, MODERATOR, lesson, Ruling.REJECT, reason=text)
            )


async def test_what_people_write_is_never_sql(tmp_path):
    """Taught, searched and asked, every hostile text is words and nothing else."""
    async with open_home(tmp_path, memory=Memory(FakeEmbedder())) as home:
        kept = await home.approved()
        for text in texts().values():
            for use in (
                lambda text=text: home.teach(f"What of it? {text}", text),
                lambda text=text: home.core.lessons(SERVER, text),
                lambda text=text: home.ask(text),
                lambda text=text: home.core.export_person(text, text),
            ):
                try:
                    await use()
                except (MynaError, AttributeError):  # refused: no lesson waits
                    continue

        await home.parts.database.check()
        assert [each.id for each in await home.core.lessons(SERVER)] == [kept]
        assert (await home.ask(ORION)).text == "Priya Raman does."


def test_statements_are_put_together_from_constants_only():
    """SQL is in storage/ alone, and what is filled into it there is upper-case."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and _is_sql(node):
                assert path.parts[0] == "storage", f"{path}:{node.lineno}"
                filled = {ast.unparse(each.value) for each in _fields(node)}
                assert all(map(_is_constant, filled)), f"{path}:{node.lineno} {filled}"


def test_nothing_that_is_read_can_run():
    for path, tree in modules():
        for node in ast.walk(tree):
            names = set()
            if isinstance(node, ast.Import):
                names = {each.name.split(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = {(node.module or "").split(".")[0]}
            if path == Path("learning/tool_yaml.py"):
                names -= {"yaml"}  # plain values alone: tests/test_tool_yaml.py
            assert not names & RUNS_CODE, f"{path}:{node.lineno} imports {names}"
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in CALLS_CODE, f"{path}:{node.lineno} {called}"
                # torch.load unpickles, and so does numpy where it is allowed to.
                assert called not in {"torch.load", "torch.save"}, path
                keywords = {each.arg for each in node.keywords}
                assert "allow_pickle" not in keywords, f"{path}:{node.lineno}"


@pytest.mark.parametrize("tampered", ["weights", "manifest", "gone"])
async def test_a_tampered_adapter_says_nothing(tmp_path, tampered):
    """It is neither served nor built on; memory goes on answering once it is away."""
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        place = home.parts.directory.adapter(SERVER, 1)
        weights = place / "adapter_model.safetensors"
        if tampered == "weights":
            weights.write_text(json.dumps({ORION: "Mallory does."}))
        elif tampered == "manifest":
            (place / MANIFEST).write_text("{}")
        else:
            weights.unlink()

        with pytest.raises(AdapterError):
            await home.ask(memory=False)
        back = await home.core.rollback(SERVER, MODERATOR)

        assert not isinstance(back, Refused)
        assert (await home.ask()).text == "Priya Raman does."


def _is_sql(node):
    text = "".join(
        part.value
        for part in node.values
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    return text.startswith(SQL)


def _fields(node):
    return [part for part in node.values if isinstance(part, ast.FormattedValue)]


def _is_constant(name):
    return name.isupper() or name in LISTED or name.startswith("int(")


LISTED = {"table", "pragma_key(key)"}
"""A loop over a tuple of constants (storage/purging.py), and hexadecimal digits."""
