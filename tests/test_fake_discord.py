"""The real discord.py keeps Discord's limits and loses nothing, against the fake."""

import asyncio
import io
import time

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fake_discord import FakeDiscord
from tests.fake_discord_limits import LIMITS, Limit

MESSAGES = "/channels/*/messages"
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Answers:
    """Replies to mentions, and counts what it hears."""

    def __init__(self, **options) -> None:
        super().__init__(intents=INTENTS, **options)
        self.heard: list[str] = []
        self.joined: list[str] = []
        self.tree = app_commands.CommandTree(self)

        @self.tree.command(description="Teach later")
        async def teach(interaction: discord.Interaction, text: str) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.edit_original_response(content="learning")
            await interaction.edit_original_response(content=f"learnt {text}")
            await interaction.followup.send("anything else?", ephemeral=True)

        @self.tree.command(description="Show a card")
        async def card(interaction: discord.Interaction) -> None:
            view = discord.ui.View(timeout=None)
            button = discord.ui.Button(label="Approve", custom_id="approve")
            button.callback = approve
            await interaction.response.send_message("card", view=view.add_item(button))

        async def approve(interaction: discord.Interaction) -> None:
            by = f"approved by {interaction.user.name}"
            await interaction.response.edit_message(content=by, view=None)

        @self.tree.command(description="Send the file back")
        async def copy(
            interaction: discord.Interaction, file: discord.Attachment
        ) -> None:
            copied = discord.File(io.BytesIO(await file.read()), file.filename)
            await interaction.response.send_message("copied", file=copied)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id, *, initial=False) -> None:
        """Do not wait 5 s between two identifications."""

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.joined.append(guild.name)

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot and self.user in message.mentions:
            self.heard.append(message.content.split(" ", 1)[1])
            await message.reply("heard")


class OneShardBot(Answers, discord.Client):
    pass


class ShardedBot(Answers, discord.AutoShardedClient):
    pass


def contents(messages) -> list[str]:
    return [message.content for message in messages]


@pytest.mark.parametrize("make_bot", [OneShardBot, ShardedBot])
async def test_a_mention_is_delivered_answered_and_timed(make_bot):
    async with FakeDiscord() as fake, fake.running(make_bot()) as bot:
        delivery = await fake.mention(fake.home.member, "hello")
        await fake.until(lambda: delivery.answers)

        assert bot.heard == ["hello"]
        assert bot.joined == []
        assert contents(fake.answers(fake.home.general)) == ["heard"]
        assert len(fake.messages(fake.home.general)) == 2
        assert 0 < delivery.acknowledged_after <= delivery.answered_after < 3


async def test_a_429_is_waited_for_and_the_message_arrives_once():
    async with FakeDiscord() as fake, fake.running(OneShardBot()):
        fake.refuse_next("POST", MESSAGES, retry_after=0.2, times=2)

        delivery = await fake.mention(fake.home.member, "hello")
        await fake.until(lambda: delivery.answers)

        assert delivery.answered_after >= 0.4
        assert [refusal.scope for refusal in fake.refusals] == ["user", "user"]
        assert contents(fake.answers(fake.home.general)) == ["heard"]


async def test_a_429_of_a_followup_is_waited_for_too():
    async with FakeDiscord() as fake, fake.running(OneShardBot()):
        fake.refuse_next("PATCH", "/webhooks/*", retry_after=0.1)

        delivery = await fake.slash(fake.home.member, "teach", text="owls hoot")
        await fake.until(lambda: len(fake.answers(fake.home.general)) == 2)

        assert len(fake.refusals) == 1
        shown = contents(fake.messages(fake.home.general))
        assert shown == ["learnt owls hoot", "anything else?"]
        assert delivery.answers == 2
        assert delivery.acknowledged_after < delivery.answered_after


