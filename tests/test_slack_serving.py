"""Serving Slack: tokens, signatures, retries, cut connections, busy servers."""

import asyncio

import pytest
from aiohttp import ClientSession

from bot.announcements import Announcements
from bot.slack_app import SlackOptions, serve
from learning.errors import SettingsError
from tests.core_steps import open_home
from tests.fake_slack_text import shown
from tests.slack_steps import (
    DUE,
    FRIDAY,
    at_work,
    new_slack,
    options_for,
    populate,
    working,
)


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def start(root, options):
    announcements = Announcements()
    async with open_home(root, announcer=announcements) as home:
        parts = home.parts
        async with asyncio.timeout(5):
            await serve(home.core, announcements, parts.clock, parts.database, options)


@pytest.mark.parametrize(
    ("transport", "wrong", "where"),
    [
        ("socket", {"bot_token": "xoxb-wrong"}, "OAuth & Permissions"),
        ("http", {"bot_token": "xoxb-wrong"}, "OAuth & Permissions"),
        ("socket", {"app_token": "xapp-wrong"}, "App-Level Tokens"),
        ("socket", {"bot_token": ""}, "SLACK_BOT_TOKEN is missing"),
        ("http", {"signing_secret": ""}, "SLACK_SIGNING_SECRET is missing"),
        ("http", {"bot_token": ""}, "SLACK_BOT_TOKEN is missing"),
        ("http", {"client_id": "1.1"}, "SLACK_CLIENT_SECRET is missing"),
        ("http", {"client_id": "1.1"}, "ENCRYPTION_KEY is missing"),
    ],
)
async def test_a_bad_token_is_found_at_start_and_says_where_to_get_one(
    tmp_path, transport, wrong, where
):
    async with new_slack() as slack:
        populate(slack)

        with pytest.raises(SettingsError, match=where):
            await start(tmp_path, options_for(slack, transport, **wrong))


async def test_a_slack_that_cannot_be_reached_is_found_at_start(tmp_path):
    tokens = dict.fromkeys(("bot_token", "app_token"), "x")
    options = SlackOptions(**tokens, base_url="http://127.0.0.1:9/api/")

    with pytest.raises(SettingsError, match="cannot be reached"):
        await start(tmp_path, options)


def test_options_show_no_secret_in_a_log():
    secrets = ("bot_token", "app_token", "client_secret", "encryption_key")
    options = SlackOptions(**dict.fromkeys(secrets, "hide"))

    assert "hide" not in repr(options)


async def test_a_request_with_a_bad_signature_is_refused(tmp_path):
    async with working(tmp_path, "http") as work:
        work.slack.driver.forged = True
        await work.slack.command(work.ben, "/teach", "fact: Orion is down.")
        work.slack.driver.forged = False
        work.slack.driver.age_seconds = 3600
        await work.slack.command(work.ben, "/teach", "fact: Orion is down.")

        refused = work.slack.refused
        assert [each.ack.status for each in refused] == [401, 401]
        assert (await work.core.status(work.server)).waiting == 0
        refused.clear()


async def test_the_address_is_verified_as_slack_does(tmp_path):
    async with working(tmp_path, "http") as work:
        ack = await work.slack.driver.verify_url("abc")

        assert ack.acknowledged
        assert "abc" in str(ack.payload)


async def test_an_event_delivered_again_is_answered_once(work):
    await work.approved()
    said = await work.slack.say(
        work.cleo, work.general, f"{work.slack.team.mention} {DUE}"
    )
    await work.answer_to(said)
    events = [d for d in work.slack.deliveries if d.kind == "events_api"]

    acks = [await work.slack.redeliver(each) for each in events]

    assert all(ack.acknowledged for ack in acks)
    await work.never(lambda: len(work.slack.thread(said)) > 1)


