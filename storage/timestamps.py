"""Times as text that sorts: aware, in UTC, always to the microsecond."""

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """Write a time; raises ValueError where it names no time zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} names no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Read a time that `to_text` wrote."""
    return datetime.fromisoformat(text)


def to_optional_text(at: datetime | None) -> str | None:
    """Write a time that may be missing."""
    return None if at is None else to_text(at)


def from_optional_text(text: str | None) -> datetime | None:
    """Read a time that may be missing."""
    return None if text is None else from_text(text)
