"""Whether a request means the call that a model writes to it.

Two things say so: how likely the adapter begins a call by itself, and how near the
request is to a wording of the tool. Each alone errs: an adapter that can call begins
one at many a request that no tool is for, and talk about a tool is near to it.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NEARNESS = 4.0
"""What a cosine weighs beside a log-probability: fitted on six tools of
`tool_worlds.json` (docs/LOG.md)."""
ENOUGH = 0.8
"""From this on a call is meant that lacks nothing: at a cosine of 0.2 where a call is
certain, at 0.37 where it is as likely as not. Of two other communities than the shipped
one all 91 right calls stand, and 8 of 200 messages are called (docs/LOG.md)."""
ENOUGH_SHOWN = 1.7
"""The same where weights have not learned the tool and its examples are shown to the
caller adapter: they make a call likely. Of the shipped community it lets 30 right calls
pass and 4 of 100 ordinary messages; a cosine of 0.6 alone let 5 and 5 (docs/LOG.md)."""
LACKING = 0.5
"""As much more is wanted of a call that lacks something, for which people are asked."""
LEAST = 1e-6

_NAMED = re.compile(r'\s*\{\s*"name":\s*"[^"]*"')


def chance(first_token: Mapping[str, float]) -> float:
    """Return how likely a call begins, of a first token's log-probabilities."""
    begun = (token for token in first_token if token.lstrip().startswith("{"))
    return sum(math.exp(first_token[token]) for token in begun)


def name_chance(likelihoods: Iterable[tuple[str, float]]) -> float:
    """Return how likely a call begins with the name that it has.

    Of a call's tokens and their log-probabilities, those up to the end of the name
    count; it is 1.0 of an engine that tells none.
    """
    said, logged = "", 0.0
    for token, each in likelihoods:
        said, logged = said + token, logged + each
        if _NAMED.match(said):
            break
    return math.exp(logged)


def meaning(likely: float, cosine: float) -> float:
    """Weigh together how likely a call is and how near the request is to its tool."""
    return math.log(max(likely, LEAST)) + NEARNESS * cosine


def is_meant(
    likely: float, cosine: float, *, lacks: bool = False, shown: bool = False
) -> bool:
    """Say whether a call was meant that is as likely, of a tool as near as this.

    It may lack something, and its tool may be one whose examples are `shown`.
    """
    enough = ENOUGH_SHOWN if shown else ENOUGH
    return meaning(likely, cosine) >= enough + (LACKING if lacks else 0.0)


@dataclass
class Look:
    """Looks at how a call would begin, and keeps what it saw until it is written."""

    nearest: float
    """The cosine of the nearest tool."""
    shown: bool = False
    """Whether its examples are shown."""
    likely: float = 1.0
    """How likely a call begins; certain of an engine that does not say."""

    def may_mean(self) -> bool:
        """Say whether a call may be meant, of the nearest tool and lacking nothing."""
        return is_meant(self.likely, self.nearest, shown=self.shown)

    def goes_on(self, first_token: Mapping[str, float]) -> bool:
        """Take in a first token's candidates; a `Generation.goes_on`."""
        self.likely = chance(first_token)
        return self.may_mean()
