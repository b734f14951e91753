"""What `myna bench tools` trains, on a tiny model: once, counted, and served."""

# ruff: noqa: E402 - torch is looked for before what imports it

import shutil
import signal
from types import SimpleNamespace

import pytest

from bot.bench.tools import lessons
from bot.bench.tools.training import FULL_LEARNING_RATE, Workshop
from learning.engine import AdapterRef, Generation
from learning.errors import RunError
from learning.model import BaseModel
from learning.prompt import build
from learning.run import MANIFEST, load_spec
from tests.test_bench_tools_ways import HUB
from tests.training_steps import taught_rows, write_run, write_tiny_base

torch = pytest.importorskip("torch")

from safetensors.torch import load_file, save_file

from learning import train

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def _handler_of_sigterm():
    """Training takes SIGTERM over; give it back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    monkeypatch.setattr(lessons, "LEAST_STEPS", 24)


@pytest.fixture(scope="module")
def wired(tmp_path_factory):
    """A tiny base, and an adapter of it as the caller."""
    folder = tmp_path_factory.mktemp("model")
    base = write_tiny_base(folder)
    run, _ = write_run(folder / "caller", base, taught_rows(), epochs=1)
    assert train.main([str(run)]) == 0
    return SimpleNamespace(
        base=BaseModel("tiny", base, None, "tiny-digest", 4, 2),
        caller=AdapterRef("skills", -1, run / "adapter"),
    )


@pytest.fixture
def workshop(wired, tmp_path):
    said = []
    made = Workshop(
        wired=wired, lexicon=None, keep=tmp_path / "trained", say=said.append
    )
    made.said = said
    return made


def numbers_in(path):
    return sum(weight.numel() for weight in load_file(path).values())


async def test_an_adapter_is_trained_once_from_the_caller_and_counted(workshop, wired):
    batches = [lessons.whole(HUB)]

    adapter, cost = await workshop.adapter(batches, seed=1)
    stamps = {path: path.stat().st_mtime_ns for path in workshop.keep.rglob("*")}
    again, same_cost = await workshop.adapter(batches, seed=1)

    assert (again, same_cost) == (adapter, cost)
    assert stamps == {
        path: path.stat().st_mtime_ns for path in workshop.keep.rglob("*")
    }
    weights = adapter.directory / "adapter_model.safetensors"
    served = adapter.directory / "adapter.gguf"
    assert cost.trained_parameters == numbers_in(weights)
    assert cost.stored_bytes == weights.stat().st_size + served.stat().st_size
    assert cost.seconds > 0
    spec = load_spec(adapter.directory.parent)
    assert (spec.parent, spec.seed) == (str(wired.caller.directory), 1)
    assert workshop.said[0].startswith("  training 20/")


async def test_nothing_is_taken_for_trained_once_another_caller_is_shipped(
    workshop, wired, tmp_path
):
    place = shutil.copytree(wired.caller.directory, tmp_path / "caller")
    changed = SimpleNamespace(base=wired.base, caller=AdapterRef("skills", -1, place))
    workshop.wired = changed
    before = await workshop.adapter([lessons.whole(HUB)], seed=1)
    weights = load_file(place / "adapter_model.safetensors")
    doubled = {name: 2 * weight for name, weight in weights.items()}
    save_file(doubled, place / "adapter_model.safetensors")

    after = await workshop.adapter([lessons.whole(HUB)], seed=1)

    assert before[0].directory != after[0].directory


async def test_the_last_of_the_batches_is_what_one_batch_gives_and_all_are_paid(
    workshop, wired
):
    batches = lessons.batches(HUB)
    whole, paid_once = await workshop.adapter([lessons.whole(HUB)], seed=0)

    last, paid = await workshop.adapter(batches, seed=0)

    folders = [path.parent for path in workshop.keep.glob(f"*/{MANIFEST}")]
    assert {load_spec(f).parent for f in folders} == {str(wired.caller.directory)}
    assert len(folders) == len(batches) > 1
    assert last.directory == whole.directory
    assert paid.seconds > paid_once.seconds


async def test_all_weights_are_trained_on_the_adapters_rows_and_served(workshop, wired):
    batch = lessons.whole(HUB)
    adapter, _ = await workshop.adapter([batch], seed=0)

    async with workshop.whole_model(batch, seed=0) as (engine, cost):
        said = await engine.generate(
            Generation(build("cats"), adapter=None, server="s", max_tokens=4)
        )

    assert said.tokens > 0
    [folder] = (path.parent for path in workshop.keep.glob("*/model"))
    weights = folder / "model" / "model.safetensors"
    assert cost.trained_parameters == numbers_in(weights)
    assert cost.stored_bytes == weights.stat().st_size
    spec, of_adapter = load_spec(folder), load_spec(adapter.directory.parent)
    assert spec.rows_digest == of_adapter.rows_digest
    assert (spec.learning_rate, spec.parent) == (FULL_LEARNING_RATE, of_adapter.parent)


async def test_a_tuning_that_dies_says_why(workshop, wired):
    workshop.device = "nowhere"

    with pytest.raises(RunError, match=r"Full fine-tuning failed with 1: .*nowhere"):
        async with workshop.whole_model(lessons.whole(HUB), seed=0):
            pass

    assert not list(workshop.keep.glob(f"*/{MANIFEST}"))
