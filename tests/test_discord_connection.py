"""Myna keeps Discord's limits, loses nothing, and says what is wrong at the start."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import discord
import pytest

from bot.announcements import Announcements
from bot.clock import SystemClock
from bot.discord_app import DiscordOptions, MynaClient, serve
from learning.errors import SettingsError
from tests.core_steps import open_home
from tests.discord_steps import ANSWER, OPTIONS, QUESTION, over_sockets
from tests.fake_discord import TOKEN, FakeDiscord
from tests.fakes import FakeEngine

MESSAGES = "/channels/*/messages"


class SlowEngine(FakeEngine):
    """Says its answer a sentence at a time."""

    SECONDS = 0.1

    async def generate(self, generation):
        completion = await super().generate(replace(generation, on_text=None))
        for piece in completion.text.split(". "):
            await asyncio.sleep(self.SECONDS)
            generation.on_text(f"{piece}. ")
        return completion


@dataclass
class Online:
    home: object
    fake: FakeDiscord

    @property
    def server(self):
        return f"discord:{self.fake.home.guild.id}"

    async def know(self, answer=ANSWER):
        await self.home.approved(server=self.server, answer=answer)


@asynccontextmanager
async def online(tmp_path, *, interval=0.1, **changes):
    options = replace(OPTIONS, edit_interval_seconds=interval)
    async with over_sockets(tmp_path, options=options, **changes) as (home, fake):
        yield Online(home, fake)


def contents(fake, channel):
    return [message.content for message in fake.answers(channel)]


async def test_a_mention_is_acknowledged_by_typing_and_answered(tmp_path):
    async with online(tmp_path, engine=SlowEngine()) as there:
        await there.know()
        delivery = await there.fake.mention(there.fake.home.member, QUESTION)
        await there.fake.until(lambda: delivery.answers)

        assert delivery.acknowledged_after < 1
        await there.fake.until(
            lambda: "taught by" in contents(there.fake, there.fake.home.general)[0]
        )


async def test_a_growing_answer_stays_within_discords_limit_of_edits(tmp_path):
    async with online(tmp_path, engine=SlowEngine(), interval=0.3) as there:
        sentences = ". ".join(f"Owl {number} hoots" for number in range(8))
        await there.know(answer=sentences)

        await there.fake.mention(there.fake.home.member, QUESTION)
        await there.fake.until(
            lambda: (
                "taught by" in "".join(contents(there.fake, there.fake.home.general))
            )
        )

        edits = [each for each in there.fake.requests if each.method == "PATCH"]
        assert 1 < len(edits) <= 5
        assert there.fake.refusals == []
        [answer] = contents(there.fake, there.fake.home.general)
        assert answer.startswith(sentences)


async def test_an_answer_that_meets_429_arrives_once_and_whole(tmp_path):
    async with online(tmp_path, engine=SlowEngine()) as there:
        await there.know(answer="Owls hoot. Owls sleep. Owls fly")
        there.fake.refuse_next("POST", MESSAGES, retry_after=0.1, times=2)
        there.fake.refuse_next("PATCH", MESSAGES + "/*", retry_after=0.1)

        await there.fake.mention(there.fake.home.member, QUESTION)
        await there.fake.until(
            lambda: (
                "taught by" in "".join(contents(there.fake, there.fake.home.general))
            )
        )

        assert len(there.fake.refusals) == 3
        assert len(there.fake.answers(there.fake.home.general)) == 1


async def test_a_question_asked_while_the_connection_was_cut_is_answered_once(tmp_path):
    async with online(tmp_path) as there:
        await there.know()
        fake = there.fake

        fake.drop_gateway()
        missed = await fake.mention(fake.home.member, QUESTION)
        await fake.until(lambda: missed.answers)
        after = await fake.mention(fake.home.member, QUESTION)
        await fake.until(lambda: after.answers)

        assert fake.gateway.resumed == 1
        assert len(fake.answers(fake.home.general)) == 2


async def test_a_burst_of_lessons_is_acknowledged_though_cards_wait_for_the_limit(
    tmp_path,
):
    async with online(tmp_path) as there:
        fake, home = there.fake, there.fake.home
        await fake.slash(home.admin, "myna setup", channel=home.review)
        await fake.until(lambda: fake.deliveries[-1].answers)

        taught = [
            await fake.slash(home.member, "teach fact", text=f"Rack {n} is blue.")
            for n in range(12)
        ]
        await fake.until(lambda: all(each.answers for each in taught), seconds=3)

        assert max(each.acknowledged_after for each in taught) < 3
        assert 0 < len(fake.answers(home.review)) < 12
        assert fake.refusals == []


async def test_a_review_is_clicked_over_the_wire(tmp_path):
    async with online(tmp_path) as there:
        fake, home = there.fake, there.fake.home
        setup = await fake.slash(home.admin, "myna setup", channel=home.review)
        await fake.until(lambda: setup.answers)
        await there.home.teach(server=there.server)
        await fake.until(home.review.history)

        [card] = home.review.history()
        result = await home.admin.click(card, label="Approve")
        await fake.until(lambda: fake.delivery(result).answers)

        status = await there.home.core.status(there.server)
        assert status.known == 1


async def served(core, announcements=None, **options):
    chosen = DiscordOptions(**{"token": TOKEN, **options})
    await serve(core, announcements or Announcements(), SystemClock(), chosen)


async def test_serving_goes_on_until_it_is_cancelled(tmp_path):
    announcements = Announcements()
    async with (
        open_home(tmp_path, announcer=announcements) as home,
        FakeDiscord() as fake,
    ):
        task = asyncio.create_task(served(home.core, announcements))
        await fake.until(lambda: fake.gateway.identified)
        server = f"discord:{fake.home.guild.id}"
        await home.approved(server=server)
        await asyncio.sleep(0.1)
        assert not task.done()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert announcements._platforms == {}


@pytest.mark.parametrize("token", ["", "wrong.token.here"])
async def test_a_bad_token_is_explained_with_the_page_that_gives_one(tmp_path, token):
    async with open_home(tmp_path) as home, FakeDiscord():
        with pytest.raises(SettingsError, match=r"discord\.com/developers"):
            await served(home.core, token=token)


async def test_a_missing_intent_is_explained(tmp_path):
    approved = discord.Intents.default()
    async with open_home(tmp_path) as home, FakeDiscord(approved_intents=approved):
        with pytest.raises(SettingsError, match="Message Content Intent"):
            await served(home.core, message_content=True)


async def test_without_a_network_it_says_that_discord_cannot_be_reached(tmp_path):
    async with open_home(tmp_path) as home, FakeDiscord() as fake:
        await fake._runner.cleanup()
        with pytest.raises(SettingsError, match="cannot be reached"):
            await served(home.core)


def test_the_token_is_not_shown_with_the_options():
    assert TOKEN not in repr(DiscordOptions(token=TOKEN))


def test_only_the_intents_that_are_needed_are_asked_for():
    bot = MynaClient(None, SystemClock(), OPTIONS)

    wanted = {name for name, on in bot.intents if on}

    assert wanted == {"guilds", "guild_messages", "dm_messages"}
