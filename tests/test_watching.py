"""Proves that watched pages are read again in time, and only what differs is put up."""

from datetime import timedelta

import pytest

from bot.limiter import Limiter
from bot.messages import Actor, Refused, Watched
from bot.watching import JITTER, MOST_WATCHES, PAUSED_AFTER, is_due
from learning.errors import DocumentError, FetchError
from learning.lesson import LessonState
from moderation.limits import Limit
from moderation.provenance import Provenance, Scope
from moderation.roles import Role
from storage import lessons, watches
from storage.watches import Watch
from tests.core_steps import MODERATOR, SERVER, TEACHER
from tests.fake_site import page
from tests.fakes import NOON, FakeAnnouncer, FakeClock
from tests.research_steps import FERRY, NOTHING, at_a_desk

LATER = FERRY.replace("16:20", "17:05")
WHEN = "When does the Heron ferry leave Kestrel Quay?"


async def waiting(desk):
    found = await desk.home.core.queue(SERVER, MODERATOR)
    return [each.lesson for each in found]


async def test_a_page_is_read_at_once_and_again_when_its_time_has_come(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        told = await desk.say(f"/watch {desk.site.url('/ferry')} daily")
        await desk.say("/approve document 1")
        clock.advance(hours=23)
        early = await desk.home.core.check_watches()
        clock.advance(hours=4)
        due = await desk.home.core.check_watches()
        again = await desk.home.core.check_watches()

        assert "daily from now on" in told.text
        assert "2 passages waiting for review" in told.text
        assert (early, due, again) == (0, 1, 0)
        assert len(desk.site.requests) == 2
        assert await waiting(desk) == []


async def test_only_what_differs_is_put_up_and_replaces_the_old(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        await desk.say(f"/watch {desk.site.url('/ferry')} daily")
        await desk.say("/approve document 1")
        pages["/ferry"] = LATER
        clock.advance(days=2)
        await desk.home.core.check_watches()
        [changed] = await waiting(desk)
        before = await desk.say(WHEN)
        await desk.say("/approve document 2")
        after = await desk.say(WHEN)
        old = await lessons.get(
            desk.home.parts.database, SERVER, changed.supersedes or 0
        )

    assert "17:05" in changed.text
    assert changed.provenance is Provenance.WEB
    assert changed.author == MODERATOR.id
    assert "16:20" in before.text
    assert "17:05" in after.text
    assert old.lesson.state is LessonState.SUPERSEDED


async def test_what_was_rejected_does_not_come_back_every_day(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        await desk.say(f"/watch {desk.site.url('/ferry')} daily")
        await desk.say("/reject document 1 reason: not ours")
        clock.advance(days=2)
        await desk.home.core.check_watches()

        assert await waiting(desk) == []


async def test_a_page_whose_document_was_forgotten_is_watched_no_longer(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        await desk.say(f"/watch {desk.site.url('/ferry')} daily")
        await desk.say("/approve document 1")
        await desk.say("/forget document 1")
        clock.advance(days=2)
        await desk.home.core.check_watches()
        listed = await desk.say("/watch")

        assert await waiting(desk) == []
        assert "No page is watched" in listed.text


async def test_five_failures_in_a_row_pause_it_and_are_told_once(tmp_path):
    clock, announcer = FakeClock(), FakeAnnouncer()
    pages = {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock, announcer=announcer) as desk:
        url = desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        announcer.told.clear()
        pages.clear()
        for _ in range(PAUSED_AFTER + 2):
            clock.advance(days=2)
            await desk.home.core.check_watches()
        read = len(desk.site.requests)
        told = await desk.say("/watch")
        again = await desk.say("/watch")
        pages["/ferry"] = FERRY
        resumed = await desk.say(f"/watch {url} weekly")
        clock.advance(days=8)
        tried = await desk.home.core.check_watches()

    assert read == 1 + PAUSED_AFTER
    assert len(announcer.told) == 1
    assert "Paused" in told.text
    assert "404" in told.text
    assert ["5 times in a row" in each for each in told.notices] == [True]
    assert again.notices == ()
    assert "weekly from now on" in resumed.text
    assert tried == 1


async def test_a_page_that_answers_again_is_forgiven(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        url = desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        for content in (None, FERRY):
            pages["/ferry"] = content
            clock.advance(days=2)
            await desk.home.core.check_watches()
        watch = await watches.get(desk.home.parts.database, SERVER, url)

    assert (watch.failures, watch.problem) == (0, "")


@pytest.mark.parametrize(
    ("path", "raised"), [("/nowhere", FetchError), ("/empty", DocumentError)]
)
async def test_a_page_that_cannot_be_read_is_not_watched(tmp_path, path, raised):
    pages = {"/empty": page(b"<html><body><script>x()</script></body></html>")}
    async with at_a_desk(tmp_path, pages) as desk:
        with pytest.raises(raised):
            await desk.home.core.watch(
                SERVER, MODERATOR, desk.site.url(path), every_hours=24
            )

        assert await desk.counts() == NOTHING


async def test_a_page_that_says_only_what_is_known_is_not_watched(tmp_path):
    pages = {"/ferry": FERRY, "/copy": FERRY}
    async with at_a_desk(tmp_path, pages) as desk:
        await desk.say(f"/import {desk.site.url('/ferry')}")
        await desk.say("/approve document 1")

        refused = await desk.say(f"/watch {desk.site.url('/copy')} daily")

    assert not refused.ok
    assert "I do not watch it" in refused.text


async def test_only_moderators_watch_and_nothing_is_fetched_for_others(tmp_path):
    async with at_a_desk(tmp_path, {"/ferry": FERRY}) as desk:
        url = desk.site.url("/ferry")
        told = [
            await desk.say(line, TEACHER)
            for line in (f"/watch {url} daily", "/watch", f"/watch stop {url}")
        ]

        assert ["may not review" in each.text for each in told] == [True] * 3
        assert desk.site.requests == []


async def test_a_server_watches_so_many_pages_and_no_more(tmp_path):
    pages = {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages) as desk:
        for number in range(MOST_WATCHES):
            await watches.save(
                desk.home.parts.database, a_watch(source=f"https://site.test/{number}")
            )
        result = await desk.home.core.watch(
            SERVER, MODERATOR, desk.site.url("/ferry"), every_hours=24
        )

        assert isinstance(result, Refused)
        assert desk.site.requests == []


async def test_a_stopped_watch_reads_no_more(tmp_path):
    clock = FakeClock()
    async with at_a_desk(tmp_path, {"/ferry": FERRY}, clock=clock) as desk:
        url = desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        stopped = await desk.say(f"/watch stop {url}")
        never = await desk.say(f"/watch stop {url}")
        clock.advance(days=2)

        assert "no longer" in stopped.text
        assert not never.ok
        assert await desk.home.core.check_watches() == 0


async def test_a_private_channels_watch_stays_in_that_channel(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        url = desk.site.url("/ferry")
        watched = await desk.home.core.watch(
            SERVER, MODERATOR, url, every_hours=24, scope=Scope("c1"), channel="c1"
        )
        pages["/ferry"] = LATER
        clock.advance(days=2)
        await desk.home.core.check_watches()

        assert isinstance(watched, Watched)
        assert {each.scope for each in await waiting(desk)} == {Scope("c1")}


async def test_somebody_busy_teaching_is_waited_for(tmp_path):
    clock = FakeClock()
    turns = Limiter(clock, Limit(count=1, window_seconds=72 * 3600))
    async with at_a_desk(
        tmp_path, {"/ferry": FERRY}, clock=clock, teachings=turns
    ) as desk:
        url = desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        clock.advance(days=2)
        await desk.home.core.check_watches()
        watch = await watches.get(desk.home.parts.database, SERVER, url)

        assert watch.failures == 0
        assert len(desk.site.requests) == 1


async def test_who_deletes_their_data_is_named_by_no_watch(tmp_path):
    async with at_a_desk(tmp_path, {"/ferry": FERRY}) as desk:
        url = desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        kept = await desk.home.core.export_person(SERVER, MODERATOR.id)
        other = Actor("m2", "Mia", Role.MODERATOR)
        await desk.home.core.delete_person(SERVER, MODERATOR.id)
        [listed] = await desk.home.core.watches(SERVER, other)

    assert url in kept
    assert listed.added_by == "Myna"


def a_watch(**changes):
    fields = {
        "server": SERVER,
        "source": "https://site.test/",
        "every_hours": 24,
        "channel": None,
        "platform": "terminal",
        "added_by": MODERATOR.id,
        "added_by_name": MODERATOR.name,
        "added_at": NOON,
        "checked_at": NOON,
    }
    return Watch(**{**fields, **changes})


def test_pages_named_together_are_not_read_together():
    due = {
        next(
            minutes
            for minutes in range(24 * 60, 27 * 60)
            if is_due(a_watch(source=f"https://{n}.test"), NOON + minutes * MINUTE)
        )
        for n in range(20)
    }

    assert len(due) > 10
    assert max(due) <= 24 * 60 * (1 + JITTER) + 1


def test_a_page_that_was_never_read_is_due():
    assert is_due(a_watch(checked_at=None), NOON)


MINUTE = timedelta(minutes=1)
