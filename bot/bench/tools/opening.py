"""Where the ways of calling tools are put together for `myna bench tools`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot import device
from bot.bench.tools import ways
from bot.bench.tools.bench import Bench
from bot.bench.tools.catalogue import Remembering
from bot.bench.tools.cells import Cells
from bot.bench.tools.methods import Method
from bot.bench.tools.training import Workshop
from bot.opening import own
from bot.settings import Settings
from learning.embed import Embedder
from learning.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of how methods work."""

    general_questions: int
    device: str
    """Empty: as the settings have it."""
    say: Callable[[str], None]


@asynccontextmanager
async def opened(
    settings: Settings, cells: Cells, options: Options
) -> AsyncIterator[Sequence[Method]]:
    """Open the models for the block, and yield every method.

    Raises MynaError where a model cannot be opened.
    """
    async with own(settings, lambda _fraction, _what: None) as wired:
        embedder = await asyncio.to_thread(Embedder)
        workshop = Workshop(
            wired=wired,
            lexicon=await asyncio.to_thread(Lexicon, embedder),
            keep=cells.trained,
            say=options.say,
            threads=settings.train_threads_used,
            device=device.choose(options.device or settings.train_device),
        )
        yield ways.every(
            Bench(workshop, Remembering(embedder), options.general_questions)
        )
