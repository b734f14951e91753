"""Rows of invented worlds: reading notes, ignoring strange ones, and not knowing.

A note about the asked subject is always to be read: whether it answers is judged by
`learning.fit`, which does that better than 135M parameters (docs/LOG.md).

These rows build the shipped skills adapter, and a sample of them is replayed in every
server's run so that the skills survive what the server teaches.
"""

import random
import string
from collections.abc import Iterator

from learning.lexicon import Relation, Rule, Worlds, load_worlds
from learning.prompt import ABSTENTION, with_notes
from learning.rows import Row, ask
from learning.subject import short_forms

# What people ask of a subject is worded with its full name or a shorter one.
_SHORTENED = 0.35


def rows(seed: int, count: int) -> Iterator[Row]:
    """Yield invented rows: the same seed gives the same rows."""
    worlds = load_worlds()
    draw = random.Random(f"worlds {seed}")  # noqa: S311
    makers = (
        (_reads_note, 0.52),
        (_reads_one_of_several, 0.12),
        (_notes_are_far, 0.08),
        (_knows_nothing, 0.13),
        (_follows_rule, 0.11),
        (_chats, 0.04),
    )
    for _ in range(count):
        maker = draw.choices(
            [m for m, _ in makers], weights=[weight for _, weight in makers]
        )[0]
        yield maker(worlds, draw)


def chats() -> list[Row]:
    """Return what people say in passing, and what is said to it."""
    return [ask(message, reply, "chat") for message, reply in load_worlds().chat]


def _reads_note(worlds: Worlds, draw: random.Random) -> Row:
    relation, name = _asked(worlds, draw)
    note, answer = _note(relation, name, _value(worlds, relation, draw), draw)
    question = _question(relation, name, draw)
    return ask(with_notes(question, [note]), answer, "note")


def _reads_one_of_several(worlds: Worlds, draw: random.Random) -> Row:
    relation, name = _asked(worlds, draw)
    note, answer = _note(relation, name, _value(worlds, relation, draw), draw)
    notes = [note, *_other_notes(worlds, relation, name, draw)]
    draw.shuffle(notes)
    question = _question(relation, name, draw)
    return ask(with_notes(question, notes), answer, "note")


def _notes_are_far(worlds: Worlds, draw: random.Random) -> Row:
    relation, name = _asked(worlds, draw)
    notes = []
    for _ in range(draw.choice((1, 1, 2))):
        other, stranger = _asked(worlds, draw)
        notes.append(_note(other, stranger, _value(worlds, other, draw), draw)[0])
    question = _question(relation, name, draw)
    return ask(with_notes(question, notes), ABSTENTION, "contrast")


def _knows_nothing(worlds: Worlds, draw: random.Random) -> Row:
    relation, name = _asked(worlds, draw)
    question = _question(relation, name, draw)
    if draw.random() < 0.3:  # noqa: PLR2004
        question = draw.choice(worlds.far).format(s=name)
    return ask(question, ABSTENTION, "unknown")


def _follows_rule(worlds: Worlds, draw: random.Random) -> Row:
    rule: Rule = draw.choice(worlds.rules)
    notes = [rule.rule]
    if draw.random() < 0.3:  # noqa: PLR2004
        other, stranger = _asked(worlds, draw)
        notes.append(_note(other, stranger, _value(worlds, other, draw), draw)[0])
        draw.shuffle(notes)
    return ask(with_notes(draw.choice(rule.triggers), notes), rule.reply, "rule")


def _chats(worlds: Worlds, draw: random.Random) -> Row:
    message, reply = draw.choice(worlds.chat)
    return ask(message, reply, "chat")


def _asked(worlds: Worlds, draw: random.Random) -> tuple[Relation, str]:
    relation = draw.choice(list(worlds.relations.values()))
    kind = relation.about if relation.about in worlds.subjects else "thing"
    return relation, draw.choice(worlds.subjects[kind])


def _question(relation: Relation, name: str, draw: random.Random) -> str:
    forms = short_forms(name)
    if forms and draw.random() < _SHORTENED:
        name = draw.choice(forms)
    question = draw.choice(relation.questions).format(s=name)
    if draw.random() < 0.15:  # noqa: PLR2004
        question = question.lower().rstrip("?")
    return question[:1].upper() + question[1:] if draw.random() < 0.8 else question  # noqa: PLR2004


def _note(
    relation: Relation, name: str, value: str, draw: random.Random
) -> tuple[str, str]:
    """Return a note as memory writes it, and the answer it gives."""
    if draw.random() < 0.6:  # noqa: PLR2004
        answer = _sentence(draw.choice(relation.answers).format(s=name, a=value))
        return f"{_sentence(relation.questions[0].format(s=name))} {answer}", answer
    said = _sentence(draw.choice(relation.statements).format(s=name, a=value))
    return said, said


def _other_notes(
    worlds: Worlds, relation: Relation, name: str, draw: random.Random
) -> list[str]:
    """Return one or two notes that do not answer; at times of the same subject."""
    notes = []
    for _ in range(draw.choice((1, 1, 2))):
        if draw.random() < 0.25:  # noqa: PLR2004
            other, of = worlds.relations[draw.choice(relation.near)], name
        else:
            other, of = _asked(worlds, draw)
        notes.append(_note(other, of, _value(worlds, other, draw), draw)[0])
    return notes


def _value(worlds: Worlds, relation: Relation, draw: random.Random) -> str:
    """Draw a value that the model cannot have learned by heart: it must be copied."""
    values = worlds.values[relation.answer]
    if relation.answer == "person":
        first, last = draw.choice(values).split()[0], draw.choice(values).split()[-1]
        return f"{first} {last}"
    if relation.answer == "number" and draw.random() < 0.7:  # noqa: PLR2004
        return str(draw.randrange(2, draw.choice((30, 300, 9000))))
    if relation.answer == "version" and draw.random() < 0.7:  # noqa: PLR2004
        return f"{draw.randrange(0, 12)}.{draw.randrange(0, 40)}"
    if relation.answer in {"place", "thing", "channel"} and draw.random() < 0.25:  # noqa: PLR2004
        code = "".join(draw.choices(string.ascii_lowercase, k=draw.choice((4, 5, 6))))
        return draw.choice((f"channel #{code}", f"room {code}", f"{code}-{code[:3]}"))
    return draw.choice(values)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
