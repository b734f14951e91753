"""Fits the weights of `learning.fit` on invented worlds: part of `make skills`.

Half of the relations are held out; the accuracy printed is theirs.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning import general, paraphrase
from learning.dataset import replayed
from learning.fit import (
    FEATURES,
    RULE_FEATURES,
    WEIGHTS,
    facets,
    features,
    subject_stems,
    without_names,
)
from learning.lesson import Lesson, LessonKind, LessonState
from learning.lexicon import PLACEHOLDER, Encoder, Relation, Worlds, load_worlds
from learning.paraphrase import Projection
from learning.subject import short_forms
from moderation.provenance import Provenance

PROMPTS = Path(__file__).with_name("general_prompts.jsonl")
SEED = 0
PAIRS_PER_RELATION = 12
GENERAL_PER_RULE = 8
GENERAL_NOTES = 400
L2 = 1e-3
STEPS = 4000

Pair = tuple[str, Lesson, float]
"""A question, a lesson whose source names its relation, and 1 if it answers."""


def main(argv: Sequence[str]) -> int:
    """Fit on half of the worlds, report on the other half, write all-worlds weights."""
    from learning.embed import Embedder  # noqa: PLC0415

    encoder = Embedder()
    worlds = load_worlds()
    projections = fit_projections(worlds, encoder)
    fit_general(worlds, encoder)
    out = Path(argv[0]) if argv else WEIGHTS
    fitted = {}
    for kind, pairs, names in (
        ("note", list(note_pairs(worlds)), FEATURES),
        ("rule", list(rule_pairs(worlds)), RULE_FEATURES),
    ):
        numbers, labels = measure(pairs, encoder, projections)
        half = np.array([half_of(lesson.source) == 0 for _, lesson, _ in pairs])
        weights, bias = logistic(numbers[half], labels[half])
        guessed = numbers[~half] @ weights + bias > 0
        truth = labels[~half] > 0.5  # noqa: PLR2004
        report = {
            "pairs": len(pairs),
            "found": round(float(guessed[truth].mean()), 3),
            "false": round(float(guessed[~truth].mean()), 3),
        }
        print(kind, json.dumps(report))  # noqa: T201
        weights, bias = logistic(numbers, labels)
        rounded = [round(float(w), 4) for w in weights]
        fitted[kind] = {
            "features": list(names),
            "weights": rounded,
            "bias": round(float(bias), 4),
            "held_out": report,
        }
        print(dict(zip(names, rounded, strict=True)))  # noqa: T201
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(fitted, indent=1) + "\n")
    return 0


def note_pairs(worlds: Worlds) -> Iterable[Pair]:
    """Yield (question, lesson, 1 if it answers) over invented subjects."""
    draw = random.Random(SEED)  # noqa: S311
    relations = list(worlds.relations.values())
    for relation in relations:
        for _ in range(PAIRS_PER_RELATION):
            name = draw.choice(worlds.subjects[relation.about])
            lesson = invent(worlds, relation, name, draw)
            question = draw.choice(relation.questions)
            yield word(question, name, draw), lesson, 1.0
            near = worlds.relations[draw.choice(relation.near)]
            yield word(draw.choice(near.questions), name, draw), lesson, 0.0
            other = draw.choice(
                [r for r in relations if r.about == relation.about and r != relation]
            )
            yield word(draw.choice(other.questions), name, draw), lesson, 0.0
            stranger = draw.choice(worlds.subjects[relation.about])
            if stranger != name:
                yield word(question, stranger, draw), lesson, 0.0
    for _ in range(GENERAL_NOTES):
        relation = draw.choice(relations)
        name = draw.choice(worlds.subjects[relation.about])
        prompt, _ = draw.choice(replayed())
        yield prompt, invent(worlds, relation, name, draw), 0.0


def rule_pairs(worlds: Worlds) -> Iterable[Pair]:
    """Yield (message, rule, 1 if it triggers the rule)."""
    draw = random.Random(SEED)  # noqa: S311
    for rule in worlds.rules:
        lesson = make(LessonKind.RULE, text=rule.rule, source=rule.reply)
        for message in rule.triggers:
            yield message, lesson, 1.0
        for message in rule.others:
            yield message, lesson, 0.0
        for other in draw.sample(worlds.rules, 6):
            if other != rule:
                yield draw.choice(other.triggers), lesson, 0.0
        for relation in draw.sample(list(worlds.relations.values()), 4):
            name = draw.choice(worlds.subjects[relation.about])
            yield word(draw.choice(relation.questions), name, draw), lesson, 0.0
        for prompt, _ in draw.sample(replayed(), GENERAL_PER_RULE):
            yield prompt, lesson, 0.0


def fit_projections(worlds: Worlds, encoder: Encoder) -> list[Projection]:
    """Fit the shipped projection, and two of half the relations each.

    A pair is measured by the projection that did not see its lesson's relation.
    """
    classes: list[list[NDArray[np.float32]]] = [[], []]
    for relation in worlds.relations.values():
        asked = [q.format(s=PLACEHOLDER) for q in relation.questions]
        said = [s.format(s=PLACEHOLDER, a="something") for s in relation.statements]
        classes[half_of(relation.id)].append(encoder.encode([*asked, *said]))
    paraphrase.fit([*classes[0], *classes[1]]).save()
    return [paraphrase.fit(classes[1]), paraphrase.fit(classes[0])]


def fit_general(worlds: Worlds, encoder: Encoder) -> None:
    """Fit what tells general questions from a community's; report on the half."""
    draw = random.Random(SEED)  # noqa: S311
    prompts = [json.loads(line)["prompt"] for line in PROMPTS.read_text().splitlines()]
    asked = [
        word(question, draw.choice(worlds.subjects[relation.about]), draw)
        for relation in worlds.relations.values()
        for question in relation.questions
    ]
    # Small talk and what rules wait for ask for no fact either.
    prompts += [message for message, _ in worlds.chat]
    prompts += [trigger for rule in worlds.rules for trigger in rule.triggers]
    draw.shuffle(prompts)
    common, own = encoder.encode(prompts), encoder.encode(asked)
    weights, bias = general.fit(common[::2], own[: len(own) // 2])
    report = {
        "general": round(general.share(common[1::2], weights, bias), 3),
        "community": round(general.share(own[len(own) // 2 :], weights, bias), 3),
    }
    print("taken for general", json.dumps(report))  # noqa: T201
    general.save(*general.fit(common, own))


def measure(
    pairs: Sequence[Pair], encoder: Encoder, projections: Sequence[Projection]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (pairs, features) and (pairs,) labels."""
    texts: dict[str, int] = {}
    wanted = []
    for question, lesson, _ in pairs:
        said = facets(lesson)
        masked = without_names(question, subject_stems(lesson))
        row = (question, masked, said.asked, said.note, said.masked)
        wanted.append([texts.setdefault(text, len(texts)) for text in row])
    vectors = encoder.encode(list(texts))
    numbers = [
        features(
            question,
            lesson,
            cosine=float(vectors[q] @ vectors[asked]),
            cosine_note=float(vectors[q] @ vectors[note]),
            cosine_masked=float(
                np.prod(
                    projections[half_of(lesson.source)](vectors[[mq, masked]]), axis=0
                ).sum()
            ),
        )
        for (question, lesson, _), (q, mq, asked, note, masked) in zip(
            pairs, wanted, strict=True
        )
    ]
    return np.array(numbers), np.array([label for _, _, label in pairs])


def logistic(
    numbers: NDArray[np.float64], labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Fit by gradient descent with both classes weighing the same."""
    mean, spread = numbers.mean(0), numbers.std(0) + 1e-6
    scaled = (numbers - mean) / spread
    share = labels.mean()
    balance = np.where(labels > 0.5, 0.5 / share, 0.5 / (1 - share))  # noqa: PLR2004
    weights, bias = np.zeros(numbers.shape[1]), 0.0
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-(scaled @ weights + bias)))
        error = balance * (guess - labels)
        weights -= 0.5 * (scaled.T @ error / len(labels) + L2 * weights)
        bias -= 0.5 * float(error.mean())
    return weights / spread, bias - float((weights / spread) @ mean)


def invent(
    worlds: Worlds, relation: Relation, name: str, draw: random.Random
) -> Lesson:
    """Make a lesson of a relation: a question and answer, or a plain fact."""
    value = draw.choice(worlds.values[relation.answer])
    if draw.random() < 0.65:  # noqa: PLR2004
        return make(
            LessonKind.QA,
            question=relation.questions[0].format(s=name),
            answer=draw.choice(relation.answers).format(s=name, a=value),
            source=relation.id,
        )
    text = draw.choice(relation.statements).format(s=name, a=value)
    return make(LessonKind.FACT, text=text[:1].upper() + text[1:], source=relation.id)


def make(
    kind: LessonKind,
    *,
    question: str = "",
    answer: str = "",
    text: str = "",
    source: str = "",
    heading: str = "",
) -> Lesson:
    """Make an invented lesson of nobody's."""
    return Lesson(
        server="worlds",
        id=1,
        kind=kind,
        question=question,
        answer=answer,
        text=text,
        author="",
        author_name="",
        provenance=Provenance.AUTHORED,
        state=LessonState.APPROVED,
        taught_at=datetime(2026, 1, 1, tzinfo=UTC),
        source=source,
        heading=heading,
    )


def word(question: str, name: str, draw: random.Random) -> str:
    """Ask a question by a subject's full name or a shorter one."""
    return question.format(s=draw.choice([name, name, *short_forms(name)]))


def half_of(relation: str) -> int:
    """Put a relation in one half or the other."""
    return sum(map(ord, relation)) % 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
