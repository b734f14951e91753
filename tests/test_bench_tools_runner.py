"""`myna bench tools` from the command line to its tables, answers and plot."""

import asyncio
import json
import signal

import pytest

from bot.__main__ import main as myna
from bot.bench.tools import community, plots
from bot.bench.tools.command import main
from bot.bench.tools.methods import (
    ADAPTER,
    BY_EXAMPLES,
    DESCRIPTIONS,
    FREE,
    FULL,
    NEAREST,
    ROWS,
)
from bot.bench.tools.report import ANSWERS, NUMBERS, PAGE
from learning.errors import CommandError
from tests.bench_tools_steps import FakeMethod, every_method, opener

APIS = [
    {
        "类名": "Weather",
        "api_info": "description = 'Says the weather.'",
        "input_parameters": "city: str",
    },
    {"类名": "Alarm", "api_info": "description = 'Sets an alarm.'"},
]


def dialogue(number, name="Weather"):
    call = {"Weather": {"city": f"City {number}"}, "Alarm": {"time": f"{number}:00"}}
    return {
        "dialogue": f"d{number}.jsonl",
        "history": [{"role": "User", "text": f"{name} for {number}, please."}],
        "api_name": name,
        "param_dict": call[name],
    }


def model(number):
    return {
        "instruction": f"I need something for task {number}.",
        "api_call": f"torch.hub.load('hub/one', 'model{number % 4}', pretrained=True)",
        "domain": f"Domain {number % 2}",
        "functionality": "Seeing",
        "description": f"Model {number % 4} sees.",
    }


@pytest.fixture
def folder(tmp_path):
    """Development data with small files of both public tasks."""
    tools = tmp_path / "data" / "tools"
    tools.mkdir(parents=True)
    dialogues = [dialogue(i, "Alarm" if i % 3 == 0 else "Weather") for i in range(20)]
    for name, rows in (
        ("apibank_dev.jsonl", dialogues),
        ("torchhub_train.jsonl", [model(i) for i in range(100)]),
    ):
        (tools / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tools / "apibank_apis.json").write_text(json.dumps(APIS))
    return tmp_path / "data"


@pytest.fixture
def bench(tmp_path, folder):
    places = {
        "--data": folder,
        "--work": tmp_path / "work",
        "--results": tmp_path / "results",
        "--data-dir": tmp_path / "myna",
    }
    flags = [str(word) for pair in places.items() for word in pair]

    def run(*words, methods=None):
        chosen = every_method() if methods is None else methods
        return main([*flags, *words], opener(chosen))

    return run


def numbers(tmp_path):
    return json.loads((tmp_path / "results" / NUMBERS).read_text())


def test_every_table_every_answer_and_the_plot_are_written(bench, tmp_path, capsys):
    code = bench("--full", "--seeds", "2")

    assert code == 0
    page = (tmp_path / "results" / PAGE).read_text()
    for task in ("community", "api-bank", "torchhub"):
        assert f"## Calls, {task}" in page
        assert f"## What it costs, {task}" in page
    assert "## Differences, paired" in page
    assert all(f"| {name} |" in page for name in ROWS)
    assert "right by Gorilla's rule" in page
    assert "right, tools never taught" in page
    assert "false calls on ordinary messages" in page
    plot = (tmp_path / "results" / plots.PLOT).read_text()
    assert all(name in plot for name in (*ROWS, "community", "torchhub"))
    lines = (tmp_path / "results" / ANSWERS).read_text().splitlines()
    answers = [json.loads(line) for line in lines]
    of_one = [
        each
        for each in answers
        if (each["task"], each["method"]) == ("community", NEAREST)
        and (each["examples"], each["seed"]) == (8, 1)
    ]
    assert len(of_one) == 60 + 100
    assert "Calls, community" in capsys.readouterr().out


def test_the_numbers_are_those_of_the_answers(bench, tmp_path):
    method = FakeMethod(ADAPTER, 3)
    bench("--task", "community", "--examples", "8", methods=[method])

    [row] = numbers(tmp_path)["methods"]

    assert row["called"] == 1
    assert row["named"] == row["right"]["value"] == pytest.approx(40 / 60)
    assert row["invented"] == pytest.approx(20 / 61)
    assert row["false_calls"] == pytest.approx(1 / 100)
    assert row["prompt_tokens"] == 90 + 29.5
    assert row["seconds_to_first_token"] == 0.25
    assert (row["training_seconds"], row["stored_bytes"]) == (12.0, 9_800_000)
    assert row["general"] == {"right": 15, "asked": 20}
    assert row["general_kept"] is None


