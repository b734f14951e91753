"""Whether a reply is right: SQuAD's exact match, and containment."""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Score:
    """How one reply did."""

    exact: bool
    """It is the answer and nothing else."""
    contained: bool
    """The answer stands in it, as whole words; so it does where it is exact."""


def score(reply: str, answers: Sequence[str]) -> Score:
    """Hold a reply against an answer and its aliases; the best of them counts."""
    said = normalised(reply)
    known = [normalised(answer) for answer in answers]
    return Score(
        exact=said in known,
        contained=any(f" {answer} " in f" {said} " for answer in known),
    )


def normalised(text: str) -> str:
    """Normalise as SQuAD's evaluation does: case, punctuation, articles, white space.

    Unlike there, a text of articles alone keeps them ("A", a blood group), because
    nothing at all would be contained in every reply.
    """
    plain = text.lower().translate(PUNCTUATION)
    without = re.sub(r"\b(a|an|the)\b", " ", plain)
    return " ".join(without.split()) or " ".join(plain.split())
