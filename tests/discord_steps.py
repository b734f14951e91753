"""The steps that the tests of the Discord application repeat, as people take them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import discord
import simcord

from bot.announcements import Announcements
from bot.clock import SystemClock
from bot.discord_app import DiscordOptions, MynaClient
from moderation.policy import DISCORD
from tests.core_steps import Home, open_home
from tests.discord_harness import Community, Simulation, simulated_discord
from tests.fake_discord import FakeDiscord

OPTIONS = DiscordOptions(token="t", edit_interval_seconds=0.01)  # noqa: S106
QUESTION = "Who maintains the Orion staging server?"
ANSWER = "Priya Raman does."


@dataclass
class Scene:
    """A guild with Myna in it, and the core behind Myna."""

    home: Home
    discord: Simulation
    announcements: Announcements

    @property
    def people(self) -> Community:
        return self.discord.home

    @property
    def server(self) -> str:
        return server_of(self.people)

    async def set_up(self, community: Community | None = None) -> None:
        """Let Myna learn, and let the moderators' role review."""
        there = community or self.people
        admin = there.admin
        await admin.slash(there.review, "myna setup", channel=there.review)
        role = there.moderator_role.mention
        await admin.slash(there.review, "myna config", name="moderators", value=role)

    async def teach(
        self, question=QUESTION, answer=ANSWER, *, channel=None, by=None
    ) -> simcord.InteractionResult:
        """Teach with the slash command, as the member in general by default."""
        person = by or self.people.member
        return await person.slash(
            channel or self.people.general, "teach qa", question=question, answer=answer
        )

    async def ask(self, text=QUESTION, *, channel=None, by=None) -> discord.Message:
        """Mention Myna; return its last message in the channel."""
        place = channel or self.people.general
        mention = self.discord.bot.user.mention
        await (by or self.people.member).send(place, f"{mention} {text}")
        return self.discord.shown(place)[-1]

    async def taught(self, *words, **fields) -> None:
        """Teach, and approve it as a moderator."""
        await self.teach(*words, **fields)
        await self.people.moderator.click(self.card(), label="Approve")

    def card(self, number: int = -1) -> discord.Message:
        """Return one of the cards in the review channel, the last by default."""
        return self.cards()[number]

    def cards(self) -> list[discord.Message]:
        return [
            message
            for message in self.discord.shown(self.people.review)
            if message.flags.components_v2
        ]


@asynccontextmanager
async def open_scene(
    tmp_path, *, options=OPTIONS, simulation=None, **changes: Any
) -> AsyncIterator[Scene]:
    """Open a real core and a simulated Discord around it."""
    announcements = Announcements()
    async with open_home(tmp_path, announcer=announcements, **changes) as home:
        with ExitStack() as registered:

            def make_bot() -> MynaClient:
                registered.close()  # the bot before a restart announces no more
                bot = MynaClient(home.core, SystemClock(), options)
                registered.enter_context(announcements.platform(DISCORD, bot.announcer))
                return bot

            async with simulated_discord(make_bot, **(simulation or {})) as there:
                yield Scene(home, there, announcements)


@asynccontextmanager
async def over_sockets(
    tmp_path, *, options=OPTIONS, **changes: Any
) -> AsyncIterator[tuple[Home, FakeDiscord]]:
    """Open a real core, and a Discord around it that Myna talks to over sockets."""
    announcements = Announcements()
    async with (
        open_home(tmp_path, announcer=announcements, **changes) as home,
        FakeDiscord() as fake,
    ):
        bot = MynaClient(home.core, SystemClock(), options)
        with announcements.platform(DISCORD, bot.announcer):
            async with fake.running(bot):
                yield home, fake


def with_content(**changes: Any) -> dict[str, Any]:
    """Return the arguments of a scene where the message content intent is on."""
    return {"options": replace(OPTIONS, message_content=True, **changes)}


def server_of(community: Community) -> str:
    return f"discord:{community.guild.id}"


def text_of(message) -> str:
    """Return all that a message shows, Components V2 included."""
    parts = [message.content]
    components = [
        each if isinstance(each, dict) else each.to_dict()
        for each in message.components
    ]
    while components:
        component = components.pop(0)
        parts.append(component.get("content", ""))
        components = component.get("components", []) + components
    return "\n".join(filter(None, parts))


def labels_of(message) -> list[str]:
    """Return the labels of a message's buttons."""
    found, components = (
        [],
        [
            each if isinstance(each, dict) else each.to_dict()
            for each in message.components
        ],
    )
    while components:
        component = components.pop(0)
        if component["type"] == discord.ComponentType.button.value:
            found.append(component["label"])
        components = component.get("components", []) + components
    return found


def reply_of(result) -> str:
    """Return what an interaction was answered, every page of it."""
    shown = [result.response, *result.followups]
    return "\n".join(text_of(each) for each in shown if each is not None)


async def until(fact, *, seconds=5.0) -> None:
    """Wait for what nobody in the simulation caused; TimeoutError if it never comes."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - a fact may be anything
            await asyncio.sleep(0.005)
