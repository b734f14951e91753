"""`myna bench learn` from the command line to its tables and plots."""

import asyncio
import json
import signal
import subprocess
import sys

import pytest

from bot.__main__ import main as myna
from bot.bench.learning import plots
from bot.bench.learning.command import main
from bot.bench.learning.methods import BASE, ROWS, Methods
from bot.bench.learning.report import NUMBERS, PAGE
from learning.errors import CommandError, MynaError
from tests.bench_learn_steps import FakeMethod, every_method, opener, row, write


@pytest.fixture
def bench(tmp_path):
    write(tmp_path / "d.json", [row(i) for i in range(12 + 16)])
    places = {
        "--data": tmp_path / "d.json",
        "--work": tmp_path / "work",
        "--results": tmp_path / "results",
    }
    flags = [str(word) for pair in places.items() for word in pair]

    def run(*words, methods=None):
        chosen = every_method() if methods is None else methods
        return main([*flags, *words], opener(chosen))

    return run


def test_every_table_and_plot_is_written(bench, tmp_path, capsys):
    code = bench("--documents", "4", "--sequences", "2")

    assert code == 0
    results = tmp_path / "results"
    page = (results / PAGE).read_text()
    assert all(f"| {name} |" in page for name in ROWS)
    assert "4 documents, the first by SHA-256 of their text, of 28 usable" in page
    assert "2 sequences of 8 documents from those after the first 12" in page
    assert "41.5 just learned, 24.7 at the end, 30.7 untrained" in page
    bars = (results / plots.METHODS).read_text()
    assert all(name in bars for name in ROWS)
    heat = (results / plots.SEQUENCES).read_text()
    assert "with replay (2 sequences)" in heat
    assert "41.5 just learned" in heat
    assert "One document at a time" in capsys.readouterr().out


def test_json_goes_to_the_output_alone_and_is_what_is_written(bench, tmp_path, capsys):
    bench("--documents", "2", "--sequences", "1", "--json")

    printed = json.loads(capsys.readouterr().out)

    assert printed == json.loads((tmp_path / "results" / NUMBERS).read_text())
    assert [each["name"] for each in printed["methods"]] == list(ROWS)
    assert printed["about"]["settings"]["both"] == {"knows": 2}


def test_the_same_numbers_are_drawn_with_the_same_bytes(bench, tmp_path):
    def drawn():
        bench("--documents", "3", "--sequences", "1")
        return {p.name: p.read_bytes() for p in (tmp_path / "results").iterdir()}

    first = drawn()

    assert len(first) == 4
    assert drawn() == first
    assert not any(b"<dc:date>" in content for content in first.values())


def test_only_the_chosen_methods_are_measured(bench, tmp_path):
    methods = every_method()

    bench("--methods", "base-model,both", methods=methods)

    assert {m.name for m in methods.documents if m.learned} == {BASE, "both"}
    assert not any(method.told for method in methods.sequences)
    assert not (tmp_path / "results" / plots.SEQUENCES).exists()


def test_full_is_every_document_and_every_sequence(bench, tmp_path):
    bench("--full")

    about = json.loads((tmp_path / "results" / NUMBERS).read_text())["about"]
    assert (about["documents"], about["sequences"]) == (28, 2)


def test_fresh_does_finished_cells_again(bench):
    method = FakeMethod(BASE)
    words = ["--documents", "2", "--methods", "base model"]
    for extra in ([], [], ["--fresh"]):
        bench(*words, *extra, methods=Methods([method]))

    assert len(method.learned) == 4


def test_nothing_is_written_while_something_failed(bench, tmp_path, capsys):
    method = FakeMethod(BASE)
    method.fails_on = "Title 3"
    words = ["--documents", "99", "--methods", "base model"]

    assert bench(*words, "--fresh", methods=Methods([method])) == 1

    assert not (tmp_path / "results").exists()
    said = capsys.readouterr().err
    assert "To go on with the rest: myna bench learn" in said
    assert "--fresh" not in said
    method.fails_on = None
    assert bench(*words, methods=Methods([method])) == 0
    assert len(method.learned) == 28


@pytest.fixture
def ctrl_c():
    """Heed Ctrl-C even where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_keeps_finished_cells_and_says_how_to_go_on(bench, capsys):
    class Interrupted(FakeMethod):
        async def learn(self, document, folder, *, seed):
            if len(self.learned) == 2:
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()
            return await super().learn(document, folder, seed=seed)

    words = ["--documents", "4", "--methods", "base model"]
    with pytest.raises(KeyboardInterrupt):
        bench(*words, methods=Methods([Interrupted(BASE)]))
    assert "Stopped; finished cells are kept in" in capsys.readouterr().err
    method = FakeMethod(BASE)

    bench(*words, methods=Methods([method]))

    assert len(method.learned) == 2


def test_another_bench_in_the_same_work_folder_is_refused(bench, tmp_path):
    bench("--documents", "1", "--sequences", "0")
    code = (
        "import sys; from pathlib import Path\n"
        "from bot.bench.learning.cells import opened\n"
        "with opened(Path(sys.argv[1])): print('owned', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "work")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "owned\n"

        with pytest.raises(CommandError, match="Another bench is using"):
            bench("--documents", "1")

        other.stdin.close()


@pytest.mark.parametrize(
    "words",
    [
        ["--documents", "many"],
        ["--seeds", "0"],
        ["--sequences", "-1"],
        ["--methods", "hypnosis"],
        ["--methods", ""],
    ],
)
def test_a_malformed_command_line_exits_with_2(words, capsys):
    with pytest.raises(SystemExit) as exit_:
        myna(["bench", "learn", *words])

    assert exit_.value.code == 2
    assert "myna bench learn" in capsys.readouterr().err


def test_a_method_that_is_not_at_hand_is_named(bench):
    with pytest.raises(MynaError, match="cannot measure: both"):
        bench("--methods", "both", methods=Methods([FakeMethod(BASE)]))


def test_without_matplotlib_it_says_what_to_install_before_any_work(
    bench, monkeypatch, tmp_path
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(CommandError, match="install Myna's extra `bench`"):
        bench()

    assert not (tmp_path / "work").exists()


def test_a_results_folder_that_cannot_be_written_is_named(bench, tmp_path):
    (tmp_path / "results").write_text("a file")

    with pytest.raises(CommandError, match="name another folder with --results"):
        bench("--documents", "1", "--sequences", "0")
