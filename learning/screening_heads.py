"""Fits the screen's heads, and says by cross-validation what they find.

    python -m learning.screening_heads FOLDER

FOLDER holds the development data (`prompt_injection_dev.json`, `toxicity_dev.csv`);
learning/screening_examples.jsonl adds invented texts, and readings and the lessons of
invented worlds stand for what communities teach. The same data give the same weights.
"""

import csv
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning.fit_weights import invent
from learning.lexicon import Encoder, load_worlds
from moderation.head import HEADS, is_asked
from moderation.injection import injections
from moderation.screen import screen
from moderation.windows import windows

EXAMPLES = Path(__file__).with_name("screening_examples.jsonl")
READINGS = Path(__file__).with_name("readings.jsonl")
SEED = 0
FOLDS = 5
NEWTON_STEPS = 8
L2 = {"injection": 0.3, "toxicity": 1.0}
FALSE_ALARMS = {"injection": 0.025, "toxicity": 0.09}
"""The share of harmless texts at whose score a head begins to speak: below the limits
that are asked of it (0.03 and 0.10), because other texts are not these."""
LEAST_MARGIN = 0.001
SURE_MARGIN = 0.3
"""Log-odds above every harmless text, from which a head has no doubt."""

Matrix = NDArray[np.float64]
Bag = list[Matrix]
"""A text's windows; of an attack's, one at least is an attack."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What one head learns from; thresholds are set on the first `judged` harmless."""

    harmful: list[str]
    harmless: list[str]
    judged: int
    also: list[list[str]]
    """Other forms of each harmful text, learned from with it."""
    is_found: Callable[[str], bool]
    """Whether a rule speaks without the head."""


def main(argv: Sequence[str]) -> int:
    """Fit both heads on all of the data; the figures are those of texts left out."""
    from learning.embed import Embedder  # noqa: PLC0415

    fit(Path(argv[0]), Embedder())
    return 0


def fit(data: Path, encoder: Encoder) -> None:
    """Write both heads beside the screen."""
    for name, texts in (("injection", _orders(data)), ("toxicity", _insults(data))):
        written = _fitted(name, texts, encoder)
        print(name, json.dumps(written["held_out"]))  # noqa: T201
        (HEADS / f"{name}.json").write_text(json.dumps(written) + "\n")


def _orders(data: Path) -> Texts:
    """Read orders to a model, also as the answer of a question, and lessons."""
    read = json.loads((data / "prompt_injection_dev.json").read_text(encoding="utf-8"))
    examples = _examples()
    orders = [row["user_input"] for row in read]
    orders += [row["text"] for row in examples if row["label"] == "attack"]
    ordinary = [row for row in examples if row["label"] == "ordinary"]
    asked = cycle([row["question"] for row in ordinary if row["question"]])
    lessons = [f"{row['question']}\n{row['text']}".strip() for row in ordinary]
    return Texts(
        harmful=orders,
        harmless=[*lessons, *_worlds(), *_read(READINGS)],
        judged=len(lessons),
        also=[[f"{next(asked)}\n{order}"] for order in orders],
        is_found=lambda text: bool(injections(text)),
    )


def _insults(data: Path) -> Texts:
    with (data / "toxicity_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (row["text"], row["is_toxic"] == "Toxic") for row in csv.DictReader(file)
        ]
    examples = _examples()
    toxic = [text for text, is_toxic in rows if is_toxic]
    benign = [text for text, is_toxic in rows if not is_toxic]
    judged = len(benign)
    toxic += [row["text"] for row in examples if row["label"] == "toxic"]
    benign += [
        row["text"] for row in examples if row["label"] in {"friendly", "ordinary"}
    ]
    return Texts(toxic, benign, judged, [[] for _ in toxic], _is_profane)


def _is_profane(text: str) -> bool:
    found = screen(text, max_chars=len(text)).findings
    return any(finding.rule == "profanity" for finding in found)


