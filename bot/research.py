"""Web research: a topic is searched for, a teacher picks, the pages wait for review."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot import limit_phrases, phrases
from bot.messages import Collected, Refused, Researched, ResearchResult
from learning.errors import CommandError
from moderation.screen import screen
from storage import answers, people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.collecting import Collecting
    from bot.messages import Actor, Question
    from bot.parts import Parts
    from bot.proposing import Proposing
    from learning.run import Progress
    from learning.search_results import Result
    from moderation.provenance import Scope

log = structlog.get_logger(__name__)

RESULTS = 8
REMEMBERED_SECONDS = 1800
MAX_REMEMBERED = 1000
"""People whose last results are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    research: Researched
    until: float


class Research:
    """The use cases of looking things up on the web."""

    def __init__(
        self, parts: Parts, collecting: Collecting, proposing: Proposing
    ) -> None:
        self._parts = parts
        self._collecting = collecting
        self._proposing = proposing
        self._kept: dict[tuple[str, str], _Kept] = {}

    async def search(
        self, server: str, actor: Actor, topic: str, *, channel: str | None
    ) -> Researched | Refused:
        refused = await self._proposing.refused_to_teach(server, actor, channel)
        if refused:
            return refused
        if not self._parts.search.is_configured:
            return Refused(phrases.no_search_engine())
        verdict = screen(topic)
        if verdict.refused:  # a search tells its words to somebody else
            return Refused(phrases.topic_refused(verdict.reasons))
        turn = self._parts.teachings.take(server, actor.id)
        if not turn.granted:
            return Refused(limit_phrases.too_fast(turn))
        found = await self._parts.search.search(topic, limit=RESULTS)
        for trouble in found.troubles:
            log.warning("search.failed", error=trouble)
        results = tuple(_shown(*each) for each in enumerate(found.results, start=1))
        research = Researched(_name(topic, results), topic, results, found.troubles)
        self._keep(server, actor.id, research)
        return research

    async def look_up(
        self, server: str, actor: Actor, answer: int, *, channel: str | None
    ) -> Researched | Refused:
        """Search for what an answer did not know. Raises NotFoundError, SearchError."""
        asked = await answers.get(self._parts.database, server, answer)
        if not asked.question:
            return Refused(phrases.question_erased())
        return await self.search(server, actor, asked.question, channel=channel)

    async def may_offer(self, question: Question) -> bool:
        """Say whether this person could have their question looked up now."""
        server, actor = question.server, question.actor
        return (
            self._parts.search.is_configured
            and self._parts.teachings.has_turn(server, actor.id)
            and await self._proposing.refused_to_teach(server, actor, question.channel)
            is None
            and not await people.has_opted_out(
                self._parts.database, server, actor.id
            )  # of whom no question is kept
        )

    async def pick(
        self,
        server: str,
        actor: Actor,
        numbers: Sequence[int],
        *,
        research: str,
        scope: Scope,
        channel: str | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Collected | Refused:
        refused = await self._proposing.refused_to_teach(server, actor, channel)
        if refused:
            return refused
        kept = self._remembered(server, actor.id)
        if kept is None or research not in {"", kept.id}:
            return Refused(phrases.no_results_remembered())
        by_number = {each.number: each.url for each in kept.results}
        unknown = [number for number in numbers if number not in by_number]
        if unknown:
            raise CommandError(phrases.no_such_result(unknown[0], len(by_number)))
        return await self._collecting.pages(
            server,
            actor,
            [by_number[number] for number in numbers],
            query=kept.topic,
            scope=scope,
            channel=channel,
            on_progress=on_progress,
        )

    def _keep(self, server: str, person: str, research: Researched) -> None:
        self._kept.pop((server, person), None)
        until = self._parts.clock.monotonic() + REMEMBERED_SECONDS
        self._kept[server, person] = _Kept(research, until)
        if len(self._kept) > MAX_REMEMBERED:
            del self._kept[next(iter(self._kept))]

    def _remembered(self, server: str, person: str) -> Researched | None:
        kept = self._kept.get((server, person))
        if kept is None or kept.until < self._parts.clock.monotonic():
            return None
        return kept.research


def _shown(number: int, result: Result) -> ResearchResult:
    """Return a result as it may be shown: what moderators would hold is left out."""
    host = result.url.split("/")[2]
    verdict = screen(*filter(None, (result.title, result.snippet)))
    if verdict.refused or verdict.held:
        reason = verdict.reasons[0]
        return ResearchResult(number, host, result.url, host, "", withheld=reason)
    title, snippet = _unlinked(result.title), _unlinked(result.snippet)
    return ResearchResult(number, title, result.url, host, snippet)


def _unlinked(text: str) -> str:
    """Keep a result from writing a link that shows another address than it has."""
    return text.replace("](", "] (")


def _name(topic: str, results: Sequence[ResearchResult]) -> str:
    content = json.dumps([topic, [each.url for each in results]])
    return hashlib.sha256(content.encode()).hexdigest()[:12]
