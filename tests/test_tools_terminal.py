"""Tools at the terminal: taught, confirmed, and given secrets that nobody repeats."""

import asyncio
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.chat import Chat
from bot.commands import parse
from bot.control import ControlServer, Hello
from bot.control_client import connect
from bot.messages import Actor, Imported, Refused, Reply, SecretInfo, WaitingCall
from bot.session import LocalSession
from bot.terminal_app import chat_as_json, chat_as_transcript
from bot.terminal_input import logical_lines, reader
from bot.terminal_interactive import InteractiveChat
from bot.vocabulary import (
    Cancel,
    Confirm,
    Correct,
    Edit,
    Import,
    ImportMcp,
    RemoveSecret,
    SetSecret,
    Teach,
)
from learning.errors import CommandError
from learning.lesson import LessonKind
from moderation.roles import Role
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.fakes_terminal import NOON, FakeCore, StillClock, a_session
from tests.tool_form_steps import ENCRYPTED, RESTART, ops

ADMIN = Actor("u1", "Ada", Role.ADMIN)
VALUE = "s3cr3t w0rds"
TOOL = "restart(server: str)\nRestarts a server.\nPOST https://ops.example.org/restart"
CALL = WaitingCall(
    "c7", 3, "restart", "ops.example.org", "POST", (("server", "Orion"),)
)


@dataclass
class ToolCore(FakeCore):
    """A core whose every answer is whether to make the one call."""

    settled: list = field(default_factory=list)
    stored: dict = field(default_factory=dict)
    mcp: list = field(default_factory=list)

    async def answer(self, question, on_text=None):
        return Reply("Shall I restart Orion?", call=CALL)

    async def settle_call(self, server, actor, call_id, go):
        if call_id != CALL.id or self.settled:
            return Refused("That call was settled already.")
        self.settled.append((actor.id, go))
        return Reply("Orion restarts." if go else "I left it.", id=5)

    async def set_secret(self, server, actor, name, host, value):
        self.stored[name] = (host, value)
        return f"{name} is stored for {host}."

    async def remove_secret(self, server, actor, name):
        del self.stored[name]
        return f"{name} is gone."

    async def secrets(self, server, actor):
        return tuple(
            SecretInfo(name, host, "u1", NOON)
            for name, (host, _) in self.stored.items()
        )

    async def import_mcp(self, server, actor, url, channel):
        self.mcp.append(url)
        return Imported((), ())


async def as_json(core, *script):
    out = io.StringIO()
    lines = logical_lines(reader(io.StringIO("\n".join(script))))
    await chat_as_json(a_session(core), lines, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (f"/teach tool: {TOOL}", Teach(LessonKind.TOOL, text=TOOL)),
        ("/teach TOOL: {}", Teach(LessonKind.TOOL, text="{}")),
        ("/confirm", Confirm()),
        ("/confirm c7", Confirm("c7")),
        ("/cancel c7", Cancel("c7")),
        ("/secret KEY x.example.org", SetSecret("KEY", "x.example.org")),
        ("/secret KEY localhost:80 a b ", SetSecret("KEY", "localhost:80", "a b")),
        ("/secret remove KEY", RemoveSecret("KEY")),
        (
            "/import mcp https://x.example.org/mcp",
            ImportMcp("https://x.example.org/mcp"),
        ),
        ("/import MCP <https://x.org>", ImportMcp("https://x.org")),
        ("/import https://mcp.example.org", Import(url="https://mcp.example.org")),
        ("/edit 7 text: a\nanswer: {b}", Edit(7, text="a\nanswer: {b}")),
    ],
)
def test_what_is_typed_about_tools_is_read(line, command):
    assert parse(line) == command


def test_a_tools_correction_keeps_all_that_was_typed():
    typed = "text: a()\nanswer: {b}\nexample: Do a -> a()"

    wanted = parse(f"/correct 7 {typed}")

    assert isinstance(wanted, Correct)
    assert wanted.typed == typed


