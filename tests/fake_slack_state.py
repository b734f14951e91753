"""What a Slack remembers: tests set it up, the Web API changes it, tests read it."""

import secrets
import time
from copy import deepcopy

from tests.fake_slack_entities import (
    Call,
    Channel,
    Person,
    RefusedError,
    ResponseUrl,
    Stream,
    Team,
    Trigger,
)
from tests.fake_slack_limits import message_problems, view_problems


class State:
    """Everything a fake Slack remembers; tests set it up and read it."""

    def __init__(self):
        self.teams: dict[str, Team] = {}
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, list[str]] = {}
        self.messages: dict[tuple[str, str], dict] = {}
        self.versions: dict[tuple[str, str], list[str]] = {}
        self.deleted: dict[tuple[str, str], dict] = {}
        self.ephemerals: list[dict] = []
        self.streams: dict[tuple[str, str], Stream] = {}
        self.reactions: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.pins: dict[str, list[str]] = {}
        self.views: dict[str, dict] = {}
        self.homes: dict[str, dict] = {}
        self.stacks: dict[str, list[str]] = {}
        self.statuses: list[dict] = []
        self.prompts: list[dict] = []
        self.titles: list[dict] = []
        self.files: dict[str, dict] = {}
        self.file_bodies: dict[str, bytes] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.oauth_codes: dict[str, tuple[Person, str]] = {}
        self.calls: list[Call] = []
        self.unknown_methods: list[str] = []
        self.block_problems: list[str] = []
        self.protocol_problems: list[str] = []
        self.used_scopes: set[str] = set()
        self.base = ""
        self.app_id = "A0MYNA"
        self.client_id = "1.1"
        self.client_secret = secrets.token_hex(8)
        self.app_token = f"xapp-{secrets.token_hex(8)}"
        self._offset = 0.0
        self._last_ts = 0
        self._ids = 0

    # Setting up

    def add_team(self, name: str = "Acme", *, installed: bool = True) -> Team:
        """Add a workspace; `installed` gives the app a bot and a token in it."""
        team = Team(
            id=self.new_id("T"),
            name=name,
            bot_token=f"xoxb-{name.lower()}",
            bot_user=self.new_id("U"),
            bot_id=self.new_id("B"),
            barred=None if installed else "invalid_auth",
        )
        self.teams[team.id] = team
        self.people[team.bot_user] = Person(
            team.bot_user, "myna", team, display_name="Myna", is_bot=True
        )
        return team

    def add_person(self, name: str, *, team: Team | None = None, **more) -> Person:
        """Add a person; `more` may set display_name, tz, is_admin, is_owner, is_bot."""
        more.setdefault("display_name", name.capitalize())
        person = Person(self.new_id("U"), name, team or self.team, **more)
        self.people[person.id] = person
        return person

    def add_channel(
        self,
        name: str,
        *,
        team: Team | None = None,
        private: bool = False,
        members: tuple[Person, ...] = (),
        shared_with: tuple[Team, ...] = (),
        bot: bool = True,
    ) -> Channel:
        """Add a channel; `bot` False leaves the bot out, `shared_with` is Connect."""
        team = team or self.team
        channel = Channel(
            self.new_id("C"), name, team, kind="group" if private else "channel"
        )
        channel.shared_with = list(shared_with)
        channel.members = {person.id for person in members}
        if bot:
            channel.members |= {each.bot_user for each in channel.teams}
        self.channels[channel.id] = channel
        return channel

    def add_usergroup(self, *members: Person) -> str:
        """Add a user group and return its id."""
        group = self.new_id("S")
        self.usergroups[group] = [person.id for person in members]
        return group

    def dm(self, person: Person) -> Channel:
        """Return the direct-message conversation of this person and the bot."""
        for channel in self.channels.values():
            if channel.kind == "im" and person.id in channel.members:
                return channel
        channel = Channel(self.new_id("D"), "", person.team, kind="im")
        channel.members = {person.id, person.team.bot_user}
        self.channels[channel.id] = channel
        return channel

    def add_file(
        self, person: Person, name: str, body: bytes, *, mimetype: str = "text/plain"
    ) -> dict:
        """Store a file that `say(..., files=[...])` and file inputs can refer to."""
        file_id = self.new_id("F")
        url = f"{self.base}/files-pri/{person.team.id}-{file_id}/{name}"
        self.file_bodies[file_id] = body
        self.files[file_id] = {
            "id": file_id,
            "created": int(self.now()),
            "name": name,
            "title": name,
            "mimetype": mimetype,
            "filetype": name.rpartition(".")[2],
            "user": person.id,
            "user_team": person.team.id,
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "size": len(body),
            "url_private": url,
            "url_private_download": url,
            "permalink": f"{self.base}/files/{file_id}",
            "channels": [],
        }
        return self.files[file_id]

    # Time and identity

    @property
    def team(self) -> Team:
        """The first workspace."""
        return next(iter(self.teams.values()))

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move Slack's clock: trigger ids and response urls grow old."""
        self._offset += seconds

    def new_id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}{self._ids:09d}"

    def new_ts(self) -> str:
        """Return a timestamp later than any before; a message's identity."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # Reading

    def message(self, channel: Channel | str, ts: str) -> dict:
        """Return a stored message, or refuse with message_not_found."""
        channel_id = channel if isinstance(channel, str) else channel.id
        if (channel_id, ts) not in self.messages:
            raise RefusedError("message_not_found")
        return self.messages[channel_id, ts]

    def in_channel(self, channel: Channel) -> list[dict]:
        """Return every message of a channel, threads included, oldest first."""
        found = [m for (where, _), m in self.messages.items() if where == channel.id]
        return sorted(found, key=lambda message: message["ts"])

    def thread(self, message: dict) -> list[dict]:
        """Return the replies of the thread that this message is in, oldest first."""
        root = message.get("thread_ts", message["ts"])
        return [
            each
            for each in self.in_channel(self.channels[message["channel"]])
            if each.get("thread_ts") == root and each["ts"] != root
        ]

    def from_bot(self, channel: Channel) -> list[dict]:
        """Return the app's messages in a channel, threads included, oldest first."""
        return [m for m in self.in_channel(channel) if m.get("bot_id")]

    def ephemerals_for(self, person: Person) -> list[dict]:
        return [each for each in self.ephemerals if each["user"] == person.id]

    def view_of(self, person: Person) -> dict | None:
        """Return the modal this person has in front of them, if any."""
        stack = self.stacks.get(person.id)
        return self.views[stack[-1]] if stack else None

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def changed(self) -> None:
        """Wake whoever waits for something to happen; the server does."""

    def announce(self, subtype: str | None, message: dict, before: dict) -> None:
        """Tell the app about its own message; the server does, where asked to."""

    # Writing

    def keep(self, message: dict) -> dict:
        """Store a message, and count it in its thread."""
        key = (message["channel"], message["ts"])
        self.messages[key] = message
        self.versions.setdefault(key, []).append(message["text"])
        parent = self.messages.get((message["channel"], message.get("thread_ts", "")))
        if parent is not None and parent is not message:
            parent.setdefault("thread_ts", parent["ts"])
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = message["ts"]
        self.changed()
        return message

    def checked_blocks(self, blocks: list[dict]) -> list[dict]:
        """Refuse blocks that do not fit a message; give the others their ids."""
        problems = message_problems(blocks)
        self._refuse_blocks(problems)
        return self._with_ids(blocks)

    def checked_view(self, view: dict) -> dict:
        """Refuse a view that does not fit; give its blocks their ids."""
        self._refuse_blocks(view_problems(view))
        return {**view, "blocks": self._with_ids(view.get("blocks", []))}

    def _refuse_blocks(self, problems: list[str]) -> None:
        if problems:
            self.block_problems += problems
            raise RefusedError(
                "invalid_blocks", response_metadata={"messages": problems}
            )

    def _with_ids(self, blocks: list[dict]) -> list[dict]:
        blocks = deepcopy(blocks)
        for block in blocks:
            block.setdefault("block_id", self.new_id("b"))
            held = [block.get("accessory"), block.get("element")]
            if block["type"] in {"actions", "context_actions"}:
                held += block["elements"]
            for element in filter(None, held):
                if element["type"] != "image":
                    element.setdefault("action_id", self.new_id("a"))
        return blocks
