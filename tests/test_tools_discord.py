"""Tools on Discord: taught in a form, confirmed by the asker alone, given secrets."""

import json

import pytest
from simcord.backend.errors import SetupError

from bot import tool_fields
from bot.discord_app import words
from bot.discord_app.forms import MAX_INPUT
from bot.limiter import Limiter
from learning.lesson import LessonKind
from moderation.limits import Limit
from tests.core_steps import MODERATOR
from tests.discord_steps import labels_of, open_scene, reply_of, text_of
from tests.fakes import FakeClock
from tests.tool_form_steps import ENCRYPTED, RESTART, SECRET, VALUE, filled, ops


@pytest.fixture
async def running():
    async with ops() as there:
        yield there


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


async def teach(scene, typed):
    people = scene.people
    form = await people.member.slash(people.general, "teach tool")
    return await people.member.submit_modal(form, typed)


async def taught(scene, running):
    """Teach the tool and approve it by the button of its card."""
    await scene.set_up()
    await teach(scene, filled(running))
    await scene.people.moderator.click(scene.card(), label="Approve")


async def test_a_tool_is_taught_in_a_form_and_its_card_shows_what_it_may_reach(
    tmp_path, running
):
    async with open_scene(tmp_path, **running.core) as scene:
        await scene.set_up()

        told = await teach(scene, filled(running))

        assert "Lesson 1 is waiting" in reply_of(told)
        [lesson] = await waiting(scene)
        assert (lesson.kind, len(lesson.examples)) == (LessonKind.TOOL, 2)
        card = text_of(scene.card())
        assert f"POST 127.0.0.1:{running.port}/restart" in card
        assert "It uses no secret." in card
        assert "asks before each call" in card
        assert f'{RESTART} -> restart(server="Orion")' in card


@pytest.mark.parametrize(
    ("field", "words", "reason"),
    [
        (tool_fields.CALL, "https://x.org/{zone}", "no parameter"),
        (tool_fields.EXAMPLES, "Hm", "request -> call"),
        (tool_fields.TOOL, "restart", "no description"),
    ],
)
async def test_a_tool_that_is_off_comes_back_as_it_was_typed(
    tmp_path, running, field, words, reason
):
    async with open_scene(tmp_path, **running.core) as scene:
        await scene.set_up()
        people = scene.people
        typed = filled(running, **{field: words})

        told = await teach(scene, typed)

        assert reason in reply_of(told)
        assert await waiting(scene) == []
        form = await people.member.click(told.response, label="Write it again")
        assert inputs(form) == typed
        await people.member.submit_modal(form, filled(running))
        assert len(await waiting(scene)) == 1


def inputs(form):
    """Return what an opened form holds, by the names of its inputs."""
    found = {}
    for row in form.modal["components"]:
        component = row.get("component") or row["components"][0]
        found[component["custom_id"]] = component.get("value", "")
    return found


