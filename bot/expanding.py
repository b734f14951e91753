"""What happens before a run: the model writes questions about its lessons."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from learning import writer
from learning.run import Progress
from storage import expansions

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.parts import Parts
    from bot.run_plan import Plan


async def expand(parts: Parts, plan: Plan, report: Callable[[Progress], None]) -> Plan:
    """Write what is missing, one lesson after another, and fill it into the plan.

    What was written once is kept: a run that was cancelled goes on where it stood.
    Raises EngineError or AdapterError.
    """
    made_of = _method(parts)
    asked_about = [each for each in plan.lessons if each.kind in writer.KINDS]
    waiting = await expansions.missing(parts.database, asked_about, made_of=made_of)
    for done, lesson in enumerate(waiting):
        report(Progress("writing questions", done=done, total=len(waiting)))
        written = await writer.write(
            parts.engine, lesson, writer=parts.writer, reader=parts.skills
        )
        await expansions.put(
            parts.database, lesson, written, made_of=made_of, at=parts.clock.now()
        )
    return replace(
        plan,
        new=await expansions.filled_in(parts.database, plan.new),
        old=await expansions.filled_in(parts.database, plan.old),
    )


def _method(parts: Parts) -> str:
    """Name all that the questions depend on besides the lesson."""
    weights = str(parts.writer.directory.name) if parts.writer else ""
    content = [str(writer.VERSION), parts.base.digest, weights, parts.skills_digest]
    return hashlib.sha256(" ".join(content).encode()).hexdigest()[:16]
