"""What every way of calling tools shares: the models, and what was measured of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.bench.adapters import general
from bot.bench.learning.statistics import Count
from bot.bench.tools import lessons
from bot.bench.tools.asking import ANSWER_TOKENS, Asking
from bot.bench.tools.catalogue import Catalogue, Remembering
from bot.bench.tools.methods import Material
from bot.bench.tools.training import Workshop
from bot.tool_choice import CALL_TOKENS
from learning import dataset, tool_expand
from learning.closeness import WORDS
from learning.engine import AdapterRef
from learning.run import RunKind, RunSpec
from learning.tool_decision import ENOUGH
from learning.tool_grammar import MOST_COPIED_FROM
from learning.toolbox import CLEARLY_FARTHER

_DEFAULTS = RunSpec("", "", RunKind.WARM, "", "", None, ())
SHAPE_WEIGHTS = ("rank", "alpha", "learning_rate", "epochs", "batch_rows", "stop_below")


@dataclass
class Bench:
    """What every way shares."""

    workshop: Workshop
    encoder: Remembering
    general_questions: int
    known: dict[str, Count] = field(default_factory=dict)
    """General questions right, by the adapter's name."""

    @property
    def settings(self) -> Mapping[str, Any]:
        return {
            "base": self.workshop.wired.base.digest,
            "call tokens": CALL_TOKENS,
            "answer tokens": ANSWER_TOKENS,
            "general questions": self.general_questions,
            "meant from": ENOUGH,
            "left out from": CLEARLY_FARTHER,
            "words weigh": WORDS,
            "copied from at most": MOST_COPIED_FROM,
        }

    @property
    def recipe(self) -> Mapping[str, Any]:
        """What shapes trained weights, as far as it is a number."""
        of_run = {name: getattr(_DEFAULTS, name) for name in SHAPE_WEIGHTS}
        return {
            **of_run,
            "start": self.workshop.start,
            "least steps": dataset.LEAST_STEPS,
            "least steps of plain examples": lessons.LEAST_STEPS,
            "wordings of a tool": tool_expand.ROWS,
            "rows of an old tool": dataset.OLD_TOOL_ROWS,
            "general rows a tool": dataset.GENERAL_PER_LESSON,
            "skills rows a tool": dataset.SKILLS_PER_LESSON,
        }

    def asking(self, adapter: AdapterRef | None) -> Asking:
        return Asking(self.workshop.wired.engine, adapter)

    def catalogue(self, material: Material) -> Catalogue:
        return Catalogue(material, self.encoder)

    async def general(self, adapter: AdapterRef | None) -> Count:
        """Ask the general questions, once for each adapter."""
        name = adapter.name if adapter else ""
        if name not in self.known:
            asking = self.asking(adapter)
            self.known[name] = await general(asking.text, self.general_questions)
        return self.known[name]
