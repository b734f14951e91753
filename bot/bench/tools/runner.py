"""Does every cell that is not done yet, and says how far it is."""

import time
from collections.abc import Callable

from bot.bench.learning.pace import Pace
from bot.bench.tools.cells import Cell, Cells
from bot.bench.tools.methods import Shown
from bot.bench.tools.plan import Plan, Wanted
from bot.bench.tools.scored import scores
from bot.bench.tools.scoring import totals
from learning.errors import MynaError


class Runner:
    """Carries out a plan; every finished cell is on disk before the next begins."""

    def __init__(
        self,
        plan: Plan,
        cells: Cells,
        say: Callable[[str], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._cells = cells
        self._say = say
        self._now = now
        self._pace = Pace()

    async def run(self) -> int:
        """Do what is missing; return how many cells failed.

        What a MynaError stopped is left undone, and the rest goes on.
        """
        for wanted in self._plan.cells():
            self._pace.count(wanted.method.name, self._cells.find(wanted.key))
        self._say(f"{self._pace.done} cells are done, {self._pace.left} are left.")
        failed = 0
        for wanted in self._plan.cells():
            if self._cells.find(wanted.key) is None:
                failed += not await self._do(wanted)
        return failed

    async def _do(self, wanted: Wanted) -> bool:
        what = f"{wanted.method.name}: {described(wanted)}"
        self._say(f"[{self._pace.says()}] {what} begins")
        begun = self._now()
        try:
            shown = await wanted.method.show(wanted.material, seed=wanted.seed)
            told = _told(wanted, shown)
        except MynaError as exc:
            self._pace.give_up(wanted.method.name)
            self._say(f"[{self._pace.says()}] {what} failed: {exc}")
            return False
        cell = Cell(shown, self._now() - begun)
        self._cells.keep(wanted.key, cell, {"what": what, "told": told})
        self._pace.finish(wanted.method.name, cell)
        seconds = f"{cell.wall_seconds:.1f} s"
        self._say(f"[{self._pace.says()}] {what}, {told}, {seconds}")
        return True


def described(wanted: Wanted) -> str:
    """Say what a cell is about."""
    examples = "all" if wanted.examples is None else wanted.examples
    return f"{wanted.key.task}, {examples} examples a tool, seed {wanted.seed}"


def _told(wanted: Wanted, shown: Shown) -> str:
    task = wanted.material.task
    wrong = (len(shown.answers), len(shown.ordinary))
    if wrong != (len(task.test), len(task.ordinary)):
        raise MynaError(
            f"{wrong[0]} and {wrong[1]} answers were given to {len(task.test)} "
            f"requests and {len(task.ordinary)} messages."
        )
    found = totals(scores(wanted.material, shown))
    ordinary = f", {found.false_calls} false calls of {found.ordinary}"
    return f"{found.right} of {found.needed} right" + (
        ordinary if task.ordinary else ""
    )
