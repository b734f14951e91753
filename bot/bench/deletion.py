"""Is what a person had deleted gone from the weights that are learned without it?"""

from collections.abc import Callable
from pathlib import Path

from bot.bench import data, measure
from bot.core import Core
from bot.messages import OFF, Actor, Learned
from learning.errors import MynaError
from learning.run import Progress, load_spec
from moderation.roles import Role

SERVER, NEVER = "bench-deletion", "bench-never-taught"
LEAVER = Actor(id="leaver", name="leaver", role=Role.TEACHER)
BASE = measure.Condition("base", memory=False, adapter=OFF)


async def measure_deletion(
    core: Core,
    runs: Path,
    lessons: int,
    on_progress: Callable[[Progress], None],
    say: Callable[[str], None],
) -> dict[str, float]:
    """Teach so many lessons beside as many others, learn, delete, and learn again.

    Recall is the share of held-out questions that the adapter answers rightly by
    itself, without memory. A second server, which was only ever taught the others,
    learns too: what its adapter answers is chance. Raises MynaError.
    """
    taught = data.lessons(2 * lessons)
    gone, kept = taught[::2], taught[1::2]
    measured: dict[str, float] = {"lessons deleted": len(gone)}

    async def recall(
        when: str,
        condition: measure.Condition = measure.ADAPTER,
        *,
        server: str = SERVER,
    ) -> None:
        say(f"Asking: {when}")
        for name, about in (("deleted", gone), ("kept", kept)):
            asked = [
                each for each in data.taught_questions(about) if each.group != "taught"
            ]
            answered = await measure.ask(core, asked, condition, server=server)
            right = sum(each.right for each in answered) / len(asked)
            measured[f"recall of the {name}, {when}"] = right

    await measure.teach(core, gone, server=SERVER, teacher=LEAVER)
    await measure.teach(core, kept, server=SERVER)
    await recall("base", BASE)
    await recall("before learning")
    learned = await _learn(core, SERVER, on_progress, say)
    measured["promoted, with them"] = float(learned.promoted)
    await recall("learned")
    deleted = await core.delete_person(SERVER, LEAVER.id)
    measured["lessons erased"] = len(deleted.lessons)
    measured["adapters withdrawn"] = len(deleted.withdrawn)
    await recall("deleted, not learned again")
    again = await _learn(core, SERVER, on_progress, say)
    measured["promoted, without them"] = float(again.promoted)
    await recall("learned again")
    await measure.teach(core, kept, server=NEVER)
    never = await _learn(core, NEVER, on_progress, say)
    await recall("never taught", server=NEVER)
    same = _rows(runs, again) == _rows(runs, never)
    measured["rows as if never taught"] = float(same)
    return measured


async def _learn(
    core: Core,
    server: str,
    on_progress: Callable[[Progress], None],
    say: Callable[[str], None],
) -> Learned:
    learned = await measure.learn(core, on_progress, server=server)
    say(f"{'Promoted' if learned.promoted else 'Refused'}: {learned.reason}")
    return learned


def _rows(runs: Path, learned: Learned) -> str:
    """Return the hash of a run's rows, which is of the text, encrypted or not."""
    if not learned.promoted:  # a refused run leaves no directory
        raise MynaError(f"Run {learned.run} was refused: {learned.reason}")
    return load_spec(runs / learned.run).rows_digest
