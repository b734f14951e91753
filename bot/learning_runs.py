"""A run from claim to promotion: rows, training, exam, and the pointer moves or not."""

from __future__ import annotations

import asyncio
import errno
import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot import adapter_files, limit_phrases, phrases
from bot.expanding import expand
from bot.messages import Learned, Refused
from bot.parts import SYSTEM, manifest_digest, refusal
from bot.run_plan import Plan, make_plan, needs_fresh_run, untried_lessons
from learning import promote
from learning.errors import (
    ConflictError,
    DiskFullError,
    MynaError,
    NotFoundError,
    RunBusyError,
    RunError,
)
from learning.imitation import with_imitations
from learning.run import Progress, RunKind, RunSpec, RunStatus, verify
from moderation.limits import seconds_until_below
from moderation.roles import Permission
from storage import adapters, canaries, promotions, runs, training_time
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.messages import Actor
    from bot.parts import Parts
    from learning.exam import Scorecard
    from storage.adapters import Adapter

log = structlog.get_logger(__name__)

A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Run:
    """A claimed run, who wants it and who watches it."""

    id: str
    plan: Plan
    actor: Actor
    report: Callable[[Progress], None]
    started: float


class LearningRuns:
    """The use case of learning."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._active: dict[asyncio.Task[object], str] = {}

    async def learn(
        self,
        server: str,
        actor: Actor,
        *,
        start: RunKind | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Learned | Refused:
        refused = refusal(actor, Permission.RUN)
        if refused:
            return refused
        plan = await make_plan(self._parts, server, start=start)
        if isinstance(plan, Refused):
            return plan
        wait = await self._quota_wait(server)
        if wait:
            minutes = self._parts.train_minutes_per_day
            return Refused(limit_phrases.training_quota_spent(minutes, wait))
        report = on_progress or _nobody_watches
        learned = await self._run(plan, actor, report)
        missed = {lesson.id for lesson in plan.new}.intersection(learned.not_taken)
        if learned.promoted or not missed or len(missed) == len(plan.new):
            return learned
        try:
            again = await self._run(plan.without(missed), actor, report)
        except RunBusyError:  # somebody else's run came first; theirs decides
            return learned
        return replace(again, not_taken=tuple(sorted(missed | {*again.not_taken})))

    async def nightly(self, server: str, *, minimum_new_lessons: int) -> None:
        """Learn by itself, where enough is new; what stands in the way is logged."""
        untried = await untried_lessons(self._parts, server)
        needed = (
            1 if await needs_fresh_run(self._parts, server) else minimum_new_lessons
        )
        if len(untried) < needed:
            log.info("nightly.skipped", server=server, new=len(untried))
            return
        try:
            learned = await self.learn(server, SYSTEM, start=None, on_progress=None)
        except MynaError as exc:
            log.warning("nightly.failed", server=server, error=type(exc).__name__)
            return
        if isinstance(learned, Learned):
            await self._parts.announcer.run_ended(server, learned)
        else:
            log.info("nightly.refused", server=server, reason=learned.text)

    async def _quota_wait(self, server: str) -> int:
        """Return in how many seconds a server may train; 0 is now."""
        quota = timedelta(minutes=self._parts.train_minutes_per_day)
        if not quota:
            return 0
        now = self._parts.clock.now()
        spans = await training_time.spans_since(
            self._parts.database, server, now - A_DAY, now=now
        )
        return seconds_until_below(now, spans, quota=quota, window=A_DAY)

    async def cancel(self, server: str) -> None:
        """Cancel a server's run and wait until it has cleaned up."""
        tasks = [task for task, of in self._active.items() if of == server]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Cancel the runs in progress and wait until they have cleaned up."""
        tasks = list(self._active)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(
        self, plan: Plan, actor: Actor, report: Callable[[Progress], None]
    ) -> Learned:
        parts = self._parts
        now = parts.clock.now()
        run = _Run(
            id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
            plan=plan,
            actor=actor,
            report=report,
            started=parts.clock.monotonic(),
        )
        task = asyncio.current_task()
        if task:
            self._active[task] = plan.server
        try:
            await runs.claim(
                parts.database,
                run.id,
                server=plan.server,
                kind=plan.kind,
                lessons=plan.ids,
                requested_by=actor.id,
                at=now,
                permissions=_permissions(parts, plan),
            )
            report(Progress("queued"))
            async with parts.runs_at_once:
                run = replace(run, plan=await expand(parts, plan, report))
                candidate = await self._train(run)
                return await self._examine(run, candidate)
        except RunBusyError:
            raise
        except asyncio.CancelledError:
            await self._settle(run, runs.RunState.CANCELLED, phrases.run_cancelled())
            raise
        except MynaError as exc:
            await self._settle(run, runs.RunState.FAILED, str(exc))
            raise
        except OSError as exc:
            failure = _as_failure(exc)
            await self._settle(run, runs.RunState.FAILED, str(failure))
            raise failure from exc
        except Exception:
            await self._settle(run, runs.RunState.FAILED, phrases.run_broke())
            raise
        finally:
            if task:
                self._active.pop(task, None)

    async def _train(self, run: _Run) -> Adapter:
        """Write the rows, train on them, and put the adapter in its place."""
        parts, plan = self._parts, run.plan
        directory = parts.directory.run(run.id)
        await runs.start(parts.database, run.id, at=parts.clock.now())
        log.info("run.started", server=plan.server, run=run.id, kind=plan.kind)
        run.report(Progress("preparing"))
        await asyncio.to_thread(directory.mkdir, parents=True)
        fresh = plan.kind is RunKind.FRESH
        taught, old = (plan.lessons, ()) if fresh else (plan.new, plan.old)
        engine, server = parts.engine, plan.server
        await asyncio.to_thread(
            parts.prepare,
            directory,
            self._spec(run),
            lessons=await with_imitations(engine, taught, server=server),
            old=await with_imitations(engine, old, server=server),
        )
        run.report(Progress("training"))
        result = await parts.trainer.train(directory, on_progress=run.report)
        if result.status is RunStatus.DISK_FULL:
            raise DiskFullError(phrases.disk_full())
        if result.status is not RunStatus.DONE:
            raise RunError(phrases.run_ended(result.status, result.message))
        await asyncio.to_thread(verify, directory)
        trained = directory / "adapter"
        candidate = await adapters.add(
            parts.database,
            plan.server,
            run=run.id,
            parent=plan.parent.version if plan.parent else None,
            base_digest=parts.base.digest,
            skills_digest=parts.skills_digest,
            manifest_digest=await asyncio.to_thread(manifest_digest, trained),
            lessons=plan.ids,
            at=parts.clock.now(),
        )
        if candidate.state is AdapterState.TAINTED:
            raise RunError(phrases.lesson_left_meanwhile())
        place = parts.directory.root / candidate.path
        await asyncio.to_thread(adapter_files.install, trained, place)
        return candidate

    def _spec(self, run: _Run) -> RunSpec:
        parts, plan = self._parts, run.plan
        root = parts.directory.root
        parent = plan.parent.ref(root) if plan.parent else parts.start(plan.lessons)
        return RunSpec(
            id=run.id,
            server=plan.server,
            kind=plan.kind,
            base=str(parts.base.folder),
            base_digest=parts.base.digest,
            parent=str(parent.directory) if parent else None,
            lessons=plan.ids,
            threads=parts.threads,
            device=parts.device,
            versions=dict(parts.versions),
        )

    async def _examine(self, run: _Run, candidate: Adapter) -> Learned:
        """Ask incumbent and candidate the same, and move the pointer or not."""
        parts, plan = self._parts, run.plan
        await runs.begin_exam(parts.database, run.id)
        ref = candidate.ref(parts.directory.root)
        await parts.engine.ensure(ref)
        guarded = await canaries.all_of(parts.database, plan.server)
        cards: list[Scorecard] = []
        for examined, adapter in enumerate((plan.incumbent, ref)):
            card = await parts.examine(
                parts.engine,
                server=plan.server,
                adapter=adapter,
                lessons=plan.asked,
                on_progress=_exam_progress(run.report, examined),
                guarded=guarded,
            )
            cards.append(card)
        before, after = cards
        await runs.record_scorecards(
            parts.database,
            run.id,
            before=json.dumps(asdict(before)),
            after=json.dumps(asdict(after)),
        )
        decision = promote.decide(after, before)
        if decision.granted:
            await self._promote(run, candidate, decision.reason)
        else:
            await self._refuse(run, candidate, decision.reason)
        log.info("run.ended", server=plan.server, run=run.id, promoted=decision.granted)
        answering = ref if decision.granted else plan.incumbent
        return Learned(
            promoted=decision.granted,
            reason=decision.reason,
            run=run.id,
            kind=plan.kind,
            adapter=answering.name if answering else None,
            lessons=tuple(lesson.id for lesson in plan.new),
            not_taken=decision.not_taken,
            before=before,
            after=after,
            seconds=parts.clock.monotonic() - run.started,
        )

    async def _promote(self, run: _Run, candidate: Adapter, reason: str) -> None:
        parts, server = self._parts, run.plan.server
        try:
            await promotions.promote(
                parts.database,
                server,
                candidate.version,
                by=run.actor.id,
                at=parts.clock.now(),
                reason=reason,
            )
        except ConflictError as exc:
            raise RunError(phrases.lesson_left_meanwhile()) from exc
        await adapter_files.discard_tainted(parts, server, by=run.actor.id)
        await adapter_files.prune_runs(parts, server)

    async def _refuse(self, run: _Run, candidate: Adapter, reason: str) -> None:
        parts = self._parts
        await promotions.refuse(
            parts.database,
            run.plan.server,
            candidate.version,
            by=run.actor.id,
            at=parts.clock.now(),
            reason=reason,
        )
        await adapter_files.discard(parts, candidate, by=run.actor.id)

    async def _settle(self, run: _Run, state: runs.RunState, reason: str) -> None:
        """End a run that did not reach a decision, and delete what it made.

        The directory goes first: on a full disk that makes room for the rest.
        """
        parts = self._parts
        await adapter_files.remove(parts.directory.run(run.id))
        at, by = parts.clock.now(), run.actor.id
        try:
            if state is runs.RunState.CANCELLED:
                await runs.cancel(parts.database, run.id, by=by, at=at, reason=reason)
            else:
                await runs.fail(parts.database, run.id, at=at, reason=reason)
        except (ConflictError, NotFoundError):  # it ended, or was never claimed
            return
        for adapter in await adapters.all_of(parts.database, run.plan.server):
            if adapter.run == run.id and adapter.state is not AdapterState.DELETED:
                await adapter_files.discard(parts, adapter, by=by)
        log.info("run.ended", server=run.plan.server, run=run.id, state=state)


def _exam_progress(
    report: Callable[[Progress], None], examined: int
) -> Callable[[int, int], None]:
    """Count the two exams, of incumbent and candidate, as one."""

    def on_progress(done: int, total: int) -> None:
        report(Progress("exam", done=examined * total + done, total=2 * total))

    return on_progress


def _as_failure(exc: OSError) -> MynaError:
    if exc.errno == errno.ENOSPC:
        return DiskFullError(phrases.disk_full())
    return RunError(phrases.run_failed(str(exc)))


def _nobody_watches(_progress: Progress) -> None:
    """Drop the progress of a run that nobody waits for."""


def _permissions(parts: Parts, plan: Plan) -> dict[str, str]:
    """Return the platforms' leave that these lessons are trained under."""
    platforms = {lesson.platform for lesson in (*plan.new, *plan.old)}
    return {
        platform: reference
        for platform, reference in parts.permissions.items()
        if platform in platforms and reference
    }
