"""Fits the weights of `learning.passage_fit` on readings: part of `make skills`.

A passage answers its own questions. It answers neither the near ones written for it,
nor those of the reading most like it, nor general prompts. Half of the readings are
held out; the accuracy printed is theirs.
"""

import json
import sys
from collections.abc import Iterator, Sequence

import numpy as np

from learning import passage_fit
from learning.dataset import replayed
from learning.fit_weights import logistic, make
from learning.lesson import Lesson, LessonKind
from learning.lexicon import Encoder
from learning.readings import Reading, readings

GENERAL_EACH = 2
"""General prompts put to each reading."""

Pair = tuple[str, Lesson, float]


def main(argv: Sequence[str]) -> int:
    """Fit on half, report on the other, write the weights of all."""
    from learning.embed import Embedder  # noqa: PLC0415

    del argv
    encoder = Embedder()
    every = list(readings())
    pairs = list(_pairs(every, encoder))
    vectors = {
        reading.title: encoder.encode(passage_fit.texts(_lesson(reading)))
        for reading in every
    }
    asked = encoder.encode([question for question, _, _ in pairs])
    numbers = np.array(
        [
            passage_fit.features(question, of, lesson, vectors[lesson.heading])
            for (question, lesson, _), of in zip(pairs, asked, strict=True)
        ]
    )
    labels = np.array([label for _, _, label in pairs])
    titles = sorted(vectors)
    half = np.array([titles.index(lesson.heading) % 2 == 0 for _, lesson, _ in pairs])
    weights, bias = logistic(numbers[half], labels[half])
    guessed = numbers[~half] @ weights + bias > 0
    truth = labels[~half] > 0.5  # noqa: PLR2004
    report = {
        "pairs": len(pairs),
        "found": round(float(guessed[truth].mean()), 3),
        "false": round(float(guessed[~truth].mean()), 3),
    }
    print("passages", json.dumps(report))  # noqa: T201
    weights, bias = logistic(numbers, labels)
    rounded = [round(float(w), 4) for w in weights]
    print(dict(zip(passage_fit.FEATURES, rounded, strict=True)))  # noqa: T201
    fitted = {
        "features": list(passage_fit.FEATURES),
        "weights": rounded,
        "bias": round(float(bias), 4),
        "held_out": report,
    }
    passage_fit.WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n")
    return 0


def _pairs(every: Sequence[Reading], encoder: Encoder) -> Iterator[Pair]:
    wholes = encoder.encode([f"{reading.title}: {reading.text}" for reading in every])
    alike = wholes @ wholes.T - 2 * np.eye(len(every), dtype=np.float32)
    prompts = [prompt for prompt, _ in replayed()]
    for number, reading in enumerate(every):
        lesson = _lesson(reading)
        for question, _ in reading.pairs:
            yield question, lesson, 1.0
        for question in reading.near:
            yield question, lesson, 0.0
        for question, _ in every[int(np.argmax(alike[number]))].pairs:
            yield question, lesson, 0.0
        for turn in range(GENERAL_EACH):
            prompt = prompts[(GENERAL_EACH * number + turn) % len(prompts)]
            yield prompt, lesson, 0.0


def _lesson(reading: Reading) -> Lesson:
    return make(LessonKind.PASSAGE, text=reading.text, heading=reading.title)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
