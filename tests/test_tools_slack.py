"""Tools on Slack: taught in a form, confirmed by the asker alone, given secrets."""

import asyncio
import json

import pytest

from bot import tool_fields
from bot.limiter import Limiter
from learning.lesson import LessonKind
from moderation.limits import Limit
from tests.core_steps import MODERATOR
from tests.fake_slack_text import buttons, shown
from tests.fakes import FakeClock
from tests.slack_steps import working
from tests.tool_form_steps import RESTART, SECRET, VALUE, filled, ops


@pytest.fixture
async def running():
    async with ops() as there:
        yield there


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path, running):
    async with working(tmp_path, request.param, core=running.core) as work:
        yield work


async def waiting(work):
    queue = await work.core.queue(work.server, MODERATOR)
    return [each.lesson for each in queue]


async def open_tool(work):
    await work.slack.command(work.ben, "/teach", "tool", channel=work.general)
    return await work.form(work.ben, "Teach a tool")


async def taught(work, running):
    """Teach the tool in its form and approve it by the button of its card."""
    await work.slack.submit(work.ben, await open_tool(work), filled(running))
    (card,) = await work.slack.until(work.cards)
    await work.click(work.mona, card, "approve")
    await work.slack.until(lambda: "was approved" in shown(card))
    return card


async def test_a_tool_is_taught_in_its_form_and_the_card_shows_what_it_may_reach(
    work, running
):
    await work.slack.submit(work.ben, await open_tool(work), filled(running))

    await work.form(work.ben, "Lesson 1 is waiting for review")
    [lesson] = await waiting(work)
    assert (lesson.kind, len(lesson.examples)) == (LessonKind.TOOL, 2)
    (card,) = await work.slack.until(work.cards)
    assert f"POST 127.0.0.1:{running.port}/restart" in shown(card)
    assert "asks before each call" in shown(card)
    assert "It uses no secret." in shown(card)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (tool_fields.TOOL, "restart"),
        (tool_fields.PARAMETERS, "server: foo bar"),
        (tool_fields.CALL, "https://x.org/{zone}"),
        (tool_fields.EXAMPLES, "Hm"),
    ],
)
async def test_the_form_says_at_the_field_what_is_off_and_keeps_its_words(
    work, running, field, words
):
    form = await open_tool(work)

    answered = await work.slack.submit(
        work.ben, form, filled(running, **{field: words})
    )

    assert list(answered.errors) == [field]
    assert await waiting(work) == []


async def test_the_common_form_takes_a_tool_too(work, running):
    await work.slack.command(work.ben, "/teach", channel=work.general)
    form = await work.form(work.ben, "Teach Myna")
    text = (
        "name: restart\ndescription: Restarts a server\nparameters: server: str\n"
        f"call: POST {running.url('/restart')}"
    )
    values = {"kind": "tool", "words": text, "examples": f"{RESTART} -> server=Orion"}

    off = await work.slack.submit(work.ben, form, {**values, "words": "restart"})
    wrong = await work.slack.submit(work.ben, form, {**values, "examples": "a -> b=1"})
    await work.slack.submit(work.ben, form, values)

    assert (list(off.errors), list(wrong.errors)) == (["words"], ["examples"])
    await work.form(work.ben, "Lesson 1 is waiting for review")
    [lesson] = await waiting(work)
    assert lesson.examples[0][0] == RESTART


async def test_a_tool_is_typed_too(work, running):
    text = (
        "tool: name: restart description: Restarts a server parameters: server: str"
        f" call: POST {running.url('/restart')}"
    )

    card = await work.teach(work.ben, text)

    assert "restart: Restarts a server" in shown(card)


async def asked(work):
    """Ask Ben's question; return Myna's, whether it shall call."""
    answer = await work.ask(work.ben, work.general, RESTART)
    assert [each["text"]["text"] for each in buttons(answer)] == ["Do it", "Leave it"]
    return answer


def answers(work, words):
    return [
        each
        for each in work.slack.from_bot(work.general)
        if words in f"{each['text']}{shown(each)}"
    ]


async def test_a_call_is_made_once_the_asker_confirms(work, running):
    await taught(work, running)
    question = await asked(work)

    await work.click(work.cleo, question, "confirm")
    await work.told(work.cleo, "Only the person who asked")
    assert running.requests == []
    assert len(buttons(question)) == 2

    await work.click(work.ben, question, "confirm")

    (done,) = await work.slack.until(lambda: answers(work, "Done: Orion restarts."))
    assert done["thread_ts"] == question["thread_ts"]
    assert len(running.requests) == 1
    assert buttons(question) == []
    assert "Shall I do this?" in shown(question)


