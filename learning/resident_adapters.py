"""Which adapters the next child of llama.cpp loads, and which are refused."""

import asyncio
from collections import OrderedDict
from pathlib import Path

from learning import run
from learning.engine import AdapterRef
from learning.errors import AdapterError

ADAPTER_FILE = "adapter.gguf"


class ResidentAdapters:
    """The skills adapter, always, and the most recently used of the others."""

    def __init__(self, skills: AdapterRef | None, *, at_most: int) -> None:
        self._skills = skills
        self._at_most = at_most
        self._used: OrderedDict[str, AdapterRef] = OrderedDict()
        """Verified; the most recently used last."""
        self._retired: set[str] = set()
        self._refused: dict[str, str] = {}
        """Why llama.cpp would not load an adapter."""

    def check(self, adapter: AdapterRef) -> None:
        """Raise AdapterError where this adapter is retired or cannot be loaded."""
        if adapter.name in self._retired:
            raise AdapterError(
                f"Adapter {adapter.name} has left service; ask again for the new one."
            )
        if adapter.name in self._refused:
            raise AdapterError(self._refused[adapter.name])

    async def admit(self, adapter: AdapterRef) -> None:
        """Verify an adapter and let it into the next child.

        Raises AdapterError where its files do not match their manifest.
        """
        if self._used.get(adapter.name) != adapter:
            await verify(adapter)
            self.check(adapter)  # it may have been retired meanwhile
        if adapter != self._skills:
            self.touch(adapter)

    def touch(self, adapter: AdapterRef) -> None:
        """Note that an adapter was used just now, and evict the least recent."""
        self._used[adapter.name] = adapter
        self._used.move_to_end(adapter.name)
        while len(self._used) > self._at_most:
            self._used.popitem(last=False)

    def retire(self, adapter: AdapterRef) -> None:
        """Refuse an adapter from now on."""
        self._retired.add(adapter.name)
        self._used.pop(adapter.name, None)

    def welcome(self, adapter: AdapterRef) -> None:
        """Take back that an adapter was retired or refused."""
        self._retired.discard(adapter.name)
        self._refused.pop(adapter.name, None)

    def refuse(self, directory: Path) -> None:
        """Note that llama.cpp would not load the adapter in this directory."""
        for adapter in self.wanted():
            if adapter.directory == directory:
                self._used.pop(adapter.name, None)
                self._refused[adapter.name] = (
                    f"llama.cpp cannot load adapter {adapter.name};"
                    " roll back or learn again."
                )

    def wanted(self) -> tuple[AdapterRef, ...]:
        """Return what the next child should load."""
        skills = [] if self._skills is None else [self._skills]
        gone = self._refused.keys() | self._retired
        return tuple(
            each for each in (*skills, *self._used.values()) if each.name not in gone
        )


async def verify(adapter: AdapterRef) -> None:
    """Check an adapter's files against their manifest. Raises AdapterError."""
    path = adapter.directory / ADAPTER_FILE
    if not path.is_file():
        raise AdapterError(f"{path} is missing; roll back or learn again.")
    await asyncio.to_thread(run.verify, adapter.directory)
