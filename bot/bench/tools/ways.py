"""The ways of calling tools that `myna bench tools` compares, on the shipped model."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.bench.adapters import general
from bot.bench.learning.statistics import Count
from bot.bench.tools import lessons
from bot.bench.tools.asking import NOTHING, Asking, Choice
from bot.bench.tools.bench import Bench
from bot.bench.tools.lessons import Batch
from bot.bench.tools.methods import (
    ADAPTER,
    BATCHES,
    BY_EXAMPLES,
    DESCRIBED,
    DESCRIPTIONS,
    FREE,
    FULL,
    NEAREST,
    Answer,
    Material,
    Shown,
)
from bot.bench.tools.plan import COMMUNITY
from bot.bench.tools.tasks import ToolTask, place
from bot.bench.tools.training import FULL_LEARNING_RATE, Cost
from bot.tool_choice import examples_of
from learning.tool import Tool
from learning.tool_decision import ENOUGH, ENOUGH_SHOWN, LACKING, NEARNESS, is_meant
from learning.toolbox import MOST, MOST_SHOWN

Answering = Callable[[str], Awaitable[Answer]]


@dataclass(frozen=True)
class Described:
    """The skills adapter, told in the prompt what the nearest tools are.

    It named more tools rightly than the bare base (5 and 2 of 20). Neither ever began
    a call by itself, so that in a community every message that is near is a call.
    """

    bench: Bench
    name = DESCRIPTIONS

    @property
    def settings(self) -> Mapping[str, Any]:
        return {**self.bench.settings, "weights": "skills", "descriptions": MOST}

    async def show(self, material: Material, *, seed: int) -> Shown:
        del seed
        asking = self.bench.asking(self.bench.workshop.wired.skills)
        catalogue = self.bench.catalogue(material)

        async def answer(request: str) -> Answer:
            tools = catalogue.shown(request)
            if not tools:
                return NOTHING
            return await asking.within(
                request, _choice(material, tools, self.bench), tools
            )

        answers, ordinary = await _all(material.task, answer)
        return Shown(answers, ordinary, general=await self.bench.general(None))


@dataclass(frozen=True)
class Untrained:
    """The caller adapter, shown the nearest examples as turns that went before.

    So production calls what a community taught until a run has learned it.
    """

    bench: Bench
    name = BY_EXAMPLES

    @property
    def settings(self) -> Mapping[str, Any]:
        return {
            **self.bench.settings,
            "weights": "caller",
            "meant from": [NEARNESS, ENOUGH_SHOWN, ENOUGH_SHOWN + LACKING],
            "shown": MOST_SHOWN,
        }

    async def show(self, material: Material, *, seed: int) -> Shown:
        del seed
        wired = self.bench.workshop.wired
        adapter = wired.caller or wired.skills
        asking = self.bench.asking(adapter)
        catalogue = self.bench.catalogue(material)

        async def answer(request: str) -> Answer:
            candidates = catalogue.candidates(request)
            if not candidates:
                return NOTHING
            choice = replace(
                _choice(material, [each.tool for each in candidates], self.bench),
                cosines={each.tool.name: each.score for each in candidates},
            )
            return await asking.looked(request, choice, history=examples_of(candidates))

        answers, ordinary = await _all(material.task, answer)
        return Shown(answers, ordinary, general=await self.bench.general(adapter))


@dataclass(frozen=True)
class Taught:
    """An adapter that calls as production does, with descriptions or without."""

    bench: Bench
    name: str
    parts: Callable[[Material], Sequence[Batch]]

    @property
    def settings(self) -> Mapping[str, Any]:
        described = {"descriptions": MOST} if self.name == DESCRIBED else {}
        return {
            **self.bench.settings,
            **self.bench.recipe,
            **described,
            "batches": lessons.BATCHES if self.name == BATCHES else 1,
            "meant from": [NEARNESS, ENOUGH, ENOUGH + LACKING],
            "nearest tools": MOST,
        }

    async def show(self, material: Material, *, seed: int) -> Shown:
        adapter, cost = await self.bench.workshop.adapter(
            self.parts(material), seed=seed
        )
        asking, catalogue = self.bench.asking(adapter), self.bench.catalogue(material)

        async def answer(request: str) -> Answer:
            tools = catalogue.shown(request)
            shown = tools if self.name == DESCRIBED else []
            if material.task.name == COMMUNITY:
                if not tools:
                    return NOTHING
                choice = replace(
                    _choice(material, tools, self.bench),
                    cosines=catalogue.cosines(request),
                )
                return await asking.looked(request, choice, shown)
            nearby = _distinct([*catalogue.tools_nearby(request), *shown])
            choice = replace(
                _choice(material, nearby, self.bench),
                cosines=catalogue.cosines(request),
            )
            return await asking.compared(request, choice, shown)

        return _shown(
            await _all(material.task, answer), cost, await self.bench.general(adapter)
        )


@dataclass(frozen=True)
class Free:
    """The same adapter, saying whatever it will: no grammar, no nearest tools."""

    bench: Bench
    name = FREE

    @property
    def settings(self) -> Mapping[str, Any]:
        return {**self.bench.settings, **self.bench.recipe}

    async def show(self, material: Material, *, seed: int) -> Shown:
        adapter, cost = await self.bench.workshop.adapter(
            one_batch(material), seed=seed
        )
        answers = await _all(material.task, self.bench.asking(adapter).free)
        return _shown(answers, cost, await self.bench.general(adapter))


@dataclass(frozen=True)
class Whole:
    """All weights trained on the adapter's rows, saying whatever they will."""

    bench: Bench
    name = FULL

    @property
    def settings(self) -> Mapping[str, Any]:
        rate = {"learning rate": FULL_LEARNING_RATE}
        return {**self.bench.settings, **self.bench.recipe, **rate}

    async def show(self, material: Material, *, seed: int) -> Shown:
        batch = lessons.whole(material)
        workshop = self.bench.workshop
        async with workshop.whole_model(batch, seed=seed) as (engine, cost):
            asking = Asking(engine, None)
            answers = await _all(material.task, asking.free)
            known = await general(asking.text, self.bench.general_questions)
            return _shown(answers, cost, known)