async def test_a_call_that_met_the_limit_can_be_confirmed_again(tmp_path, running):
    clock = FakeClock()
    core = {**running.core, "calls": Limiter(clock, Limit(1, 60))}
    async with working(tmp_path, "socket", core=core) as work:
        await taught(work, running)
        await work.click(work.ben, await asked(work), "confirm")
        await work.slack.until(lambda: answers(work, "Done: Orion restarts."))
        question = await asked(work)

        await work.click(work.ben, question, "confirm")

        await work.told(work.ben, "confirm this one again")
        assert len(buttons(question)) == 2
        clock.advance(seconds=61)
        await work.click(work.ben, question, "confirm")
        await work.slack.until(lambda: len(running.requests) == 2)


async def test_two_clicks_at_once_call_once(work, running):
    await taught(work, running)
    question = await asked(work)

    clicks = [work.click(work.ben, question, "confirm") for _ in range(2)]
    await asyncio.gather(*clicks)

    await work.slack.until(lambda: answers(work, "Done: Orion restarts."))
    await work.told(work.ben, "waits no longer")
    assert len(running.requests) == 1


async def test_a_call_is_left(work, running):
    await taught(work, running)
    question = await asked(work)

    await work.click(work.ben, question, "leave")

    await work.slack.until(lambda: answers(work, "I left it"))
    assert running.requests == []
    assert buttons(question) == []


async def test_a_call_that_waited_too_long_is_refused_and_loses_its_buttons(
    work, running
):
    await taught(work, running)
    question = await asked(work)
    work.home.parts.clock.advance(minutes=11)

    await work.click(work.ben, question, "confirm")

    await work.told(work.ben, "waits no longer")
    assert running.requests == []
    assert buttons(question) == []


async def test_a_waiting_tool_is_edited_in_the_form_that_holds_its_words(work, running):
    await work.slack.submit(work.ben, await open_tool(work), filled(running))
    (card,) = await work.slack.until(work.cards)

    await work.click(work.mona, card, "edit")
    form = await work.form(work.mona, "Edit lesson 1")
    assert "X-Team: ops" in json.dumps(form)
    await work.slack.submit(work.mona, form, {tool_fields.ANSWER: "It is done."})

    await work.slack.until(lambda: "It answers: It is done." in shown(card))
    [lesson] = await waiting(work)
    assert "X-Team" in lesson.text


async def test_an_approved_tool_is_corrected_in_the_same_form(work, running):
    await taught(work, running)

    await work.slack.command(work.ben, "/myna", "correct 1", channel=work.general)
    form = await work.form(work.ben, "Correct lesson 1")
    await work.slack.submit(work.ben, form, {tool_fields.ANSWER: "It is done."})

    await work.form(work.ben, "Lesson 2 is waiting for review")
    [lesson] = await waiting(work)
    assert lesson.supersedes == 1


async def test_an_admin_stores_a_secret_in_a_form_and_nobody_sees_it(work):
    line = f"secret {SECRET} ops.example.org"
    await work.slack.command(work.ben, "/myna", line, channel=work.general)
    await work.told(work.ben, "Your role may not")

    await work.slack.command(work.ana, "/myna", line, channel=work.general)
    form = await work.form(work.ana, "Store a secret")
    await work.slack.submit(work.ana, form, {"value": VALUE})

    await work.form(work.ana, f"Stored {SECRET}")
    await work.slack.command(work.ana, "/myna", "secrets", channel=work.general)
    await work.told(work.ana, f"{SECRET}, sent to ops.example.org only")
    assert VALUE not in json.dumps(work.slack.calls, default=str)
    gone = f"secret remove {SECRET}"
    await work.slack.command(work.ana, "/myna", gone, channel=work.general)
    await work.told(work.ana, f"Removed {SECRET}")


async def test_a_value_in_a_command_is_refused_and_not_repeated(work):
    line = f"secret {SECRET} ops.example.org {VALUE}"

    await work.slack.command(work.ana, "/myna", line, channel=work.general)

    told = await work.told(work.ana, "Leave the value out")
    assert VALUE not in json.dumps(told)
    await work.slack.command(work.ana, "/myna", "secrets", channel=work.general)
    await work.told(work.ana, "No secret is stored")


async def test_tools_of_an_mcp_server_are_for_moderators(work):
    line = "import mcp https://mcp.example.org/mcp"

    await work.slack.command(work.ben, "/myna", line, channel=work.general)

    await work.told(work.ben, "Your role may not")