async def test_an_event_delivered_again_after_a_restart_is_answered_once(tmp_path):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, "socket") as before:
            await before.set_up()
            said = await slack.say(
                before.cleo, before.general, f"{slack.team.mention} {DUE}"
            )
            await before.answer_to(said)
        mention = next(d for d in slack.deliveries if d.name == "app_mention")

        async with at_work(slack, people, tmp_path, "socket") as after:
            assert (await slack.redeliver(mention)).acknowledged
            await after.never(lambda: len(slack.thread(said)) > 1)


async def test_a_mention_told_again_as_another_event_is_answered_once(work):
    said = await work.slack.say(
        work.cleo, work.general, f"{work.slack.team.mention} {DUE}"
    )
    await work.answer_to(said)
    mention = next(d for d in work.slack.deliveries if d.name == "app_mention")

    await work.slack.event({**mention.payload["event"], "edited": {}})

    await work.never(lambda: len(work.slack.thread(said)) > 1)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_it_does_not_answer_itself(tmp_path, transport):
    async with new_slack(echoes=True) as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, transport) as work:
            await work.set_up()
            await work.approved()
            said = await slack.say(work.cleo, slack.dm(work.cleo), DUE)
            await work.answer_to(said)
            await work.ask(work.cleo, work.general)

            await work.never(lambda: len(slack.thread(said)) > 1)
        assert slack.faults() == []


async def test_what_slack_limits_is_done_when_it_allows_it(work):
    work.slack.rate_limit("chat.postMessage", times=2, retry_after=0)
    await work.approved()
    work.slack.rate_limit("chat.startStream", retry_after=30)
    work.slack.rate_limit("chat.postMessage", retry_after=0)

    answer = await work.ask(work.cleo, work.general)

    assert FRIDAY in shown(answer)


async def test_a_burst_of_lessons_loses_no_card(work):
    work.slack.rate_limit("chat.postMessage", times=2, retry_after=0)
    words = [f"fact: Server number {n} is called S{n}." for n in range(12)]

    acks = await asyncio.gather(
        *(
            work.slack.command(work.ben, "/teach", each, channel=work.general)
            for each in words
        )
    )

    assert all(ack.acknowledged for ack in acks)
    await work.slack.until(lambda: len(work.cards()) == 12, seconds=20)


async def test_a_cut_connection_is_opened_again(tmp_path):
    async with working(tmp_path, "socket") as work:
        await work.approved()
        await work.slack.drop_connections()

        answer = await work.ask(work.cleo, work.general)

        assert FRIDAY in shown(answer)
        assert work.slack.socket.opened > 1


async def test_a_connection_is_renewed_when_slack_asks(tmp_path):
    async with working(tmp_path, "socket") as work:
        await work.approved()
        await work.slack.socket.refresh()

        answer = await work.ask(work.cleo, work.general)

        assert FRIDAY in shown(answer)


async def test_what_nobody_listens_to_is_acknowledged_and_left(work):
    ack = await work.slack.event({"type": "team_rename", "name": "Acme 2"})

    assert ack.acknowledged


async def test_a_click_on_a_button_of_nobody_is_acknowledged(work):
    payload = {
        "type": "block_actions",
        "team": {"id": work.slack.team.id},
        "user": {"id": work.ben.id, "team_id": work.slack.team.id},
        "actions": [{"type": "button", "action_id": "other", "block_id": "b"}],
        "trigger_id": "t",
        "api_app_id": "A0MYNA",
    }

    assert (await work.slack.action(payload)).acknowledged


async def test_an_error_nobody_foresaw_is_told_with_its_id(work):
    work.slack.fail("views.open", "internal_error")

    await work.slack.command(work.ben, "/teach", channel=work.general)

    await work.told(work.ben, "Something broke, id ")


async def test_other_paths_are_not_served(tmp_path):
    async with (
        working(tmp_path, "http") as work,
        ClientSession() as session,
        session.get(f"{work.slack.http_address}/") as response,
    ):
        assert response.status == 404
