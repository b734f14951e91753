"""Cells of `myna bench learn`: kept at once, never done again, scored anew."""

import json
from dataclasses import replace

import pytest

from bot.bench.learning import data
from bot.bench.learning.cells import MARK, Cells, opened
from bot.bench.learning.lasting import of_sequences
from bot.bench.learning.methods import (
    BASE,
    PASSAGE,
    WITH_REPLAY,
    WITHOUT_REPLAY,
    Methods,
    Step,
    Trained,
)
from bot.bench.learning.plan import Plan
from bot.bench.learning.results import of_methods
from bot.bench.learning.runner import Runner
from learning.errors import CommandError, DataDirectoryLockedError
from tests.bench_learn_steps import FakeMethod, FakeSequenceMethod, row, write


@pytest.fixture
def documents(tmp_path):
    rows = [row(i) for i in range(8)]
    return data.load(write(tmp_path / "d.json", rows)).documents


@pytest.fixture
def cells(tmp_path):
    with opened(tmp_path / "work") as kept:
        yield kept


def plan_of(documents, *methods, seeds=1):
    return Plan(documents, [], Methods(documents=methods), seeds)


def walk_of(documents, *methods):
    return Plan([], [documents], Methods(sequences=methods), 1)


async def carry_out(plan, cells):
    said = []
    failed = await Runner(plan, cells, said.append).run()
    return failed, said


async def test_a_finished_cell_is_never_done_again(documents, cells):
    method = FakeMethod(BASE)
    await carry_out(plan_of(documents, method), cells)

    failed, said = await carry_out(plan_of(documents, method), cells)

    assert failed == 0
    assert len(method.learned) == len(documents)
    assert said == ["8 cells are done, 0 are left."]


async def test_another_setting_question_or_seed_is_another_cell(documents, cells):
    await carry_out(plan_of(documents[:1], FakeMethod(BASE)), cells)
    other = FakeMethod(BASE, model="larger")
    asked = replace(documents[0].questions[0], text="Why?")
    reworded = replace(documents[0], questions=(asked, *documents[0].questions[1:]))
    same = FakeMethod(BASE)

    await carry_out(plan_of(documents[:1], other), cells)
    await carry_out(plan_of([reworded], same), cells)
    await carry_out(plan_of(documents[:1], same, seeds=2), cells)

    title = documents[0].title
    assert other.learned == [(title, 1)]
    assert same.learned == [(title, 1), (title, 2)]


async def test_what_fails_is_left_undone_and_the_rest_goes_on(documents, cells):
    method = FakeMethod(BASE)
    method.fails_on = documents[1].title
    plan = plan_of(documents[:3], method)

    failed, said = await carry_out(plan, cells)

    assert failed == 1
    assert [title for title, _ in method.learned] == [
        documents[0].title,
        documents[2].title,
    ]
    assert any("failed: There is no memory left" in line for line in said)

    method.fails_on = None
    assert (await carry_out(plan, cells))[0] == 0
    assert len(method.learned) == 3


async def test_a_damaged_cell_is_done_again(documents, cells):
    method = FakeMethod(BASE)
    plan = plan_of(documents[:1], method)
    await carry_out(plan, cells)
    (path,) = (cells.work / "base-model" / "cells").iterdir()
    path.write_text(path.read_text()[:40])

    await carry_out(plan, cells)

    assert len(method.learned) == 2


async def test_what_a_method_leaves_behind_is_deleted_with_its_cell(documents, cells):
    await carry_out(plan_of(documents, FakeMethod(BASE)), cells)

    assert list((cells.work / "base-model" / "runs").iterdir()) == []


async def test_a_method_that_leaves_out_a_reply_fails(documents, cells):
    class Short(FakeMethod):
        async def learn(self, document, folder, *, seed):
            return Trained(replies=["one"])

    failed, said = await carry_out(plan_of(documents[:1], Short(BASE)), cells)

    assert failed == 1
    assert "1 replies were given to 3 questions" in said[-1]


async def test_progress_tells_what_is_left_and_about_how_long_it_takes(
    documents, cells
):
    seconds = iter(range(0, 10_000, 300))
    plan = plan_of(documents[:3], FakeMethod(BASE, 2))
    said = []

    await Runner(plan, cells, said.append, now=lambda: next(seconds)).run()

    title = documents[0].title
    assert said[0] == "0 cells are done, 3 are left."
    assert said[1] == (
        f"[1/3, about 10 min left] base model: {title}, 2 of 3 right, 300.0 s"
    )
    assert said[3].startswith("[3/3] base model")


async def test_replies_are_scored_anew_when_aliases_change(documents, cells):
    method = FakeMethod(BASE, knows=0)
    await carry_out(plan_of(documents[:1], method), cells)
    before = of_methods(plan_of(documents[:1], method), cells)
    lenient = [replace(q, aliases=("I don't know",)) for q in documents[0].questions]
    aliased = replace(documents[0], questions=tuple(lenient))

    after = of_methods(plan_of([aliased], method), cells)

    assert before[0].exact.mean.value == 0
    assert after[0].exact.mean.value == 1
    assert len(method.learned) == 1


