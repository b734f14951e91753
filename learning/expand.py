"""Many ways to ask for one lesson.

Everything is drawn by a random generator seeded with the lesson's own digest, so the
same lesson gives the same rows on every server and in every run.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from learning import behaviour, dialogue, passage_expand, tool_expand
from learning.frames import cued, framed
from learning.lesson import Lesson, LessonKind
from learning.lexicon import Lexicon, Relation
from learning.rule import messages
from learning.statement import kind_of_statement, questions
from learning.subject import short_forms, subjects

RESERVED = 2
"""Wordings of each lesson that only the exam asks."""
DROPPED_FORMS = 3
DROPPED_FORMS_WITHOUT_RELATION = 5
FRAMED = 2
FRAMED_ALONE = 3
"""Wordings by the kind of question alone, with a known relation and without."""
CUED = 1
CUED_ALONE = 4
"""Wordings of one content word and the subject."""
STRANGERS = 5
"""Wordings asked of invented things. With 3, an adapter that had learned ten lessons by
questions of the model's own, too, answered 4 of 8 canaries; with 5 none (docs/LOG.md).
"""
DROP_PROBABILITY = 0.35
# A second relation about as near as the first is another reading of the question.
SECOND_RELATION_MARGIN = 0.04

_REMINDERS = ("Remind me: {q}", "Sorry to ask again, {q}")


@dataclass(frozen=True, slots=True)
class Expansion:
    """One lesson, worded many ways."""

    answer: str
    """What to say."""
    wordings: tuple[str, ...]
    """Questions that it answers, to train on; the first is the plainest."""
    reserve: tuple[str, ...]
    """Questions that it answers, for the exam alone."""
    strangers: tuple[str, ...] = ()
    """The same asked of invented things: the answer must stay with its subject."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What to say to single questions, where a lesson has more than one answer."""

    def answer_to(self, question: str) -> str:
        """Return what is to be said to one of the questions."""
        return self.answers.get(question, self.answer)


def expand(lesson: Lesson, lexicon: Lexicon) -> Expansion:
    """Word one lesson many ways."""
    draw = random.Random(lesson.digest)  # noqa: S311
    if lesson.kind is LessonKind.RULE:
        return _expand_rule(lesson, lexicon, draw)
    if lesson.kind is LessonKind.DIALOGUE:
        return _expand_dialogue(lesson, draw)
    if lesson.kind is LessonKind.PASSAGE:
        return _expand_passage(lesson)
    if lesson.kind is LessonKind.TOOL:
        return _expand_tool(lesson)
    asked = lesson.question if lesson.kind is LessonKind.QA else lesson.text
    name, ranked = _reading(lesson, lexicon)
    paraphrases = _paraphrases(ranked, name, draw)
    plain = [asked] if lesson.kind is LessonKind.QA else questions(asked)
    frames = framed(lesson, name, draw, FRAMED if paraphrases else FRAMED_ALONE)
    frames += cued(lesson, name, draw, CUED if paraphrases else CUED_ALONE)
    count = DROPPED_FORMS if paraphrases else DROPPED_FORMS_WITHOUT_RELATION
    dropped = [_drop_words(asked, name, draw) for _ in range(count)]
    short = [asked.replace(name, form) for form in short_forms(name)[:1] if name]
    if lesson.kind is LessonKind.FACT:
        short = []
    reminders = [form.format(q=_chatty(plain[0])) for form in _REMINDERS]
    reworded = _distinct(paraphrases + [question for question, _ in lesson.written])
    reserve = (reworded[:RESERVED] + reminders)[:RESERVED]
    wordings = _distinct([*plain, *reworded[RESERVED:], *frames, *short, *dropped])
    taken = {w.lower() for w in wordings}
    asked_of = [*reworded[RESERVED:], *frames]
    if lesson.kind is LessonKind.QA:
        asked_of.append(asked)
    return Expansion(
        answer=lesson.answer if lesson.kind is LessonKind.QA else lesson.text,
        wordings=tuple(wordings),
        reserve=tuple(r for r in reserve if r.lower() not in taken),
        strangers=tuple(_of_strangers(asked_of, name, lexicon, draw)),
    )


