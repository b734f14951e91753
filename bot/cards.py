"""Cards: what moderators and learners see, before a platform gives it its own look.

A platform renders a card's parts in order and routes a click on a button by its verb
and target; it adds nothing to what a card says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot import (
    circumstance_phrases,
    flagged,
    phrases,
    tool_card_phrases,
    tool_cards,
)
from bot.messages import Ruling
from learning.lesson import Consent, LessonKind, LessonState

if TYPE_CHECKING:
    from bot.messages import (
        Learned,
        Reply,
        Researched,
        Settled,
        StatusReport,
        Waiting,
    )
    from learning.lesson import Lesson
    from learning.run import Progress

BAR = 20
"""Characters of a progress bar."""


class Tone(StrEnum):
    """How a card stands out."""

    WAITING = "waiting"
    GOOD = "good"
    BAD = "bad"
    PLAIN = "plain"


class Verb(StrEnum):
    """What a button does; together with a target it is a button's whole meaning."""

    APPROVE = "approve"
    MEMORY_ONLY = "memory"
    EDIT = "edit"
    REJECT = "reject"
    WIDEN = "widen"
    CONSENT = "consent"
    REFUSE_CONSENT = "refuse"
    HELPFUL = "up"
    UNHELPFUL = "down"
    ROLLBACK = "rollback"
    LEARN = "learn"
    REVIEW = "review"
    APPROVE_DOCUMENT = "approve_document"
    APPROVE_PARTS = "approve_parts"
    REJECT_DOCUMENT = "reject_document"
    SHOW_DOCUMENT = "show_document"
    RESEARCH = "research"
    PICK = "pick"
    CONFIRM = "confirm"
    LEAVE = "leave"


class Style(StrEnum):
    """How a button stands out."""

    GOOD = "good"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to click: `<verb>:<target>` is its id on every platform."""

    verb: Verb
    label: str
    target: str = ""
    style: Style = Style.PLAIN

    @property
    def id(self) -> str:
        return f"{self.verb.value}:{self.target}"


@dataclass(frozen=True, slots=True)
class Card:
    """A titled text with facts below it and buttons at its end."""

    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Names with their values; a value may span lines."""
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN

    @property
    def plain(self) -> str:
        """All of it as text: for notifications and screen readers."""
        facts = [f"{name}: {value}" for name, value in self.facts]
        return "\n".join(filter(None, [self.title, self.text, *facts]))


def read_id(id: str) -> tuple[Verb, str] | None:  # noqa: A002
    """Return a button's verb and target, or None where it is nobody's button."""
    verb, colon, target = id.partition(":")
    if not colon or verb not in list(Verb):
        return None
    return Verb(verb), target


def review_card(of: Waiting) -> Card:
    """Return the card of a lesson that waits: all a moderator needs to decide."""
    lesson = of.lesson
    target = f"{lesson.id}:{lesson.digest}"
    buttons = [
        Button(Verb.APPROVE, "Approve", target, Style.GOOD),
        Button(Verb.MEMORY_ONLY, "Memory only", target),
        Button(Verb.EDIT, "Edit", target),
        Button(Verb.REJECT, "Reject", target, Style.BAD),
    ]
    if lesson.scope.channel is not None:
        buttons.append(Button(Verb.WIDEN, "Whole server", target))
    facts = [
        *tool_cards.facts(lesson),
        *_origin(lesson, circumstance_phrases.author(lesson.author_name, of.about)),
    ]
    facts += [
        (severity.capitalize(), reason)
        for severity, reason in flagged.explained(lesson, of.verdict.findings)
    ]
    if of.about.cites is not None:
        facts.append(("Changes", circumstance_phrases.cited(of.about)))
    if of.about.needs_second:
        facts.append(("Approvals", circumstance_phrases.approvals(of.about)))
    facts.append(("Learned by", "memory and weights" if of.gate.granted else "memory"))
    facts.append(("Why", of.gate.reason))
    if lesson.consent is Consent.ASKED:
        facts.append(("Consent", phrases.consent_missing(lesson)))
    # Last, because a platform cuts what is long: it must not hide what was held.
    if of.rewordings:
        facts.append((phrases.ALSO_ASKED, "\n".join(of.rewordings)))
    if of.replaces is not None:
        change = tool_cards.change(of.replaces, lesson)
        change = change or phrases.change(of.replaces, lesson)
        facts = [fact for fact in facts if fact[0] != _REPLACES]
        facts.append((f"{_REPLACES} lesson {of.replaces.id}", change))
    return Card(
        title=f"Lesson {lesson.id} waits for review",
        text=words(lesson),
        facts=tuple(facts),
        buttons=tuple(buttons),
        tone=Tone.WAITING,
    )


def settled_card(of: Settled) -> Card:
    """Return the card of a lesson that waits no longer: no buttons, and who decided."""
    lesson = of.lesson
    by = f" by {of.by_name}" if of.by_name else ""
    state = lesson.state.value
    if lesson.state is LessonState.FORGOTTEN:
        return Card(f"Lesson {lesson.id} was forgotten{by}", tone=Tone.PLAIN)
    kept = " (memory only)" if lesson.memory_only else ""
    facts = [*_origin(lesson, lesson.author_name)]
    if of.reason:
        facts.append(("Reason", of.reason))
    return Card(
        title=f"Lesson {lesson.id} was {state}{by}{kept}",
        text=words(lesson),
        facts=tuple(facts),
        tone=Tone.GOOD if lesson.state is LessonState.APPROVED else Tone.BAD,
    )


