"""Where the ways of learning are put together for `myna bench learn`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.bench.learning import ways
from bot.bench.learning.cells import Cells
from bot.bench.learning.data import Document
from bot.bench.learning.methods import (
    BASE,
    PASSAGE,
    WITH_REPLAY,
    WITHOUT_REPLAY,
    Methods,
)
from bot.opening import own
from bot.settings import Settings
from bot.skills_adapter import install_writer
from learning.embed import Embedder
from learning.lexicon import Lexicon
from learning.memory import Memory


@asynccontextmanager
async def opened(
    settings: Settings, cells: Cells, documents: Sequence[Document]
) -> AsyncIterator[Methods]:
    """Open the models for the block, and yield what learns with them.

    Memory holds all the documents, as one server's would.
    """
    async with own(settings, lambda _fraction, _what: None) as wired:
        embedder = await asyncio.to_thread(Embedder)
        memory = Memory(embedder)
        first = 1
        for document in documents:
            lessons = ways.lessons_of(document, first=first)
            first += len(lessons)
            for lesson in lessons:
                await asyncio.to_thread(memory.add, lesson)
        bench = ways.Bench(
            wired=wired,
            lexicon=Lexicon(embedder),
            memory=memory,
            writer=await asyncio.to_thread(
                install_writer, wired.directory.models, wired.base
            ),
            written=cells.shared / "written",
        )
        kept = cells.shared / "adapters"
        expander = ways.Taught(
            bench, "expander", ways.taught_rows, expanded=True, keep=kept / "expander"
        )
        yield Methods(
            documents=(
                ways.Untrained(bench, BASE),
                ways.Untrained(bench, PASSAGE),
                ways.Taught(
                    bench,
                    "raw passage",
                    ways.raw_rows,
                    expanded=False,
                    keep=kept / "raw",
                ),
                ways.Taught(
                    bench,
                    "template questions",
                    ways.taught_rows,
                    expanded=False,
                    keep=kept / "templates",
                ),
                expander,
                ways.FromMemory(bench, "memory alone"),
                ways.FromMemory(bench, "both", expander),
            ),
            sequences=(
                ways.OneAfterAnother(bench, WITH_REPLAY),
                ways.OneAfterAnother(bench, WITHOUT_REPLAY),
            ),
        )
