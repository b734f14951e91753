"""A simulated Discord for the tests of our Discord application.

simcord runs the real discord.py against guilds it keeps in memory, so a test acts as
a person (send, slash, click, submit_modal) and reads what the bot then showed. Every
payload the bot sent is checked against Discord's description when a test ends.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import simcord

from tests.discord_payloads import Request, check_payloads

MakeBot = Callable[[], discord.Client]


@dataclass(frozen=True)
class Community:
    """One guild: its channels, roles and the people tests speak as."""

    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    review: simcord.ChannelHandle
    private: simcord.ChannelHandle  # only insiders and the bot see it
    moderator_role: simcord.RoleHandle
    insider_role: simcord.RoleHandle
    admin: simcord.MemberActor
    moderator: simcord.MemberActor
    second_moderator: simcord.MemberActor
    member: simcord.MemberActor
    insider: simcord.MemberActor


@dataclass
class Simulation:
    """A bot at work in a simulated Discord, and everything it sent."""

    env: simcord.Env
    make_bot: MakeBot
    home: Community
    _restarts: list[int] = field(default_factory=list)

    @property
    def bot(self) -> discord.Client:
        """The bot now running: another one after a restart."""
        return self.env.bot

    @property
    def requests(self) -> list[Request]:
        """Every request the bots made, oldest first, refused ones included."""
        return [Request.of(entry) for entry in self.env.http_requests]

    def sent(self, method: str, route: str) -> list[Request]:
        """The requests of one route, as ("POST", "/channels/{id}/messages")."""
        return [
            request
            for request in self.requests
            if request.method == method and request.route == route
        ]

    def shown(self, channel: simcord.ChannelHandle) -> list[discord.Message]:
        """The bot's messages in a channel that everybody there can see."""
        return [
            message
            for message in channel.history()
            if message.author.id == self.env.backend.bot_user.id
            and not message.flags.ephemeral
        ]

    async def join(self, name: str) -> Community:
        """Invite the bot to another guild."""
        community = found_community(self.env, name)
        await self.env.settle()
        return community

    async def restart_bot(self) -> discord.Client:
        """Stop the bot in the middle and start a new one from the factory."""
        self._restarts.append(len(self.env.http_requests))
        await self.env.restart_bot(self.make_bot())
        return self.env.bot

    @property
    def requests_since_restart(self) -> list[Request]:
        """What the bot now running sent, its start included."""
        return self.requests[self._restarts[-1] if self._restarts else 0 :]


@asynccontextmanager
async def simulated_discord(
    make_bot: MakeBot, **options: Any
) -> AsyncIterator[Simulation]:
    """Run the bot in a guild; at the end its errors and bad payloads are raised.

    The bot starts alone and is then invited to the guild, so it sees on_guild_join.
    Options are those of simcord.run: settle_timeout for work that takes over 5 s,
    approved_intents, strict_sync, check_errors.
    """
    bot = make_bot()
    if isinstance(bot, discord.AutoShardedClient) and bot.shard_count is None:
        options.setdefault("shard_count", 1)
    async with simcord.run(bot, **options) as env:
        home = found_community(env, "Home")
        await env.settle()
        simulation = Simulation(env=env, make_bot=make_bot, home=home)
        yield simulation
    check_payloads(simulation.requests)


def found_community(env: simcord.Env, name: str) -> Community:
    """Found a guild with its channels, roles and people, the bot among them."""
    with _invitation(env.backend):
        guild = env.create_guild(name)
    permissions = discord.Permissions
    admins = guild.create_role("Admins", permissions=permissions(administrator=True))
    moderators = guild.create_role(
        "Moderators", permissions=permissions(manage_messages=True)
    )
    insiders = guild.create_role("Insiders")
    bot = simcord.UserHandle(env, env.backend.bot_user)
    hidden = discord.PermissionOverwrite(view_channel=False)
    seen = discord.PermissionOverwrite(view_channel=True)

    def person(first_name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        return guild.add_member(env.create_user(first_name), roles=roles)

    return Community(
        guild=guild,
        general=guild.create_text_channel("general"),
        review=guild.create_text_channel("review"),
        private=guild.create_text_channel(
            "private",
            overwrites={guild.default_role: hidden, insiders: seen, bot: seen},
        ),
        moderator_role=moderators,
        insider_role=insiders,
        admin=person("ada", admins),
        moderator=person("mona", moderators),
        second_moderator=person("miro", moderators),
        member=person("mia"),
        insider=person("irma", insiders),
    )


@contextmanager
def _invitation(backend: simcord.Backend) -> Iterator[None]:
    """Announce a new guild as Discord does, so that discord.py calls on_guild_join.

    simcord sends `unavailable: false`, which marks a known guild that came back.
    """
    emit = backend.emit

    def announce(event: str, payload: Mapping[str, Any]) -> None:
        emit(event, {key: payload[key] for key in payload if key != "unavailable"})

    backend.emit = announce
    try:
        yield
    finally:
        del backend.emit
