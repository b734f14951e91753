"""A server's own settings: who is what there, where lessons come from, and its end."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot import phrases
from bot.messages import Refused
from bot.parts import refusal
from moderation.roles import Permission, Role, role_of
from moderation.screen import screen
from storage import adapters, deliveries, lessons, purging, runs, servers
from storage.servers import ServerSettings

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.learning_runs import LearningRuns
    from bot.messages import Actor
    from bot.parts import Parts

log = structlog.get_logger(__name__)


def is_direct(server: str) -> bool:
    """Say whether a server is one person's conversation with Myna."""
    return ":dm:" in server


class Configuring:
    """The use cases of admins, and of platforms on their servers' behalf."""

    def __init__(self, parts: Parts, learning_runs: LearningRuns) -> None:
        self._parts = parts
        self._runs = learning_runs

    async def settings(self, server: str) -> ServerSettings:
        return await servers.get(self._parts.database, server)

    async def role(self, server: str, ids: Collection[str], *, is_admin: bool) -> Role:
        settings = await self.settings(server)
        return role_of(ids, settings.roles, is_admin=is_admin)

    async def set_up(
        self, server: str, actor: Actor, *, review_channel: str
    ) -> ServerSettings | Refused:
        settings = await self.settings(server)
        review_channel = review_channel or settings.review_channel
        settings = replace(
            settings,
            set_up_at=settings.set_up_at or self._parts.clock.now(),
            review_channel=review_channel,
        )
        return await self.configure(settings, actor)

    async def configure(
        self, settings: ServerSettings, actor: Actor
    ) -> ServerSettings | Refused:
        refused = refusal(actor, Permission.CONFIGURE)
        if refused:
            return refused
        obstacle = await self._review_channel_obstacle(settings)
        if obstacle:
            return Refused(obstacle)
        if settings.persona:
            verdict = await asyncio.to_thread(screen, settings.persona)
            if verdict.refused or verdict.held:
                return Refused(phrases.persona_refused(verdict.reasons))
        await servers.save(
            self._parts.database, settings, by=actor.id, at=self._parts.clock.now()
        )
        log.info("settings.changed", server=settings.server, by=actor.id)
        return settings

    async def _review_channel_obstacle(self, settings: ServerSettings) -> str:
        """Say why lessons may not be reviewed in this channel, or nothing."""
        server, channel = settings.server, settings.review_channel
        before = (await self.settings(server)).review_channel
        if channel == before or not channel:
            return ""
        if before and is_direct(server):
            return phrases.direct_review()
        if not await self._parts.announcer.has_channel(server, channel):
            return phrases.no_such_channel(channel)
        return ""

    async def known(self, platform: str) -> tuple[str, ...]:
        every = await servers.all_known(self._parts.database)
        return tuple(each for each in every if each.startswith(f"{platform}:"))

    async def purge(self, server: str) -> None:
        parts = self._parts
        parts.purges.begin(server)
        await self._runs.cancel(server)
        kept = await lessons.approved(parts.database, server)
        for lesson in kept:
            await asyncio.to_thread(parts.memory.remove, server, lesson.id)
        for adapter in await adapters.all_of(parts.database, server):
            await parts.engine.retire(adapter.ref(parts.directory.root))
        ended = await runs.latest(parts.database, server, limit=-1)
        paths = await purging.purge(
            parts.database,
            server,
            pseudonym=parts.pseudonyms.of(server),
            at=parts.clock.now(),
        )
        folders = [parts.directory.root / path for path in paths]
        folders += [parts.directory.run(run.id) for run in ended]
        for folder in folders:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        log.info("server.purged", server=server)

    async def is_first_delivery(self, platform: str, event: str) -> bool:
        now = self._parts.clock.now()
        return await deliveries.is_first(self._parts.database, platform, event, at=now)