@dataclass(frozen=True)
class Nearest:
    """Copies the call of the nearest request of the training, as it stands there."""

    bench: Bench
    name = NEAREST

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"meant from": [NEARNESS, ENOUGH]}

    async def show(self, material: Material, *, seed: int) -> Shown:
        del seed
        catalogue = self.bench.catalogue(material)

        async def answer(request: str) -> Answer:
            [(case, cosine)] = catalogue.nearest(request, 1)
            is_far = material.task.name == COMMUNITY and not is_meant(1.0, cosine)
            if is_far or case.call is None:
                return NOTHING
            return Answer(case.call.text)

        answers, ordinary = await _all(material.task, answer)
        return Shown(answers, ordinary, stored_bytes=catalogue.stored_bytes)


def every(
    bench: Bench,
) -> list[Described | Untrained | Taught | Free | Whole | Nearest]:
    """Return all ways, in the order of the tables."""
    return [
        Described(bench),
        Untrained(bench),
        Taught(bench, ADAPTER, one_batch),
        Free(bench),
        Taught(bench, BATCHES, lessons.batches),
        Whole(bench),
        Taught(bench, DESCRIBED, one_batch),
        Nearest(bench),
    ]


def one_batch(material: Material) -> list[Batch]:
    """Return everything at once, as the only batch."""
    return [lessons.whole(material)]


async def _all(
    task: ToolTask, answer: Answering
) -> tuple[Sequence[Answer], Sequence[Answer]]:
    """Answer the test, and then the messages that need no tool."""
    answers = await _mixed([case.request for case in task.test], answer)
    return answers, await _mixed(task.ordinary, answer)


async def _mixed(requests: Sequence[str], answer: Answering) -> list[Answer]:
    """Answer requests as they come in a channel: those of a tool not in a row.

    In a row, an engine that keeps what it has read would read a description once.
    """
    answers: dict[str, Answer] = {}
    for request in sorted(set(requests), key=place):
        answers[request] = await answer(request)
    return [answers[request] for request in requests]


def _shown(
    answered: tuple[Sequence[Answer], Sequence[Answer]], cost: Cost, known: Count
) -> Shown:
    answers, ordinary = answered
    return Shown(
        answers,
        ordinary,
        training_seconds=cost.seconds,
        trained_parameters=cost.trained_parameters,
        stored_bytes=cost.stored_bytes,
        general=known,
    )


def _choice(material: Material, tools: Sequence[Tool], bench: Bench) -> Choice:
    if material.apis:  # each tool is one whole call
        return Choice(tools, omissible=False)
    examples = [(c.request, c.call) for c in material.task.train if c.call is not None]
    # Meanings are weighed as production does; a dialogue of API-Bank is none of its own.
    encoder = bench.encoder if material.task.name == COMMUNITY else None
    # Whole dialogues say all that their calls need.
    omissible = material.task.name == COMMUNITY
    return Choice(tools, examples, omissible=omissible, encoder=encoder)


def _distinct(tools: Sequence[Tool]) -> list[Tool]:
    return list({tool.text: tool for tool in tools}.values())
