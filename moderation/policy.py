"""The train gate: may a lesson reach weights, or only memory?

| provenance                  | terminal | Discord              | Slack                |
|-----------------------------|----------|----------------------|----------------------|
| web, authored, operator file| yes      | yes                  | yes                  |
| typed, upload               | yes      | yes (a reading)      | with Slack's leave   |
| message                     | yes      | with Discord's leave | with Slack's leave   |

Discord's Developer Policy forbids training on message content without express
permission; text typed into a command is not what its documentation calls message
content. Slack's Developer Policy forbids training on any of its data. An operator
who holds the platform's written permission names it in a setting, and the gate
opens. Whatever the table says, a lesson for one channel stays in memory: weights
cannot keep a channel's secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.provenance import Provenance, Scope

TERMINAL = "terminal"
DISCORD = "discord"
SLACK = "slack"

ANYWHERE = frozenset({Provenance.WEB, Provenance.AUTHORED, Provenance.OPERATOR_FILE})
"""Did not come through a platform."""

ON_PLATFORM = {
    TERMINAL: frozenset(Provenance),
    DISCORD: ANYWHERE | {Provenance.TYPED, Provenance.UPLOAD},
    SLACK: ANYWHERE,
}
"""What may be trained on, by where it was taught; elsewhere `ANYWHERE`."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a lesson may reach weights, and why."""

    granted: bool
    reason: str
    """A sentence for people."""


def may_train(
    provenance: Provenance,
    platform: str,
    scope: Scope,
    *,
    permissions: Mapping[str, str],
) -> Gate:
    """Judge one lesson; `permissions` are references to leave given, by platform."""
    if not scope.is_server_wide:
        return Gate(
            granted=False,
            reason="It is for one channel only, and weights cannot keep that secret.",
        )
    if provenance in ON_PLATFORM.get(platform, ANYWHERE):
        return Gate(granted=True, reason="Its provenance allows training.")
    permission = permissions.get(platform, "").strip()
    if permission:
        return Gate(granted=True, reason=f"The platform permits it: {permission}.")
    return Gate(
        granted=False,
        reason=(
            f"{platform.capitalize()} does not allow training on this "
            f"({provenance.value}); it is answered from memory."
        ),
    )


def strictest(*provenances: Provenance) -> Provenance:
    """Name the provenance of a lesson whose fields came in different ways."""
    return max(provenances, key=_STRICTNESS.index)


_STRICTNESS = (
    Provenance.AUTHORED,
    Provenance.OPERATOR_FILE,
    Provenance.WEB,
    Provenance.TYPED,
    Provenance.UPLOAD,
    Provenance.MESSAGE,
)
