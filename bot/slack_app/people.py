"""Who somebody is and where they are: every listener asks this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from bot import phrases
from bot.messages import Actor
from bot.slack_app.cache import Cache
from bot.slack_app.installations import PLATFORM
from learning.errors import CommandError
from moderation.provenance import SERVER_WIDE, Scope
from moderation.roles import Role

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.ports import Clock

CACHE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation of a workspace; no channel is its Home, or a global shortcut."""

    team: str
    channel: str = ""
    owner: str = ""
    """Whose direct messages with Myna it is, if anybody's."""
    private: bool = False
    """What is said there is for its members only."""

    @property
    def server(self) -> str:
        """The server that lessons of this place belong to."""
        return server_of(self.team, self.owner)

    @property
    def scope(self) -> Scope:
        return Scope(self.channel) if self.private else SERVER_WIDE


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody somewhere, with the client that answers them."""

    client: AsyncWebClient
    place: Place
    actor: Actor

    @property
    def server(self) -> str:
        return self.place.server


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a workspace, or a guest from another."""

    name: str
    is_ours: bool
    is_admin: bool


class People:
    """Looks people and conversations up, and remembers them for some minutes."""

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._people = Cache[Person](clock, seconds=CACHE_SECONDS)
        self._places = Cache[Place](clock, seconds=CACHE_SECONDS)
        self._taught_in: dict[tuple[str, str], str] = {}

    async def visit(
        self, client: AsyncWebClient, team: str, user: str, channel: str = ""
    ) -> Visit:
        """Say who is where.

        Raises CommandError for people of other workspaces, who meet Myna in a
        shared channel: what this one taught is not theirs to ask for.
        """
        place = await self.place(client, team, channel)
        person = await self.person(client, team, user)
        if not person.is_ours:
            raise CommandError(phrases.outsider())
        if place.owner:
            actor = Actor(user, person.name, Role.ADMIN, PLATFORM)
            await self._set_up(place, actor)
        else:
            role = await self._core.role(
                place.server, (user,), is_admin=person.is_admin
            )
            actor = Actor(user, person.name, role, PLATFORM)
        return Visit(client, place, actor)

    async def place(self, client: AsyncWebClient, team: str, channel: str) -> Place:
        """Say what a conversation is; one that Myna cannot see counts as private."""
        if not channel:
            return Place(team)
        known = self._places.get((team, channel))
        if known:
            return known
        try:
            answer = await client.conversations_info(channel=channel)
        except SlackApiError:
            return Place(team, channel, private=True)
        info = answer["channel"]
        if info.get("is_im"):
            place = Place(team, channel, owner=info["user"])
        else:
            flags = ("is_private", "is_mpim", "is_group", "is_ext_shared")
            place = Place(team, channel, private=any(map(info.get, flags)))
        self._places.put((team, channel), place)
        return place

    async def person(self, client: AsyncWebClient, team: str, user: str) -> Person:
        """Say who a person is; whom Slack does not name is a stranger."""
        known = self._people.get((team, user))
        if known:
            return known
        try:
            answer = await client.users_info(user=user)
        except SlackApiError:
            return Person(user, is_ours=False, is_admin=False)
        info = answer["user"]
        profile = info.get("profile", {})
        organisation = info.get("enterprise_user", {}).get("teams", ())
        is_ours = info.get("team_id") == team or team in organisation
        is_admin = bool(info.get("is_admin") or info.get("is_owner"))
        name = profile.get("display_name") or profile.get("real_name") or info["name"]
        person = Person(name, is_ours=is_ours, is_admin=is_ours and is_admin)
        self._people.put((team, user), person)
        return person

    def taught(self, visit: Visit) -> None:
        """Remember where a person taught, to tell them there what became of it."""
        self._taught_in[visit.server, visit.actor.id] = visit.place.channel

    def taught_in(self, server: str, person: str) -> str:
        """Return where a person last taught; nothing after a restart."""
        return self._taught_in.get((server, person), "")

    async def _set_up(self, place: Place, actor: Actor) -> None:
        """Let direct messages learn from the first contact: their owner decides."""
        settings = await self._core.settings(place.server)
        if settings.set_up_at is None:
            await self._core.set_up(place.server, actor, review_channel=place.channel)


def server_of(team: str, owner: str = "") -> str:
    """Return the server of a workspace, or of one person's messages in it."""
    return f"{PLATFORM}:dm:{team}:{owner}" if owner else f"{PLATFORM}:{team}"


def team_of(server: str) -> str:
    """Return the workspace that a server is in."""
    parts = server.split(":")
    return parts[2] if parts[1] == "dm" else parts[1]


def owner_of(server: str) -> str:
    """Return whose direct messages a server is; nothing for a workspace."""
    parts = server.split(":")
    return parts[3] if parts[1] == "dm" else ""