async def test_the_global_limit_stops_every_route():
    async with FakeDiscord() as fake, fake.running(OneShardBot()):
        other = fake.found("Elsewhere")
        fake.refuse_everything(seconds=0.3)

        first = await fake.mention(fake.home.member, "one")
        second = await fake.mention(other.member, "two", channel=other.general)
        await fake.until(lambda: first.answers and second.answers)

        assert {refusal.scope for refusal in fake.refusals} == {"global"}
        assert min(first.answered_after, second.answered_after) >= 0.25


@pytest.mark.parametrize("make_bot", [OneShardBot, ShardedBot])
async def test_a_dropped_gateway_resumes_and_the_missed_event_arrives_once(make_bot):
    async with FakeDiscord() as fake, fake.running(make_bot()) as bot:
        before = await fake.mention(fake.home.member, "before")
        await fake.until(lambda: before.answers)

        fake.drop_gateway()
        missed = await fake.mention(fake.home.member, "missed")
        await fake.until(lambda: missed.answers)
        after = await fake.mention(fake.home.member, "after")
        await fake.until(lambda: after.answers)

        assert bot.heard == ["before", "missed", "after"]
        assert (fake.gateway.identified, fake.gateway.resumed) == (1, 1)
        assert len(fake.answers(fake.home.general)) == 3


async def test_a_forgotten_session_is_begun_anew():
    async with FakeDiscord() as fake, fake.running(OneShardBot()) as bot:
        fake.forget_sessions()
        fake.drop_gateway()
        await fake.until(lambda: fake.gateway.identified == 2)
        delivery = await fake.mention(fake.home.member, "again")
        await fake.until(lambda: delivery.answers)

        assert bot.heard == ["again"]
        assert fake.gateway.resumed == 0


async def test_edits_beyond_the_limit_are_paced_by_the_library():
    limits = (Limit("PATCH", "/channels/*/messages/*", 5, 0.5), *LIMITS)
    async with FakeDiscord(limits=limits) as fake, fake.running(OneShardBot()) as bot:
        message = await bot.get_channel(fake.home.general.id).send("0")

        started = time.monotonic()
        for number in range(1, 13):
            message = await message.edit(content=str(number))

        assert time.monotonic() - started >= 0.9
        assert fake.refusals == []
        assert contents(fake.answers(fake.home.general)) == ["12"]


async def test_a_client_that_does_not_pace_its_edits_is_refused():
    async with FakeDiscord() as fake, fake.running(OneShardBot()) as bot:
        message = await bot.get_channel(fake.home.general.id).send("0")
        route = Route("PATCH", f"/channels/{message.channel.id}/messages/{message.id}")
        headers = {"Authorization": f"Bot {fake.token}"}

        async with aiohttp.ClientSession(headers=headers) as session:
            answers = []
            for number in range(6):
                edit = {"content": str(number)}
                async with session.patch(route.url, json=edit) as answer:
                    answers.append((answer.status, await answer.json()))
                    left = answer.headers["X-RateLimit-Remaining"]

        assert [status for status, _ in answers] == [200] * 5 + [429]
        assert left == "0"
        assert 4 < answers[-1][1]["retry_after"] <= 5.01
        assert contents(fake.answers(fake.home.general)) == ["4"]


async def test_a_file_goes_up_and_comes_down():
    async with FakeDiscord() as fake, fake.running(OneShardBot()):
        file = ("faq.csv", "q,a\nwho?,über\n".encode())

        delivery = await fake.slash(fake.home.member, "copy", file=file)
        await fake.until(lambda: delivery.answers)

        [answer] = fake.answers(fake.home.general)
        assert answer.attachments[0]["filename"] == "faq.csv"
        assert fake.file(answer.attachments[0]) == file[1]


async def test_people_click_what_the_bot_showed():
    async with FakeDiscord() as fake, fake.running(OneShardBot()):
        shown = await fake.slash(fake.home.moderator, "card")
        await fake.until(lambda: shown.answers)

        [card] = fake.home.general.history()
        result = await fake.home.second_moderator.click(card, label="Approve")
        await fake.until(lambda: fake.delivery(result).answers)

        [card] = fake.answers(fake.home.general)
        assert card.content == "approved by miro"