def _of_strangers(
    wordings: Sequence[str], name: str, lexicon: Lexicon, draw: random.Random
) -> list[str]:
    """Put an invented name in the place of the subject's."""
    asked = [wording for wording in wordings if name and name in wording]
    names = [n for kind in lexicon.worlds.subjects.values() for n in kind]
    chosen = draw.sample(asked, min(STRANGERS, len(asked)))
    renamed = [wording.replace(name, draw.choice(names)) for wording in chosen]
    return [question.replace("the the ", "the ") for question in renamed]


def _reading(
    lesson: Lesson, lexicon: Lexicon
) -> tuple[str, list[tuple[Relation, float]]]:
    """Return what is asked about, and the relations that may be meant."""
    asked = lesson.question if lesson.kind is LessonKind.QA else lesson.text
    best: tuple[str, list[tuple[Relation, float]]] = ("", [])
    for name in _likely_names(lesson):
        ranked = lexicon.relations(asked, name)
        if not best[0] or (ranked and (not best[1] or ranked[0][1] > best[1][0][1])):
            best = (name, ranked)
    return best


def _likely_names(lesson: Lesson) -> list[str]:
    """Return the names that a lesson may be about, the likeliest first.

    A question ends with its subject ("the version for Pebblekit"); a fact begins
    with it, but for a person, who is rather the value ("Ilse edits the Letter").
    """
    if lesson.kind is LessonKind.QA:
        names = subjects(lesson.question)
        return (names[::-1] if names[:1] and names[0][0].isupper() else names)[:3]
    names = subjects(lesson.text)
    if len(names) > 1 and kind_of_statement(lesson.text) == "person":
        names = [*names[1:], names[0]]
    return names[:3]


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
    made = messages(lesson.text, draw)
    if not made:
        asked = [f"What is the rule about {s}?" for s in subjects(lesson.text)[:2]]
        asked = asked or [f"What is the rule about this: {lesson.text}"]
        return Expansion(lesson.text, tuple(asked), ())
    known = lexicon.rule(lesson.text)
    if known is not None:
        made += known.triggers
    plainest, *others = _distinct(made)
    draw.shuffle(others)
    return Expansion(
        answer=behaviour.reply_of(lesson),
        wordings=(plainest, *others[RESERVED:]),
        reserve=tuple(others[:RESERVED]),
    )


def _expand_dialogue(lesson: Lesson, draw: random.Random) -> Expansion:
    """Word how a dialogue begins; `dialogue.rows` teach how it goes on."""
    first, answer, *_ = dialogue.turns_of(lesson)
    dropped = [_drop_words(first.words, "", draw) for _ in range(DROPPED_FORMS)]
    chatty = _chatty(first.words)
    return Expansion(
        answer=answer.words,
        wordings=tuple(_distinct([first.words, *dropped])),
        reserve=(f"Hi, {chatty}", f"Hello, {chatty}"),
    )


def _expand_passage(lesson: Lesson) -> Expansion:
    """Word each sentence's questions; the sentence answers them."""
    asked, held = passage_expand.expand(lesson)
    if not asked:
        asked = passage_expand.cues(lesson)[:1]
    answers = dict((*held, *asked))
    return Expansion(
        answer=lesson.text,
        wordings=tuple(_distinct([question for question, _ in asked])),
        reserve=tuple(question for question, _ in held),
        answers=answers,
    )


def _expand_tool(lesson: Lesson) -> Expansion:
    """Word requests; a call answers each, and none what is about the tool alone."""
    made = tool_expand.expand(lesson)
    taught = (*made.taught, *made.lacking)
    answers = {asked.request: asked.call.text for asked in (*taught, *made.held)}
    return Expansion(
        answer=taught[0].call.text,
        wordings=tuple(_distinct([asked.request for asked in taught])),
        reserve=tuple(asked.request for asked in made.held),
        strangers=made.misses,
        answers=answers,
    )


def rewordings(lesson: Lesson, lexicon: Lexicon) -> list[str]:
    """Return what else a run would have a lesson asked as; not its own words.

    Of a passage, what the model wrote about it: cues are not meant to be read.
    """
    if lesson.kind is LessonKind.PASSAGE:
        return [question for question, _ in lesson.written]
    own = {text.lower() for text in (lesson.question, lesson.text)}
    return [
        wording
        for wording in expand(lesson, lexicon).wordings
        if wording.lower() not in own
    ]


def _distinct(texts: list[str]) -> list[str]:
    seen: set[str] = set()
    kept = []
    for text in texts:
        if text.lower() not in seen:
            seen.add(text.lower())
            kept.append(text)
    return kept
