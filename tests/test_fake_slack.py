"""Proves the fake Slack with the real Bolt app, Web API client and transports."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack_running import http_mode, socket_mode
from tests.fake_slack_text import buttons, shown

WRONG = "xoxb-wrong"
THUMB = {
    "type": "button",
    "action_id": "thumb",
    "value": "lesson-1",
    "text": {"type": "plain_text", "text": "Good"},
}
LESSON = {
    "type": "input",
    "block_id": "lesson",
    "label": {"type": "plain_text", "text": "What should I know?"},
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
}
FORM = {
    "type": "modal",
    "callback_id": "teach_form",
    "title": {"type": "plain_text", "text": "Teach"},
    "submit": {"type": "plain_text", "text": "Teach"},
    "notify_on_close": True,
    "blocks": [LESSON],
}


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def parrot(slack, heard):
    """Write an app that repeats mentions and takes one lesson through a form."""
    client = AsyncWebClient(slack.team.bot_token, base_url=slack.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    listen(app, heard)
    offer_forms(app, heard)
    return app


def listen(app, heard):
    @app.event("app_mention")
    async def mentioned(body, event, context, client):
        heard.append(("app_mention", event["text"], body["event_id"]))
        stream = await client.chat_stream(
            channel=event["channel"],
            thread_ts=event.get("thread_ts", event["ts"]),
            recipient_user_id=event["user"],
            recipient_team_id=context.team_id,
            buffer_size=1,
        )
        for word in ("You ", "said"):
            await stream.append(markdown_text=word)
        blocks = [section("You said"), {"type": "actions", "elements": [THUMB]}]
        await stream.stop(markdown_text=".", blocks=blocks)

    @app.event("message")
    async def said(event):
        heard.append((event.get("subtype", event["channel_type"]), event))

    @app.action("thumb")
    async def rated(ack, action, body, client, respond):
        await ack()
        heard.append(("thumb", body["user"]["id"], action["value"]))
        message = body["message"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=message["ts"], text="Thank you"
        )
        await respond("Only you see this", response_type="ephemeral")

    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    async def gone(event, context):
        heard.append((event["type"], context.team_id))


def offer_forms(app, heard):
    @app.command("/teach")
    async def teach(ack, command, client):
        if command["text"] == "help":
            await ack("Type /teach")
        elif command["text"] != "nothing":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)

    @app.view("teach_form")
    async def taught(ack, view, body, client):
        text = view["state"]["values"]["lesson"]["text"]["value"]
        if text == "no":
            await ack(response_action="errors", errors={"lesson": "Say more"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=text)

    @app.view_closed("teach_form")
    async def gave_up(ack, body):
        await ack()
        heard.append(("closed", body["user"]["id"]))

    @app.shortcut("teach_message")
    async def teach_message(ack, shortcut, client):
        await ack()
        heard.append(("teach_message", shortcut.get("message", {}).get("text")))
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.event("app_home_opened")
    async def home(event, client):
        view = {"type": "home", "blocks": [section(f"Hello {event['tab']}")]}
        await client.views_publish(user_id=event["user"], view=view)


class World:
    """One workspace with Ana in it, a parrot, and what the parrot heard."""

    def __init__(self, slack):
        self.slack = slack
        self.heard = []
        self.team = slack.add_team("Acme")
        self.ana = slack.add_person("ana", is_admin=True)
        self.general = slack.add_channel("general", members=(self.ana,))
        self.client = AsyncWebClient(self.team.bot_token, base_url=slack.api_url)

    async def ask(self, text="hello"):
        said = f"{self.team.mention} {text}"
        return await self.slack.say(self.ana, self.general, said)

    def kinds(self):
        return [each[0] for each in self.heard]

    async def thumbed(self):
        """Ask, and return the answer once it has its button."""
        await self.ask()
        await self.slack.until(
            lambda: [m for m in self.slack.from_bot(self.general) if buttons(m)]
        )
        return self.slack.from_bot(self.general)[-1]


@asynccontextmanager
async def running(transport, **options):
    async with FakeSlack(**options) as slack:
        world = World(slack)
        app = parrot(slack, world.heard)
        mode = {"socket": socket_mode, "http": http_mode}[transport]
        async with mode(slack, app) as world.running:
            yield world


@pytest.fixture(params=["socket", "http"])
async def world(request):
    async with running(request.param) as world:
        yield world


@pytest.fixture
async def over_socket():
    async with running("socket") as world:
        yield world


@pytest.fixture
async def over_http():
    async with running("http") as world:
        yield world


@pytest.fixture
async def impatient():
    async with running("socket", ack_seconds=0.2) as world:
        yield world


async def test_a_mention_is_heard_twice_and_answered_in_a_stream(world):
    asked = await world.ask("a < b")
    answer = (await world.slack.until(lambda: world.slack.thread(asked)))[0]
    stream = world.slack.streams[world.general.id, answer["ts"]]
    await world.slack.until(lambda: stream.stopped)

    mention, message = (each.payload["event"] for each in world.slack.deliveries)
    same = ("ts", "client_msg_id", "text", "user", "channel")
    assert {mention["type"], message["type"]} == {"app_mention", "message"}
    assert [mention[name] for name in same] == [message[name] for name in same]
    assert sorted(world.kinds()) == ["app_mention", "channel"]
    assert stream.parts == ["You ", "said", "."]
    assert answer["text"] == "You said."
    assert shown(answer) == "You said\nGood"
    assert asked["text"] == f"{world.team.mention} a &lt; b"
    assert world.slack.faults() == []


async def test_a_button_can_be_clicked_and_its_message_changes(world):
    answer = await world.thumbed()

    ack = await world.slack.click(world.ana, answer, "thumb")
    await world.slack.until(lambda: world.slack.ephemerals_for(world.ana))

    assert ack.acknowledged
    assert ("thumb", world.ana.id, "lesson-1") in world.heard
    assert answer["text"] == "Thank you"
    assert buttons(answer) == []
    assert world.slack.ephemerals[0]["text"] == "Only you see this"
    with pytest.raises(LookupError):
        await world.slack.click(world.ana, answer, "thumb")
    assert world.slack.faults() == []


async def test_a_form_is_opened_refused_corrected_and_closed(world):
    await world.slack.command(world.ana, "/teach")
    form = await world.slack.until(lambda: world.slack.view_of(world.ana))

    with pytest.raises(ValueError, match="required"):
        await world.slack.submit(world.ana, form, {})
    with pytest.raises(ValueError, match="too long"):
        await world.slack.submit(world.ana, form, {"lesson": "x" * 21})
    refused = await world.slack.submit(world.ana, form, {"lesson": "no"})
    still_open = world.slack.view_of(world.ana)
    await world.slack.submit(world.ana, form, {"text": "Water boils"})
    dm = world.slack.dm(world.ana)
    told = await world.slack.until(lambda: world.slack.from_bot(dm))

    assert refused.errors == {"lesson": "Say more"}
    assert still_open is form
    assert world.slack.view_of(world.ana) is None
    assert told[0]["text"] == "Water boils"
    assert world.slack.faults() == []


async def test_closing_a_form_is_heard(world):
    await world.slack.shortcut(world.ana, "teach_message")
    form = await world.slack.until(lambda: world.slack.view_of(world.ana))

    await world.slack.close_view(world.ana, form)

    assert world.slack.view_of(world.ana) is None
    assert world.heard[-1] == ("closed", world.ana.id)


async def test_a_command_may_answer_in_its_acknowledgement(world):
    ack = await world.slack.command(world.ana, "/teach", "help", channel=world.general)

    assert ack.payload["text"] == "Type /teach"
    assert world.slack.ephemerals_for(world.ana)[0]["text"] == "Type /teach"


async def test_a_message_shortcut_brings_the_message(world):
    said = await world.slack.say(world.ana, world.general, "Water boils")

    await world.slack.message_action(world.ana, said, "teach_message")
    form = await world.slack.until(lambda: world.slack.view_of(world.ana))

    assert ("teach_message", "Water boils") in world.heard
    assert form["callback_id"] == "teach_form"


async def test_edits_and_deletions_are_heard(world):
    said = await world.slack.say(world.ana, world.slack.dm(world.ana), "one")
    await world.slack.edit_message(said, "two")
    await world.slack.delete_message(said)

    await world.slack.until(lambda: len(world.heard) == 3)

    assert world.kinds() == ["im", "message_changed", "message_deleted"]
    assert world.heard[1][1]["message"]["text"] == "two"
    assert world.heard[1][1]["previous_message"]["text"] == "one"
    assert world.heard[2][1]["deleted_ts"] == said["ts"]


async def test_home_is_published_when_it_is_opened(world):
    await world.slack.open_home(world.ana)
    home = await world.slack.until(lambda: world.slack.homes.get(world.ana.id))

    assert shown(home) == "View Title\nHello home"


async def test_an_event_delivered_twice_keeps_its_id(world):
    await world.ask()
    await world.slack.until(lambda: "app_mention" in world.kinds())
    mention = next(d for d in world.slack.deliveries if d.name == "app_mention")

    await world.slack.redeliver(mention)
    await world.slack.until(lambda: world.kinds().count("app_mention") == 2)

    first, second = (each for each in world.heard if each[0] == "app_mention")
    assert first == second
    assert world.slack.deliveries[-1].retry_attempt == 1


async def test_the_app_hears_of_its_removal_after_its_token_is_refused(world):
    await world.slack.uninstall()
    await world.slack.until(lambda: len(world.heard) == 2)

    assert set(world.kinds()) == {"app_uninstalled", "tokens_revoked"}
    with pytest.raises(SlackApiError, match="account_inactive"):
        await world.client.auth_test()


async def test_a_rate_limited_call_is_tried_again_after_a_while(world):
    answer = await world.thumbed()
    world.slack.rate_limit("chat.update", times=1, retry_after=1)

    await world.slack.click(world.ana, answer, "thumb")
    await world.slack.until(lambda: answer["text"] == "Thank you")

    first, second = world.slack.called("chat.update")
    assert first.answer["error"] == "ratelimited"
    assert second.at - first.at >= 1


async def test_an_unacknowledged_command_is_late(impatient):
    ack = await impatient.slack.command(impatient.ana, "/teach", "nothing")

    assert not ack.acknowledged
    assert impatient.slack.faults() == ["not acknowledged in time: /teach"]


async def test_a_cut_connection_is_made_anew_and_nothing_is_lost(over_socket):
    slack = over_socket.slack

    await slack.drop_connections()
    await over_socket.ask()
    await slack.until(lambda: "app_mention" in over_socket.kinds())

    assert slack.socket.opened == 2
    assert slack.faults() == []


async def test_an_event_under_way_when_the_connection_is_cut_is_sent_again(over_socket):
    slack = over_socket.slack
    asking = asyncio.create_task(over_socket.ask())
    while not slack.socket.waiting:  # noqa: ASYNC110
        await asyncio.sleep(0)

    await slack.drop_connections()
    await asking
    await slack.until(lambda: "app_mention" in over_socket.kinds())

    assert {each.retry_attempt for each in slack.deliveries} == {1}
    assert slack.faults() == []


async def test_a_refreshed_connection_is_made_anew(over_socket):
    await over_socket.slack.socket.refresh()
    await over_socket.ask()
    await over_socket.slack.until(lambda: "app_mention" in over_socket.kinds())

    assert over_socket.slack.socket.opened == 2


async def test_a_wrong_app_token_opens_no_connection(over_socket):
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await over_socket.client.apps_connections_open(app_token=WRONG)


@pytest.mark.parametrize("fault", ["forged", "age_seconds"])
async def test_a_bad_signature_is_refused(over_http, fault):
    setattr(over_http.running, fault, 600)

    ack = await over_http.slack.event({"type": "app_mention", "text": "hello"})

    assert ack.status == 401
    assert over_http.heard == []


async def test_the_url_can_be_verified(over_http):
    ack = await over_http.running.verify_url("abc")

    assert ack.payload == {"challenge": "abc"}


async def test_two_teams_do_not_see_each_other(world):
    other = world.slack.add_team("Other")
    client = AsyncWebClient(other.bot_token, base_url=world.slack.api_url)

    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=world.general.id)
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user=world.ana.id)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await world.client.auth_test(token=WRONG)


async def test_a_file_goes_up_and_comes_down_with_the_token_only():
    async with FakeSlack() as slack, ClientSession() as web:
        world = World(slack)
        notes = slack.add_file(world.ana, "notes.txt", b"Water boils")
        url = notes["url_private_download"]

        await world.client.files_upload_v2(
            channel=world.general.id, filename="export.txt", content="one\ntwo"
        )
        bearer = {"Authorization": f"Bearer {world.team.bot_token}"}
        other = {"Authorization": f"Bearer {slack.add_team('Other').bot_token}"}
        bodies = []
        for headers in (bearer, other, {}):
            async with web.get(url, headers=headers) as answer:
                bodies.append(await answer.read())

        uploaded = slack.from_bot(world.general)[0]["files"][0]
        assert slack.file_bodies[uploaded["id"]] == b"one\ntwo"
        assert bodies == [b"Water boils", *[b"<html>Sign in</html>"] * 2]


async def test_a_response_url_is_good_for_five_uses_and_half_an_hour(over_socket):
    slack = over_socket.slack
    await slack.command(over_socket.ana, "/teach", "help")
    await slack.command(over_socket.ana, "/teach", "help")
    first, second = (delivery.payload["response_url"] for delivery in slack.deliveries)

    async with ClientSession() as web:
        statuses = []
        for _ in range(6):
            async with web.post(first, json={"text": "hello"}) as answer:
                statuses.append(answer.status)
        slack.advance(31 * 60)
        async with web.post(second, json={"text": "hello"}) as answer:
            statuses.append(answer.status)

    assert statuses == [200] * 5 + [404, 404]


async def test_an_app_is_sent_its_own_messages_where_asked_to():
    async with running("socket", echoes=True) as world:
        answer = await world.thumbed()
        await world.slack.click(world.ana, answer, "thumb")

        await world.slack.until(
            lambda: [d for d in world.slack.deliveries if _is_change(d)]
        )

    assert "message_changed" not in world.kinds()  # Bolt drops what the bot did itself


def _is_change(delivery):
    return delivery.payload.get("event", {}).get("subtype") == "message_changed"


async def test_an_event_nobody_subscribed_to_is_not_sent():
    async with running("socket", events={"app_mention"}) as world:
        await world.ask()
        await world.slack.say(world.ana, world.general, "aside")

        assert [each.name for each in world.slack.deliveries] == ["app_mention"]


async def test_two_hundred_mentions_are_each_answered_once(world):
    asked = await asyncio.gather(*(world.ask(str(n)) for n in range(200)))
    await world.slack.until(
        lambda: len([s for s in world.slack.streams.values() if s.stopped]) == 200,
        seconds=20,
    )

    assert all(len(world.slack.thread(each)) == 1 for each in asked)
    assert world.slack.faults() == []
