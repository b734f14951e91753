"""The things a Slack is made of: workspaces, people, channels, calls, refusals."""

from dataclasses import dataclass, field


class RefusedError(Exception):
    """Slack's answer is `ok: false`, with this error."""

    def __init__(self, error: str, **more):
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **more}


@dataclass(eq=False)
class Team:
    """A workspace, and the app's bot in it; `barred` says why its token is refused."""

    id: str
    name: str
    bot_token: str
    bot_user: str
    bot_id: str
    barred: str | None = None

    @property
    def domain(self) -> str:
        return self.name.lower()

    @property
    def mention(self) -> str:
        return f"<@{self.bot_user}>"


@dataclass(eq=False)
class Person:
    """A member of a workspace."""

    id: str
    name: str
    team: Team
    display_name: str = ""
    tz: str = "Europe/Berlin"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Channel:
    """A conversation; `kind` is channel, group, im or mpim, as in `channel_type`."""

    id: str
    name: str
    team: Team
    kind: str = "channel"
    members: set[str] = field(default_factory=set)
    shared_with: list[Team] = field(default_factory=list)
    is_archived: bool = False

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"

    @property
    def teams(self) -> list[Team]:
        return [self.team, *self.shared_with]


@dataclass(eq=False)
class Stream:
    """A message that is being streamed: what each call brought, and whether it ended."""

    parts: list[str]
    stopped: bool = False

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(eq=False)
class Trigger:
    """A trigger_id: good for one view, for three seconds."""

    person: Person
    expires: float
    used: bool = False


@dataclass(eq=False)
class ResponseUrl:
    """A response_url: five uses within thirty minutes."""

    person: Person
    channel: Channel
    expires: float
    surface: dict | None
    uses: int = 0


@dataclass(eq=False)
class Call:
    """One call of the Web API, with its answer."""

    method: str
    args: dict
    token: str
    at: float
    answer: dict = field(default_factory=dict)
