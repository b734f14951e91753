"""Does a correction replace what was learned, in memory and in the next weights?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.bench import data, measure
from bot.core import Core
from bot.messages import Correction, Question
from learning.run import Progress

SERVER = "bench-corrections"


async def measure_corrections(
    core: Core,
    corrections: Sequence[Mapping[str, Any]],
    on_progress: Callable[[Progress], None],
    say: Callable[[str], None],
) -> dict[str, float]:
    """Teach, learn, correct and learn again; return how many give which value.

    A lesson gives its old value where any of its questions, as taught or in other
    words, is answered with it; its new one where the question as taught is. Raises
    MynaError.
    """
    measured: dict[str, float] = {"lessons": len(corrections)}
    lessons = {lesson["id"]: lesson for lesson in data.lessons()}
    asked = [each["lesson"] for each in corrections]
    first_taught = [lessons[number] for number in asked]
    taught = await measure.teach(core, first_taught, server=SERVER)
    numbers = dict(zip(asked, taught, strict=True))
    learned = await measure.learn(core, on_progress, server=SERVER)
    say(f"{'Promoted' if learned.promoted else 'Refused'}: {learned.reason}")
    measured["promoted, as first taught"] = float(learned.promoted)

    async def count(when: str, *, memory: bool) -> None:
        say(f"Asking about {len(corrections)} lessons: {when}")
        old = new = 0
        for each in corrections:
            lesson = lessons[each["lesson"]]
            said = await _answers(core, lesson, memory=memory)
            before = (lesson["key"], *lesson["aliases"])
            after = (each["key"], *each["aliases"])
            gives_old = [text for text in said if data.contains_key(text, before)]
            old += bool(gives_old)
            new += data.contains_key(said[0], after)
            for text in gives_old:
                say(f"  the old value of lesson {each['lesson']}: {text}")
        measured[f"old value, {when}"] = old
        measured[f"new value, {when}"] = new

    await count("before, adapter alone", memory=False)
    for each in corrections:
        await _correct(core, numbers[each["lesson"]], each)
    await count("corrected, with memory", memory=True)
    await count("corrected, adapter alone", memory=False)
    learned = await measure.learn(core, on_progress, server=SERVER)
    say(f"{'Promoted' if learned.promoted else 'Refused'}: {learned.reason}")
    measured["promoted, as corrected"] = float(learned.promoted)
    await count("learned again, with memory", memory=True)
    await count("learned again, adapter alone", memory=False)
    return measured


def corrections(limit: int | None = None) -> list[Mapping[str, Any]]:
    """Read the other values, each for one of the bench's lessons."""
    return data.read("corrections.jsonl")[:limit]


async def _correct(core: Core, number: int, new: Mapping[str, Any]) -> None:
    correction = Correction(number, answer=new.get("answer"), text=new.get("text"))
    taught = await core.correct_lesson(SERVER, measure.TEACHER, correction)
    await measure.approve(core, taught, server=SERVER)


async def _answers(core: Core, lesson: Mapping[str, Any], *, memory: bool) -> list[str]:
    """Ask a lesson's questions, the one as taught first."""
    asked = [lesson["taught"], *(each["question"] for each in lesson["held_out"])]
    said = []
    for text in asked:
        reply = await core.answer(
            Question(SERVER, measure.TEACHER, text, memory=memory)
        )
        said.append(reply.text)
    return said
