"""Installing in many workspaces: OAuth, each its own token, encryption, leaving."""

import logging
import re
import time
from contextlib import asynccontextmanager
from html import unescape

import pytest
from aiohttp import ClientSession
from aiohttp.web import HTTPBadGateway
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from bot.messages import Actor
from bot.slack_app.installations import STATE_SECONDS, Installations, Seal, States
from bot.slack_app.workspaces import InstalledWorkspaces
from learning.errors import SettingsError
from moderation.roles import Role
from tests.core_steps import open_home
from tests.fake_slack_files import approve
from tests.fake_slack_text import shown
from tests.fakes import FakeClock
from tests.slack_steps import DUE, FRIDAY, Work, at_work, new_slack, populate, working

# slack_sdk 3.47 exchanges codes with what aiohttp 4 will not have.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
KEY = Fernet.generate_key().decode()


@asynccontextmanager
async def open_to_all(slack, root, key=KEY):
    changes = {
        "bot_token": "",
        "client_id": slack.client_id,
        "client_secret": slack.client_secret,
        "encryption_key": key,
    }
    async with at_work(slack, populate(slack), root, "http", **changes) as work:
        yield work


async def install(work, person, *, state=None):
    """Install the app as a person does, in a browser; return the last status."""
    address = work.slack.http_address
    async with ClientSession() as browser:
        async with browser.get(f"{address}/slack/install") as page:
            link = unescape(re.search(r'<a href="([^"]+)"', await page.text())[1])
            cookie = page.headers["Set-Cookie"].split(";")[0]
        query = approve(work.slack, link, person).partition("?")[2]
        if state:
            query = re.sub("state=[^&]*", f"state={state}", query)
            cookie = re.sub("=.*", f"={state}", cookie)
        url = f"{address}/slack/oauth_redirect?{query}"
        async with browser.get(url, headers={"Cookie": cookie}) as done:
            return done.status


async def test_two_workspaces_each_have_their_token_and_their_lessons(tmp_path):
    async with new_slack() as slack, open_to_all(slack, tmp_path) as acme:
        bolt = Work(slack, acme.home, populate(slack, "Bolt"))
        assert await install(acme, acme.ana) == 200
        assert await install(bolt, bolt.ana) == 200
        await acme.set_up()
        server = f"slack:{bolt.ana.team.id}"
        await acme.approved()

        theirs = await slack.say(
            bolt.ben, bolt.general, f"{bolt.ben.team.mention} {DUE}"
        )
        ours = await acme.ask(acme.cleo, acme.general)

        assert FRIDAY in shown(ours)
        assert "I don't know that yet" in shown(await bolt.answer_to(theirs))
        assert await acme.core.lessons(server) == ()
        for call in slack.called("chat.postMessage"):
            channel = slack.channels[call.args["channel"]]
            assert call.token == channel.team.bot_token
        assert slack.faults() == []


async def test_what_a_workspace_that_is_not_installed_sends_is_not_done(tmp_path):
    async with new_slack() as slack, open_to_all(slack, tmp_path) as work:
        await slack.command(work.ben, "/teach", "fact: Orion is down.")

        assert (await work.core.status(work.server)).waiting == 0


async def test_a_forged_state_installs_nothing(tmp_path):
    async with new_slack() as slack, open_to_all(slack, tmp_path) as work:
        assert await install(work, work.ana, state="forged") == 401
        assert slack.called("oauth.v2.access") == []


async def test_the_code_of_an_installation_is_not_logged(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    async with new_slack() as slack, open_to_all(slack, tmp_path) as work:
        assert await install(work, work.ana) == 200

    served = [each for each in caplog.records if "/slack/install" in each.getMessage()]
    assert served == []
    assert "code=" not in caplog.text


async def test_a_state_grows_old_and_works_once():
    clock = FakeClock()
    states = States(clock)
    state = await states.async_issue()
    old = await states.async_issue()

    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    clock.advance(seconds=STATE_SECONDS)
    assert not await states.async_consume(old)


async def test_tokens_are_encrypted_in_the_database(tmp_path):
    async with new_slack() as slack:
        async with open_to_all(slack, tmp_path) as work:
            await install(work, work.ana)
            await work.home.parts.database.checkpoint()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]

        assert files
        for path in files:
            assert slack.team.bot_token.encode() not in path.read_bytes(), path


async def test_an_installation_outlasts_a_restart_with_the_same_key_only(tmp_path):
    async with new_slack() as slack:
        async with open_to_all(slack, tmp_path) as work:
            await install(work, work.ana)
            await work.set_up()
        people = work.people
        changes = {"client_id": slack.client_id, "client_secret": slack.client_secret}

        async with at_work(
            slack, people, tmp_path, "http", encryption_key=KEY, **changes
        ) as again:
            await again.approved()
        other = Fernet.generate_key().decode()
        with pytest.raises(SettingsError, match="written with another"):
            async with at_work(
                slack, people, tmp_path, "http", encryption_key=other, **changes
            ):
                pass


def test_a_malformed_key_says_how_to_make_one():
    with pytest.raises(SettingsError, match="generate_key"):
        Seal("short")