async def test_an_approved_tool_is_called_once_the_asker_confirms(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        people = scene.people

        asked = await scene.ask(RESTART)
        assert labels_of(asked) == ["Do it", "Leave it"]
        others = await people.moderator.click(asked, label="Do it")
        assert "Only the person who asked" in reply_of(others)
        assert running.requests == []
        assert not all_disabled(scene.discord.shown(people.general)[-1])

        done = await people.member.click(asked, label="Do it")

        assert "Done: Orion restarts." in reply_of(done)
        assert len(running.requests) == 1
        before, answer = scene.discord.shown(people.general)[-2:]
        assert all_disabled(before)
        assert "Done: Orion restarts." in answer.content


def all_disabled(message):
    rows = [each.to_dict() for each in message.components]
    return all(button.get("disabled") for row in rows for button in row["components"])


async def test_a_second_click_calls_nothing(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        asked = await scene.ask(RESTART)
        member = scene.people.member

        await member.click(asked, label="Do it")

        for label in ("Do it", "Leave it"):
            with pytest.raises(SetupError, match="disabled"):
                await member.click(asked, label=label)
        assert len(running.requests) == 1


async def test_a_call_that_met_the_limit_can_be_confirmed_again(tmp_path, running):
    clock = FakeClock()
    core = {**running.core, "calls": Limiter(clock, Limit(1, 60))}
    async with open_scene(tmp_path, **core) as scene:
        await taught(scene, running)
        people = scene.people
        first = await scene.ask(RESTART)
        await people.member.click(first, label="Do it")
        asked = await scene.ask(RESTART)

        told = await people.member.click(asked, label="Do it")

        assert "confirm this one again" in reply_of(told)
        assert not all_disabled(scene.discord.shown(people.general)[-1])
        clock.advance(seconds=61)
        await people.member.click(asked, label="Do it")
        assert len(running.requests) == 2


async def test_a_call_that_is_left_is_not_made(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        asked = await scene.ask(RESTART)

        told = await scene.people.member.click(asked, label="Leave it")

        assert "I left it" in reply_of(told)
        assert running.requests == []


async def test_a_call_asked_for_in_private_is_answered_in_private(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        people = scene.people

        asked = await people.member.slash(people.general, "myna ask", question=RESTART)
        await people.member.click(asked.response, label="Do it")

        assert len(running.requests) == 1
        assert scene.discord.shown(people.general) == []


async def test_a_call_that_waited_too_long_is_refused_and_its_buttons_switched_off(
    tmp_path, running
):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        asked = await scene.ask(RESTART)
        scene.home.parts.clock.advance(minutes=11)

        told = await scene.people.member.click(asked, label="Do it")

        assert "waits no longer" in reply_of(told)
        assert all_disabled(scene.discord.shown(scene.people.general)[-1])
        assert running.requests == []


async def test_the_buttons_work_after_the_connection_was_made_anew(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        asked = await scene.ask(RESTART)
        await scene.discord.restart_bot()

        await scene.people.member.click(asked, label="Do it")

        assert len(running.requests) == 1


async def test_a_waiting_tool_is_edited_in_a_form_that_holds_its_words(
    tmp_path, running
):
    async with open_scene(tmp_path, **running.core) as scene:
        await scene.set_up()
        await teach(scene, filled(running))
        moderator = scene.people.moderator

        form = await moderator.click(scene.card(), label="Edit")
        held = inputs(form)
        assert held[tool_fields.TOOL] == "restart\nRestarts a server of ours"
        assert "X-Team: ops" in held[tool_fields.CALL]
        changed = {**held, tool_fields.ANSWER: "It is done."}
        await moderator.submit_modal(form, changed)

        assert "It answers: It is done." in text_of(scene.card())
        [lesson] = await waiting(scene)
        assert tool_fields.filled(lesson, most_chars=MAX_INPUT) == changed


async def test_an_approved_tool_is_corrected_in_the_same_form(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        people = scene.people

        form = await people.member.slash(people.general, "myna correct", number=1)
        changed = {**inputs(form), tool_fields.ANSWER: "It is done."}
        await people.member.submit_modal(form, changed)

        [lesson] = await waiting(scene)
        assert lesson.supersedes == 1
        assert "It is done." in lesson.text


async def test_an_admin_stores_a_secret_in_a_form_and_nobody_sees_it(tmp_path):
    async with open_scene(tmp_path, **ENCRYPTED) as scene:
        await scene.set_up()
        people = scene.people
        options = {"name": SECRET, "host": "ops.example.org"}

        refused = await people.moderator.slash(people.general, "secret set", **options)
        form = await people.admin.slash(people.general, "secret set", **options)
        told = await people.admin.submit_modal(form, {"value": VALUE})
        listed = await people.admin.slash(people.general, "secret list")

        assert "Your role may not" in reply_of(refused)
        assert f"Stored {SECRET}" in reply_of(told)
        assert f"{SECRET}, sent to ops.example.org only" in reply_of(listed)
        sent = json.dumps([each.body for each in scene.discord.requests], default=str)
        assert VALUE not in sent
        gone = await people.admin.slash(people.general, "secret remove", name=SECRET)
        assert f"Removed {SECRET}" in reply_of(gone)


async def test_a_host_that_is_none_is_refused_before_a_value_is_typed(tmp_path):
    async with open_scene(tmp_path, **ENCRYPTED) as scene:
        people = scene.people

        told = await people.admin.slash(
            people.general, "secret set", name=SECRET, host=f"x.org {VALUE}"
        )

        assert "NAME HOST" in reply_of(told)
        assert VALUE not in reply_of(told)


async def test_tools_of_an_mcp_server_are_for_moderators(tmp_path):
    async with open_scene(tmp_path, **ENCRYPTED) as scene:
        await scene.set_up()
        people = scene.people

        told = await people.member.slash(
            people.general, "teach mcp", url="https://mcp.example.org/mcp"
        )

        assert "Your role may not" in reply_of(told)


async def test_lessons_and_why_name_a_tool_in_a_line(tmp_path, running):
    async with open_scene(tmp_path, **running.core) as scene:
        await taught(scene, running)
        people = scene.people
        await scene.ask(RESTART)

        async def told(command, **options):
            return reply_of(
                await people.member.slash(people.general, f"myna {command}", **options)
            )

        for shown in (await told("lessons"), await told("lesson", number=1)):
            assert "restart: Restarts a server of ours" in shown
            assert '"endpoint"' not in shown
        assert '"endpoint"' not in await told("why")


def test_sentences_name_the_commands_as_they_are_on_discord():
    told = words.here("/secrets lists; /secret NAME HOST stores, /secret remove NAME")

    assert told == (
        "/secret list lists; /secret set NAME HOST stores, /secret remove NAME"
    )
