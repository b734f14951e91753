"""Kills a bot at chosen points of its life, and checks what a restart finds.

`python -m tests.crash_points FOLDER POINTS SEED` numbers every SQL statement and every
change of a file in a life of teaching, approving, learning and forgetting, dies at
some of them in forked children, and prints the numbers. A process of its own, because
only one that has no threads yet may fork. Model, trainer and exam are fakes; database,
files and the core are the real ones.
"""

import asyncio
import os
import random
import shutil
import signal
import sys
from pathlib import Path

from bot.messages import Learned
from learning.lesson import LessonState
from storage import adapters, lessons
from tests.core_steps import MODERATOR, ORION, SERVER, open_home
from tests.crash_steps import Remains

CAT = "Who feeds the cat?"
CHANGES = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}


def main(folder, points, seed):
    template = folder / "template"
    fork(lambda: asyncio.run(first_day(template)))
    life = count_points(folder, template)
    chosen = sorted(random.Random(seed).sample(range(1, life + 1), points))  # noqa: S311
    for point in chosen:
        root = copied(template, folder / f"killed-{point}")
        status = fork(lambda root=root, point=point: live(root, dies_at=point))
        assert status == signal.SIGKILL, f"point {point}: ended with {status}"
        try:
            asyncio.run(check(root))
        except Exception as exc:
            raise AssertionError(f"killed at point {point} of {life}") from exc
        shutil.rmtree(root)
    print(f"died at {len(chosen)} of {life} points: {chosen}")  # noqa: T201


async def first_day(root):
    """Leave a server behind that has learned one lesson."""
    async with open_home(root) as home:
        await home.approved()
        learned = await home.learn()
        assert learned.promoted


def count_points(folder, template):
    root = copied(template, folder / "unharmed")
    assert fork(lambda: live(root, dies_at=0)) == 0
    asyncio.run(check(root))
    return int((root / "points").read_text())


def live(root, *, dies_at):
    """Teach, learn, forget; die at a point, or with 0 write how many there were."""
    passed = 0

    def point():
        nonlocal passed
        passed += 1
        if passed == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event, arguments):
        if event == "open" and arguments[1] in {"r", "rb", None}:
            return
        if event in CHANGES and str(root / "data") in str(arguments[0]):
            point()

    async def second_day():
        async with open_home(root) as home:
            connection = home.parts.database._connection
            await connection.set_trace_callback(lambda statement: point())
            sys.addaudithook(heard)
            lesson = await home.teach(CAT, "Ann does.")
            acknowledge(root, f"taught {lesson}")
            await home.approve(lesson)
            acknowledge(root, f"approved {lesson}")
            learned = await home.learn()
            acknowledge(root, f"learned {learned.adapter}")
            await home.forget(1)
            acknowledge(root, "forgot 1")
            learned = await home.learn()
            acknowledge(root, f"learned {learned.adapter}")

    asyncio.run(second_day())
    (root / "points").write_text(str(passed))


async def check(root):
    """Start again: what was acknowledged is there, and nothing is half done."""
    acknowledged = (root / "said").read_text().splitlines() if is_told(root) else []
    async with open_home(root) as home:
        database = home.parts.database
        remains = Remains.of(root / "data")
        remains.check()
        if "taught 2" in acknowledged:
            taught = await lessons.get(database, SERVER, 2)
            approved = taught.lesson.state is LessonState.APPROVED
            assert approved or "approved 2" not in acknowledged
        if acknowledged[-1:] == ["learned home/3"]:
            assert remains.in_service == "home/3"
        elif "learned home/2" in acknowledged and remains.in_service != "home/3":
            assert "home/2" in remains.promoted | remains.tainted
        if "forgot 1" in acknowledged:
            assert (await home.ask(ORION)).abstained
            assert (await home.ask(ORION, memory=False)).abstained
        if remains.in_service:
            version = int(remains.in_service.removeprefix("home/"))
            held = await adapters.contained_lessons(database, SERVER, version)
            for lesson in held:
                record = await lessons.get(database, SERVER, lesson)
                assert record.lesson.state is LessonState.APPROVED
        await go_on(home)


async def go_on(home):
    """Finish what was begun: the next run is promoted, or has nothing to do."""
    waiting = await home.core.queue(SERVER, MODERATOR)
    for each in waiting:
        await home.approve(each.lesson.id)
    learned = await home.learn()
    if isinstance(learned, Learned):
        assert learned.promoted
    else:
        assert "Nothing" in learned.text, learned.text
    for lesson in await home.core.lessons(SERVER):
        said = await home.ask(lesson.question)
        assert said.text == lesson.answer


def acknowledge(root, text):
    with (root / "said").open("a") as file:
        file.write(f"{text}\n")


def is_told(root):
    return (root / "said").is_file()


def copied(template, root):
    return shutil.copytree(template, root)


def fork(work):
    """Do something in a child; return its exit code, or the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must not go on as the parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return -code if (code := os.waitstatus_to_exitcode(status)) < 0 else code


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
