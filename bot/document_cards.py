"""The one card of a document: what moderators see of it, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import document_phrases as phrases
from bot.cards import Button, Card, Style, Tone, Verb
from bot.phrases import ranges
from learning.lesson import LessonState

if TYPE_CHECKING:
    from bot.messages import DocumentDigest
    from learning.lesson import Lesson

WORDLESS = frozenset({"Brought by", "For", "Passages", "Learned by", "Why"})
"""Facts that never quote a document."""


def document_card(of: DocumentDigest) -> Card:
    """Return a document's card, with buttons while some of it waits."""
    if not of.source:
        return Card(f"Document {of.id} was forgotten")
    if of.waiting:
        return Card(
            title=f"Document {of.id} waits for review: {of.title}",
            text=phrases.outline(of),
            facts=_facts(of),
            buttons=_buttons(of),
            tone=Tone.WAITING,
        )
    if not of.passages:
        title = f"Document {of.id} says less than before: {of.title}"
        return Card(title, facts=_facts(of))
    states = {each.lesson.state for each in of.passages}
    rejected = states <= {LessonState.REJECTED}
    return Card(
        title=f"Document {of.id} was reviewed: {of.title}",
        text=phrases.outline(of),
        facts=_facts(of),
        tone=Tone.BAD if rejected else Tone.GOOD,
    )


def without_words(card: Card, of: DocumentDigest, sentence: str) -> Card:
    """Return a card that says only that there is a document, and how it stands."""
    facts = tuple(each for each in card.facts if each[0] in WORDLESS)
    title = card.title.removesuffix(f": {of.title}")
    return replace(card, title=title, text=sentence, facts=facts)


def any_passage(of: DocumentDigest) -> Lesson | None:
    """Return a passage, which says who may see the document; None without any."""
    of_it = [each.lesson for each in of.passages]
    return next(iter([*of_it, *of.gone]), None)


def _buttons(of: DocumentDigest) -> tuple[Button, ...]:
    target = f"{of.id}:{of.seen}"
    return (
        Button(Verb.APPROVE_DOCUMENT, "Approve all", target, Style.GOOD),
        Button(Verb.APPROVE_PARTS, "Approve parts…", target),
        Button(Verb.REJECT_DOCUMENT, "Reject", target, Style.BAD),
        Button(Verb.SHOW_DOCUMENT, "Show passages", target),
    )


def _facts(of: DocumentDigest) -> tuple[tuple[str, str], ...]:
    first = any_passage(of)
    private = first is not None and first.scope.channel is not None
    gone = [f"lesson {each.id}: {phrases.first_words(each.text)}" for each in of.gone]
    found = (
        ("Source", of.source),
        ("Brought by", of.added_by_name),
        ("Searched for", of.query),
        ("For", "members of its channel only" if private else ""),
        ("Passages", phrases.standing(of)),
        ("Flagged", phrases.flags(of)),
        ("Changed", phrases.changes(of)),
        ("No longer in it", "\n".join(gone)),
        *_decisions(of),
    )
    facts = [(name, value) for name, value in found if value]
    if of.waiting and of.gate:
        learned = "memory and weights" if of.gate.granted else "memory"
        facts += [("Learned by", learned), ("Why", of.gate.reason)]
    return tuple(facts)


def _decisions(of: DocumentDigest) -> list[tuple[str, str]]:
    """Say which passages who approved or rejected, and why."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for each in of.passages:
        if each.decided_by and not each.waits:
            state = each.lesson.state.value.capitalize()
            key = (state, each.decided_by, each.reason)
            found.setdefault(key, []).append(each.position)
    return [
        (state, f"{ranges(positions)} by {by}{f': {why}' if why else ''}")
        for (state, by, why), positions in found.items()
    ]
