"""The terminal: a piped script reads as a transcript or as JSON lines."""

import asyncio
import io
import json
import os
import signal

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.terminal_app import (
    SECONDS_BETWEEN_PROGRESS,
    ProgressLines,
    chat_as_json,
    chat_as_transcript,
    visible,
)
from bot.terminal_input import logical_lines, reader
from bot.terminal_interactive import CommandCompleter, InteractiveChat
from learning.run import Progress
from tests.fakes_terminal import FakeCore, StillClock, a_session


async def lines_of(script):
    return [line async for line in logical_lines(reader(io.StringIO(script)))]


async def as_json(core, script):
    out = io.StringIO()
    lines = logical_lines(reader(io.StringIO(script)))
    code = await chat_as_json(a_session(core), lines, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


async def as_transcript(core, script):
    out = io.StringIO()
    lines = logical_lines(reader(io.StringIO(script)))
    code = await chat_as_transcript(a_session(core), lines, out, StillClock())
    return code, out.getvalue()


async def test_blank_lines_and_comments_are_left_out():
    assert await lines_of("# a script\n\n  \nWho?\n  # more\n/why") == ["Who?", "/why"]


async def test_a_line_that_ends_in_a_backslash_goes_on():
    script = "/teach question: How?\\\nanswer: First.\\\n# no comment\nWho?\n"

    assert await lines_of(script) == [
        "/teach question: How?\nanswer: First.\n# no comment",
        "Who?",
    ]


async def test_a_script_that_ends_in_a_backslash_loses_nothing():
    assert await lines_of("/teach fact: a\\") == ["/teach fact: a"]


async def test_json_gives_exactly_one_object_a_line_of_input():
    code, objects = await as_json(
        FakeCore(), "Who?\n# note\n\n/teach fact: a\n/review\n"
    )

    assert code == 0
    assert [each["kind"] for each in objects] == ["answer", "taught", "review"]


async def test_one_failed_command_fails_the_script_which_goes_on():
    code, objects = await as_json(FakeCore(), "/approve 7\nWho?\n")

    assert code == 1
    assert [each["ok"] for each in objects] == [False, True]


async def test_quit_ends_the_script():
    code, objects = await as_json(FakeCore(), "/quit\nWho?\n")

    assert (code, len(objects)) == (0, 1)


async def test_a_transcript_repeats_the_input_and_credits_the_answer():
    script = "Who?\n/teach fact: Ana runs Orion.\n/approve 1\nWho?\n"

    code, out = await as_transcript(FakeCore(), script)

    assert code == 0
    assert out.splitlines() == [
        "you> Who?",
        "myna> I don't know that yet.",
        "you> /teach fact: Ana runs Orion.",
        "myna> Lesson 1 is waiting for review. (/review)",
        "you> /approve 1",
        "myna> Lesson 1 is approved; memory knows it now.",
        "you> Who?",
        "myna> Ana runs Orion.   [lesson 1, taught by you · in memory]",
    ]


async def test_a_transcript_fails_with_its_commands():
    code, out = await as_transcript(FakeCore(), "/nonsense\n")

    assert code == 1
    assert "/help" in out


async def test_a_transcript_tells_what_became_of_a_lesson():
    _, out = await as_transcript(
        FakeCore(told=["Your lesson 1 was approved: a"]), "Hi\n"
    )

    assert "myna> Your lesson 1 was approved: a\n" in out


async def test_a_transcript_of_learning_has_few_progress_lines_and_the_result():
    _, out = await as_transcript(FakeCore(), "/learn\n")

    assert out.splitlines() == [
        "you> /learn",
        "      training, 4/8, loss 0.500, 12 s left",
        "myna> Nothing new to learn. Teach me: /teach",
    ]


def test_progress_is_told_every_few_seconds():
    out, clock = io.StringIO(), StillClock()
    progress = ProgressLines(out, clock)

    for _ in range(3):
        progress.show(Progress("exam", 1, 2))
        clock.seconds += SECONDS_BETWEEN_PROGRESS / 2

    assert out.getvalue().count("\n") == 2


async def test_a_lesson_cannot_steer_the_terminal():
    script = "/teach fact: \x1b[2Jgone\n/approve 1\nWho?\n"

    _, out = await as_transcript(FakeCore(), script)

    assert "\x1b" not in out
    assert visible("a\u202eb\tc\nd\x07") == "ab\tc\nd"


@pytest.fixture
def keyboard():
    with create_pipe_input() as keys:
        yield keys


async def typed(core, keyboard, keys, **choices):
    out = io.StringIO()
    prompt = PromptSession(input=keyboard, output=DummyOutput())
    console = Console(file=out, width=200)
    keyboard.send_text(keys)
    chat = InteractiveChat(a_session(core, **choices), prompt, console)
    code = await chat.run("Hello.")
    return code, out.getvalue()


async def test_ctrl_d_leaves(keyboard):
    code, out = await typed(FakeCore(), keyboard, "\x04")

    assert (code, out) == (0, "Hello.\n")


async def test_ctrl_c_leaves_the_second_time(keyboard):
    code, out = await typed(FakeCore(), keyboard, "\x03\x03")

    assert code == 0
    assert out.count("Press Ctrl-C again") == 1


async def test_ctrl_c_once_leaves_nothing(keyboard):
    _, out = await typed(FakeCore(), keyboard, "\x03Who?\r\x03/quit\r")

    assert out.count("Press Ctrl-C again") == 2
    assert "I don't know that yet." in out
    assert "Goodbye." in out


async def test_an_answer_is_printed_as_it_comes_and_only_once(keyboard):
    core = FakeCore(pieces=("Ana ", "runs"))

    _, out = await typed(
        core, keyboard, "/teach fact: Ana runs Orion.\r/approve 1\rWho?\r\x04"
    )

    assert "myna> Ana runs Orion.   [lesson 1" in out
    assert out.count("Ana runs") == 1


async def test_what_was_streamed_and_then_withheld_is_followed_by_the_reply(keyboard):
    core = FakeCore(pieces=("Something else",))

    _, out = await typed(core, keyboard, "/teach fact: Ana.\r/approve 1\rWho?\r\x04")

    assert "myna> Something else\nmyna> Ana." in out


async def test_typed_lines_go_on_after_a_backslash(keyboard):
    core = FakeCore()

    await typed(core, keyboard, "/teach fact: a\\\rb\r\x04")

    assert core.waiting[1].lesson.text == "a\nb"


@pytest.mark.parametrize("line", ["Who?", "/learn"])
async def test_ctrl_c_stops_an_answer_or_a_run_and_the_chat_goes_on(keyboard, line):
    core = FakeCore(hold=asyncio.Event())
    chat = asyncio.create_task(typed(core, keyboard, f"{line}\r/help\r\x04"))
    await core.held.wait()

    os.kill(os.getpid(), signal.SIGINT)
    code, out = await chat

    assert core.cancelled.is_set()
    assert code == 0
    assert "Stopped." in out
    assert "/rollback" in out


def test_tab_completes_commands_and_their_words():
    def completions(text):
        return {
            each.text
            for each in CommandCompleter().get_completions(Document(text), None)
        }

    assert completions("/ap") == {"/approve"}
    assert completions("/memory ") == {"on", "off"}
    assert completions("Who") == completions("/help ") == set()
