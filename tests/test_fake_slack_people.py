"""Proves that what people can do in the fake Slack reaches a real Bolt app."""

import re

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack_running import socket_mode


def plain(text):
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(name), "value": name} for name in ("one", "two")]
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "up"},
    "negative_button": {"text": plain("Bad"), "value": "down"},
}
ELEMENTS = [
    {"type": "static_select", "action_id": "select", "options": OPTIONS},
    {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
    {"type": "users_select", "action_id": "person"},
    {"type": "external_select", "action_id": "search", "min_query_length": 0},
]
BLOCKS = [
    {"type": "actions", "block_id": "first", "elements": ELEMENTS},
    {"type": "context_actions", "block_id": "second", "elements": [FEEDBACK]},
]


@pytest.fixture
async def heard():
    return []


@pytest.fixture
async def slack(heard):
    async with FakeSlack() as slack:
        team = slack.add_team("Acme")
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)

        @app.action(re.compile(".*"))
        async def used(ack, action, body):
            await ack()
            heard.append((action, body.get("state")))

        @app.options("search")
        async def search(ack, payload):
            options = [o for o in OPTIONS if payload["value"] in o["value"]]
            await ack(options=options)

        @app.event(re.compile(".*"))
        async def happened(event):
            heard.append((event, None))

        async with socket_mode(slack, app):
            yield slack


@pytest.fixture
def ana(slack):
    return slack.add_person("ana")


@pytest.fixture
def general(slack, ana):
    return slack.add_channel("general", members=(ana,))


@pytest.fixture
async def card(slack, general):
    client = AsyncWebClient(slack.team.bot_token, base_url=slack.api_url)
    posted = await client.chat_postMessage(
        channel=general.id, text="card", blocks=BLOCKS
    )
    return slack.message(general, posted["ts"])


@pytest.mark.parametrize(
    "case",
    [
        ("select", "two", {"selected_option": OPTIONS[1]}),
        ("boxes", ["one", "two"], {"selected_options": OPTIONS}),
        ("person", "U1", {"selected_user": "U1"}),
        ("search", OPTIONS[0], {"selected_option": OPTIONS[0]}),
        ("feedback", "negative", {"value": "down"}),
    ],
)
async def test_what_is_chosen_arrives(slack, ana, card, heard, case):
    action_id, choose, answer = case
    await slack.click(ana, card, action_id, choose=choose, values={"boxes": ["one"]})
    action, state = heard[0]

    assert action | answer == action
    assert action["action_id"] == action_id
    assert state["values"]["first"]["boxes"]["selected_options"] == [OPTIONS[0]]
    assert slack.faults() == []


async def test_an_option_that_is_not_there_cannot_be_chosen(slack, ana, card):
    with pytest.raises(LookupError, match="three"):
        await slack.click(ana, card, "select", choose="three")


async def test_an_external_select_suggests_what_the_app_answers(slack, ana, card):
    ack = await slack.suggest(ana, card, "search", "tw")

    assert [option["value"] for option in ack.payload["options"]] == ["two"]


async def test_reactions_invitations_and_revocations_are_heard(
    slack, ana, general, heard
):
    said = await slack.say(ana, general, "hello")
    await slack.react(ana, said, "eyes")
    await slack.invite_bot(ana, slack.add_channel("new", bot=False))
    await slack.revoke_tokens()
    await slack.until(lambda: len(heard) == 4)

    assert [event["type"] for event, _ in heard] == [
        "message",
        "reaction_added",
        "member_joined_channel",
        "tokens_revoked",
    ]
    with pytest.raises(SlackApiError, match="token_revoked"):
        await AsyncWebClient(slack.team.bot_token, base_url=slack.api_url).auth_test()


async def test_a_card_in_a_private_channel_is_for_its_members(slack, ana, card):
    slack.channels[card["channel"]].kind = "group"
    stranger = slack.add_person("bo")

    with pytest.raises(ValueError, match="bo is not in general"):
        await slack.click(stranger, card, "select", choose="one")


async def test_files_are_shared_with_their_message(slack, ana, general, heard):
    notes = slack.add_file(ana, "notes.txt", b"Water boils")
    await slack.say(ana, general, "read this: https://example.org/a", files=(notes,))
    await slack.until(lambda: heard)
    event, _ = heard[0]

    assert event["subtype"] == "file_share"
    assert event["files"][0]["url_private_download"] == notes["url_private_download"]
    assert event["text"] == "read this: <https://example.org/a>"
