"""What is measured: which method, with how many examples, and with which seeds."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from bot.bench.tools import methods as named
from bot.bench.tools.cells import Key, digest
from bot.bench.tools.methods import Material, Method
from bot.bench.tools.tasks import ToolTask, few

Examples = int | None
"""Of each tool; None is all that there are."""
COMMUNITY, APIBANK, TORCHHUB = "community", "api-bank", "torchhub"
TASKS = (COMMUNITY, APIBANK, TORCHHUB)
GRID: tuple[Examples, ...] = (0, 1, 2, 4, 8, None)
GRID_SEEDS = 3
QUICK = 4
"""Requests and ordinary messages of each task, where it has to be quick."""
SAMPLE = 60
"""Requests of TorchHub that are answered from descriptions, which are long to read."""

_SUBSET = (named.DESCRIPTIONS, named.ADAPTER, named.FREE, named.NEAREST)
DEFAULT: Mapping[str, Mapping[Examples, Sequence[str]]] = {
    COMMUNITY: {
        2: (*_SUBSET, named.BY_EXAMPLES, named.BATCHES),
        8: (*_SUBSET, named.BY_EXAMPLES, named.BATCHES, named.FULL),
    },
    APIBANK: {None: _SUBSET},
    TORCHHUB: {None: _SUBSET},
}
"""What two cores measure in some hours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One cell to be done."""

    method: Method
    material: Material
    examples: Examples
    seed: int
    key: Key


@dataclass(frozen=True, slots=True)
class Plan:
    """Every cell of a run, in the order in which they are done."""

    materials: Sequence[Material]
    methods: Sequence[Method]
    examples: Sequence[Examples] | None
    """None: those of the default."""
    seeds: int
    chosen: bool
    """Whether the methods were named: then all of them are measured everywhere."""

    def cells(self) -> Iterator[Wanted]:
        """Task by task, and seed by seed within, so that a stopped run has of each."""
        for material in self.materials:
            for seed in range(self.seeds):
                for examples in self._examples(material.task):
                    taught = few(material.task, examples, seed)
                    for method in self.methods:
                        if self._is_wanted(method.name, taught, examples):
                            task = _tested(taught, method.name, all_=self._is_grid)
                            yield _wanted(
                                method, replace(material, task=task), examples, seed
                            )

    @property
    def _is_grid(self) -> bool:
        return self.examples is not None

    def _examples(self, task: ToolTask) -> Sequence[Examples]:
        """Return how many examples; where all there are is a number, it stands once."""
        if self.examples is None:
            return tuple(DEFAULT[task.name])
        numbers = [each for each in self.examples if each is not None]
        whole = few(task, max(numbers), 0).train == task.train if numbers else False
        return tuple(each for each in self.examples if each is not None or not whole)

    def _is_wanted(self, name: str, taught: ToolTask, examples: Examples) -> bool:
        by_default = DEFAULT[taught.name].get(examples, ())
        if not (self.chosen or self._is_grid or name in by_default):
            return False
        if name == named.BY_EXAMPLES and taught.name != COMMUNITY:
            return False  # dialogues are too long to be shown
        if taught.train or name in named.UNTAUGHT:
            return True
        # A tool of a community is taught by its own words too.
        return taught.name == COMMUNITY and name != named.NEAREST


def quick(material: Material) -> Material:
    """Keep a few requests and messages of a task."""
    task = material.task
    every = max(1, len(task.test) // QUICK)
    few_tested = replace(
        task, test=task.test[::every][:QUICK], ordinary=task.ordinary[:QUICK]
    )
    return replace(material, task=few_tested)


def _tested(task: ToolTask, method: str, *, all_: bool) -> ToolTask:
    """Keep a stable sample of a long test, where descriptions are read for each."""
    if all_ or task.name != TORCHHUB or method != named.DESCRIPTIONS:
        return task
    by_place = sorted(task.test, key=lambda case: _hashed(case.request))
    kept = {id(case) for case in by_place[:SAMPLE]}
    return replace(task, test=tuple(case for case in task.test if id(case) in kept))


def _wanted(
    method: Method, material: Material, examples: Examples, seed: int
) -> Wanted:
    key = Key(
        task=material.task.name,
        method=method.name,
        examples=examples,
        seed=seed,
        material=digest(asdict(material)),
        settings=digest(dict(method.settings)),
    )
    return Wanted(method, material, examples, seed, key)


def _hashed(text: str) -> str:
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()
