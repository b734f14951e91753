"""The composition root: builds everything once, from the settings."""

import asyncio
import importlib.metadata
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot import device, log
from bot.announcements import Announcements
from bot.clock import SystemClock
from bot.core import Core
from bot.limiter import Limiter
from bot.parts import Parts
from bot.ports import Clock, Engine
from bot.settings import EngineChoice, Settings
from bot.skills_adapter import install, install_caller, install_writer
from learning import dataset, exam, expand, model
from learning.embed import Embedder
from learning.encryption import rows_key
from learning.engine import AdapterRef
from learning.errors import SettingsError
from learning.lexicon import Lexicon
from learning.memory import Memory
from learning.model import BaseModel
from learning.search import Brave, Ddgs, SearchEngine, SearXNG
from learning.search_chain import SearchChain
from learning.tool_client import ToolClient
from learning.trainer import LocalTrainer
from moderation.limits import Limit
from storage import encryption
from storage.data_directory import DataDirectory
from storage.database import Database, open_database
from storage.pseudonyms import load as load_pseudonyms

SHAPE_WEIGHTS = ("torch", "transformers", "peft", "safetensors")
"""Libraries whose versions a run records."""

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Wired:
    """What entry points need of all that was built."""

    core: Core
    database: Database
    directory: DataDirectory
    clock: Clock
    engine: Engine
    base: BaseModel
    skills: AdapterRef | None
    caller: AdapterRef | None
    announcements: Announcements


@asynccontextmanager
async def open_core(
    settings: Settings, directory: DataDirectory, on_progress: OnProgress
) -> AsyncIterator[Wired]:
    """Build, recover from whatever happened before, and close in the end.

    The caller holds the data directory's lock. Raises MynaError.
    """
    clock = SystemClock()
    announcements = Announcements()
    pseudonyms = load_pseudonyms(directory.root, settings.pseudonym_key)
    log.name_people(pseudonyms)
    async with AsyncExitStack() as stack:
        key = settings.encryption_key
        await asyncio.to_thread(
            encryption.bring_under,
            directory,
            key,
            before=settings.encryption_key_before,
        )
        run_key = rows_key(key) if key else ""
        database = await stack.enter_async_context(
            open_database(directory.database, key=key)
        )
        embedder = await asyncio.to_thread(Embedder)
        lexicon = await asyncio.to_thread(Lexicon, embedder)
        base = await asyncio.to_thread(
            model.prepare,
            directory.models,
            model=settings.model,
            gguf=settings.model_gguf,
            on_progress=on_progress,
        )
        skills = writer = caller = None
        if not settings.model:  # they were trained on the bundled model
            skills = await asyncio.to_thread(install, directory.models, base)
            writer = await asyncio.to_thread(install_writer, directory.models, base)
            caller = await asyncio.to_thread(install_caller, directory.models, base)
        engine = _engine(settings, base, skills)
        stack.push_async_callback(engine.close)
        await engine.start()
        tool_client = await stack.enter_async_context(
            ToolClient(private_hosts=settings.private_hosts)
        )
        core = Core(
            Parts(
                database=database,
                directory=directory,
                engine=engine,
                memory=Memory(embedder),
                embed=embedder.encode,
                trainer=LocalTrainer(
                    timeout_seconds=settings.run_timeout_seconds, rows_key=run_key
                ),
                clock=clock,
                announcer=announcements,
                base=base,
                skills=skills,
                writer=writer,
                caller=caller,
                prepare=partial(dataset.prepare, lexicon=lexicon, rows_key=run_key),
                examine=partial(exam.examine, lexicon=lexicon),
                reword=partial(expand.rewordings, lexicon=lexicon),
                questions=Limiter(clock, Limit(settings.ask_per_minute, 60)),
                teachings=Limiter(
                    clock,
                    Limit(settings.teach_per_hour, 3600),
                    Limit(settings.server_teach_per_hour, 3600),
                ),
                calls=Limiter(
                    clock,
                    Limit(settings.tool_calls_per_minute, 60),
                    Limit(10 * settings.tool_calls_per_minute, 60),
                ),
                tool_client=tool_client,
                private_hosts=settings.private_hosts,
                train_minutes_per_day=settings.train_minutes_per_day,
                max_waiting_questions=settings.max_waiting_questions,
                runs_at_once=asyncio.Semaphore(settings.max_runs_at_once),
                threads=settings.train_threads_used,
                device=device.choose(settings.train_device),
                versions=_versions(),
                permissions=settings.training_permissions,
                max_lesson_chars=settings.max_lesson_chars,
                max_passages=settings.max_passages,
                search=_search(settings),
                import_pages=settings.import_pages,
                pseudonyms=pseudonyms,
            )
        )
        stack.push_async_callback(core.close)
        await core.recover()
        yield Wired(
            core,
            database,
            directory,
            clock,
            engine,
            base,
            skills,
            caller,
            announcements,
        )


def _engine(settings: Settings, base: BaseModel, skills: AdapterRef | None) -> Engine:
    chosen = settings.engine
    if chosen is EngineChoice.AUTO:
        chosen = EngineChoice.LLAMA_CPP if base.gguf else EngineChoice.TRANSFORMERS
    if chosen is EngineChoice.TRANSFORMERS:
        from learning.engine_transformers import TransformersEngine  # noqa: PLC0415

        return TransformersEngine(
            base.folder,
            device=device.choose(settings.train_device),
            threads=settings.prompt_threads_used,
            context_tokens=settings.context_tokens,
            resident_adapters=settings.engine_max_adapters,
        )
    if base.gguf is None:
        raise SettingsError(
            f"ENGINE is llama_cpp, but {base.name} has no GGUF: set MODEL_GGUF to"
            " its file, or ENGINE to transformers."
        )
    from learning.engine_llama_cpp import LlamaCppEngine  # noqa: PLC0415

    return LlamaCppEngine(
        base.gguf,
        skills=skills,
        context_tokens=settings.context_tokens,
        slots=settings.engine_slots,
        max_resident=settings.engine_max_adapters,
        decode_threads=settings.decode_threads_used,
        prompt_threads=settings.prompt_threads_used,
    )


def _search(settings: Settings) -> SearchChain:
    """Return what /research asks, in order. Raises SettingsError."""
    engines: list[SearchEngine] = []
    if settings.searxng_url:
        engines.append(SearXNG(settings.searxng_url))
    if settings.brave_api_key:
        engines.append(Brave(settings.brave_api_key))
    if settings.search_ddgs:
        engines.append(Ddgs())
    return SearchChain(tuple(engines))


def _versions() -> Mapping[str, str]:
    return {name: importlib.metadata.version(name) for name in SHAPE_WEIGHTS}
