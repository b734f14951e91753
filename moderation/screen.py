"""The screen: what is wrong with a text that somebody teaches, or the model says?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from glin_profanity import Filter

from moderation.claims import claims
from moderation.conflict import Difference, Similar, difference, repeats
from moderation.confusables import confusable_spans
from moderation.credentials import passwords, secrets
from moderation.head import Seen, head
from moderation.identity import identities
from moderation.injection import injections
from moderation.links import bad_links
from moderation.personal import personal
from moderation.text import Span, clean, control_token_spans, hidden_spans
from moderation.verdict import Finding, Severity, Verdict

__all__ = ["MAX_CHARS", "Similar", "screen", "screen_answer"]

MAX_CHARS = 2000
MOST_HITS = 5
"""How many places of one rule a card shows."""

EVERYBODY = re.compile(
    r"(?<![\w.])@(?:everyone|here|channel)\b|<!(?:everyone|here|channel)\b[^>\n]{0,40}>"
)
"""What calls everybody of a channel, on any platform."""
HALF = re.compile("[\ud800-\udfff]")
"""One of two code units that make a character; no encoding writes it alone."""

# Ordinary in manuals, rugby and phone numbers; the first four of 20 innocent
# sentences that the dictionary stumbled over.
INNOCENT = ("hooker", "sex", "xx", "xxx")


TAUGHT = {
    "secret": Severity.REFUSE,
    "identity": Severity.REFUSE,
    "password": Severity.HOLD,
    "personal": Severity.HOLD,
    "link": Severity.HOLD,
    "confusable": Severity.HOLD,
    "hidden": Severity.HOLD,
    "control_token": Severity.HOLD,
    "mention": Severity.HOLD,
    "injection": Severity.HOLD,
    "claim": Severity.HOLD,
    "profanity": Severity.WARN,
    "toxicity": Severity.WARN,
    "abuse": Severity.HOLD,
}
# An answer goes out at once, so what a moderator would look at is refused. What is held
# and kept as it is, a guest network's password or a treasurer's mailbox, may be told:
# moderators let it through.
ANSWERED = dict.fromkeys(TAUGHT, Severity.REFUSE) | {
    "password": Severity.WARN,
    "personal": Severity.WARN,
    "link": Severity.WARN,
    "confusable": Severity.WARN,
    "claim": Severity.WARN,
    "profanity": Severity.WARN,
}

REASONS = {
    "secret": "It holds a secret ({}); remove it, and revoke it if it is real.",
    "identity": "It holds a number that stands for one person ({}); remove it.",
    "password": "It seems to tell a {}.",
    "personal": "It holds {}: is everybody meant to have it?",
    "link": "It holds a link that {}.",
    "confusable": "It holds a word with another alphabet's letters that look alike.",
    "hidden": "It holds characters that people cannot see.",
    "control_token": "It holds a token that steers models; it will be removed.",
    "mention": "It calls everybody in a channel.",
    "claim": "It makes a claim about somebody by name ({}): is it proven, and ours to"
    " tell?",
    "profanity": "It may be rude.",
    "injection": "It may be meant for the model and not for people: it {}.",
    "toxicity": "It may hurt somebody.",
    "abuse": "It reads like abuse.",
    "conflict": "It differs from lesson {lesson} ({about}): supersedes lesson {lesson}?",
    "contradiction": "It says something else than lesson {lesson} about the same thing;"
    " if it replaces that one, forget lesson {lesson}.",
    "similar": "It is close to lesson {lesson} but differs ({about}); if it replaces"
    " that one, forget lesson {lesson}.",
}


def screen(
    *fields: str,
    similar: Sequence[Similar] = (),
    seen: Sequence[Seen] = (),
    max_chars: int = MAX_CHARS,
) -> Verdict:
    """Judge what somebody teaches, or asks: a question is stopped by a refusal only.

    A question and its answer are two fields; a fact or a rule is one. Spans count in
    the fields joined by one character. `similar` are the server's living lessons
    that are nearest, whatever their cosine. `seen` are the vectors of the windows of
    the joined fields (moderation/windows.py); without them patterns judge alone.
    """
    unreadable = _unreadable(fields, max_chars)
    if unreadable:
        return Verdict((unreadable,))
    text = "\n".join(fields)
    found = (*_found(text, TAUGHT), *_injected(text, seen), *_hurtful(text, seen))
    return Verdict((*found, *_known(fields, similar)))


def screen_answer(text: str, seen: Sequence[Seen] = ()) -> Verdict:
    """Judge the model's words by the rules that people's words meet.

    Only abuse is refused: what may hurt was seen by the moderators who let it be taught.
    """
    if not clean(text):
        return Verdict((_empty(),))
    abuse = [
        Finding("abuse", ANSWERED["abuse"], REASONS["abuse"], start, end)
        for start, end in head("toxicity").sure_spans(text, seen)[:1]
    ]
    return Verdict((*_found(text, ANSWERED), *abuse))


def _unreadable(fields: Sequence[str], max_chars: int) -> Finding | None:
    """Judge length first and alone: a megabyte is refused at once."""
    chars = sum(map(len, fields))
    if chars > max_chars:
        reason = f"It has {chars:,} characters; {max_chars:,} are the most."
        return Finding("length", Severity.REFUSE, reason, max_chars, chars)
    if any(map(HALF.search, fields)):
        reason = "It holds half a character, which nothing can keep; type it anew."
        return Finding("broken", Severity.REFUSE, reason)
    if not fields or not all(clean(field) for field in fields):
        return _empty()
    return None


def _empty() -> Finding:
    return Finding("empty", Severity.REFUSE, "There is nothing in it to read.")


def _found(text: str, severities: Mapping[str, Severity]) -> Iterator[Finding]:
    """Report what should go at each place, other rules at the first where they speak."""
    grave = [*_each("secret", secrets(text)), *_each("identity", identities(text))]
    taken = [span for _, _, span in grave]
    held = _each("password", passwords(text), taken)
    held += _each("personal", personal(text), taken)
    held += _each("link", bad_links(text))
    held += _each("claim", claims(text))
    for rule, kind, (start, end) in grave + held:
        reason = REASONS[rule].format(kind)
        yield Finding(rule, severities[rule], reason, start, end)
    for rule, spans in (
        ("confusable", confusable_spans(text)),
        ("hidden", hidden_spans(text)),
        ("control_token", control_token_spans(text)),
        ("mention", [match.span() for match in EVERYBODY.finditer(text)]),
        ("profanity", _profanities(text)),
    ):
        for start, end in spans[:1]:
            yield Finding(rule, severities[rule], REASONS[rule], start, end)


def _each(
    rule: str, hits: Sequence[tuple[str, Span]], taken: Sequence[Span] = ()
) -> list[tuple[str, str, Span]]:
    """Name a rule's hits in their order, without those that overlap another."""
    kept: list[tuple[str, str, Span]] = []
    for kind, span in hits:
        others = (*taken, *(other for _, _, other in kept))
        if not any(span[0] < end and start < span[1] for start, end in others):
            kept.append((rule, kind, span))
    return sorted(kept[:MOST_HITS], key=lambda hit: hit[2])


