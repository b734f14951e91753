"""What the command line's flags say, the same for every command."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The flags, parsed."""

    json: bool = False
    memory: bool = True
    adapter: str = "current"
    server: str = "home"
    user: str | None = None
    """None is whoever is logged in."""
    role: str = "moderator"
    data_dir: str = ""
    """An empty text leaves it to the settings."""
