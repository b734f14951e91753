"""The audit: every action that changes what Myna knows says who, when and why."""

import asyncio
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import log
from bot.messages import (
    Actor,
    Correction,
    Decision,
    ImportRow,
    Refused,
    Ruling,
    Teaching,
)
from bot.settings import LogFormat, LogLevel
from bot.watching import PAUSED_AFTER
from learning.lesson import LessonKind
from moderation.provenance import Scope
from moderation.roles import Role
from storage import journal, pseudonyms
from storage.retention import Retention
from storage.servers import ServerSettings
from tests.core_steps import (
    MEMBER,
    MODERATOR,
    SERVER,
    TEACHER,
    open_home,
)
from tests.document_steps import FEES, HOURS, KEYS, STAGING, brought, session_of
from tests.fakes import FakeClock
from tests.research_steps import FERRY, at_a_desk

ADMIN = Actor("a1", "Ada", Role.ADMIN)
BOATS = "Where is the boat house?"
PAINT = "Who paints the boats?"
NINE = "The harbour office opens at nine."


async def audit(home, server=SERVER, actor=MODERATOR):
    return [json.loads(line) for line in await home.core.audit(server, actor)]


async def teach(home):
    await home.teach()


async def approve(home):
    await home.approved()


async def edit(home):
    await home.core.edit(SERVER, MODERATOR, await home.teach(), answer="Priya does.")


async def widen(home):
    lesson = await home.teach(scope=Scope("lab"))
    await home.core.widen(SERVER, MODERATOR, lesson)


async def reject(home):
    lesson = await home.teach()
    await home.core.decide(
        Decision(SERVER, MODERATOR, lesson, Ruling.REJECT, reason="It is a joke.")
    )


async def supersede(home):
    lesson = await home.approved()
    new = await home.core.correct_lesson(
        SERVER, MODERATOR, Correction(lesson, answer="Ozwick Tarn does.")
    )
    await home.approve(new.waiting.lesson.id)


async def forget(home):
    await home.forget(await home.approved())


async def consent(home, *, given=True):
    lesson = await home.teach(words_of="u9", message="77", channel="general")
    await home.core.consent(SERVER, "u9", lesson, given=given)


async def refuse_consent(home):
    await consent(home, given=False)


async def delete_message(home):
    await home.teach(message="77", channel="general")
    await home.core.message_deleted(SERVER, "general", ["77"])


async def edit_message(home):
    await home.teach(message="77", channel="general")
    await home.core.message_edited(SERVER, "general", "77", "Ozwick Tarn does.")


async def expire(home):
    await home.approved(expires_at=home.parts.clock.now() + timedelta(hours=1))
    home.parts.clock.advance(hours=2)
    await home.core.retire_expired()


async def opt_out(home):
    await home.core.opt_out(SERVER, MEMBER.id, opted_out=True)


async def opt_in(home):
    await home.core.opt_out(SERVER, MEMBER.id, opted_out=False)


async def delete(home):
    await home.approved()
    await home.core.delete_person(SERVER, TEACHER.id)


async def learn(home):
    await home.approved()
    await home.learn()


async def refuse_run(home):
    home.parts.examine.retention = 0.1
    await learn(home)


async def taint(home):
    await learn(home)
    await home.forget(1)


async def roll_back(home):
    await learn(home)
    await home.core.rollback(SERVER, MODERATOR)


async def cancel(home):
    await home.approved()
    home.parts.trainer.hold = asyncio.Event()
    task = asyncio.create_task(home.learn())
    await home.parts.trainer.started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def bring_in(home):
    row = ImportRow(1, {"kind": "fact", "text": NINE})
    await home.core.import_lessons(SERVER, [row], MODERATOR)


async def bring_document(home):
    await brought(home, FEES)


async def read_again(home):
    first = await brought(home, FEES, KEYS)
    await brought(home, STAGING, HOURS, supersedes=first.digest.id)


async def configure(home):
    await home.core.configure(ServerSettings(SERVER, nightly_hour=4), ADMIN)


async def guard(home):
    await home.core.add_canary(SERVER, MODERATOR, "What is two and two?", "Four.")


async def unguard(home):
    await guard(home)
    await home.core.remove_canary(SERVER, MODERATOR, 1)


async def set_up(home):
    await home.core.set_up(SERVER, ADMIN, review_channel="")


async def retain(home):
    await home.teach()
    home.parts.clock.advance(days=40)
    await home.core.enforce_retention(Retention(unreviewed=timedelta(days=30)))


async def purge(home):
    await home.approved()
    await home.core.purge(SERVER)