def test_methods_are_compared_on_the_same_requests(bench, tmp_path):
    methods = [FakeMethod(FREE, 4), FakeMethod(FULL, 2), FakeMethod(DESCRIPTIONS, 4)]
    bench("--task", "torchhub", "--examples", "1,all", "--seeds", "2", methods=methods)

    compared = numbers(tmp_path)["compared"]

    assert {(c["first"], c["second"], c["by"]) for c in compared} == {
        (FREE, FULL, "whole call"),
        (FREE, FULL, "Gorilla's rule"),
    }
    for each in compared:
        assert each["seeds"] == [2, 2]
        assert each["difference"]["value"] == pytest.approx(0.25, abs=0.03)
        assert each["difference"]["low"] > 0
    kept = [row["general_kept"] for row in numbers(tmp_path)["methods"]]
    assert set(kept) == {1.0}


def test_finished_cells_are_not_done_again(bench, tmp_path):
    methods = every_method()
    bench("--task", "community", methods=methods)
    first = (tmp_path / "results" / NUMBERS).read_bytes()
    again = every_method()

    bench("--task", "community", methods=again)

    assert sum(len(method.shown) for method in methods) == 6 + 7
    assert not any(method.shown for method in again)
    assert (tmp_path / "results" / NUMBERS).read_bytes() == first


def test_other_settings_and_other_data_are_other_cells(bench, folder):
    words = ["--task", "torchhub", "--methods", "adapter"]
    bench(*words, methods=[FakeMethod(ADAPTER)])
    other_settings, other_data = FakeMethod(ADAPTER, epochs=4), FakeMethod(ADAPTER)

    bench(*words, methods=[other_settings])
    with (folder / "tools" / "torchhub_train.jsonl").open("a") as file:
        file.write(json.dumps(model(100)) + "\n")
    bench(*words, methods=[other_data])

    assert (len(other_settings.shown), len(other_data.shown)) == (1, 1)


def test_fresh_does_finished_cells_again(bench, capsys):
    methods = [FakeMethod(ADAPTER), FakeMethod(NEAREST)]
    words = ["--task", "torchhub"]
    bench(*words, methods=methods)
    methods[0].fails = True

    bench(*words, "--methods", "adapter", "--fresh", methods=methods)

    assert "--fresh" not in capsys.readouterr().err
    methods[0].fails = False
    bench(*words, methods=methods)
    assert [len(method.shown) for method in methods] == [2, 1]


def test_a_damaged_cell_is_done_again(bench, tmp_path):
    words = ["--task", "api-bank", "--methods", "adapter"]
    bench(*words, methods=[FakeMethod(ADAPTER)])
    [path] = (tmp_path / "work" / "cells" / "api-bank" / "adapter").iterdir()
    whole = path.read_text()
    fields = json.loads(whole)
    for damage in (whole[:-40], json.dumps({"key": fields["key"]}), "[]"):
        path.write_text(damage)
        method = FakeMethod(ADAPTER)

        bench(*words, methods=[method])

        assert len(method.shown) == 1
        assert json.loads(path.read_text())["shown"] == fields["shown"]


def test_a_cell_that_failed_is_tried_again_and_the_others_are_kept(
    bench, tmp_path, capsys
):
    broken, fine = FakeMethod(ADAPTER), FakeMethod(NEAREST)
    broken.fails = True

    assert bench("--task", "community", methods=[broken, fine]) == 1

    assert not (tmp_path / "results").exists()
    said = capsys.readouterr().err
    assert "adapter: community, 2 examples a tool, seed 0 failed: There is no" in said
    assert "To go on with the rest: myna bench tools" in said
    broken.fails = False
    assert bench("--task", "community", methods=[broken, fine]) == 0
    assert (len(broken.shown), len(fine.shown)) == (2, 2)


def test_a_method_that_leaves_requests_out_has_failed(bench, capsys):
    method = FakeMethod(ADAPTER)
    method.answers_too_little = True

    assert bench("--task", "community", methods=[method]) == 1
    assert "59 and 100 answers were given to 60 requests" in capsys.readouterr().err


