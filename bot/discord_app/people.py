"""Who talks to Myna and where: Discord's members and channels in the core's words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import discord

from bot.chat import Chat
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.messages import Actor
from learning.errors import CommandError
from moderation.policy import DISCORD
from moderation.provenance import SERVER_WIDE, Scope
from moderation.roles import Role

if TYPE_CHECKING:
    from bot.core import Core
    from bot.discord_app.client import MynaClient
    from learning.engine import Message


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as the core knows it."""

    server: str
    channel: str
    """Whose secrets count: of a public thread its parent."""
    scope: Scope
    """What is taught here is known here only, or on the whole server."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person in one place, with what they may do there."""

    core: Core
    actor: Actor
    place: Place
    follows_threads: bool
    """Whether this bot sees messages that do not mention it."""

    def chat(self, history: tuple[Message, ...] = ()) -> Chat:
        """Return the chat that carries out this person's commands."""
        unsupported = {}
        if not self.follows_threads:
            unsupported["threads"] = words.threads_need_content()
        return Chat(
            self.core,
            self.place.server,
            self.actor,
            Path(),
            channel=self.place.channel,
            scope=self.place.scope,
            history=history,
            unsupported=unsupported,
        )


async def visit_of(interaction: Interaction) -> Visit:
    """Return who clicked or called a command. Raises CommandError, StorageError."""
    if interaction.guild_id is not None and interaction.guild is None:
        raise CommandError(words.not_a_member())
    place = place_of(interaction.guild, interaction.channel, interaction.user)
    return await visit(interaction.client, place, interaction.user)


async def visit(client: MynaClient, place: Place, user: discord.abc.User) -> Visit:
    """Return a person in a place, with their role there.

    A direct-message conversation is a server of its own, whose owner is its admin;
    it is set up at the first contact.
    """
    core, person = client.core, str(user.id)
    if place.server == direct_server(user.id):
        actor = Actor(person, user.display_name, Role.ADMIN, DISCORD)
        settings = await core.settings(place.server)
        if settings.set_up_at is None:
            await core.set_up(place.server, actor, review_channel=place.channel)
    else:
        ids, is_admin = {person}, False
        if isinstance(user, discord.Member):
            ids |= {str(role.id) for role in user.roles}
            is_admin = user.guild_permissions.manage_guild  # an owner holds them all
        role = await core.role(place.server, ids, is_admin=is_admin)
        actor = Actor(person, user.display_name, role, DISCORD)
    return Visit(core, actor, place, client.options.message_content)


def place_of(
    guild: discord.Guild | None,
    channel: discord.abc.Snowflake | None,
    user: discord.abc.User,
) -> Place:
    """Say which server and channel this is, and how far its secrets may go."""
    if channel is None:
        raise CommandError(words.not_a_member())
    if guild is None:
        return Place(direct_server(user.id), str(channel.id), SERVER_WIDE)
    return place_in(guild, channel)


def place_in(guild: discord.Guild, channel: discord.abc.Snowflake) -> Place:
    """Say what a guild's channel is to the core, whoever speaks there."""
    home = home_of(channel)
    scope = SERVER_WIDE if is_public(guild, home) else Scope(str(home.id))
    return Place(guild_server(guild.id), str(home.id), scope)


def home_of(channel: discord.abc.Snowflake) -> discord.abc.Snowflake:
    """Return a public thread's parent, and any other channel itself.

    A private thread keeps its own secrets: not all who see its parent see it.
    """
    if isinstance(channel, discord.Thread) and not channel.is_private():
        return channel.parent or channel
    return channel


def is_public(guild: discord.Guild, channel: discord.abc.Snowflake) -> bool:
    """Say whether everybody on the server may view a channel; in doubt, no."""
    known = guild.get_channel(channel.id)
    if known is None:
        return False
    return known.permissions_for(guild.default_role).view_channel


def may_write(channel: discord.abc.GuildChannel) -> bool:
    """Say whether Myna sees a channel and may write there."""
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages


def guild_server(guild_id: int) -> str:
    return f"{DISCORD}:{guild_id}"


def direct_server(user_id: int) -> str:
    return f"{DISCORD}:dm:{user_id}"


def guild_of(server: str) -> int | None:
    """Return the guild of a server's id; None for a direct-message conversation."""
    number = server.removeprefix(f"{DISCORD}:")
    return int(number) if number.isdecimal() else None


def person_of(server: str) -> int | None:
    """Return whose direct messages a server's id stands for; None for a guild's."""
    kind, _, number = server.removeprefix(f"{DISCORD}:").partition(":")
    return int(number) if kind == "dm" and number.isdecimal() else None