def _injected(text: str, seen: Sequence[Seen]) -> Iterator[Finding]:
    """Report the first order to the model: what a pattern names, or the head sees."""
    seen_by_head = head("injection").spans(text, seen) if seen else []
    hits = [
        *injections(text),
        *(("reads like an order", span) for span in seen_by_head),
    ]
    for kind, (start, end) in hits[:1]:
        reason = REASONS["injection"].format(kind)
        yield Finding("injection", TAUGHT["injection"], reason, start, end)


def _hurtful(text: str, seen: Sequence[Seen]) -> Iterator[Finding]:
    if not seen:
        return
    toxicity = head("toxicity")
    sure, flagged = toxicity.sure_spans(text, seen), toxicity.spans(text, seen)
    for rule, spans in (("abuse", sure), ("toxicity", [] if sure else flagged)):
        for start, end in spans[:1]:
            yield Finding(rule, TAUGHT[rule], REASONS[rule], start, end)


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
            yield _differs(other, found)


def _differs(other: Similar, found: Difference) -> Finding:
    """Hold what contradicts a lesson; what is only close to one is a warning."""
    rule = "similar"
    if found.same_subject or found.disputed:
        rule = "conflict" if found.same_subject else "contradiction"
    held = rule != "similar" and other.is_binding
    return Finding(
        rule,
        Severity.HOLD if held else Severity.WARN,
        REASONS[rule].format(lesson=other.lesson, about=found.about),
        lesson=other.lesson,
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