@pytest.fixture
def ctrl_c():
    """Heed Ctrl-C even where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_keeps_finished_cells_and_says_how_to_go_on(bench, capsys):
    class Interrupted(FakeMethod):
        async def show(self, material, *, seed):
            if self.shown:
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()
            return await super().show(material, seed=seed)

    words = ["--task", "community", "--methods", "adapter"]
    with pytest.raises(KeyboardInterrupt):
        bench(*words, methods=[Interrupted(ADAPTER)])
    assert "Stopped; finished cells are kept in" in capsys.readouterr().err
    method = FakeMethod(ADAPTER)

    bench(*words, methods=[method])

    assert len(method.shown) == 1


def test_by_default_a_part_is_measured_and_full_is_the_grid(bench):
    part, grid = every_method(), every_method()
    bench(methods=part)
    bench("--full", "--seeds", "1", methods=grid)

    def of(methods):
        return {
            method.name: [(task, count) for task, count, _ in method.shown]
            for method in methods
        }

    assert of(part)[FULL] == [("community", 48)]
    assert [count for _, count in of(part)[ADAPTER][:2]] == [12, 48]
    whole = of(grid)
    # What the first run measured is kept; the rest of the grid is new.
    assert [c for t, c in whole[FULL] if t == "community"] == [0, 6, 12, 24]
    assert [c for t, c in whole[NEAREST] if t == "community"] == [6, 24]
    assert not any(c == 0 for t, c in whole[FULL] if t != "community")


def test_long_tests_are_sampled_for_descriptions_alone(bench, tmp_path, folder):
    many = "".join(json.dumps(model(i)) + "\n" for i in range(400))
    (folder / "tools" / "torchhub_train.jsonl").write_text(many)
    methods = [FakeMethod(DESCRIPTIONS), FakeMethod(ADAPTER)]

    bench("--task", "torchhub", methods=methods)

    counts = {r["method"]: r["cases"] for r in numbers(tmp_path)["methods"]}
    assert counts[DESCRIPTIONS] == 60 < counts[ADAPTER]
    [exact, gorilla] = numbers(tmp_path)["compared"]
    assert exact["cases"] == gorilla["cases"] == 60


def test_other_rows_may_be_tested_on(bench, tmp_path):
    rows = tmp_path / "eval.jsonl"
    rows.write_text(json.dumps(dialogue(99)) + "\n")
    method = FakeMethod(ADAPTER)
    words = ["--task", "apibank", "--methods", "adapter"]

    bench(*words, "--eval", str(rows), methods=[method])

    assert method.shown == [("api-bank", 20, 0)]
    assert numbers(tmp_path)["methods"][0]["cases"] == 1
    for named in (["--task", "apibank,torchhub"], []):
        with pytest.raises(CommandError, match="--eval is for one task"):
            bench(*named, "--eval", str(rows))


def test_another_community_may_be_measured(bench, tmp_path):
    tool = json.loads(community.FILE.read_text())["tools"][0]
    tool["held_out"] = tool["held_out"][:3]
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"tools": [tool], "near_misses": [], "general": []}))
    method = FakeMethod(ADAPTER)
    words = ["--task", "community", "--methods", "adapter", "--examples", "8"]

    bench(*words, "--eval", str(other), methods=[method])

    assert method.shown == [("community", 8, 0)]
    assert numbers(tmp_path)["methods"][0]["cases"] == 3
    assert numbers(tmp_path)["about"]["tested_on"] == "other.json"
    unfit = {**tool, "examples": [{"request": "Hi", "arguments": {"region": "mars"}}]}
    empty = {"tools": [], "near_misses": [], "general": []}
    for broken in (
        *("{", "[]", "{}", '{"tools": [{"tool": {"name": "a b"}}]}'),
        *map(json.dumps, (empty, {**empty, "tools": [unfit]})),
        json.dumps({**empty, "tools": [tool], "general": "Hi!"}),
    ):
        other.write_text(broken)
        with pytest.raises(CommandError, match="is no community"):
            bench(*words, "--eval", str(other), methods=[method])


def test_quick_asks_a_few_requests_of_what_needs_no_training(bench, tmp_path):
    methods = every_method()

    bench("--quick", methods=methods)

    shown = {m.name: m.shown for m in methods if m.shown}
    assert shown.keys() == {DESCRIPTIONS, BY_EXAMPLES, NEAREST}
    assert {task for task, _, _ in shown[BY_EXAMPLES]} == {"community"}
    assert {r["cases"] for r in numbers(tmp_path)["methods"]} == {4}


def test_a_task_without_its_files_is_left_out_unless_it_is_named(bench, folder, capsys):
    (folder / "tools" / "torchhub_train.jsonl").unlink()

    bench(methods=every_method())

    assert "torchhub is left out" in capsys.readouterr().err
    with pytest.raises(CommandError, match="cannot be read"):
        bench("--task", "torchhub")


def test_json_is_what_is_written(bench, tmp_path, capsys):
    bench("--task", "community", "--json")

    assert json.loads(capsys.readouterr().out) == numbers(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        ["--examples", "many"],
        ["--seeds", "0"],
        ["--task", "chess"],
        ["--methods", "hypnosis"],
        ["--methods", "free"],
    ],
)
def test_a_malformed_command_line_exits_with_2(words, capsys):
    with pytest.raises(SystemExit) as exit_:
        myna(["bench", "tools", *words])

    assert exit_.value.code == 2
    assert "myna bench tools" in capsys.readouterr().err


def test_the_method_with_a_comma_in_its_name_may_be_named(bench):
    methods = every_method()
    bench("--task", "community", "--methods", "adapter, free,four-batches")

    bench("--task", "community", "--methods", "adapter-free", methods=methods)

    assert not any(method.shown for method in methods)
