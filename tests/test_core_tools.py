"""Proves how tools are called: what reaches whom, who confirms, what is kept."""

import asyncio
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from bot import tool_calls
from bot.calling import WAITS_SECONDS
from bot.limiter import Limiter
from bot.messages import Actor, Correction, Refused
from bot.tool_calls import carry_out
from learning.errors import AdapterError, EngineError, LessonError, ToolError
from learning.run import RunKind
from learning.tool import Call, tool_of
from moderation.limits import Limit
from moderation.roles import Role
from storage import answers, journal, lessons
from tests.core_steps import MEMBER, MODERATOR, SERVER
from tests.fakes import FakeClock, skills_adapter
from tests.tool_steps import (
    approved_tool,
    open_tool_home,
    teach_tool,
)

REQUEST = "Is the EU server up?"
OTHER = Actor("u2", "Ugo", Role.MEMBER)


def deploy(site):
    """A tool that changes something."""
    return {
        "name": "deploy",
        "description": "Deploys a service.",
        "parameters": {
            "type": "object",
            "properties": {"service": {"type": "string"}},
            "required": ["service"],
        },
        "endpoint": {"method": "POST", "url": f"http://{site.host}/deploy"},
        "answer": "{service} is on its way.",
    }


DEPLOY = (("Deploy web now", {"service": "web"}),)


async def actions(home):
    found = await journal.everything(home.parts.database, SERVER)
    return [(e.action, e.detail.get("outcome")) for e in found if "tool" in e.action]