@pytest.mark.parametrize(
    "line",
    [
        "/secret",
        "/secret KEY",
        f"/secret KEY {VALUE}",
        f"/secret {VALUE}",
        f"/secret x.example.org KEY {VALUE}",
        "/secret remove",
        "/confirm a b",
        "/import mcp notes.txt",
        "/teach tool:",
    ],
)
def test_what_is_off_is_explained_without_repeating_it(line):
    with pytest.raises(CommandError) as told:
        parse(line)

    assert not set(VALUE.split()) & set(str(told.value).split())
    assert "example.org KEY" not in str(told.value)


async def test_a_call_is_confirmed_once_with_or_without_its_id():
    core = ToolCore()

    asked, done, again, none = await as_json(
        core, "Restart Orion", "/confirm", "/confirm c7", "/cancel"
    )

    assert "/confirm" in asked["text"]
    assert asked["call"] == {
        "id": "c7",
        "lesson": 3,
        "tool": "restart",
        "host": "ops.example.org",
        "method": "POST",
        "arguments": {"server": "Orion"},
    }
    assert (done["kind"], done["text"], done["call"]) == (
        "answer",
        "Orion restarts.",
        None,
    )
    assert (again["kind"], again["ok"]) == ("refused", False)
    assert "Nothing waits" in none["error"]
    assert core.settled == [("u1", True)]


async def test_a_call_is_left():
    core = ToolCore()

    *_, left = await as_json(core, "Restart Orion", "/cancel")

    assert left["text"] == "I left it."
    assert core.settled == [("u1", False)]


async def test_a_call_is_confirmed_through_the_control_socket(tmp_path):
    core, path = ToolCore(), tmp_path / "myna.sock"

    async with ControlServer(path, lambda _: a_session(core)):
        session = await connect(path, Hello("home", "u1", "Ada", "admin", "/"))
        asked = await session.execute("Restart Orion")
        done = await session.execute("/confirm")
        await session.close()

    assert asked.extra["call"]["id"] == "c7"
    assert done.text == "Orion restarts."


async def test_a_script_stores_a_secret_and_no_output_has_its_value():
    core = ToolCore()
    script = (
        f"/secret KEY x.example.org {VALUE}\n/secret KEY {VALUE}\n/secrets\n"
        "/secret remove KEY\n/secrets\n"
    )
    out = io.StringIO()

    lines = logical_lines(reader(io.StringIO(script)))
    await chat_as_transcript(a_session(core), lines, out, StillClock())

    said = out.getvalue()
    assert VALUE not in said
    assert "you> /secret KEY x.example.org ****" in said
    assert "KEY, sent to x.example.org only" in said
    assert "No secret is stored here" in said


async def test_json_has_secrets_by_name_and_host_only():
    core = ToolCore()

    stored, listed = await as_json(
        core, f"/secret KEY x.example.org {VALUE}", "/secrets"
    )

    assert core.stored == {"KEY": ("x.example.org", VALUE)}
    assert VALUE not in json.dumps([stored, listed])
    assert listed["secrets"] == [
        {"name": "KEY", "host": "x.example.org", "set_at": NOON.isoformat()}
    ]


async def test_a_secret_without_a_value_is_not_stored():
    core = ToolCore()

    (outcome,) = await as_json(core, "/secret KEY x.example.org")

    assert not outcome["ok"]
    assert core.stored == {}


async def test_the_tools_of_an_mcp_server_are_imported():
    core = ToolCore()

    (outcome,) = await as_json(core, "/import mcp https://x.example.org/mcp")

    assert outcome["kind"] == "imported"
    assert core.mcp == ["https://x.example.org/mcp"]


class ShownOutput(DummyOutput):
    """A terminal that keeps what was drawn on it."""

    def __init__(self):
        self.drawn = ""

    def write(self, data):
        self.drawn += data


@pytest.fixture
def keyboard():
    with create_pipe_input() as keys:
        yield keys


async def typed(core, keyboard, *keys):
    """Type each text once the one before was read; return all that was seen."""
    out, screen = io.StringIO(), ShownOutput()
    prompt = PromptSession(input=keyboard, output=screen)
    chat = InteractiveChat(a_session(core), prompt, Console(file=out, width=200))
    running = asyncio.create_task(chat.run("Hello."))
    for each in keys:
        keyboard.send_text(each)
        await asyncio.sleep(0.3)
    await running
    kept = prompt.default_buffer.history.get_strings()
    return screen.drawn + out.getvalue(), kept


