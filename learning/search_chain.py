"""Several search engines in the order of preference: who is down is passed over."""

from dataclasses import dataclass

from learning.errors import SearchError
from learning.search import SearchEngine, spoken
from learning.search_results import Result


@dataclass(frozen=True, slots=True)
class Found:
    """What the first engine that answered found, and why others did not."""

    results: tuple[Result, ...]
    troubles: tuple[str, ...] = ()
    """A sentence for each engine that was asked before, and failed."""


@dataclass(frozen=True, slots=True)
class SearchChain:
    """Asks the first engine, and the next one where it fails."""

    engines: tuple[SearchEngine, ...] = ()

    @property
    def is_configured(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self.engines)

    async def search(self, query: str, *, limit: int) -> Found:
        """Return up to `limit` results of the first engine that gives an answer.

        Finding nothing is an answer. Raises SearchError where every engine fails,
        with what happened to each, or where no engine would take the query.
        """
        said = spoken(query)
        troubles: list[str] = []
        for engine in self.engines:
            try:
                found = await engine.search(said, limit=limit)
            except SearchError as exc:
                troubles.append(str(exc))
            else:
                return Found(found, tuple(troubles))
        raise SearchError(" ".join(troubles) or "No search engine is set up.")
