"""The simulated Discord shows what a bot did and refuses what Discord would."""

import io

import discord
import pytest
import simcord
from discord import app_commands

from tests.discord_harness import simulated_discord
from tests.discord_payloads import (
    InvalidPayloadError,
    check_payload,
    needs_description,
    route_of,
)

MESSAGES = "/channels/1/messages"
CALLBACK = "/interactions/1/token/callback"
COMMANDS = "/applications/1/commands"


class Approve(
    discord.ui.DynamicItem[discord.ui.Button], template=r"approve:(?P<lesson>\d+)"
):
    def __init__(self, lesson: int) -> None:
        self.lesson = lesson
        super().__init__(
            discord.ui.Button(label="Approve", custom_id=f"approve:{lesson}")
        )

    @classmethod
    async def from_custom_id(cls, interaction, item, match):
        return cls(int(match["lesson"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(
            content=f"approved by {interaction.user.name}", view=None
        )


class Form(discord.ui.Modal, title="Teach"):
    text = discord.ui.TextInput(label="Text", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(self.text.value, ephemeral=True)


class TinyBot(discord.AutoShardedClient):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True))
        self.tree = app_commands.CommandTree(self)
        self.joined: list[str] = []

        @self.tree.command(description="Show the card of a lesson")
        async def card(interaction: discord.Interaction, lesson: int) -> None:
            view = discord.ui.View(timeout=None).add_item(Approve(lesson))
            await interaction.response.send_message(f"lesson {lesson}", view=view)

        @self.tree.command(description="Teach with a form")
        async def teach(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Form())

        @self.tree.command(description="Answer later, with a file")
        async def export(interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True)
            file = discord.File(io.BytesIO(b"[]"), "lessons.json")
            await interaction.followup.send("here", file=file)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Approve)
        await self.tree.sync()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.joined.append(guild.name)

    async def on_message(self, message: discord.Message) -> None:
        if self.user in message.mentions and not message.author.bot:
            sent = await message.reply("thinking")
            await sent.edit(content="answered")


async def test_a_mention_is_answered_in_its_channel():
    async with simulated_discord(TinyBot) as simulation:
        home = simulation.home

        await home.member.send(home.general, f"{simulation.bot.user.mention} hello")

        assert [message.content for message in simulation.shown(home.general)] == [
            "answered"
        ]
        assert len(simulation.sent("POST", "/channels/{id}/messages")) == 1
        [edit] = simulation.sent("PATCH", "/channels/{id}/messages/{id}")
        assert edit.body["content"] == "answered"


async def test_the_bot_sees_itself_invited():
    async with simulated_discord(TinyBot) as simulation:
        other = await simulation.join("Elsewhere")

        assert simulation.bot.joined == ["Home", "Elsewhere"]
        assert other.guild.id != simulation.home.guild.id


async def test_a_button_survives_a_restart_and_either_moderator_may_click_it():
    async with simulated_discord(TinyBot) as simulation:
        home = simulation.home
        await home.moderator.slash(home.review, "card", lesson=7)
        await home.moderator.slash(home.review, "card", lesson=8)
        first, second = simulation.shown(home.review)
        before = simulation.bot

        await simulation.restart_bot()
        await home.moderator.click(first, label="Approve")
        await home.second_moderator.click(second, label="Approve")

        assert simulation.bot is not before
        assert [message.content for message in simulation.shown(home.review)] == [
            "approved by mona",
            "approved by miro",
        ]
        assert not [
            request
            for request in simulation.requests_since_restart
            if request.route == "/channels/{id}/messages"
        ]


async def test_a_modal_is_filled_and_a_file_follows_a_deferred_answer():
    async with simulated_discord(TinyBot) as simulation:
        home = simulation.home

        shown = await home.member.slash(home.general, "teach")
        taught = await home.member.submit_modal(shown, {"text": "Owls hoot."})
        exported = await home.member.slash(home.general, "export")

        assert taught.ephemeral
        assert taught.response.content == "Owls hoot."
        assert exported.response.attachments[0].filename == "lessons.json"


async def test_only_insiders_and_the_bot_see_the_private_channel():
    async with simulated_discord(TinyBot) as simulation:
        home = simulation.home

        await home.insider.send(home.private, f"{simulation.bot.user.mention} psst")

        assert simulation.shown(home.private)
        channel = simulation.bot.get_channel(home.private.id)
        assert not channel.permissions_for(channel.guild.default_role).view_channel
        with pytest.raises(simcord.BackendError):
            await home.member.send(home.private, "let me in")


@needs_description
async def test_a_bad_payload_of_a_bot_fails_its_test():
    class Careless(TinyBot):
        async def setup_hook(self) -> None:
            await super().setup_hook()
            # simcord accepts this one: only the description knows better.
            commands = [{"name": "ask", "description": "d", "type": 99}]
            await self.http.bulk_upsert_global_commands(self.application_id, commands)

    with pytest.raises(InvalidPayloadError, match="type"):
        async with simulated_discord(Careless):
            pass


def buttons(label: str, **fields: object) -> dict[str, object]:
    button = {"type": 2, "style": 1, "label": label, "custom_id": "a", **fields}
    return {"components": [{"type": 1, "components": [button]}]}


def choices(count: int) -> list[dict[str, str]]:
    return [{"name": "one", "value": "one"}] * count


def command(count: int) -> list[dict[str, object]]:
    option = {"type": 3, "name": "q", "description": "d", "choices": choices(count)}
    return [{"name": "ask", "description": "d", "type": 1, "options": [option]}]


GOOD = [
    ("POST", MESSAGES, {"content": "hello"}),
    ("POST", MESSAGES, buttons("a" * 80)),
    ("POST", MESSAGES, {"content": "a", "attachments": [{"id": 0, "filename": "a"}]}),
    ("PATCH", MESSAGES + "/2", {"content": None}),
    ("PUT", COMMANDS, command(25)),
    ("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}),
    ("POST", CALLBACK, {"type": 8, "data": {"choices": choices(25)}}),
    ("POST", "/webhooks/1/token", buttons("a" * 80)),
    ("PATCH", "/webhooks/1/token/messages/@original", {"content": "done"}),
]
BAD = [
    ("POST", MESSAGES, {"content": "a" * 4001}, "content: .* too long"),
    ("POST", MESSAGES, buttons("a" * 81), "components/0/.*label: .* too long"),
    ("POST", MESSAGES, {"components": [{"components": []}]}, "components/0"),
    ("POST", MESSAGES, {"components": [{"type": 99}]}, "components/0"),
    ("POST", CALLBACK, {"type": 99, "data": {"content": "a"}}, "the body"),
    ("PATCH", MESSAGES + "/2", buttons("a" * 81), "label: .* too long"),
    ("PUT", COMMANDS, command(26), "options/0/choices: .* too long"),
    ("PUT", COMMANDS, [{"description": "d"}], "'name' is a required property"),
    ("POST", CALLBACK, {"data": {"content": "a"}}, "the body"),
    ("POST", CALLBACK, {"type": 8, "data": {"choices": choices(26)}}, "data/choices"),
    ("POST", CALLBACK, {"type": 4, "data": buttons("a" * 81)}, "label: .* too long"),
    ("POST", "/webhooks/1/token", buttons("a" * 81), "label: .* too long"),
    (
        "PATCH",
        "/webhooks/1/token/messages/@original",
        buttons("a" * 81),
        "label: .* too long",
    ),
    ("POST", "/channels/1/nowhere", {"content": "a"}, "no route"),
]


@needs_description
@pytest.mark.parametrize(("method", "path", "body"), GOOD)
def test_a_payload_that_discord_describes_passes(method, path, body):
    check_payload(method, path, body)


@needs_description
@pytest.mark.parametrize(("method", "path", "body", "reason"), BAD)
def test_a_payload_that_discord_would_refuse_is_refused(method, path, body, reason):
    with pytest.raises(InvalidPayloadError, match=reason):
        check_payload(method, path, body)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/channels/12/messages/34", "/channels/{id}/messages/{id}"),
        ("/webhooks/12/abc/messages/@original", "/webhooks/{id}/{token}/messages/@original"),
        ("/interactions/12/abc/callback", "/interactions/{id}/{token}/callback"),
        (
            "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me",
            "/channels/{id}/messages/{id}/reactions/{emoji}/@me",
        ),
    ],
)  # fmt: skip
def test_a_route_names_the_variable_parts_of_a_path(path, route):
    assert route_of(path) == route