async def test_a_secret_is_asked_for_and_neither_shown_nor_remembered(keyboard):
    core = ToolCore()

    seen, kept = await typed(
        core,
        keyboard,
        "/secret KEY x.example.org\r",
        f"{VALUE}\r",
        "/secrets\r",
        "\x04",
    )

    assert core.stored == {"KEY": ("x.example.org", VALUE)}
    assert "Value of KEY" in seen
    assert VALUE.split(maxsplit=1)[0] not in seen
    assert kept == ["/secret KEY x.example.org", "/secrets"]


async def test_ctrl_c_at_the_value_stores_nothing(keyboard):
    core = ToolCore()

    seen, _ = await typed(
        core, keyboard, "/secret KEY x.example.org\r", "half\x03", "\x04"
    )

    assert core.stored == {}
    assert "Stopped." in seen


async def at_home(home, *lines, actor=ADMIN):
    """Carry out lines on a real core; return each outcome."""
    chat = Chat(home.core, SERVER, actor, Path())
    session = LocalSession(chat, home.parts.clock)
    return [await session.execute(line) for line in lines]


async def test_a_tool_is_taught_read_approved_and_called_once_confirmed(tmp_path):
    async with ops() as running, open_home(tmp_path, **running.core) as home:
        text = (
            "name: restart\ndescription: Restarts a server\nparameters: server: str\n"
            f"call: POST {running.url('/restart')}\nanswer: Done: {{state}}.\n"
            f"example: {RESTART} -> server=Orion\nexample: Vega -> server=Vega"
        )

        taught, read, _, asked, done, again = await at_home(
            home,
            f"/teach tool: {text}",
            "/lesson 1",
            "/approve 1",
            RESTART,
            "/confirm",
            "/cancel",
        )

        assert taught.kind == "taught"
        assert f"It reaches POST 127.0.0.1:{running.port}/restart" in read.text
        assert asked.extra["call"]["arguments"] == {"server": "Orion"}
        assert done.text == "Done: Orion restarts."
        assert not again.ok
        assert len(running.requests) == 1


async def test_a_typed_correction_of_a_tool_may_have_examples_and_an_answer(tmp_path):
    async with ops() as running, open_home(tmp_path, **running.core) as home:
        text = (
            f"name: restart\ndescription: Restarts\nparameters: server: str\n"
            f"call: POST {running.url('/')}\nexample: Orion! -> server=Orion"
        )

        *_, corrected = await at_home(
            home,
            f"/teach tool: {text}",
            "/approve 1",
            f"/correct 1 text: {text}\nanswer: It is done.\nexample: Vega -> server=Vega",
        )

        assert corrected.kind == "taught", corrected.text
        [waiting] = await home.core.queue(SERVER, ADMIN)
        assert waiting.lesson.supersedes == 1
        assert "It is done." in waiting.lesson.text
        assert len(waiting.lesson.examples) == 2


async def test_no_export_and_no_log_has_the_value_of_a_secret(tmp_path, capsys):
    async with open_home(tmp_path, **ENCRYPTED) as home:
        outcomes = await at_home(
            home,
            f"/secret KEY ops.example.org {VALUE}",
            "/secrets",
            "/export",
            "/export --audit",
            "/privacy export",
            "/history",
            f"/secret KEY ops.example.org/path {VALUE}",
        )

        assert outcomes[0].ok
        assert "KEY, sent to ops.example.org only" in outcomes[1].text
        assert VALUE not in json.dumps([each.to_json() for each in outcomes])
        assert VALUE not in "".join(capsys.readouterr())


async def test_secrets_are_for_admins(tmp_path):
    async with open_home(tmp_path, **ENCRYPTED) as home:
        outcomes = await at_home(
            home,
            f"/secret KEY ops.example.org {VALUE}",
            "/secrets",
            "/secret remove KEY",
            actor=MODERATOR,
        )

        assert [each.kind for each in outcomes] == ["refused"] * 3
