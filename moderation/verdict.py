"""What screening found in a text, and whether the text may pass."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    WARN = "warn"
    """A moderator should look twice."""
    HOLD = "hold"
    """Never approved in bulk."""
    REFUSE = "refuse"
    """Not stored at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look twice at a text, with the span it is about."""

    rule: str
    """The rule's name, for example `secret` or `conflict`."""
    severity: Severity
    reason: str
    """A sentence for people."""
    start: int = 0
    end: int = 0
    lesson: int | None = None
    """The other lesson it is about, for duplicates and conflicts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that screening found; a refusal is a result, not an exception."""

    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        return any(f.severity is Severity.REFUSE for f in self.findings)

    @property
    def held(self) -> bool:
        return any(f.severity is Severity.HOLD for f in self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f.reason for f in self.findings)
