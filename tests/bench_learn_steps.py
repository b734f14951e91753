"""Documents and ways of learning for the tests of `myna bench learn`."""

import json
from contextlib import asynccontextmanager

from bot.bench.learning.methods import ROWS, SEQUENCE_ROWS, Methods, Step, Trained
from bot.bench.learning.statistics import Count
from learning.errors import MynaError


def row(number, questions=3):
    """Return a document as it stands in a file."""
    return {
        "title": f"Title {number}",
        "context": f"The passage number {number} of this file.",
        "questions": [
            {"question": f"Question {i} of {number}?", "answer": f"answer {i}"}
            for i in range(questions)
        ],
    }


def write(path, rows):
    """Write a file of documents."""
    path.write_text(json.dumps(rows))
    return path


class FakeMethod:
    """Knows the first answers of every document, and counts how often it learned."""

    def __init__(self, name, knows=2, **settings):
        self.name = name
        self.settings = {"knows": knows, **settings}
        self.learned = []
        self.fails_on = None

    async def learn(self, document, folder, *, seed):
        assert not any(folder.iterdir())
        (folder / "adapter").write_text("weights")
        if document.title == self.fails_on:
            raise MynaError("There is no memory left: close other programs.")
        self.learned.append((document.title, seed))
        knows = self.settings["knows"]
        return Trained(
            replies=replies(document, knows),
            seconds=2.0,
            trained_tokens=100,
            general=Count(8, 10),
            nll=3.0 + 0.1 * knows,
        )


class FakeSequenceMethod:
    """Knows the documents learned so far; without memory it keeps the last alone."""

    def __init__(self, name, *, forgets=False):
        self.name = name
        self.settings = {"forgets": forgets}
        self.told = []
        self.stops_after = None

    async def run(self, documents, folder, on_step, *, seed, done):
        for number in range(done, len(documents) + 1):
            (folder / f"adapter-{number}").write_text("weights")
            oldest = number - 1 if self.settings["forgets"] else 0
            shown = [
                replies(each, 3 if oldest <= i < number else 0)
                for i, each in enumerate(documents)
            ]
            self.told.append(number)
            on_step(Step(number, shown, 1.0, 100, 50, Count(9, 10), 3.0))
            if number == self.stops_after:
                raise MynaError("The trainer died.")


def replies(document, knows):
    """Answer the first questions in a sentence, and the others wrongly."""
    return [
        f"It is the {question.answer}." if i < knows else "I don't know."
        for i, question in enumerate(document.questions)
    ]


def every_method():
    """Return a fake for every row of the tables."""
    return Methods(
        documents=[FakeMethod(name, i % 4) for i, name in enumerate(ROWS)],
        sequences=[
            FakeSequenceMethod(name, forgets=i > 0)
            for i, name in enumerate(SEQUENCE_ROWS)
        ],
    )


def opener(methods):
    """Return what the command opens methods with."""

    @asynccontextmanager
    async def opened(_settings, _cells, _documents):
        yield methods

    return opened
