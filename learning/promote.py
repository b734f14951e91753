"""The gate: may tonight's candidate replace the adapter that answers now?"""

from dataclasses import dataclass

from learning.canary import changed
from learning.exam import Scorecard

# An adapter that learned less than this of what it was asked serves nobody.
LEAST_RECALL = 0.5
# Recall of what the incumbent knew already; two wordings a lesson make it grainy.
RECALL_TOLERANCE = 0.15
# Agreement with the base's own answers to prompts that were never trained on.
RETENTION_TOLERANCE = 0.15
# Nats a token on neutral text. Measured in docs/LOG.md: a healthy run adds about 0.1.
NLL_TOLERANCE = 0.3
# Where memory is on, untaught questions never reach the weights (bot/answering.py).
CANARY_TOLERANCE = 0.4
DEGENERATE_TOLERANCE = 1


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether the pointer moves, and why not."""

    granted: bool
    reason: str
    not_taken: tuple[int, ...] = ()
    """Lessons that the candidate answers in no wording of the exam."""


def decide(candidate: Scorecard, incumbent: Scorecard) -> Promotion:
    """Compare two scorecards of the same exam."""
    not_taken = tuple(mark.lesson for mark in candidate.lessons if not mark.passed)

    reason = _objection(candidate, incumbent)
    if reason:
        return Promotion(granted=False, reason=reason, not_taken=not_taken)
    return Promotion(granted=True, reason="it passed its exam", not_taken=not_taken)


def _objection(candidate: Scorecard, incumbent: Scorecard) -> str:
    """Return the first reason against the candidate, or an empty string."""
    canaries = changed(incumbent.guarded, candidate.guarded)
    objections = (
        (
            bool(canaries),
            f"it changes what moderators guard: canary {_listed(canaries)}",
        ),
        (
            candidate.degenerate > incumbent.degenerate + DEGENERATE_TOLERANCE,
            "it repeats itself or says nothing",
        ),
        (
            candidate.canaries < incumbent.canaries - CANARY_TOLERANCE,
            "it makes up answers to things nobody taught",
        ),
        (
            candidate.retention < incumbent.retention - RETENTION_TOLERANCE,
            "it forgot general things that it knew",
        ),
        (
            not candidate.nll <= incumbent.nll + NLL_TOLERANCE,  # or is no number
            "it writes ordinary text worse than before",
        ),
        (
            candidate.recall < LEAST_RECALL,
            "it did not learn enough of the lessons",
        ),
        (
            candidate.recall < incumbent.recall - RECALL_TOLERANCE,
            "it forgot lessons that the present adapter knows",
        ),
    )
    return next((reason for objects, reason in objections if objects), "")


def _listed(numbers: tuple[int, ...]) -> str:
    return " and ".join(map(str, numbers))
