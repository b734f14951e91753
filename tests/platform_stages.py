"""A stage for each platform: the real library on a simulated one, and its people.

It says how people ask, teach, approve, learn and forget there, for scenarios that run
on all of them.
"""

import asyncio
from contextlib import asynccontextmanager

from bot.announcements import Announcements
from bot.chat import Chat
from bot.messages import Actor
from bot.session import LocalSession
from moderation.roles import Role
from tests.core_steps import open_home
from tests.discord_steps import (
    labels_of,
    open_scene,
    over_sockets,
    reply_of,
    text_of,
)
from tests.fake_slack_text import shown
from tests.slack_steps import Work, new_slack, options_for, populate, serving

LEAVE = {"slack": "the letter of a test"}
"""Slack's policy keeps what is typed there out of weights without it."""
LEARNING_SECONDS = 900
GROWING_SECONDS = 1.0
"""Within which an answer that is not whole yet grows."""


def labelled(said):
    """Yield a tool's labels with their texts, an example each."""
    for label, text in said.items():
        if label == "examples":
            yield from (("example", each) for each in text)
        else:
            yield label, text


def tool_form(said):
    """Return what somebody types into Discord's form of a tool."""
    return {
        "tool": f"{said['name']}\n{said['description']}",
        "parameters": said["parameters"],
        "call": said["call"],
        "answer": said["answer"],
        "examples": "\n".join(said["examples"]),
    }


class Terminal:
    """A line in, an outcome out."""

    def __init__(self, session):
        self._session = session

    async def ask(self, text):
        outcome = await self._session.execute(text)
        return f"{outcome.text} {outcome.source}"

    async def _say(self, line):
        return (await self._session.execute(line)).text

    async def teach(self, question, answer):
        return await self._say(f"/teach question: {question} answer: {answer}")

    async def teach_tool(self, **said):
        words = " ".join(f"{label}: {text}" for label, text in labelled(said))
        return await self._say(f"/teach tool: {words}")

    async def approve(self):
        return await self._say("/approve 1")

    async def learn(self):
        return await self._say("/learn")

    async def forget(self):
        return await self._say("/forget 1")


class Discord:
    """Mentions, slash commands and the buttons of a card."""

    def __init__(self, scene):
        self._scene = scene

    async def ask(self, text):
        return text_of(await self._scene.ask(text))

    async def teach(self, question, answer):
        return reply_of(await self._scene.teach(question, answer))

    async def teach_tool(self, **said):
        people = self._scene.people
        form = await people.member.slash(people.general, "teach tool")
        return reply_of(await people.member.submit_modal(form, tool_form(said)))

    async def approve(self):
        card = self._scene.card()
        await self._scene.people.moderator.click(card, label="Approve")
        assert labels_of(self._scene.card()) == []
        return text_of(self._scene.card())

    async def learn(self):
        people = self._scene.people
        await people.moderator.slash(people.general, "myna learn")
        return "\n".join(map(text_of, self._scene.discord.shown(people.general)))

    async def forget(self):
        people = self._scene.people
        return reply_of(
            await people.moderator.slash(people.general, "myna forget", number=1)
        )


