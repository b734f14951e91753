"""Does a new lesson contradict, or repeat, one that the server knows already?

Sentence vectors cannot tell: "Friday 8 pm" and "Friday 9 pm" have a cosine of 0.98
to 0.99, a paraphrase 0.79 to 0.85 and a negation 0.83 (all-MiniLM-L6-v2). So high
similarity only says where to look, and the values decide.
"""

import re
from dataclasses import dataclass

from moderation import assertions
from moderation.disputes import disputes, known_of, restates
from moderation.text import fingerprint, normalised
from moderation.values import Values, read, stem

SAME_SUBJECT = 0.75
"""The cosine from which two lessons may be about the same thing."""
SAME_QUESTION = 0.55
"""The same for questions in the same words: other names in the answers lower it.

"Who maintains the Orion staging server?" with Priya Raman and, the question put
otherwise, with Marek Dvorak: 0.70; with a shorter subject 0.58.
"""


WANTED = {
    "person": re.compile(r"\bwho(?:m|se)?\b"),
    "place": re.compile(r"\bwhere\b"),
    "time": re.compile(r"\bwhen\b|\b(?:what|which) (?:time|day|date|month|year)\b"),
    "amount": re.compile(r"\bhow (?:many|much)\b"),
    "reason": re.compile(r"\bwhy\b"),
}


@dataclass(frozen=True, slots=True)
class Similar:
    """A lesson near the new one; a question and its answer, or a text, is filled."""

    lesson: int
    text: str
    question: str
    answer: str
    cosine: float
    closest: float = 0.0
    """The best cosine of any one sentence of the new lesson."""
    is_binding: bool = True
    """Whether contradicting it holds the new lesson: it is approved, and the new one
    was not announced as a correction."""

    @property
    def fields(self) -> tuple[str, ...]:
        if self.question or self.answer:
            return self.question, self.answer
        return (self.text,)


@dataclass(frozen=True, slots=True)
class Difference:
    """What two lessons near each other disagree about."""

    about: str
    """`numbers`, `days`, `names`, `answers`, or `yes and no`."""
    same_subject: bool
    """Surely about one thing, so that only one can be true; else maybe two things."""
    disputed: bool = False
    """The new lesson is about what the other says, and says something else."""


def repeats(fields: tuple[str, ...], similar: Similar) -> bool:
    """Say whether both are the same text, case and spacing aside."""
    if fingerprint(*fields) == fingerprint(*similar.fields):
        return True
    return normalised(" ".join(fields)) == normalised(" ".join(similar.fields))


def difference(fields: tuple[str, ...], similar: Similar) -> Difference | None:
    """Say what the two lessons disagree about; None where they do not."""
    if len(fields) == len(similar.fields) == 2:  # noqa: PLR2004 (question, answer)
        return _between_answers(fields, similar.fields, similar.cosine)
    text, likeness = " ".join(fields), max(similar.cosine, similar.closest)
    known = known_of(similar.question, similar.answer, similar.text)
    if known and restates(text, known):
        return None
    found = None
    if similar.cosine >= SAME_SUBJECT:
        found = _between_statements(read(text), read(" ".join(similar.fields)))
    if found and found.same_subject:
        return found
    if known is not None:
        disputed = disputes(text, known, likeness)
    else:
        disputed = assertions.disputes(text, similar.text, likeness)
    return (
        Difference("what it says", same_subject=False, disputed=True)
        if disputed
        else found
    )


def _between_answers(
    new: tuple[str, ...], old: tuple[str, ...], cosine: float
) -> Difference | None:
    asked, asked_before = read(new[0]), read(old[0])
    subject, before = (
        asked.names | asked.numbers,
        asked_before.names | asked_before.numbers,
    )
    if _apart(subject, before) or _apart(_wanted(new[0]), _wanted(old[0])):
        return None
    same = normalised(new[0]) == normalised(old[0])
    alike = not _apart(asked.words, asked_before.words)
    if not same and cosine < (SAME_QUESTION if alike else SAME_SUBJECT):
        return None
    said, said_before = read(new[1]), read(old[1])
    about = _between_values(said, said_before, subject=asked.names)
    if about is None and alike and _apart(_all(said), _all(said_before)):
        about = "answers"
    return Difference(about, alike) if about else None


def _between_statements(new: Values, old: Values) -> Difference | None:
    openers_apart = _opened_by_another(new, old) and _opened_by_another(old, new)
    subjects_apart = openers_apart or _apart(new.names, old.names)
    if (
        subjects_apart
        and not new.names & old.names
        and _apart(new.numbers, old.numbers)
    ):
        # "Orion listens on 8080" and "Lyra listens on 9090" are both true.
        return None
    rest = new.words - {new.opener}, old.words - {old.opener}
    if openers_apart and not _apart(*rest):
        return Difference("names", same_subject=False)
    about = _between_values(new, old)
    if about is None:
        return None
    alike = not _apart(new.words, old.words)
    return Difference(about, alike and (about != "names" or new.first == old.first))


def _wanted(question: str) -> frozenset[str]:
    """Name what a question wants to know; what and which may want anything."""
    said = question.lower()
    return frozenset(kind for kind, words in WANTED.items() if words.search(said))


def _all(values: Values) -> frozenset[str]:
    return values.words | values.names | values.days | values.numbers


def _between_values(
    new: Values, old: Values, *, subject: frozenset[str] = frozenset()
) -> str | None:
    if _apart(new.numbers, old.numbers):
        return "numbers"
    if _apart(new.days, old.days):
        return "days"
    if _apart(new.names - subject, old.names - subject):
        return "names"
    if new.negated != old.negated:
        return "yes and no"
    return None


def _opened_by_another(one: Values, other: Values) -> bool:
    named = {stem(name) for name in other.names}
    return bool(one.opener) and one.opener not in other.words | named


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether each has what the other lacks; a mere addition is no difference."""
    return bool(one - other and other - one)
