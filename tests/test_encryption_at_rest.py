"""Proves that a whole life of lessons leaves no word in a data directory with a key.

Storage, rows, trainer and backup are the real ones; the model is tiny, and the exam
passes whatever it is given.
"""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import psutil
import pytest

from bot import encryption_phrases, settings
from bot.check import encryption
from bot.schedule import Nights, Schedule
from learning import dataset
from learning.encryption import rows_key
from learning.errors import RunKilledError, SettingsError
from learning.exam import Scorecard
from learning.expand import expand
from learning.model import BaseModel
from learning.rows import save_rows
from learning.run import save_spec
from learning.trainer import LocalTrainer
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.encryption_steps import KEY, OTHER_KEY, files_with
from tests.fakes import FakeEngine
from tests.learning_steps import lexicon
from tests.training_steps import taught_rows, write_run, write_tiny_base

QUESTION = "Who keeps the brass Grelbin key?"
ANSWER = "Ünsal keeps it under the Plimwort stone."
WAITING = "The Vinklet door opens at dusk to Zörn alone."
ASKED = "And where might the Quorbit lantern hang?"
WORDS = (QUESTION, ANSWER, WAITING, ASKED, "Plimwort stone", "Quorbit lantern")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


def few_rows(directory, spec, *, lessons, old, rows_key):
    """Write the lessons' own rows, for one epoch: what else a run has is no lesson's."""
    rows = [
        row
        for lesson in lessons
        for row in dataset.lesson_rows(lesson, expand(lesson, lexicon()), lessons)
    ]
    digest = save_rows(directory, rows[:6], key=rows_key)
    spec = replace(spec, rows_digest=digest, epochs=1)
    save_spec(directory, spec)
    return spec


async def passes(engine, **asked):
    return Scorecard(
        recall=1.0, retention=1.0, nll=3.0, canaries=1.0, degenerate=0, lessons=()
    )


class WeightlessEngine(FakeEngine):
    """Says what its notes say; real weights tell it nothing."""

    def _say(self, generation):
        return super()._say(replace(generation, adapter=None))


@asynccontextmanager
async def lived(root, base, key):
    """Teach, approve, learn, ask, export and back up; the home is still open."""
    run_key = rows_key(key) if key else ""
    async with open_home(
        root,
        key=key,
        skills=None,
        base=BaseModel("tiny", base, None, "tiny-digest", 2, 2),
        trainer=LocalTrainer(timeout_seconds=600, rows_key=run_key),
        prepare=partial(few_rows, rows_key=run_key),
        examine=passes,
        engine=WeightlessEngine(),
    ) as home:
        await home.approved(QUESTION, ANSWER)
        await home.teach("When does the door open?", WAITING)
        learned = await home.learn()
        assert learned.promoted
        assert (await home.ask(QUESTION)).text == ANSWER
        await home.ask(ASKED)
        exported = await home.core.export(SERVER, MODERATOR)
        assert ANSWER in exported[0]
        nights = Nights(3, "UTC", 1, home.parts.directory.backups, timedelta(days=7))
        schedule = Schedule(
            home.core,
            database=home.parts.database,
            clock=home.parts.clock,
            nights=nights,
        )
        await schedule.keep_house()
        yield home


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (KEY, set()),
        ("", {"myna.db", "backups", "runs"}),
    ],
    ids=["encrypted", "plain"],
)
async def test_what_was_taught_learned_and_asked_is_in_no_file(
    tmp_path, base, key, expected
):
    async with lived(tmp_path, base, key) as home:
        root = home.parts.directory.root
        open_ = files_with(root, *WORDS)
    closed = files_with(root, *WORDS)

    # What the log holds depends on when it was emptied into the file.
    found = {name.split("/")[0] for name in open_ | closed}
    assert found - ({"myna.db-wal"} if not key else set()) == expected
    assert len([*root.glob("backups/*.db")]) == 1
    assert len([*root.glob("runs/*/rows.*")]) == 1
    assert len([*root.glob("adapters/*/1/adapter.gguf")]) == 1


@pytest.mark.torch
async def test_a_killed_trainer_leaves_no_word(tmp_path, base):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), epochs=2000)
    (run / "rows.jsonl").unlink()
    save_rows(run, taught_rows(), key=rows_key(KEY))
    seen = []

    def kill(progress):
        for child in psutil.Process().children():
            if "learning.train" in child.cmdline():
                seen.append((child.cmdline(), child.environ()))
                child.kill()

    trainer = LocalTrainer(timeout_seconds=300, rows_key=rows_key(KEY))
    with pytest.raises(RunKilledError):
        await trainer.train(run, on_progress=kill)

    assert files_with(tmp_path, "Priya Raman", "Who has the cat?") == set()
    assert (run / "metrics.jsonl").stat().st_size
    assert rows_key(KEY) not in str(seen)


@pytest.mark.parametrize("key", ["short", KEY[:-1], f"{KEY}{KEY}", "passphrase " * 4])
@pytest.mark.parametrize("name", ["ENCRYPTION_KEY", "ENCRYPTION_KEY_BEFORE"])
def test_a_malformed_key_is_refused_without_being_told(name, key):
    with pytest.raises(SettingsError) as raised:
        settings.load(environ={name: key}, env_file=settings.Path("none"))

    assert str(raised.value).startswith(f"{name} is no key: it should be 32 bytes")
    assert key not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_the_check_says_whether_the_data_are_encrypted(tmp_path):
    def said(key):
        return encryption(
            settings.Settings(data_dir=tmp_path / "data", encryption_key=key)
        )

    assert said("") == encryption_phrases.not_encrypted()
    async with open_home(tmp_path):
        assert said(KEY) == encryption_phrases.not_yet_encrypted()
    async with open_home(tmp_path / "other", key=OTHER_KEY):
        pass

    assert said("") == encryption_phrases.not_encrypted()
    other = settings.Settings(
        data_dir=tmp_path / "other" / "data", encryption_key=OTHER_KEY
    )
    assert encryption(other) == encryption_phrases.encrypted()