async def test_a_cell_tells_people_what_was_replied_and_how_that_was_scored(
    documents, cells
):
    await carry_out(plan_of(documents[:1], FakeMethod(BASE, knows=1)), cells)

    (path,) = (cells.work / "base-model" / "cells").iterdir()
    cell = json.loads(path.read_text())

    assert cell["shown"]["replies"][0] == "It is the answer 0."
    assert cell["about"]["title"] == documents[0].title
    assert cell["about"]["scores"][0] == {"exact": False, "contained": True}


async def test_methods_are_held_against_the_base_and_the_passage(documents, cells):
    methods = [FakeMethod(BASE, 0), FakeMethod(PASSAGE, 3), FakeMethod("both", 2)]
    plan = plan_of(documents, *methods)
    await carry_out(plan, cells)

    base, _, both = of_methods(plan, cells)

    assert (both.documents, both.questions) == (8, 24)
    assert both.contained.mean.value == pytest.approx(2 / 3)
    assert both.contained.over_base.value == pytest.approx(2 / 3)
    assert both.contained.by_passage.value == pytest.approx(2 / 3)
    assert both.contained.of_gain == pytest.approx(2 / 3)
    assert both.exact.mean.value == 0
    assert both.exact.of_gain is None
    assert (both.seconds, both.trained_tokens) == (2.0, 100)
    assert both.general_kept == 1.0
    assert both.nll_change == pytest.approx(0.2)
    assert base.nll_change == 0


async def test_a_sequence_goes_on_after_its_last_finished_step(documents, cells):
    method = FakeSequenceMethod(WITH_REPLAY)
    method.stops_after = 3
    plan = walk_of(documents, method)

    failed, _ = await carry_out(plan, cells)
    assert (failed, of_sequences(plan, cells)) == (1, [])

    method.stops_after = None
    await carry_out(plan, cells)

    assert method.told == list(range(9))
    assert of_sequences(plan, cells)[0].sequences == 1


async def test_a_sequence_that_starts_over_leaves_no_older_step_behind(
    documents, cells
):
    class Forgetful(FakeSequenceMethod):
        async def run(self, documents, folder, on_step, *, seed, done):
            await super().run(documents, folder, on_step, seed=seed, done=0)

    method = Forgetful(WITH_REPLAY)
    plan = walk_of(documents, method)
    method.stops_after = 5
    await carry_out(plan, cells)
    method.stops_after = 1
    await carry_out(plan, cells)

    kept = {path.stem[-2:] for path in (cells.work / "with-replay/cells").iterdir()}

    assert kept == {"-0", "-1"}


@pytest.mark.parametrize("numbers", [[1], [0, 2], [0, 1, 9], [-1]])
async def test_a_sequence_whose_steps_are_out_of_order_fails(documents, cells, numbers):
    class Jumping(FakeSequenceMethod):
        async def run(self, documents, folder, on_step, *, seed, done):
            for number in numbers:
                on_step(Step(number, [["?"] * 3] * 8))

    failed, said = await carry_out(walk_of(documents, Jumping(WITH_REPLAY)), cells)

    assert failed == 1
    assert "every step in its order" in said[-1]


async def test_a_sequence_that_ends_early_fails(documents, cells):
    class Short(FakeSequenceMethod):
        async def run(self, documents, folder, on_step, *, seed, done):
            on_step(Step(0, [["?"] * 3] * 8))

    failed, said = await carry_out(walk_of(documents, Short(WITH_REPLAY)), cells)

    assert failed == 1
    assert "Only 1 of 9 steps were told" in said[-1]


async def test_the_matrix_tells_what_lasts_and_what_is_forgotten(documents, cells):
    lasting = FakeSequenceMethod(WITH_REPLAY)
    forgetting = FakeSequenceMethod(WITHOUT_REPLAY, forgets=True)
    plan = walk_of(documents, lasting, forgetting)
    await carry_out(plan, cells)

    kept, lost = of_sequences(plan, cells)

    for each in (kept, lost):
        assert len(each.contained.matrix) == 9
        assert each.contained.matrix[0] == [0.0] * 8
        assert each.contained.just_learned.value == 1
        assert each.contained.base.value == 0
        assert each.most_replay == 0.5
    assert kept.contained.at_end.value == 1
    assert kept.contained.first_kept.value == 1
    assert lost.contained.at_end.value == 1 / 8
    assert lost.contained.first_at_end.value == 0
    assert lost.contained.kept.value == 1 / 8


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")

    with (
        pytest.raises(CommandError, match="name an empty folder with --work"),
        opened(tmp_path),
    ):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_work_folder(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="--work"), opened(tmp_path / "file"):
        pass


async def test_starting_over_deletes_the_chosen_methods_cells_alone(documents, cells):
    await carry_out(plan_of(documents, FakeMethod(BASE), FakeMethod("both")), cells)
    cells.shared.mkdir()

    cells.forget([BASE])

    left = {path.name for path in cells.work.iterdir()}
    assert left == {MARK, "myna.lock", "both"}


def test_a_lock_that_something_else_holds_is_not_said_to_be_the_work_folders(tmp_path):
    with (
        pytest.raises(DataDirectoryLockedError, match="elsewhere"),
        opened(tmp_path / "work"),
    ):
        raise DataDirectoryLockedError("It is used elsewhere.")


def test_a_work_folder_is_taken_up_again(tmp_path):
    with opened(tmp_path / "work"):
        pass

    with opened(tmp_path / "work") as again:
        assert isinstance(again, Cells)
