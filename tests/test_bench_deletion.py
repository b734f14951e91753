"""The bench of deletion counts what is known before, between and after."""

from functools import partial

from bot.bench.deletion import measure_deletion
from learning.dataset import prepare
from tests.core_steps import open_home
from tests.learning_steps import lexicon
from tests.test_privacy_deletion import RowsTrainer


async def test_what_was_deleted_is_known_between_learning_and_deletion_only(tmp_path):
    said = []
    prepared = partial(prepare, lexicon=lexicon())
    async with open_home(tmp_path, trainer=RowsTrainer(), prepare=prepared) as home:
        runs = home.parts.directory.runs

        measured = await measure_deletion(
            home.core, runs, 6, lambda _progress: None, said.append
        )

    assert measured["lessons deleted"] == measured["lessons erased"] == 6
    assert measured["adapters withdrawn"] == 1
    assert measured["recall of the deleted, learned"] > 0
    for when in ("base", "before learning", "deleted, not learned again"):
        assert measured[f"recall of the deleted, {when}"] == 0
    for name in ("deleted", "kept"):
        again = measured[f"recall of the {name}, learned again"]
        assert again == measured[f"recall of the {name}, never taught"]
    assert measured["recall of the deleted, learned again"] == 0
    assert measured["recall of the kept, learned again"] > 0
    assert measured["rows as if never taught"] == 1
    assert len(said) == 9