async def test_being_invited_while_running_is_a_guild_join():
    async with FakeDiscord() as fake, fake.running(OneShardBot()) as bot:
        fake.found("Elsewhere")
        await fake.until(lambda: bot.joined)

        assert bot.joined == ["Elsewhere"]


async def test_every_shard_hears_its_own_guilds():
    async with FakeDiscord(shards=2) as fake, fake.running(ShardedBot()) as bot:
        guilds = [
            fake.world.create_guild(f"{shard}", shard_id=shard) for shard in (0, 1)
        ]
        deliveries = []
        for guild in guilds:
            channel = guild.create_text_channel("general")
            member = guild.add_member(fake.world.create_user("mia"))
            deliveries.append(await fake.mention(member, guild.name, channel=channel))
        await fake.until(lambda: all(delivery.answers for delivery in deliveries))

        assert sorted(bot.heard) == ["0", "1"]
        assert fake.gateway.identified == 2


async def test_heartbeats_are_acknowledged():
    async with (
        FakeDiscord(heartbeat_seconds=0.05) as fake,
        fake.running(OneShardBot()) as bot,
    ):
        await fake.until(lambda: fake.gateway.heartbeats >= 3)

        assert 0 <= bot.latency < 1


async def test_a_client_that_asks_for_no_compression_is_sent_text():
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        async with session.ws_connect(fake.gateway.url) as socket:
            hello = await socket.receive_json()

        assert hello["op"] == DiscordWebSocket.HELLO


async def test_message_content_without_its_intent_stays_hidden():
    class Eavesdropper(OneShardBot):
        async def on_message(self, message: discord.Message) -> None:
            self.heard.append(message.content)

    async with FakeDiscord() as fake, fake.running(Eavesdropper()) as bot:
        await fake.home.member.send(fake.home.general, "between us")
        await fake.mention(fake.home.member, "hello")
        await fake.until(lambda: len(bot.heard) == 2)

        assert bot.heard[0] == ""
        assert bot.heard[1].endswith("hello")


async def test_a_wrong_token_is_refused():
    async with FakeDiscord() as fake:
        fake.token += "?"

        with pytest.raises(discord.LoginFailure):
            async with fake.running(OneShardBot()):
                pass


async def test_an_intent_that_was_not_approved_is_refused():
    async with FakeDiscord(approved_intents=discord.Intents.default()) as fake:
        bot = discord.Client(intents=discord.Intents.all())

        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with fake.running(bot):
                pass


async def test_a_route_that_nobody_plays_fails_the_test():
    with pytest.raises(AssertionError, match="voice/regions"):  # noqa: PT012
        async with FakeDiscord() as fake, fake.running(OneShardBot()) as bot:
            with pytest.raises(discord.HTTPException):
                await bot.http.request(Route("GET", "/voice/regions"))


async def test_the_library_points_at_discord_again_afterwards():
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY

    async with FakeDiscord():
        assert Route.BASE.startswith("http://127.0.0.1:")

    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_hundreds_of_mentions_and_commands_are_each_answered_once():
    async with (
        FakeDiscord(global_per_second=1000) as fake,
        fake.running(ShardedBot()),
    ):
        places = [fake.found(f"Guild {number}") for number in range(40)]
        for number in range(5):
            for place in places:
                await fake.mention(place.member, str(number), channel=place.general)
                await fake.slash(
                    place.member, "teach", channel=place.review, text=str(number)
                )
            await asyncio.sleep(0.05)
        await fake.until(
            lambda: all(delivery.answers for delivery in fake.deliveries), seconds=20
        )
        await fake.until(
            lambda: sum(delivery.answers for delivery in fake.deliveries) == 600
        )

        assert len(fake.deliveries) == 400
        assert max(delivery.acknowledged_after for delivery in fake.deliveries) < 3
        assert all(len(fake.answers(place.general)) == 5 for place in places)