class DiscordOnline:
    """The same over real sockets, where nothing waits for Myna but its people."""

    def __init__(self, fake):
        self._fake = fake
        self._people = fake.home

    async def set_up(self):
        there = self._people
        role = there.moderator_role.mention
        for command, options in (
            ("myna setup", {"channel": there.review}),
            ("myna config", {"name": "moderators", "value": role}),
        ):
            sent = there.admin.slash(there.review, command, **options)
            await self._replied(await sent)

    async def ask(self, text):
        general = self._people.general
        before = len(self._fake.answers(general))
        await self._fake.mention(self._people.member, text)
        await self._until(lambda: len(self._fake.answers(general)) > before)
        return await self._whole(lambda: text_of(self._fake.answers(general)[-1]))

    async def teach_tool(self, **said):
        people = self._people
        form = await people.member.slash(people.general, "teach tool")
        await self._until(lambda: form.modal)
        return await self._replied(
            await people.member.submit_modal(form, tool_form(said))
        )

    async def approve(self):
        await self._until(self._cards)
        await self._people.moderator.click(self._cards()[-1], label="Approve")
        await self._until(lambda: not labels_of(self._cards()[-1]))
        return text_of(self._cards()[-1])

    async def learn(self):
        people = self._people
        await people.moderator.slash(people.general, "myna learn")

        def said():
            return "\n".join(map(text_of, self._fake.answers(people.general)))

        await self._until(lambda: "Learned" in said(), seconds=LEARNING_SECONDS)
        return said()

    async def forget(self):
        people = self._people
        return await self._replied(
            await people.moderator.slash(people.general, "myna forget", number=1)
        )

    def _cards(self):
        return [
            message
            for message in self._people.review.history()
            if message.flags.components_v2
        ]

    async def _replied(self, result):
        await self._until(lambda: reply_of(result))
        return await self._whole(lambda: reply_of(result))

    async def _until(self, fact, seconds=60.0):
        await self._fake.until(fact, seconds=seconds)

    async def _whole(self, said):
        """Return what is said once it has not grown for a while."""
        before = None
        while before != said():
            before = said()
            await asyncio.sleep(GROWING_SECONDS)
        return before


class Slack:
    """Mentions, commands and the buttons of a card."""

    def __init__(self, work):
        self._work = work

    async def ask(self, text):
        work = self._work
        return shown(await work.ask(work.cleo, work.general, text))

    async def teach(self, question, answer):
        self._card = await self._work.teach(
            self._work.cleo, f"question: {question} answer: {answer}"
        )
        return shown(await self._work.told(self._work.cleo, "waiting"))

    async def teach_tool(self, **said):
        words = " ".join(f"{label}: {text}" for label, text in labelled(said))
        self._card = await self._work.teach(self._work.cleo, f"tool: {words}")
        return shown(await self._work.told(self._work.cleo, "waiting"))

    async def approve(self):
        await self._work.click(self._work.mona, self._card, "approve")
        await self._work.slack.until(lambda: "was approved" in shown(self._card))
        return shown(self._card)

    async def learn(self):
        await self._command("learn")

        def promoted():
            found = map(shown, self._work.slack.from_bot(self._work.general))
            return [text for text in found if "answers now" in text]

        return (await self._work.slack.until(promoted, seconds=LEARNING_SECONDS))[0]

    async def forget(self):
        await self._command("forget 1")
        return shown(await self._work.told(self._work.mona, "is forgotten"))

    async def _command(self, text):
        work = self._work
        await work.slack.command(work.mona, "/myna", text, channel=work.general)


@asynccontextmanager
async def terminal(tmp_path, **changes):
    async with open_home(tmp_path, **changes) as home:
        you = Actor("u1", "Uma", Role.MODERATOR)
        chat = Chat(home.core, "home", you, tmp_path)
        yield Terminal(LocalSession(chat, home.parts.clock))


@asynccontextmanager
async def discord(tmp_path, **changes):
    async with open_scene(tmp_path, **changes) as scene:
        await scene.set_up()
        yield Discord(scene)


@asynccontextmanager
async def discord_online(tmp_path, **changes):
    """Play Discord over sockets, for engines that live in processes of their own.

    simcord alone waits until no task is left, and the one that reads such a process
    never ends.
    """
    async with over_sockets(tmp_path, **changes) as (_, fake):
        stage = DiscordOnline(fake)
        await stage.set_up()
        yield stage


def slack(transport):
    @asynccontextmanager
    async def stage(tmp_path, **changes):
        announcements = Announcements()
        given = {"permissions": LEAVE} | changes
        home = open_home(tmp_path, announcer=announcements, **given)
        async with new_slack() as there, home as home:
            people = populate(there)
            options = options_for(there, transport)
            async with serving(there, home, announcements, options):
                work = Work(there, home, people)
                await work.set_up()
                yield Slack(work)
            assert there.faults() == []

    return stage
