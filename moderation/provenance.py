"""Where a lesson's words came from, and who may see them."""

from dataclasses import dataclass
from enum import StrEnum


class Provenance(StrEnum):
    """How the words of a lesson reached Myna; decides whether weights may learn it."""

    WEB = "web"
    """A page fetched from the open web."""
    AUTHORED = "authored"
    """Written or restated by a moderator on the command line or the review page."""
    OPERATOR_FILE = "operator_file"
    """A file that the operator imported."""
    TYPED = "typed"
    """Text typed into a command or a form."""
    UPLOAD = "upload"
    """A file given to a command or a form."""
    MESSAGE = "message"
    """The text or attachment of somebody's message."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who may see a lesson: the whole server, or one channel's members."""

    channel: str | None = None

    @property
    def is_server_wide(self) -> bool:
        return self.channel is None

    def admits(self, channel: str | None) -> bool:
        """Say whether somebody asking in `channel` may be answered from it."""
        return self.channel is None or self.channel == channel


SERVER_WIDE = Scope()