async def test_tokens_that_expire_are_renewed_once_and_kept(tmp_path):
    async with open_home(tmp_path) as home:
        store = Installations(home.parts.database, home.parts.clock, Seal(KEY))
        await store.async_save(
            Installation(
                team_id="T1",
                user_id="U1",
                bot_token="xoxe.xoxb-old",  # noqa: S106
                bot_refresh_token="xoxe-1",  # noqa: S106
                bot_token_expires_in=60,
            )
        )
        rotator = Rotator()
        workspaces = InstalledWorkspaces(store, rotator)

        first = await workspaces.bot("T1")
        second = await workspaces.bot("T1")

        assert (first.bot_token, second.bot_token) == ("xoxe.xoxb-new",) * 2
        assert rotator.asked == ["xoxe-1", "xoxe-2"]
        assert 0 < rotator.expires_at - time.time() <= 60


class Rotator:
    """Renews a token the first time that it is asked."""

    def __init__(self):
        self.asked = []
        self.expires_at = 0

    async def perform_token_rotation(self, *, installation, minutes_before_expiration):
        self.asked.append(installation.bot_refresh_token)
        self.expires_at = installation.bot_token_expires_at
        if len(self.asked) > 1:
            return None
        installation.bot_token = "xoxe.xoxb-new"  # noqa: S105
        installation.bot_refresh_token = "xoxe-2"  # noqa: S105
        return installation


async def test_no_token_of_a_person_is_kept(tmp_path):
    async with open_home(tmp_path) as home:
        store = Installations(home.parts.database, home.parts.clock, Seal(KEY))
        await store.async_save(
            Installation(team_id="T1", user_id="U1", user_token="xoxp-1")  # noqa: S106
        )

        found = await store.async_find_installation(enterprise_id=None, team_id="T1")

        assert found.user_id == "U1"
        assert found.user_token is None


async def test_a_workspace_that_uninstalls_is_purged_and_others_are_not(tmp_path):
    async with new_slack() as slack, open_to_all(slack, tmp_path) as acme:
        bolt = Work(slack, acme.home, populate(slack, "Bolt"))
        await install(acme, acme.ana)
        await install(bolt, bolt.ana)
        await acme.set_up()
        await acme.approved()
        await slack.command(bolt.ben, "/teach", "fact: Ours is Vega.")
        theirs = slack.dm(bolt.ben)
        await slack.until(lambda: slack.from_bot(theirs))
        await slack.command(acme.ben, "/teach", "fact: Mine is Orion.")
        await slack.until(lambda: slack.from_bot(slack.dm(acme.ben)))

        await slack.uninstall(acme.ana.team)

        own = f"slack:dm:{acme.ana.team.id}:{acme.ben.id}"
        other = f"slack:dm:{bolt.ana.team.id}:{bolt.ben.id}"
        await gone(acme, acme.server)
        await gone(acme, own)
        assert (await acme.core.status(other)).waiting == 1
        store = Installations(acme.home.parts.database, FakeClock(), Seal(KEY))
        found = store.async_find_bot
        assert await found(enterprise_id=None, team_id=acme.ana.team.id) is None
        assert await found(enterprise_id=None, team_id=bolt.ana.team.id) is not None


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_workspace_whose_token_is_revoked_is_purged(tmp_path, transport):
    async with working(tmp_path, transport) as work:
        await work.approved()

        await work.slack.revoke_tokens()

        await gone(work, work.server)


async def restarted(slack, acme, root, team):
    """Start again, and say whether a workspace's lessons are still there."""
    changes = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    async with at_work(
        slack, acme.people, root, "http", encryption_key=KEY, **changes
    ) as again:
        kept = await again.core.lessons(f"slack:{team.id}")
        found = await Installations(
            again.home.parts.database, FakeClock(), Seal(KEY)
        ).async_find_bot(enterprise_id=None, team_id=team.id)
        assert bool(kept) == bool(found)
        return bool(kept)


@pytest.mark.parametrize("error", ["account_inactive", "invalid_auth", "token_revoked"])
async def test_a_workspace_that_left_while_it_was_down_is_purged_at_start(
    tmp_path, error
):
    async with new_slack() as slack:
        async with open_to_all(slack, tmp_path) as acme:
            bolt = Work(slack, acme.home, populate(slack, "Bolt"))
            await install(acme, acme.ana)
            await install(bolt, bolt.ana)
            await acme.set_up()
            await acme.approved()
            admin = Actor(bolt.ana.id, "Ana", Role.ADMIN, "slack")
            theirs = f"slack:{bolt.ana.team.id}"
            await acme.core.set_up(theirs, admin, review_channel=bolt.review.id)
            await bolt.approved()
        acme.ana.team.barred = error

        assert not await restarted(slack, acme, tmp_path, acme.ana.team)
        checks = len(slack.called("auth.test"))
        assert await restarted(slack, acme, tmp_path, bolt.ana.team)
        assert len(slack.called("auth.test")) == checks + 1


@pytest.mark.parametrize("error", ["internal_error", "ratelimited", "502"])
async def test_a_workspace_that_cannot_be_asked_at_start_is_not_purged(tmp_path, error):
    async with new_slack() as slack:
        async with open_to_all(slack, tmp_path) as work:
            await install(work, work.ana)
            await work.set_up()
            await work.approved()
        if error == "502":
            slack._failures["auth.test"] = [HTTPBadGateway()]
        else:
            slack.fail("auth.test", error, times=3)

        assert await restarted(slack, work, tmp_path, work.ana.team)


async def gone(work, server):
    """Wait until nothing is left of a server."""
    for _ in range(100):
        settings = await work.core.settings(server)
        report = await work.core.status(server)
        if settings.set_up_at is None and not report.known and not report.waiting:
            return
        await work.never(lambda: False, seconds=0.02)
    raise AssertionError(f"{server} is still there")
