"""One chat: who talks to which server, and how they want to be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.core import Core
from bot.messages import CURRENT, Actor
from learning.engine import Message
from moderation.provenance import SERVER_WIDE, Scope


@dataclass(slots=True)
class Chat:
    """Who talks to which server, and how they want to be answered."""

    core: Core
    server: str
    actor: Actor
    folder: Path
    """Relative file names in commands are taken from here."""
    memory: bool = True
    adapter: str = CURRENT
    channel: str | None = None
    """Where it is; lessons of other channels are not seen from there."""
    scope: Scope = SERVER_WIDE
    """Who may know what is taught from here."""
    history: tuple[Message, ...] = ()
    """What was said before in this conversation."""
    unsupported: Mapping[str, str] = field(default_factory=dict)
    """Settings that cannot be used here, and why."""