def _examples() -> list[dict[str, str]]:
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _read(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def _worlds() -> list[str]:
    """Return lessons of invented worlds, two of each relation, and their rules."""
    worlds, draw = load_worlds(), random.Random(SEED)  # noqa: S311
    texts = []
    for relation in worlds.relations.values():
        for _ in range(2):
            name = draw.choice(worlds.subjects[relation.about])
            lesson = invent(worlds, relation, name, draw)
            texts.append(f"{lesson.question}\n{lesson.answer}{lesson.text}".strip())
    return [*texts, *(rule.rule for rule in worlds.rules)]


def _fitted(name: str, texts: Texts, encoder: Encoder) -> dict[str, object]:
    """Fit a head, and set its thresholds where texts left out of a fit score."""
    harmful = _measured(
        [[t, *o] for t, o in zip(texts.harmful, texts.also, strict=True)], encoder
    )
    harmless = _measured([[text] for text in texts.harmless], encoder)
    draw = np.random.default_rng(SEED)
    folds = [draw.permutation(len(bags)) % FOLDS for bags in (harmful, harmless)]
    scores = [np.zeros(len(harmful)), np.zeros(len(harmless))]
    for fold in range(FOLDS):
        kept = [
            [bags[at] for at in np.flatnonzero(of != fold)]
            for bags, of in zip((harmful, harmless), folds, strict=True)
        ]
        weights = _weights(kept[0], kept[1], L2[name])
        for bags, of, score in zip((harmful, harmless), folds, scores, strict=True):
            for at in np.flatnonzero(of == fold):
                score[at] = _score(weights, bags[at][0])
    alarmed = [texts.is_found(text) for text in texts.harmless[: texts.judged]]
    judged = np.where(alarmed, np.inf, scores[1][: texts.judged])
    most = int(FALSE_ALARMS[name] * texts.judged)
    flagged = float(np.sort(judged)[-most - 1]) + LEAST_MARGIN
    caught = (scores[0] >= flagged) | [texts.is_found(text) for text in texts.harmful]
    weights = _weights(harmful, harmless, L2[name])
    return {
        "weights": [round(float(each), 4) for each in weights[:-2]],
        "question": round(float(weights[-2]), 4),
        "bias": round(float(weights[-1]), 4),
        "flagged": round(flagged, 3),
        "sure": round(float(scores[1].max()) + SURE_MARGIN, 3),
        "held_out": {
            "harmful": len(harmful),
            "found": round(float(caught.mean()), 3),
            "harmless": texts.judged,
            "false": round(float((judged >= flagged).mean()), 3),
        },
    }


def _measured(forms: list[list[str]], encoder: Encoder) -> list[Bag]:
    """Return the windows' numbers of each form of each text."""
    cut = [
        [[text[start:end] for start, end in windows(text)] for text in texts]
        for texts in forms
    ]
    every = list(dict.fromkeys(w for texts in cut for form in texts for w in form))
    vectors = dict(zip(every, encoder.encode(every), strict=True))
    return [
        [
            np.array([[*vectors[w], float(is_asked(w)), 1.0] for w in form])
            for form in texts
        ]
        for texts in cut
    ]


def _weights(harmful: list[Bag], harmless: list[Bag], l2: float) -> Matrix:
    """Fit by Newton's method; of a harmful text its clearest window is learned.

    First its windows' mean stands for it, then the window that this fit takes for the
    worst (multiple-instance learning; Andrews et al., 2003).
    """
    good = np.vstack([form for bag in harmless for form in bag])
    forms = [form for bag in harmful for form in bag]
    chosen = np.array([form.mean(0) for form in forms])
    weights = _logistic(chosen, good, l2)
    chosen = np.array([form[int(np.argmax(form @ weights))] for form in forms])
    return _logistic(chosen, good, l2)


def _logistic(bad: Matrix, good: Matrix, l2: float) -> Matrix:
    numbers = np.vstack([bad, good])
    labels = np.r_[np.ones(len(bad)), np.zeros(len(good))]
    penalty = np.full(numbers.shape[1], l2)
    penalty[-1] = 1e-6  # the bias is free
    weights = np.zeros(numbers.shape[1])
    for _ in range(NEWTON_STEPS):
        guess = 1 / (1 + np.exp(-(numbers @ weights)))
        slope = numbers.T @ (guess - labels) + penalty * weights
        curve = (numbers * (guess * (1 - guess))[:, None]).T @ numbers
        weights -= np.linalg.solve(curve + np.diag(penalty), slope)
    return weights


def _score(weights: Matrix, form: Matrix) -> float:
    return float((form @ weights).max())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