@pytest.mark.parametrize(
    ("act", "action", "actor", "why"),
    [
        (teach, "lesson.taught", "t1", ""),
        (approve, "lesson.approved", "m1", ""),
        (edit, "lesson.edited", "m1", "reviewer"),
        (widen, "lesson.edited", "m1", "whole server"),
        (reject, "lesson.rejected", "m1", "It is a joke."),
        (supersede, "lesson.superseded", "m1", "newer lesson"),
        (forget, "lesson.forgotten", "m1", "asked for it"),
        (consent, "consent.given", "u9", "agreed"),
        (refuse_consent, "consent.refused", "u9", "did not agree"),
        (refuse_consent, "lesson.forgotten", "u9", "did not agree"),
        (delete_message, "lesson.forgotten", "myna", "was deleted"),
        (edit_message, "lesson.forgotten", "myna", "was edited"),
        (edit_message, "lesson.taught", "t1", ""),
        (expire, "lesson.expired", "myna", "time was over"),
        (opt_out, "person.opted_out", "u1", "wish not"),
        (opt_in, "person.opted_in", "u1", "wish to be"),
        (delete, "lesson.forgotten", "t1", "data deleted"),
        (delete, "person.deleted", "t1", "asked for it"),
        (delete, "privacy.certified", "myna", "nothing of it is left"),
        (learn, "run.queued", "m1", "learned"),
        (learn, "run.promoted", "m1", ""),
        (learn, "adapter.promoted", "m1", ""),
        (refuse_run, "run.refused", "m1", ""),
        (refuse_run, "adapter.deleted", "m1", "refused"),
        (taint, "adapter.tainted", "m1", "lesson 1"),
        (taint, "adapter.withdrawn", "m1", "lesson 1 was forgotten"),
        (roll_back, "adapter.rolled_back", "m1", "asked for it"),
        (cancel, "run.cancelled", "m1", "cancelled"),
        (bring_in, "lesson.taught", "m1", ""),
        (bring_document, "lesson.taught", "t1", ""),
        (configure, "settings.changed", "a1", "admin"),
        (set_up, "settings.changed", "a1", "admin"),
        (guard, "canary.added", "m1", "may not change"),
        (unguard, "canary.removed", "m1", "may change again"),
        (retain, "lesson.forgotten", "myna", "kept as long"),
        (retain, "retention.enforced", "myna", "once a day"),
        (purge, "server.purged", "myna", "removed Myna"),
    ],
)
async def test_each_action_says_who_when_and_why(tmp_path, act, action, actor, why):
    async with open_home(tmp_path) as home:
        await act(home)

        lines = [line for line in await audit(home) if line["action"] == action]

        assert lines
        last = lines[-1]
        assert last["actor"] == home.parts.pseudonyms.of(actor)
        assert last["at"] == home.parts.clock.now().isoformat()
        assert why in last["why"]
        assert last["why"]


async def test_the_audit_names_nobody(tmp_path):
    async with open_home(tmp_path) as home:
        await learn(home)
        await home.core.rollback(SERVER, MODERATOR)
        settings = await home.core.settings(SERVER)
        roles = replace(settings.roles, moderators=frozenset({"person-77"}))
        await home.core.configure(replace(settings, roles=roles), ADMIN)

        lines = await home.core.audit(SERVER, MODERATOR)

        words = {value for line in lines for value in _values(json.loads(line))}
        assert not words & {"t1", "m1", "a1", "u1", "person-77"}
        assert home.parts.pseudonyms.of("person-77") in words
        assert not any("Mona" in word for word in words)


