"""The steps that the tests of Slack repeat: a workspace, a review channel, people.

`at_work` opens a core on real SQLite, serves it to the fake Slack over one transport,
and closes both; opening it again on the same root and Slack is a restart. The app gets
only the scopes and events that manifest.yml asks for, and whatever Slack would have
held against it fails the test at the end.
"""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.announcements import Announcements
from bot.messages import Actor
from bot.slack_app import SlackOptions, serve, surface
from moderation.roles import Role
from tests.core_steps import Home, open_home
from tests.fake_slack import FakeSlack, settled
from tests.fake_slack_drivers import HttpDriver
from tests.fake_slack_text import buttons, shown

DUE = "When is the sprint due?"
FRIDAY = "On Friday at noon."


@dataclass
class Work:
    """One workspace at work: who is there, and the core behind Myna."""

    slack: FakeSlack
    home: Home
    people: dict[str, Any] = field(default_factory=dict)

    @property
    def core(self):
        return self.home.core

    @property
    def server(self):
        return f"slack:{self.slack.team.id}"

    def __getattr__(self, name):
        return self.people[name]

    async def set_up(self, channel=None):
        """Let the workspace learn, as its admin does with /myna setup."""
        admin = Actor(self.ana.id, "Ana", Role.ADMIN, "slack")
        where = (channel or self.review).id
        await self.core.set_up(self.server, admin, review_channel=where)

    async def teach(self, person, text=f"question: {DUE} answer: {FRIDAY}", **more):
        """Teach by command and return the review card."""
        before = len(self.cards())
        more.setdefault("channel", self.general)
        await self.slack.command(person, "/teach", text, **more)
        await self.slack.until(lambda: len(self.cards()) > before)
        return self.cards()[-1]

    async def approved(self, text=f"question: {DUE} answer: {FRIDAY}", **more):
        """Teach and approve; return the settled card."""
        card = await self.teach(self.ben, text, **more)
        await self.click(self.mona, card, "approve")
        await self.slack.until(lambda: "was approved" in shown(card))
        return card

    async def ask(self, person, channel, text=DUE, *, thread=None):
        """Mention Myna and return its answer."""
        mention = self.slack.team.mention
        said = await self.slack.say(person, channel, f"{mention} {text}", thread)
        return await self.answer_to(said)

    async def answer_to(self, said):
        """Wait for the finished answer to a message."""

        def found():
            after = [m for m in self.slack.thread(said) if m["ts"] > said["ts"]]
            return [m for m in after if m.get("bot_id") and buttons(m)]

        return (await self.slack.until(found))[0]

    async def click(self, person, surface_, verb, **more):
        return await self.slack.click(person, surface_, verb, **more)

    def cards(self):
        """The messages in the review channel, oldest first."""
        return self.slack.from_bot(self.review)

    async def told(self, person, words):
        """Wait until only this person has read these words."""

        def found():
            return [
                each
                for each in self.slack.ephemerals_for(person)
                if words in f"{each['text']}\n{shown(each)}"
            ]

        return (await self.slack.until(found))[-1]

    async def form(self, person, words=""):
        """Wait for a form in front of this person that says this."""

        def found():
            view = self.slack.view_of(person)
            return view if view and words in shown(view) else None

        return await self.slack.until(found)

    async def never(self, condition, *, seconds=0.3):
        """Wait a moment in which this must not happen."""
        await asyncio.sleep(seconds)
        assert not condition()


def new_slack(**options):
    """Return a fake Slack that grants what the manifest asks for."""
    return FakeSlack(scopes=set(surface.SCOPES), events=set(surface.EVENTS), **options)


def populate(slack, name="Acme"):
    """Add a workspace with an admin, a moderator, members and channels."""
    team = slack.add_team(name)
    ana = slack.add_person("ana", team=team, is_admin=True)
    mona = slack.add_person("mona", team=team, is_owner=True)
    ben = slack.add_person("ben", team=team)
    cleo = slack.add_person("cleo", team=team)
    everyone = (ana, mona, ben, cleo)
    return {
        "ana": ana,
        "mona": mona,
        "ben": ben,
        "cleo": cleo,
        "general": slack.add_channel("general", team=team, members=everyone),
        "random": slack.add_channel("random", team=team, members=everyone),
        "review": slack.add_channel("review", team=team, members=(ana, mona)),
        "secret": slack.add_channel(
            "secret", team=team, private=True, members=(ana, mona, ben)
        ),
    }


@asynccontextmanager
async def at_work(slack, people, root, transport, *, core=None, **changes):
    """Serve this Slack over "socket" or "http"; changes go to the options.

    `core` has changes of the core's parts.
    """
    announcements = Announcements()
    parts = {"announcer": announcements, "permissions": {}, **(core or {})}
    async with open_home(root, **parts) as home:
        options = options_for(slack, transport, **changes)
        async with serving(slack, home, announcements, options):
            yield Work(slack, home, people)


@asynccontextmanager
async def working(root, transport, **changes):
    """Serve a new Slack whose workspace is set up; its faults fail the test."""
    async with new_slack() as slack:
        async with at_work(slack, populate(slack), root, transport, **changes) as work:
            await work.set_up()
            yield work
        assert slack.faults() == []


def options_for(slack, transport, **changes):
    """Return the options of one workspace over a transport."""
    chosen = {
        "bot_token": slack.team.bot_token,
        "signing_secret": slack.signing_secret,
        "base_url": slack.api_url,
        "edit_interval_seconds": 0.01,
        "ping_interval_seconds": 0.3,
    }
    if transport == "socket":
        chosen["app_token"] = slack.app_token
    return SlackOptions(**{**chosen, **changes})


@asynccontextmanager
async def serving(slack, home, announcements, options):
    """Run `serve` until the block ends; the fake delivers to it meanwhile."""
    ready = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(
            home.core,
            announcements,
            home.parts.clock,
            home.parts.database,
            options,
            on_ready=ready.set_result,
        )
    )
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    driver = None
    if ready.result():
        url = f"{ready.result()}{surface.EVENTS_PATH}"
        driver = HttpDriver(
            url, slack.signing_secret, ack_seconds=slack.socket.ack_seconds
        )
        slack.driver, slack.http_address = driver, ready.result()
    else:
        slack.driver = slack.socket
        await slack.socket.connected()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if driver:
            await driver.close()
        slack.driver = slack.socket
        await settled()
