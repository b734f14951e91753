"""One chat: who talks to which server, and how they want to be answered."""

from dataclasses import dataclass
from pathlib import Path

from bot.core import Core
from bot.messages import CURRENT, Actor


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
