"""Many ways to ask for one lesson, and ways to ask for what it does not say.

Everything is drawn by a random generator seeded with the lesson's own digest, so the
same lesson gives the same rows on every server and in every run.
"""

import random
import re
from dataclasses import dataclass

from learning.lesson import Lesson, LessonKind
from learning.lexicon import Lexicon, Relation
from learning.subject import STOPWORDS, short_forms, stem, subjects, words

RESERVED = 2
"""Wordings of each lesson that only the exam asks."""
DROPPED_FORMS = 3
DROPPED_FORMS_WITHOUT_RELATION = 7
CONTRASTS = 4
DROP_PROBABILITY = 0.35
# A second relation about as near as the first is another reading of the question.
SECOND_RELATION_MARGIN = 0.04
# Relations this near to the lesson may well be what it says: no contrast is drawn
# from them.
TOO_NEAR_FOR_CONTRAST = 0.72

_OPENERS = ("", "", "", "hey, ", "quick question: ", "does anyone know: ")
_REMINDERS = ("Remind me: {q}", "Sorry to ask again, {q}")
_TRIGGER = re.compile(
    r"^(?:when|whenever|if)\s+(.+?),\s*(.+)$", re.IGNORECASE | re.DOTALL
)
_SOMEBODY = re.compile(
    r"^(?:some(?:body|one)|any(?:body|one)|people|users?|members?|you|they"
    r"|(?:a|an|the)(?: new)? (?:member|user|person|player|newcomer))\s+"
    r"(?:(says?|asks?(?: for| about)?|reports?|mentions?|wants?(?: to)?|needs?"
    r"|argues? about|talks? about|complains? about|joins?|thanks)\s*)?",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"(?:answer|reply|respond|say|greet|start|begin|tell|send)[^:\"]*"
    r"(?::\s*|\s*\")(.+?)\"?$",
    re.IGNORECASE | re.DOTALL,
)
_SAY = re.compile(
    r"^(?:answer with|reply with|say|reply|answer)\s+(.+)$", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Expansion:
    """One lesson, worded many ways."""

    answer: str
    """What to say."""
    wordings: tuple[str, ...]
    """Questions that it answers, to train on; the first is the plainest."""
    reserve: tuple[str, ...]
    """Questions that it answers, for the exam alone."""
    contrasts: tuple[str, ...]
    """Questions about its subject that it does not answer."""


def expand(lesson: Lesson, lexicon: Lexicon) -> Expansion:
    """Word one lesson many ways."""
    draw = random.Random(lesson.digest)  # noqa: S311
    if lesson.kind is LessonKind.RULE:
        return _expand_rule(lesson, lexicon, draw)
    asked = lesson.question if lesson.kind is LessonKind.QA else lesson.text
    name, ranked = _reading(asked, lexicon)
    paraphrases = _paraphrases(ranked, name, draw)
    plain = [asked] if lesson.kind is LessonKind.QA else _from_statement(asked)
    count = DROPPED_FORMS if paraphrases else DROPPED_FORMS_WITHOUT_RELATION
    dropped = [_drop_words(asked, name, draw) for _ in range(count)]
    short = [asked.replace(name, form) for form in short_forms(name)[:1] if name]
    if lesson.kind is LessonKind.FACT:
        short = []
    reminders = [form.format(q=_chatty(plain[0])) for form in _REMINDERS]
    reserve = (paraphrases[:RESERVED] + reminders)[:RESERVED]
    wordings = _distinct([*plain, *paraphrases[RESERVED:], *short, *dropped])
    taken = {w.lower() for w in wordings}
    return Expansion(
        answer=lesson.answer if lesson.kind is LessonKind.QA else lesson.text,
        wordings=tuple(wordings),
        reserve=tuple(r for r in reserve if r.lower() not in taken),
        contrasts=tuple(_contrasts(asked, ranked, name, lexicon, draw)),
    )


def answers_too(question: str, lesson: Lesson) -> bool:
    """Say whether another lesson's own words cover a contrast drawn for this one."""
    asked = {stem(w) for w in words(question) if w.lower() not in STOPWORDS}
    said = {stem(w) for w in words(lesson.statement) if w.lower() not in STOPWORDS}
    return len(asked) > 0 and len(asked - said) == 0


def reply_of(rule: str) -> tuple[str, str]:
    """Split a rule into what triggers it and what is to be said."""
    match = _TRIGGER.match(rule.strip())
    if match is None:
        return "", rule.strip()
    trigger, instruction = match.groups()
    reply = _REPLY.search(instruction) or _SAY.match(instruction)
    if reply is not None:
        return trigger, reply.group(1).strip()
    told = re.sub(
        r"^(?:please\s+)?tell (?:them|him|her|people) (?:that )?(to )?",
        lambda m: "Please " if m.group(1) else "",
        instruction,
        flags=re.IGNORECASE,
    )
    return trigger, told[:1].upper() + told[1:]


def trigger_of(rule: str) -> str:
    """Return what somebody says that triggers a rule; all of it where that is unclear."""
    trigger, _ = reply_of(rule)
    return _trigger_words(trigger)[1] if trigger else rule


def _reading(asked: str, lexicon: Lexicon) -> tuple[str, list[tuple[Relation, float]]]:
    """Return what is asked about, and the relations that may be meant."""
    best: tuple[str, list[tuple[Relation, float]]] = ("", [])
    for name in subjects(asked)[:3] or [""]:
        ranked = lexicon.relations(asked, name)
        if not best[0] or (ranked and (not best[1] or ranked[0][1] > best[1][0][1])):
            best = (name, ranked)
    return best


def _paraphrases(
    ranked: list[tuple[Relation, float]], name: str, draw: random.Random
) -> list[str]:
    if not ranked or not name:
        return []
    (first, score), *rest = ranked
    questions = list(first.questions)
    for other, other_score in rest[:1]:
        if score - other_score < SECOND_RELATION_MARGIN:
            questions += draw.sample(other.questions, 3)
    draw.shuffle(questions)
    forms = [name, *short_forms(name)]
    said = []
    for question in questions:
        form = draw.choice(forms)
        article = "the " if form == name and draw.random() < 0.5 else ""  # noqa: PLR2004
        said.append(question.format(s=article + form))
    return said


def _contrasts(
    asked: str,
    ranked: list[tuple[Relation, float]],
    name: str,
    lexicon: Lexicon,
    draw: random.Random,
) -> list[str]:
    if not name:
        return []
    relations = lexicon.worlds.relations
    known = {relation.id for relation, score in ranked if score > TOO_NEAR_FOR_CONTRAST}
    if ranked:
        best = ranked[0][1]
        known |= {r.id for r, s in ranked[:2] if best - s < SECOND_RELATION_MARGIN}
        near = [relations[i] for i in ranked[0][0].near if i not in known]
    else:
        near = []
    others = [r for r in relations.values() if r.id not in known and r not in near]
    chosen = draw.sample(near, min(3, len(near)))
    chosen += draw.sample(others, CONTRASTS - len(chosen))
    forms = [name, *short_forms(name)]
    said = [draw.choice(r.questions).format(s=draw.choice(forms)) for r in chosen]
    return [q for q in said if q.lower() != asked.lower()]


def _from_statement(text: str) -> list[str]:
    """Return questions that a statement answers, made from its own words."""
    sentence = text.strip().rstrip(".!")
    asked = [f"What about {name}?" for name in subjects(sentence)[:1]]
    first = subjects(sentence)[:1]
    if first and sentence.startswith(first[0]) and " " in first[0]:
        asked.insert(0, f"Who{sentence[len(first[0]) :]}?")
    asked += [f"Tell me about {name}." for name in subjects(sentence)[:2]]
    return asked or [f"What do you know about {sentence}?"]


def _drop_words(text: str, name: str, draw: random.Random) -> str:
    """Leave words out and keep the name, as people do when they type in haste."""
    forms = [name, *short_forms(name)] if name else [""]
    marked = text.replace(name, "\0") if name else text
    kept = []
    for token in marked.split():
        bare = token.strip("?!.,;:")
        if "\0" in token:
            kept.append(draw.choice(forms))
        elif bare and draw.random() > DROP_PROBABILITY:
            kept.append(bare)
    if not kept:
        kept = [name or text]
    joined = " ".join(kept)
    return joined if draw.random() < 0.5 else joined.lower() + "?"  # noqa: PLR2004


def _chatty(question: str) -> str:
    first, _, rest = question.partition(" ")
    return f"{first.lower() if first != 'I' else first} {rest}"


def _expand_rule(lesson: Lesson, lexicon: Lexicon, draw: random.Random) -> Expansion:
    trigger, reply = reply_of(lesson.text)
    known = lexicon.rule(lesson.text)
    if not trigger:
        asked = [f"What is the rule about {s}?" for s in subjects(lesson.text)[:2]]
        asked = asked or [f"What is the rule about this: {lesson.text}"]
        return Expansion(lesson.text, tuple(asked), (), ())
    verb, said = _trigger_words(trigger)
    plain = said[:1].upper() + said[1:]
    messages = [f"{plain}!", plain, f"{plain}, really.", f"Hi, {said}"]
    if verb.startswith(
        ("ask", "report", "mention", "want", "need", "argue", "talk", "complain")
    ):
        messages += [
            f"I want to {verb.split()[0].rstrip('s')} {_rest(verb)}{said}.",
            f"There is {said}.",
            f"Can we talk about {said}?",
            f"I have {said}.",
        ]
    content = [w for w in words(said) if w.lower() not in STOPWORDS]
    for word in content:
        messages += [f"{word.capitalize()}!", f"{word}: {draw.choice(_SITUATIONS)}"]
    messages += [f"{plain} {draw.choice(_SITUATIONS)}" for _ in range(3)]
    messages += [f"{w.capitalize()}, {draw.choice(_SITUATIONS)}" for w in content[:2]]
    if known is not None:
        messages += list(known.triggers)
    messages = _distinct(messages)
    head, tail = messages[:1], messages[1:]
    draw.shuffle(tail)
    others = list(known.others) if known is not None else []
    others += draw.sample(_SITUATIONS, 2)
    return Expansion(
        answer=reply,
        wordings=tuple(head + tail[RESERVED:]),
        reserve=tuple(tail[:RESERVED]),
        contrasts=(),
    )


def _trigger_words(trigger: str) -> tuple[str, str]:
    match = _SOMEBODY.match(trigger)
    if match is None:
        return "", trigger
    rest = trigger[match.end() :].strip(" \"'")
    verb = (match.group(1) or "").lower()
    if verb.startswith("thank"):
        return verb, "thanks"
    return verb, re.sub(r"^(?:for|about|that|a|an|the)\s+", "", rest) or trigger


def _rest(verb: str) -> str:
    _, _, preposition = verb.partition(" ")
    return f"{preposition} " if preposition else ""


_SITUATIONS = (
    "the screen stays dark.",
    "I cannot get in since this morning.",
    "it took me all evening.",
    "my friend told me to write here.",
    "I have been here for a week.",
    "the second page is empty.",
    "we tried it twice yesterday.",
    "that was quick!",
    "I did not expect that at all.",
    "somebody should look at it.",
    "is there anything new?",
    "I am on the train right now.",
)


def _distinct(texts: list[str]) -> list[str]:
    seen: set[str] = set()
    kept = []
    for text in texts:
        if text.lower() not in seen:
            seen.add(text.lower())
            kept.append(text)
    return kept
