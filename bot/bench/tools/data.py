"""The three tasks of `myna bench tools`: which are at hand, and from which files."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.bench.tools import apibank, community, torchhub
from bot.bench.tools.methods import Material
from bot.bench.tools.plan import APIBANK, COMMUNITY, TASKS, TORCHHUB
from learning.errors import CommandError

FILES = {APIBANK: (apibank.DATA, apibank.APIS), TORCHHUB: (torchhub.DATA,)}
"""Within the folder of development data."""


def materials(
    names: Sequence[str] | None,
    folder: Path,
    say: Callable[[str], None],
    *,
    eval_data: Path | None = None,
) -> list[Material]:
    """Load the named tasks; None: all whose files are there, and say what is not.

    With `eval_data` the one task that is named is tested on that file; a community's
    file has its tools and their examples too. Raises CommandError as the tasks' own
    loaders do, or where no task can be tested on it.
    """
    if eval_data is not None and (names is None or len(names) != 1):
        raise CommandError("--eval is for one task: name it with --task.")
    if names is None:
        names = [name for name in TASKS if _is_there(name, folder, say)]
    return [_load(name, folder, eval_data) for name in names]


def _is_there(name: str, folder: Path, say: Callable[[str], None]) -> bool:
    missing = [file for file in FILES.get(name, ()) if not (folder / file).is_file()]
    if missing:
        say(f"{name} is left out: {folder / missing[0]} is missing (--data).")
    return not missing


def _load(name: str, folder: Path, eval_data: Path | None) -> Material:
    if name == COMMUNITY:
        return Material(community.load(eval_data or community.FILE))
    if name == APIBANK:
        data, apis = (folder / file for file in FILES[APIBANK])
        return Material(apibank.load(data, apis, eval_data=eval_data))
    data = folder / torchhub.DATA
    files = [data] if eval_data is None else [data, eval_data]
    return Material(
        torchhub.load(data, eval_data=eval_data), apis=torchhub.apis(*files)
    )
