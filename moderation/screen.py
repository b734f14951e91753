"""The screen: what is wrong with a text that somebody teaches, or the model says?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from glin_profanity import Filter

from moderation.conflict import Difference, Similar, difference, repeats
from moderation.credentials import passwords, secrets
from moderation.text import Span, clean, control_token_spans, hidden_spans
from moderation.verdict import Finding, Severity, Verdict

__all__ = ["MAX_CHARS", "Similar", "screen", "screen_answer"]

MAX_CHARS = 2000

EVERYBODY = re.compile(
    r"(?<![\w.])@(?:everyone|here|channel)\b|<!(?:everyone|here|channel)\b[^>\n]{0,40}>"
)
"""What calls everybody of a channel, on any platform."""

# Ordinary in manuals, rugby and phone numbers; the first four of 20 innocent
# sentences that the dictionary stumbled over.
INNOCENT = ("hooker", "sex", "xx", "xxx")


TAUGHT = {
    "secret": Severity.REFUSE,
    "password": Severity.HOLD,
    "hidden": Severity.HOLD,
    "control_token": Severity.HOLD,
    "mention": Severity.HOLD,
    "profanity": Severity.WARN,
}
# An answer goes out at once, so what a moderator would look at is refused; a password
# that moderators let through, a guest network's, may be told.
ANSWERED = dict.fromkeys(TAUGHT, Severity.REFUSE) | {
    "password": Severity.WARN,
    "profanity": Severity.WARN,
}

REASONS = {
    "secret": "It holds a secret ({}); remove it, and revoke it if it is real.",
    "password": "It seems to tell a password.",
    "hidden": "It holds characters that people cannot see.",
    "control_token": "It holds a token that steers models; it will be removed.",
    "mention": "It calls everybody in a channel.",
    "profanity": "It may be rude.",
    "conflict": "It differs from lesson {lesson} ({about}): supersedes lesson {lesson}?",
    "similar": "It is close to lesson {lesson} but differs ({about}); if it replaces"
    " that one, forget lesson {lesson}.",
}


def screen(
    *fields: str, similar: Sequence[Similar] = (), max_chars: int = MAX_CHARS
) -> Verdict:
    """Judge what somebody teaches, or asks: a question is stopped by a refusal only.

    A question and its answer are two fields; a fact or a rule is one. Spans count in
    the fields joined by one character. `similar` are the server's living lessons
    that are nearest, whatever their cosine.
    """
    unreadable = _unreadable(fields, max_chars)
    if unreadable:
        return Verdict((unreadable,))
    found = _found("\n".join(fields), TAUGHT)
    return Verdict((*found, *_known(fields, similar)))


def screen_answer(text: str) -> Verdict:
    """Judge the model's words by the rules that people's words meet."""
    if not clean(text):
        return Verdict((_empty(),))
    return Verdict(tuple(_found(text, ANSWERED)))


def _unreadable(fields: Sequence[str], max_chars: int) -> Finding | None:
    """Judge length first and alone: a megabyte is refused at once."""
    chars = sum(map(len, fields))
    if chars > max_chars:
        reason = f"It has {chars:,} characters; {max_chars:,} are the most."
        return Finding("length", Severity.REFUSE, reason, max_chars, chars)
    if not fields or not all(clean(field) for field in fields):
        return _empty()
    return None


def _empty() -> Finding:
    return Finding("empty", Severity.REFUSE, "There is nothing in it to read.")


def _found(text: str, severities: Mapping[str, Severity]) -> Iterator[Finding]:
    """Report each rule once, at the first place where it speaks; secrets all."""
    for kind, (start, end) in secrets(text):
        reason = REASONS["secret"].format(kind)
        yield Finding("secret", severities["secret"], reason, start, end)
    for rule, spans in (
        ("password", passwords(text)),
        ("hidden", hidden_spans(text)),
        ("control_token", control_token_spans(text)),
        ("mention", [match.span() for match in EVERYBODY.finditer(text)]),
        ("profanity", _profanities(text)),
    ):
        for start, end in spans[:1]:
            yield Finding(rule, severities[rule], REASONS[rule], start, end)


def _profanities(text: str) -> list[Span]:
    words = _dictionary().check_profanity(text)["profane_words"]
    places = ((max(text.lower().find(word), 0), len(word)) for word in words[::-1])
    return [(start, start + length) for start, length in places]


def _known(fields: tuple[str, ...], similar: Sequence[Similar]) -> Iterator[Finding]:
    """Compare with what the server knows; a repetition is not also a conflict."""
    for other in similar:
        if repeats(fields, other):
            reason = f"Lesson {other.lesson} says this already."
            yield Finding("duplicate", Severity.REFUSE, reason, lesson=other.lesson)
            return
    for other in similar:
        found = difference(fields, other)
        if found:
            yield _differs(other.lesson, found)


def _differs(lesson: int, found: Difference) -> Finding:
    rule = "conflict" if found.same_subject else "similar"
    return Finding(
        rule,
        Severity.WARN,
        REASONS[rule].format(lesson=lesson, about=found.about),
        lesson=lesson,
    )


@cache
def _dictionary() -> Filter:
    return Filter(
        {
            "languages": ["english"],
            "detect_leetspeak": True,
            "ignore_words": list(INNOCENT),
        }
    )