async def test_a_learned_tool_is_called_without_a_manual_in_the_prompt(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        lesson = await approved_tool(home, site.status_tool())
        await home.learn()
        home.parts.engine.asked.clear()

        reply = await home.ask(REQUEST)

        assert reply.text == "eu: 12 people play there."
        assert [(m, p) for m, p, _, _ in site.asked] == [("GET", "/status/eu")]
        assert [credit.id for credit in reply.lessons] == [lesson]
        assert reply.adapter == "home/1"
        for generation in home.parts.engine.asked:
            shown = " ".join(m.content for m in generation.messages)
            assert "server_status" not in shown
            assert len(generation.messages) == 2


async def test_an_approved_tool_is_called_by_its_examples_before_it_is_learned(
    tmp_path,
):
    async with open_tool_home(tmp_path) as (home, site):
        lesson = await approved_tool(home, site.status_tool())

        reply = await home.ask("status of the us server")

        assert reply.text == "us: 12 people play there."
        assert [credit.id for credit in reply.notes] == [lesson]
        assert reply.adapter == "skills/1"


@pytest.mark.parametrize(("chance", "called"), [(0.9, 1), (0.05, 0)])
async def test_by_its_examples_it_is_called_where_a_call_is_likely_begun(
    tmp_path, monkeypatch, chance, called
):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        engine = home.parts.engine
        generate = engine.generate

        async def hesitant(generation):
            said = await generate(generation)
            candidates = {"{": math.log(chance), "I": math.log(1 - chance)}
            return said if generation.wants(candidates) else replace(said, text="")

        monkeypatch.setattr(engine, "generate", hesitant)

        await home.ask("status of the us server")

        assert len(site.asked) == called


async def test_a_waiting_tool_is_not_called(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await teach_tool(home, site.status_tool())

        reply = await home.ask(REQUEST)

        assert reply.abstained
        assert site.asked == []


async def test_a_forgotten_tool_is_no_longer_called(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        lesson = await approved_tool(home, site.status_tool())
        await home.learn()
        await home.ask(REQUEST)
        await home.forget(lesson)

        reply = await home.ask(REQUEST)

        assert reply.abstained
        assert len(site.asked) == 1


async def test_a_newer_tool_of_the_name_replaces_it_and_is_called_instead(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        old = await approved_tool(home, site.status_tool())
        moved = site.status_tool(
            endpoint={"method": "GET", "url": f"http://{site.host}/v2/{{region}}"}
        )
        taught = await teach_tool(home, moved)
        assert taught.waiting.replaces.id == old
        await home.approve(taught.waiting.lesson.id)

        await home.ask(REQUEST)

        assert [path for _, path, _, _ in site.asked] == ["/v2/eu"]


async def test_a_tool_is_never_approved_in_bulk_and_says_what_it_reaches(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        taught = await teach_tool(home, site.status_tool())

        done = await home.core.approve_all(SERVER, MODERATOR)

        assert done.approved == ()
        reasons = taught.waiting.verdict.reasons
        assert f"It calls {site.host} (GET) and only reads." in reasons


async def test_what_changes_something_waits_for_its_asker_once(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        reply = await home.ask("Deploy web now")
        call = reply.call
        assert site.asked == []
        assert call.arguments == (("service", "web"),)
        assert call.host == site.host

        by_other = await home.core.settle_call(SERVER, OTHER, call.id, go=True)
        elsewhere = await home.core.settle_call("other", MEMBER, call.id, go=True)
        both = await asyncio.gather(
            home.core.settle_call(SERVER, MEMBER, call.id, go=True),
            home.core.settle_call(SERVER, MEMBER, call.id, go=True),
        )

        assert isinstance(by_other, Refused)
        assert isinstance(elsewhere, Refused)
        assert [isinstance(each, Refused) for each in both] == [False, True]
        assert both[0].text == "web is on its way."
        assert [(m, p, b) for m, p, _, b in site.asked] == [
            ("POST", "/deploy", '{"service": "web"}')
        ]
        assert await actions(home) == [("tool.called", "done")]


async def test_what_was_left_or_not_confirmed_in_time_is_not_called(tmp_path):
    clock = FakeClock()
    async with open_tool_home(tmp_path, clock=clock) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        left = (await home.ask("Deploy web now")).call
        late = (await home.ask("Deploy web now")).call

        said = await home.core.settle_call(SERVER, MEMBER, left.id, go=False)
        clock.advance(seconds=WAITS_SECONDS + 1)
        told = await home.core.settle_call(SERVER, MEMBER, late.id, go=True)

        assert said.text == "I left it; nothing was called."
        assert "waits no longer" in told.text
        assert site.asked == []


async def test_a_tool_forgotten_before_it_was_confirmed_is_not_called(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        lesson = await approved_tool(home, deploy(site), DEPLOY)
        call = (await home.ask("Deploy web now")).call
        await home.forget(lesson)

        reply = await home.core.settle_call(SERVER, MEMBER, call.id, go=True)

        assert isinstance(reply, Refused)
        assert site.asked == []


LACKING = "status of the server up?"


def lacks_a_region(home):
    """Make the model write calls without a region, and with it once it is named."""
    scripted = home.parts.engine.scripted
    scripted[LACKING] = Call("server_status").text
    scripted[f"{LACKING} asia"] = Call("server_status", {"region": "asia"}).text


def completed(home):
    """Count how often the model was asked what was completed."""
    whole = f"{LACKING} asia"
    return sum(each.messages[-1].content == whole for each in home.parts.engine.asked)


async def test_a_missing_value_is_asked_for_and_the_answer_completes_the_call(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        lacks_a_region(home)

        first = await home.ask(LACKING)
        home.parts.engine.asked.clear()
        await home.ask("asia", actor=OTHER)
        await home.ask("asia", channel="attic")
        assert completed(home) == 0
        second = await home.ask("asia")
        await home.ask("asia")

        assert first.text == "Which region? (eu, us, asia)"
        assert second.text == "asia: 12 people play there."
        assert completed(home) == 1


@pytest.mark.parametrize(
    "text",
    ["Never mind, thanks.", "What is the capital of France?", "I will tell you later"],
)
async def test_what_gives_no_value_is_a_question_of_its_own(tmp_path, text):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        lacks_a_region(home)

        await home.ask(LACKING)
        home.parts.engine.asked.clear()
        reply = await home.ask(text)

        assert reply.abstained
        assert site.asked == []
        assert not any(LACKING in str(each) for each in home.parts.engine.asked)


async def test_a_missing_value_is_not_waited_for_for_ever(tmp_path):
    clock = FakeClock()
    async with open_tool_home(tmp_path, clock=clock) as (home, site):
        await approved_tool(home, site.status_tool())
        lacks_a_region(home)
        await home.ask(LACKING)

        clock.advance(seconds=WAITS_SECONDS + 1)
        await home.ask("asia")

        assert completed(home) == 0


async def test_wrong_arguments_are_repaired_once_and_then_explained(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        wrong = Call("server_status", {"region": "mars"}).text
        scripted = home.parts.engine.scripted
        scripted[REQUEST] = wrong
        message = (
            "That call does not fit: region must be one of eu, us, asia."
            " Write the call again."
        )
        scripted[message] = Call("server_status", {"region": "eu"}).text

        repaired = await home.ask(REQUEST)
        scripted[message] = wrong
        explained = await home.ask(REQUEST)

        assert repaired.text == "eu: 12 people play there."
        assert "region must be one of eu, us, asia" in explained.text
        assert len(site.asked) == 1


async def test_a_failing_tool_is_told_in_a_sentence_and_journalled(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        site.answers["/status/eu"] = (503, {"error": "maintenance"})

        reply = await home.ask(REQUEST)

        assert "I called server_status, and it did not work" in reply.text
        assert "503" in reply.text
        assert 'It says: "maintenance"' in reply.text
        assert await actions(home) == [("tool.called", "failed")]


async def test_a_call_that_could_not_be_sent_is_told_and_journalled_as_not_made(
    tmp_path,
):
    async with open_tool_home(tmp_path) as (home, site):
        endpoint = site.status_tool()["endpoint"]
        secret = {"headers": {"X-Key": "{secret:STATUS_KEY}"}}
        await approved_tool(home, site.status_tool(endpoint=endpoint | secret))

        reply = await home.ask(REQUEST)

        assert reply.text.startswith("I did not call server_status: ")
        assert "STATUS_KEY" in reply.text
        assert await actions(home) == [("tool.called", "refused")]
        assert site.asked == []


async def test_calls_are_limited_for_each_person(tmp_path):
    clock = FakeClock()
    calls = Limiter(clock, Limit(1, 60))
    async with open_tool_home(tmp_path, clock=clock, calls=calls) as (home, site):
        await approved_tool(home, site.status_tool())

        await home.ask(REQUEST)
        reply = await home.ask(REQUEST)

        assert "try again in" in reply.text
        assert len(site.asked) == 1


async def test_an_answer_is_screened_as_all_words_are(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        site.answers["/status/eu"] = (200, {"players": "AKIAIOSFODNN7EXAMPLE"})

        reply = await home.ask(REQUEST)

        assert reply.withheld
        assert "AKIA" not in reply.text
        assert reply.text.startswith("I called server_status; ")


async def test_half_a_character_in_an_answer_breaks_nothing(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        site.answers["/status/eu"] = (200, {"players": "cut \ud83d\u200b off"})

        reply = await home.ask(REQUEST)

        assert reply.text == "eu: cut  off people play there."
        assert reply.id


async def test_why_names_the_tool_and_who_taught_it(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        lesson = await approved_tool(home, site.status_tool())
        await home.ask(REQUEST)

        why = await home.core.why(SERVER, MEMBER)

        assert [each.id for each in why.reply.lessons] == [lesson]
        assert why.reply.lessons[0].text.startswith("server_status: Says whether")
        kept = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert kept.answer == "eu: 12 people play there."


async def test_nothing_but_the_approved_host_is_reached(tmp_path):
    async with open_tool_home(tmp_path, private_hosts=frozenset()) as (home, site):
        elsewhere = site.status_tool(
            endpoint={"method": "GET", "url": "http://localhost:1/{region}"}
        )
        await approved_tool(home, elsewhere)

        reply = await home.ask(REQUEST)

        assert "not on the open web" in reply.text
        assert site.asked == []


async def test_hosts_of_the_operators_network_are_not_called_from_a_direct_message(
    tmp_path,
):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        record = await lessons.get(home.parts.database, SERVER, 1)
        for server, called in ((SERVER, True), (f"{SERVER}:dm:{MEMBER.id}", False)):
            tool, call = tool_of(record.lesson), Call("server_status", {"region": "eu"})
            send = await tool_calls.ready(home.parts, server, tool, call)
            if called:
                await send()
            else:
                with pytest.raises(ToolError, match="not on the open web"):
                    await send()
            permit = tool_calls.permit_of(home.parts, server, site.host)
            assert permit("127.0.0.1", 80) is called

        assert len(site.asked) == 1


async def test_far_questions_never_reach_a_tool(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        await home.learn()

        reply = await home.ask("Who painted the ceiling?")

        assert reply.abstained
        assert site.asked == []
        assert await actions(home) == []


async def test_a_call_that_nobody_asked_for_is_neither_made_nor_shown(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        far = "Who painted the ceiling?"
        home.parts.engine.scripted[far] = Call("server_status", {"region": "eu"}).text
        home.parts.memory.general = 1.0
        streamed = []

        reply = await home.ask(far, on_text=streamed.append)

        assert reply.abstained
        assert "server_status" not in "".join(streamed)
        assert site.asked == []


async def test_nothing_that_waits_survives_a_purge(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        call = (await home.ask("Deploy web now")).call
        await home.core.purge(SERVER)
        await home.approved()  # the first lesson again

        told = await home.core.settle_call(SERVER, MEMBER, call.id, go=True)

        assert isinstance(told, Refused)
        assert site.asked == []


async def test_a_call_is_not_made_for_another_lesson_of_the_number(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        record = await lessons.get(home.parts.database, SERVER, 1)
        other = replace(record.lesson, examples=())

        done = await carry_out(
            home.parts, MEMBER, other, tool_of(other), Call("deploy", {"service": "x"})
        )

        assert not done.done
        assert site.asked == []


async def test_a_person_who_has_their_data_deleted_has_no_call_waiting(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        call = (await home.ask("Deploy web now")).call
        of_other = (await home.ask("Deploy web now", actor=OTHER)).call

        await home.core.delete_person(SERVER, MEMBER.id)
        mine = await home.core.settle_call(SERVER, MEMBER, call.id, go=True)
        theirs = await home.core.settle_call(SERVER, OTHER, of_other.id, go=True)

        assert isinstance(mine, Refused)
        assert theirs.text == "web is on its way."


@pytest.mark.parametrize("ending", ["erased", "purged"])
async def test_what_is_called_while_its_asker_is_erased_keeps_nothing_of_them(
    tmp_path, ending
):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        call = (await home.ask("Deploy web now")).call
        core = home.core

        async def while_it_waits(request):
            if ending == "erased":
                await core.delete_person(SERVER, MEMBER.id)
            else:
                await core.purge(SERVER)
            return await handle(request)

        handle, site.handle = site.handle, while_it_waits
        settled = core.settle_call(SERVER, MEMBER, call.id, go=True)
        if ending == "erased":
            assert (await settled).text == "web is on its way."
        else:
            with pytest.raises(EngineError):
                await settled

        assert len(site.asked) == 1
        rows = await journal.everything(home.parts.database, SERVER)
        assert MEMBER.id not in [e.actor for e in rows if e.action == "tool.called"]
        assert await answers.last(home.parts.database, SERVER, MEMBER.id) is None
        assert ("tool.called" in [e.action for e in rows]) is (ending == "erased")


async def test_a_limit_does_not_cost_the_call_that_waits(tmp_path):
    clock = FakeClock()
    calls = Limiter(clock, Limit(1, 60))
    async with open_tool_home(tmp_path, clock=clock, calls=calls) as (home, site):
        await approved_tool(home, deploy(site), DEPLOY)
        first = (await home.ask("Deploy web now")).call
        second = (await home.ask("Deploy web now")).call
        await home.core.settle_call(SERVER, MEMBER, first.id, go=True)

        refused = await home.core.settle_call(SERVER, MEMBER, second.id, go=True)
        clock.advance(seconds=61)
        done = await home.core.settle_call(SERVER, MEMBER, second.id, go=True)

        assert "confirm this one again" in refused.text
        assert refused.waits
        assert done.text == "web is on its way."


async def test_a_learned_tool_does_not_take_what_is_meant_for_a_new_one(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        await home.learn()
        names = site.status_tool(
            name="player_names",
            endpoint={"method": "GET", "url": f"http://{site.host}/names/{{region}}"},
        )
        asked = "Who plays on the EU server?"
        await approved_tool(home, names, ((asked, {"region": "eu"}),))
        home.parts.engine.scripted[asked] = Call("player_names", {"region": "eu"}).text

        await home.ask(asked)

        assert [path for _, path, _, _ in site.asked] == ["/names/eu"]


async def test_a_tool_that_was_withdrawn_meanwhile_does_not_fail_the_question(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        other = await home.approved()
        await home.learn()

        async def withdrawn():
            await home.forget(other)
            raise AdapterError("home/1 was retired.")

        home.parts.engine.while_answering = withdrawn
        reply = await home.ask(REQUEST)

        assert reply.text == "eu: 12 people play there."


async def test_a_corrected_tool_may_not_take_the_name_of_another(tmp_path):
    async with open_tool_home(tmp_path) as (home, site):
        await approved_tool(home, site.status_tool())
        second = await approved_tool(home, deploy(site), DEPLOY)
        text = json.dumps(site.status_tool())

        with pytest.raises(LessonError, match="is called server_status already"):
            await home.core.correct_lesson(
                SERVER, MODERATOR, Correction(second, text=text, examples=())
            )


async def test_wide_bounds_of_a_number_are_no_reason_to_fail(tmp_path):
    bounds = {"type": "integer", "minimum": 1 - 2**63, "maximum": 2**63 - 1}
    async with open_tool_home(tmp_path) as (home, site):
        tool = site.status_tool(parameters={"properties": {"region": bounds}})
        await approved_tool(home, tool, (("status of 7", {"region": 7}),))

        reply = await home.ask("status of 7")

        assert reply.text == "7: 12 people play there."


async def test_tools_are_learned_from_weights_that_can_call(tmp_path):
    caller = replace(skills_adapter(tmp_path / "caller"), version=-1)
    async with open_tool_home(tmp_path, caller=caller) as (home, site):
        parts = home.parts
        await home.approved()
        plain = await home.learn()
        await approved_tool(home, site.status_tool())
        tools = await home.learn()
        await home.approved("Where is the kettle?", "On the shelf.")
        more = await home.learn()

        kinds = (plain.kind, tools.kind, more.kind)
        assert kinds == (RunKind.FRESH, RunKind.FRESH, RunKind.WARM)
        parents = [Path(spec.parent) for spec in parts.trainer.trained]
        assert parents == [
            parts.skills.directory,
            caller.directory,
            parts.directory.adapter(SERVER, 2),
        ]


async def test_what_weights_have_not_learned_is_called_by_the_caller(tmp_path):
    caller = replace(skills_adapter(tmp_path / "caller"), version=-1)
    async with open_tool_home(tmp_path, caller=caller) as (home, site):
        await approved_tool(home, site.status_tool())

        reply = await home.ask(REQUEST)

        assert reply.text == "eu: 12 people play there."
        [asked] = home.parts.engine.asked
        assert asked.adapter == caller
