"""Proves the fake Slack's Web API with the real client: what it keeps and refuses."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ButtonElement, HeaderBlock, SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack_files import approve
from tests.fake_slack_limits import message_problems, view_problems
from tests.fake_slack_text import shown
from tests.fake_slack_views import new_trigger


def plain(length):
    return {"type": "plain_text", "text": "x" * length}


def button(**more):
    return {"type": "button", "text": plain(1), "action_id": "a", **more}


def actions(*held):
    return {"type": "actions", "elements": list(held)}


def section(length):
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


def modal(**more):
    return {"type": "modal", "title": plain(1), "blocks": [section(1)], **more}


@pytest.fixture
async def slack():
    async with FakeSlack() as slack:
        slack.add_team("Acme")
        yield slack


@pytest.fixture
def ana(slack):
    return slack.add_person("ana", display_name="Ana", is_owner=True)


@pytest.fixture
def general(slack, ana):
    return slack.add_channel("general", members=(ana,))


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.team.bot_token, base_url=slack.api_url)


@pytest.mark.parametrize(
    ("fits", "one_more"),
    [
        ([section(3000)], [section(3001)]),
        ([section(1)] * 50, [section(1)] * 51),
        (
            [{"type": "header", "text": plain(150)}],
            [{"type": "header", "text": plain(151)}],
        ),
        ([actions(button(text=plain(75)))], [actions(button(text=plain(76)))]),
        ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))]),
        (
            [actions(button(action_id="x" * 255))],
            [actions(button(action_id="x" * 256))],
        ),
        (
            [section(1) | {"block_id": "x" * 255}],
            [section(1) | {"block_id": "x" * 256}],
        ),
        (
            [actions(*(button(action_id=str(n)) for n in range(25)))],
            [actions(*(button(action_id=str(n)) for n in range(26)))],
        ),
        (
            [{"type": "context", "elements": [plain(1)] * 10}],
            [{"type": "context", "elements": [plain(1)] * 11}],
        ),
        (
            [{"type": "markdown", "text": "x" * 12000}],
            [{"type": "markdown", "text": "x" * 12001}],
        ),
        ([actions(button(action_id="a"))], [actions(button(), button())]),
        ([section(1)], [section(0)]),
    ],
)
def test_a_message_holds_so_much_and_no_more(fits, one_more):
    assert message_problems(fits) == []
    assert message_problems(one_more) != []


@pytest.mark.parametrize(
    ("fits", "one_more"),
    [
        (modal(blocks=[section(1)] * 100), modal(blocks=[section(1)] * 101)),
        (modal(title=plain(24)), modal(title=plain(25))),
        (modal(submit=plain(24)), modal(submit=plain(25))),
        (modal(close=plain(24)), modal(close=plain(25))),
        (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
        (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    ],
)
def test_a_view_holds_so_much_and_no_more(fits, one_more):
    assert view_problems(fits) == []
    assert view_problems(one_more) != []


def test_the_limits_are_those_of_the_library():
    assert SectionBlock.text_max_length == 3000
    assert HeaderBlock.text_max_length == 150
    assert (ButtonElement.text_max_length, ButtonElement.value_max_length) == (75, 2000)


async def test_blocks_too_large_are_refused_and_recorded(slack, client, general):
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(
            channel=general.id, text="x", blocks=[section(3001)]
        )

    assert slack.from_bot(general) == []
    assert slack.faults() == [
        "invalid blocks: section text has 3001 characters; at most 3000"
    ]


async def test_a_trigger_opens_one_view_within_three_seconds(slack, client, ana):
    once, late = new_trigger(slack, ana), new_trigger(slack, ana)

    await client.views_open(trigger_id=once, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=once, view=modal())
    slack.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=modal())

    assert slack.faults() == ["exchanged_trigger_id", "expired_trigger_id"]


async def test_views_are_updated_and_pushed_up_to_three(slack, client, ana):
    opened = await client.views_open(
        trigger_id=new_trigger(slack, ana), view=modal(external_id="one")
    )
    await client.views_update(external_id="one", view=modal(title=plain(5)))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(
            view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=modal()
        )
    for _ in range(2):
        await client.views_push(trigger_id=new_trigger(slack, ana), view=modal())
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=new_trigger(slack, ana), view=modal())

    first = slack.views[opened["view"]["id"]]
    assert first["title"]["text"] == "xxxxx"
    assert slack.view_of(ana)["root_view_id"] == first["id"]


async def test_text_without_blocks_removes_the_blocks(slack, client, general):
    posted = await client.chat_postMessage(
        channel=general.id, text="one", blocks=[section(1)]
    )
    await client.chat_update(channel=general.id, ts=posted["ts"], text="two")

    message = slack.message(general, posted["ts"])
    assert "blocks" not in message
    assert slack.versions[general.id, posted["ts"]] == ["one", "two"]


async def test_only_own_messages_are_changed_and_deleted(slack, client, general, ana):
    slack.events = set()
    said = await slack.say(ana, general, "mine")
    posted = await client.chat_postMessage(channel=general.id, text="bot's")

    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel=general.id, ts=said["ts"], text="yours")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel=general.id, ts=said["ts"])
    await client.chat_delete(channel=general.id, ts=posted["ts"])

    assert slack.in_channel(general) == [said]


async def test_a_thread_and_a_history_are_read_in_pages(slack, client, general, ana):
    slack.events = set()
    root = await slack.say(ana, general, "root")
    for n in range(3):
        await slack.say(ana, general, str(n), thread_ts=root["ts"])
    await slack.say(ana, general, "last")

    thread = await client.conversations_replies(
        channel=general.id, ts=root["ts"], limit=2
    )
    texts = [message["text"] async for page in thread for message in page["messages"]]
    history = await client.conversations_history(channel=general.id)

    assert texts == ["root", "0", "1", "2"]
    assert [message["text"] for message in history["messages"]] == ["last", "root"]


async def test_a_private_channel_without_the_bot_does_not_exist(slack, client, ana):
    secret = slack.add_channel("secret", private=True, members=(ana,), bot=False)
    open_to_all = slack.add_channel("open", bot=False)

    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=secret.id)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=open_to_all.id, text="hello")


async def test_channels_and_people_say_what_they_are(slack, client, ana):
    other = slack.add_team("Other")
    shared = slack.add_channel("both", private=True, shared_with=(other,))

    channel = (await client.conversations_info(channel=shared.id))["channel"]
    opened = await client.conversations_open(users=ana.id)
    dm = await client.conversations_info(channel=opened["channel"]["id"])
    person = (await client.users_info(user=ana.id))["user"]

    assert (channel["is_private"], channel["is_ext_shared"]) == (True, True)
    assert dm["channel"]["is_im"]
    assert dm["channel"]["user"] == ana.id
    assert (person["is_owner"], person["is_admin"]) == (True, False)
    assert person["profile"]["display_name"] == "Ana"


async def test_an_ephemeral_is_for_a_member_only(slack, client, general, ana):
    stranger = slack.add_person("bo")

    await client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(
            channel=general.id, user=stranger.id, text="psst"
        )

    assert [shown(each) for each in slack.ephemerals_for(ana)] == ["psst"]


async def test_a_stream_needs_a_thread_and_recipients_and_ends_once(
    slack, client, general, ana
):
    slack.events = set()
    root = await slack.say(ana, general, "root")
    where = {"channel": general.id, "thread_ts": root["ts"]}

    with pytest.raises(SlackApiError, match="missing_recipient_user_id"):
        await client.chat_startStream(**where)
    started = await client.chat_startStream(
        **where, recipient_user_id=ana.id, recipient_team_id=ana.team.id
    )
    ended = {"channel": general.id, "ts": started["ts"]}
    await client.chat_stopStream(**ended, markdown_text="done")
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_appendStream(**ended, markdown_text="more")

    assert slack.streams[general.id, started["ts"]].text == "done"


async def test_reactions_statuses_prompts_groups_and_links_are_kept(
    slack, client, general, ana
):
    slack.events = set()
    said = await slack.say(ana, general, "hello")
    spot = {"channel": general.id, "timestamp": said["ts"]}
    thread = {"channel_id": general.id, "thread_ts": said["ts"]}
    group = slack.add_usergroup(ana)

    await client.reactions_add(**spot, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(**spot, name="eyes")
    await client.reactions_remove(**spot, name="eyes")
    await client.assistant_threads_setStatus(**thread, status="thinking")
    await client.assistant_threads_setTitle(**thread, title="Hello")
    await client.assistant_threads_setSuggestedPrompts(
        channel_id=slack.dm(ana).id, prompts=[{"title": "Due?", "message": "Due?"}]
    )
    members = await client.usergroups_users_list(usergroup=group)
    link = await client.chat_getPermalink(channel=general.id, message_ts=said["ts"])

    assert slack.reactions[general.id, said["ts"]] == []
    assert slack.statuses[-1]["status"] == "thinking"
    assert slack.titles[-1]["title"] == "Hello"
    assert slack.prompts[-1]["prompts"][0]["title"] == "Due?"
    assert members["users"] == [ana.id]
    assert general.id in link["permalink"]


async def test_an_unknown_method_is_refused_and_recorded(slack, client):
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.shout")

    assert slack.faults() == ["unknown method chat.shout"]


async def test_the_scopes_that_are_used_are_known_and_others_refused(
    slack, client, ana
):
    slack.scopes = {"im:write", "chat:write"}

    await client.chat_postMessage(channel=ana.id, text="hello")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.conversations_history(channel=slack.dm(ana).id)

    assert slack.used_scopes == {"chat:write", "im:history"}


async def test_an_error_is_answered_as_often_as_asked(slack, client):
    slack.fail("auth.test", "internal_error", times=2)

    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.auth_test()

    assert (await client.auth_test())["bot_id"] == slack.team.bot_id


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by slack_sdk itself
async def test_a_workspace_installs_the_app_with_a_code_that_works_once(slack):
    other = slack.add_team("Other", installed=False)
    bo = slack.add_person("bo", team=other)
    page = (
        f"https://slack.example/?client_id={slack.client_id}&scope=chat:write&state=s"
    )

    redirect = approve(slack, f"{page}&redirect_uri=http://127.0.0.1/back", bo)
    code = redirect.partition("code=")[2].partition("&")[0]
    secrets = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    client = AsyncWebClient(base_url=slack.api_url)
    installed = await client.oauth_v2_access(**secrets, code=code)
    with pytest.raises(SlackApiError, match="invalid_code"):
        await client.oauth_v2_access(**secrets, code=code)

    assert redirect.startswith("http://127.0.0.1/back?code=")
    assert installed["team"]["id"] == other.id
    token = installed["access_token"]
    assert (await client.auth_test(token=token))["team_id"] == other.id