def _values(value):
    if isinstance(value, dict):
        return [each for inner in value.values() for each in _values(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in _values(inner)]
    return [str(value)]


async def test_the_audit_is_in_order_and_whole(tmp_path):
    async with open_home(tmp_path) as home:
        await learn(home)
        await home.forget(1)

        lines = await audit(home)

        ids = [line["id"] for line in lines]
        stored = await journal.everything(home.parts.database, SERVER)
        assert ids == sorted(ids)
        assert ids == [entry.id for entry in stored]


async def test_only_reviewers_see_the_audit_and_only_a_terminal_other_servers(tmp_path):
    async with open_home(tmp_path) as home:
        await home.core.purge("chat:1")
        guest = Actor("m2", "Max", Role.MODERATOR, platform="chat")

        assert isinstance(await home.core.audit(SERVER, MEMBER), Refused)
        assert await audit(home, actor=guest) == []
        [line] = await audit(home)
        assert line["action"] == "server.purged"
        assert "chat:1" not in json.dumps(line)


async def test_it_is_printed_by_export(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        outcome = await session_of(home, tmp_path).execute("/export --audit")

        actions = [json.loads(each)["action"] for each in outcome.text.splitlines()]
        assert actions == ["lesson.taught", "lesson.approved"]


async def test_a_name_is_the_same_after_a_restart_and_another_with_another_key(
    tmp_path,
):
    first = pseudonyms.load(tmp_path)
    again = pseudonyms.load(tmp_path)
    own = pseudonyms.load(tmp_path, "a key of my own")

    assert first.of("u1") == again.of("u1") != own.of("u1")
    assert first.of("u1") != first.of("u2")
    assert first.of(first.of("u1")) == first.of("u1")
    assert first.of(journal.MYNA) == journal.MYNA
    assert first.of_server("chat:dm:u1") == f"chat:dm:{first.of('u1')}"
    assert (tmp_path / pseudonyms.KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_key_that_a_crash_cut_short_is_made_anew(tmp_path):
    (tmp_path / "people.tmp").write_bytes(b"half")

    pseudonyms.load(tmp_path)

    assert len((tmp_path / pseudonyms.KEY_FILE).read_bytes()) == pseudonyms.KEY_BYTES
    assert not (tmp_path / "people.tmp").exists()


SECRET = "AKIAQYLPMN5HFIQR7XYA"  # noqa: S105
BODIES = ("xylophone", "marimba", "vibraphone", SECRET, "Mona", "Tomas", "Uma")


async def everything_that_is_logged(home):
    """Teach, ask, correct, leak, learn, fail, forget and delete."""
    core = home.core
    lesson = await home.approved("Where is the xylophone?", "By the marimba.")
    reply = await home.ask("Where is the xylophone?")
    await core.rate(SERVER, MEMBER, reply.id, helpful=False)
    await core.correct(
        SERVER, MEMBER, reply.id, "By the vibraphone, I think.", private=False
    )
    await home.core.teach(
        Teaching(SERVER, TEACHER, LessonKind.FACT, text=f"The cloud key is {SECRET}.")
    )
    await home.ask(f"Is {SECRET} the key of the xylophone?")
    await home.learn()
    home.parts.trainer.fails_with = OSError("the xylophone row")
    await home.teach(BOATS, "By the marimba pier.")
    await core.approve_all(SERVER, MODERATOR)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it becomes
        await home.learn()
    await home.forget(lesson)
    await core.delete_person(SERVER, TEACHER.id)
    await core.enforce_retention(Retention())
    await core.purge(SERVER)


@pytest.mark.parametrize("level", [LogLevel.INFO, LogLevel.DEBUG])
async def test_no_secret_no_body_and_no_name_is_in_the_log(tmp_path, level):
    stream = io.StringIO()
    log.configure(level=level, log_format=LogFormat.JSON, stream=stream)
    async with open_home(tmp_path) as home:
        log.name_people(home.parts.pseudonyms)
        await everything_that_is_logged(home)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    above = [line for line in lines if line["level"] != "debug"]
    said = json.dumps(above)
    assert len(above) > 5
    assert [word for word in BODIES if word in said] == []
    assert not {"t1", "m1", "u1"} & {v for line in above for v in _values(line)}
    assert SECRET not in stream.getvalue()


async def test_a_page_that_is_watched_changes_and_fails_leaves_its_trace(tmp_path):
    clock, pages = FakeClock(), {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages, clock=clock) as desk:
        home, url = desk.home, desk.site.url("/ferry")
        await desk.say(f"/watch {url} daily")
        await desk.say("/approve document 1")
        pages["/ferry"] = FERRY.replace("16:20", "17:05")
        clock.advance(days=2)
        await home.core.check_watches()
        changed = (await audit(home))[-1]
        pages.clear()
        for _ in range(PAUSED_AFTER):
            clock.advance(days=2)
            await home.core.check_watches()
        await desk.say(f"/watch stop {url}")

        lines = {line["action"]: line for line in await audit(home)}
        named = home.parts.pseudonyms.of(MODERATOR.id)
        assert changed["action"] == "lesson.taught"
        assert changed["detail"]["provenance"] == "web"
        assert "supersedes" in changed["detail"]
        assert lines["watch.added"]["actor"] == named
        assert lines["watch.paused"]["actor"] == "myna"
        assert lines["watch.paused"]["detail"] == {"person": named}
        assert lines["watch.stopped"]["actor"] == named
        assert all(line["why"] for line in lines.values())