def consent_card(lesson: Lesson, teacher: str) -> Card:
    """Ask the author of a message whether somebody else may teach it."""
    target = str(lesson.id)
    return Card(
        title="May I learn this?",
        text=words(lesson),
        facts=(("Taught by", teacher), ("It is", phrases.what_consent_means())),
        buttons=(
            Button(Verb.CONSENT, "Yes, learn it", target, Style.GOOD),
            Button(Verb.REFUSE_CONSENT, "No", target, Style.BAD),
        ),
        tone=Tone.WAITING,
    )


def answer_buttons(answer: int, *, offer_research: bool = False) -> tuple[Button, ...]:
    """Return the thumbs below an answer, and the offer to look it up."""
    target = str(answer)
    thumbs = (
        Button(Verb.HELPFUL, "\N{THUMBS UP SIGN}", target),
        Button(Verb.UNHELPFUL, "\N{THUMBS DOWN SIGN}", target),
    )
    if not offer_research:
        return thumbs
    return (Button(Verb.RESEARCH, phrases.look_it_up(), target), *thumbs)


def call_buttons(call: str, asker: str) -> tuple[Button, ...]:
    """Return what stands below a call that waits: yes or no, for the asker alone."""
    target = f"{call}:{asker}"
    return (
        Button(Verb.CONFIRM, tool_card_phrases.do_it(), target, Style.GOOD),
        Button(Verb.LEAVE, tool_card_phrases.leave_it(), target),
    )


def call_of(target: str) -> tuple[str, str]:
    """Return the id of a button's call, and the id of who asked for it."""
    call, _, asker = target.rpartition(":")
    return call, asker


def buttons_below(reply: Reply, asker: str) -> tuple[Button, ...]:
    """Return the buttons of an answer: its call's, or its thumbs."""
    if reply.call is not None:
        return call_buttons(reply.call.id, asker)
    return answer_buttons(reply.id, offer_research=reply.offer_research)


def research_card(of: Researched) -> Card:
    """Return what a search found, with a button for each page that can be read."""
    if not of.results:
        return Card(phrases.research_title(of), phrases.found_nothing(of))
    return Card(
        phrases.research_title(of),
        phrases.results(of),
        buttons=tuple(
            Button(Verb.PICK, f"Read {each.number}", f"{of.id}:{each.number}")
            for each in of.results
        ),
    )


def progress_card(of: Progress) -> Card:
    """Return the one card of a run in progress."""
    share = of.done / of.total if of.total else 0.0
    filled = round(share * BAR)
    bar = "\N{FULL BLOCK}" * filled + "\N{LIGHT SHADE}" * (BAR - filled)
    facts = []
    if of.total:
        facts.append(("Done", f"{bar} {share:.0%}"))
    if of.loss is not None:
        facts.append(("Loss", f"{of.loss:.3f}"))
    if of.seconds_left is not None:
        facts.append(("Left", f"{round(of.seconds_left)} s"))
    return Card(f"Learning: {of.stage}", of.text, facts=tuple(facts), tone=Tone.WAITING)


def learned_card(of: Learned) -> Card:
    """Return the card of a run that ended, with a way back where it was promoted."""
    facts = (
        (
            "Recall",
            f"{of.before.recall:.0%} \N{RIGHTWARDS ARROW} {of.after.recall:.0%}",
        ),
        (
            "General",
            f"{of.before.retention:.0%} \N{RIGHTWARDS ARROW} {of.after.retention:.0%}",
        ),
        ("Took", f"{round(of.seconds)} s"),
    )
    rollback = Button(Verb.ROLLBACK, "Roll back", of.adapter or "", Style.BAD)
    return Card(
        title="Promoted" if of.promoted else "Not promoted",
        text=phrases.learned(of),
        facts=facts,
        buttons=(rollback,) if of.promoted else (),
        tone=Tone.GOOD if of.promoted else Tone.BAD,
    )


def status_card(of: StatusReport) -> Card:
    """Return how a server stands, with what could be done now."""
    buttons = []
    if of.to_learn:
        buttons.append(Button(Verb.LEARN, "Learn now", style=Style.GOOD))
    if of.waiting:
        buttons.append(Button(Verb.REVIEW, "Review"))
    return Card("Status", phrases.status(of), buttons=tuple(buttons))


def words(lesson: Lesson) -> str:
    """Return a lesson's words, a question above its answer."""
    if lesson.kind is LessonKind.QA:
        return f"Q: {lesson.question}\nA: {lesson.answer}"
    if lesson.kind is LessonKind.TOOL:
        return "\n".join(tool_cards.lines(lesson))
    return "\n".join([lesson.text, *phrases.examples(lesson)])


def ruling_of(verb: Verb) -> Ruling | None:
    """Return what a button rules about a lesson."""
    return _RULINGS.get(verb)


def _origin(lesson: Lesson, author: str) -> tuple[tuple[str, str], ...]:
    facts = [("Taught by", author)]
    if lesson.source:
        facts.append(("Source", lesson.origin))
    if lesson.scope.channel is not None:
        facts.append(("For", "members of its channel only"))
    if lesson.supersedes is not None:
        facts.append((_REPLACES, f"lesson {lesson.supersedes}"))
    return tuple(facts)


_REPLACES = "Replaces"
_RULINGS = {
    Verb.APPROVE: Ruling.APPROVE,
    Verb.MEMORY_ONLY: Ruling.MEMORY_ONLY,
    Verb.REJECT: Ruling.REJECT,
}
