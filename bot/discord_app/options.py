"""What the operator decides about Discord."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """The settings of the Discord platform; the environment is read elsewhere."""

    token: str = field(repr=False)
    message_content: bool = False
    """Whether the privileged message content intent is switched on for the bot."""
    edit_interval_seconds: float = 1.2
    """Discord takes about five edits in five seconds in one channel."""
    state_folder: Path | None = None
    """Where the digest of the synced commands is kept; without it they are synced
    at every start."""
