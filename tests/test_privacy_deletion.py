"""Deletion: nothing names the person, no weights know them, and a certificate says so."""

import asyncio
import json
from dataclasses import replace
from functools import partial

from bot.certifying import certify
from bot.messages import Actor, Decision, Ruling
from learning.dataset import prepare
from learning.rows import load_rows
from learning.run import RunResult, RunStatus, load_spec, save_result, seal
from moderation.provenance import Provenance
from moderation.roles import Role
from storage import adapters, deletions, documents, journal, people
from storage.documents import StoredDocument
from tests.core_steps import ORION, SERVER, open_home
from tests.document_steps import FEES, brought
from tests.fakes import FakeTrainer, base_model, skills_adapter, write_adapter
from tests.learning_steps import lexicon

GWEN = Actor("gwendolyn-4711", "Gwendolyn Ashby", Role.MODERATOR)
ADMIN = Actor("a1", "Ada", Role.ADMIN)
LYRA = "Which port does the Lyra gateway use?"
PLACES = [
    ("Grelbin", "Ozwick Tarn"),
    ("Fluvern", "Tastrid Holm"),
    ("Plimwort", "Yorvik Dale"),
    ("Drazzle", "Nimble Fern"),
    ("Quorbit", "Hexley Moss"),
    ("Vinklet", "Orla Pryce"),
    ("Snorfle", "Jory Blunt"),
    ("Wubbish", "Kester Vane"),
    ("Zhargon", "Mirelle Oak"),
    ("Tinkral", "Bexley Rune"),
]
KEPT = [(f"Who maintains the {place} server?", f"{who} does.") for place, who in PLACES]
GONE = [
    (f"Where does the {place} team meet?", f"In the {who.split()[1]} room.")
    for place, who in PLACES
]


class RowsTrainer(FakeTrainer):
    """Learns what the real rows ask and answer."""

    async def train(self, run, *, on_progress):
        self.trained.append(load_spec(run))
        rows = load_rows(run)
        asked = {row.messages[-1].content: row.answer for row in rows}
        write_adapter(run / "adapter", asked)
        result = RunResult(RunStatus.DONE, 1, 1, len(rows), 1, 1, 1.0, 0.01)
        save_result(run, result)
        seal(run)
        return result


def everything_in(home):
    """Return all that the database's files and the folders beside it hold, as text."""
    root = home.parts.directory.root
    files = [path for path in root.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(root)): path.read_bytes().decode(errors="replace")
        for path in files
    }


def where(home, word):
    return [name for name, text in everything_in(home).items() if word in text]


async def entries(home, action):
    found = await journal.entries(home.parts.database, SERVER, limit=-1)
    return [entry for entry in found if entry.action == action]


async def a_busy_person(home):
    """Let Gwendolyn do everything that leaves a trace of her."""
    core = home.core
    lesson = await home.approved(LYRA, "Gwendolyn says port 9090.", actor=GWEN)
    other = await home.teach(ORION, "Priya Raman does.")
    await core.decide(
        Decision(SERVER, GWEN, other, Ruling.REJECT, reason="Gwendolyn doubts it.")
    )
    await home.approved(ORION, "Priya Raman does it.")
    await brought(home, FEES, actor=GWEN)
    # Every passage of this one was known already: it has none of its own.
    database, now = home.parts.database, home.parts.clock.now()
    await documents.add(
        database,
        StoredDocument(
            server=SERVER,
            id=0,
            source="https://fees.example",
            title="Fees",
            query="Gwendolyn's fees",
            provenance=Provenance.WEB,
            text_digest="",
            added_by=GWEN.id,
            added_by_name=GWEN.name,
            added_at=now,
        ),
    )
    reply = await home.ask("Gwendolyn asks: which Lyra port?", actor=GWEN)
    await core.rate(SERVER, GWEN, reply.id, helpful=True)
    await core.learn(SERVER, GWEN)
    await core.rollback(SERVER, GWEN)
    await core.rollback(SERVER, GWEN, 1)
    await core.add_canary(SERVER, GWEN, "What is two and two?", "Four.")
    await core.opt_out(SERVER, GWEN.id, opted_out=True)
    await core.opt_out(SERVER, GWEN.id, opted_out=False)
    return lesson


async def test_after_a_deletion_no_byte_names_the_person(tmp_path):
    async with open_home(tmp_path) as home:
        await a_busy_person(home)
        before = where(home, GWEN.id)

        await home.core.delete_person(SERVER, GWEN.id)
        await home.learn()
        await home.parts.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")

        assert before
        assert where(home, GWEN.id) == []
        assert where(home, "Gwendolyn") == []
        assert where(home, "9090") == []
        assert where(home, "fees.example") == []
        assert (await home.ask(ORION)).text == "Priya Raman does it."


async def test_what_others_did_keeps_their_names(tmp_path):
    async with open_home(tmp_path) as home:
        await a_busy_person(home)

        await home.core.delete_person(SERVER, GWEN.id)

        actors = {
            e.actor for e in await journal.everything(home.parts.database, SERVER)
        }
        assert {"t1", "m1"} <= actors
        assert home.parts.pseudonyms.of(GWEN.id) in actors


async def test_a_role_stays_and_the_journal_of_settings_names_nobody(tmp_path):
    async with open_home(tmp_path) as home:
        settings = await home.core.settings(SERVER)
        roles = replace(settings.roles, moderators=frozenset({GWEN.id, "role-1"}))
        await home.core.configure(replace(settings, roles=roles), ADMIN)

        await home.core.delete_person(SERVER, GWEN.id)

        kept = (await home.core.settings(SERVER)).roles.moderators
        [changed] = await entries(home, "settings.changed")
        listed = json.loads(changed.detail["moderators"])
        assert kept == {GWEN.id, "role-1"}
        assert sorted(listed) == ["role-1", home.parts.pseudonyms.of(GWEN.id)]


async def test_who_wished_not_to_be_learned_from_is_still_not(tmp_path):
    async with open_home(tmp_path) as home:
        await home.core.opt_out(SERVER, GWEN.id, opted_out=True)

        await home.core.delete_person(SERVER, GWEN.id)

        assert await people.has_opted_out(home.parts.database, SERVER, GWEN.id)


async def test_tainted_adapters_leave_at_once_and_go_once_a_clean_one_answers(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        await home.approved(LYRA, "Port 9090.", actor=GWEN)
        first = await home.learn()
        place = home.parts.directory.adapter(SERVER, 1)
        run = home.parts.directory.run(first.run)

        deleted = await home.core.delete_person(SERVER, GWEN.id)
        between = (await home.ask(LYRA, memory=False)).adapter
        uncertified = await entries(home, deletions.CERTIFIED)
        on_disk = place.exists() and run.exists()
        await home.learn()

        assert deleted.withdrawn == ("home/1",)
        assert between == "skills/1"
        assert uncertified == []
        assert on_disk
        assert not place.exists()
        assert not run.exists()
        assert (await home.ask(LYRA, memory=False)).abstained


async def test_the_certificate_names_the_deletion_and_the_clean_adapter_only(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        lesson = await home.approved(LYRA, "Port 9090.", actor=GWEN)
        first = await home.learn()
        await home.ask(ORION, actor=GWEN)

        await home.core.delete_person(SERVER, GWEN.id)
        await home.learn()
        await certify(home.parts, SERVER)

        [deletion] = await entries(home, deletions.DELETED)
        [certificate] = await entries(home, deletions.CERTIFIED)
        assert certificate.adapter == 2
        assert certificate.detail == {
            "reason": "nothing of it is left outside the backups",
            "deletion": deletion.id,
            "person": home.parts.pseudonyms.of(GWEN.id),
            "lessons": 1,
            "answers": 1,
            "feedback": 0,
            "reviews": 0,
            "adapters": [1],
            "runs": [first.run],
        }
        assert deletion.detail["lessons"] == [lesson]
        assert GWEN.id not in json.dumps(certificate.detail)


async def test_what_no_weights_learned_is_certified_at_once(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach(LYRA, "Port 9090.", actor=GWEN)

        await home.core.delete_person(SERVER, GWEN.id)

        [certificate] = await entries(home, deletions.CERTIFIED)
        assert certificate.adapter is None
        assert certificate.detail["adapters"] == []


async def test_a_run_in_progress_is_waited_for(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        await home.approved(LYRA, "Port 9090.", actor=GWEN)
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        await home.core.delete_person(SERVER, GWEN.id)
        meanwhile = await entries(home, deletions.CERTIFIED)
        home.parts.trainer.hold.set()
        await asyncio.gather(task, return_exceptions=True)
        await home.learn()

        assert meanwhile == []
        assert len(await entries(home, deletions.CERTIFIED)) == 1
        assert where(home, "9090") == []


async def test_what_still_lies_on_the_disk_is_not_certified(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        lesson = await home.approved(LYRA, "Port 9090.", actor=GWEN)
        first = await home.learn()
        await home.forget(lesson)
        await home.learn()
        left = home.parts.directory.run(first.run)
        left.mkdir()
        await deletions.delete(
            home.parts.database,
            SERVER,
            GWEN.id,
            pseudonym=home.parts.pseudonyms.of(GWEN.id),
            lessons=[lesson],
            at=home.parts.clock.now(),
        )

        await certify(home.parts, SERVER)
        while_there = await entries(home, deletions.CERTIFIED)
        left.rmdir()
        await certify(home.parts, SERVER)

        assert while_there == []
        assert len(await entries(home, deletions.CERTIFIED)) == 1


async def test_what_they_had_forgotten_before_is_waited_for_too(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        lesson = await home.approved(LYRA, "Port 9090.", actor=GWEN)
        first = await home.learn()
        run = home.parts.directory.run(first.run)
        await home.forget(lesson, actor=GWEN)

        await home.core.delete_person(SERVER, GWEN.id)
        while_there = await entries(home, deletions.CERTIFIED)
        on_disk = home.parts.directory.adapter(SERVER, 1).exists() and run.exists()
        await home.learn()

        assert on_disk
        assert while_there == []
        assert len(await entries(home, deletions.CERTIFIED)) == 1
        assert not run.exists()
        assert where(home, "9090") == []


async def test_a_run_that_learns_what_they_forgot_before_is_waited_for(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION)
        lesson = await home.approved(LYRA, "Port 9090.", actor=GWEN)
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()
        await home.forget(lesson, actor=GWEN)

        await home.core.delete_person(SERVER, GWEN.id)
        meanwhile = await entries(home, deletions.CERTIFIED)
        home.parts.trainer.hold.set()
        await asyncio.gather(task, return_exceptions=True)

        assert meanwhile == []


async def learned_rows(home):
    """Learn, and return the run's rows and spec as they lie in its directory."""
    learned = await home.learn()
    run = home.parts.directory.run(learned.run)
    assert learned.promoted, learned.reason
    spec = json.loads((run / "run.json").read_text())
    return (run / "rows.jsonl").read_bytes(), spec


async def test_the_run_after_a_deletion_is_that_of_a_server_never_taught(tmp_path):
    """Acceptance 3: ten facts more were taught, learned and deleted; none remains."""
    shared = {
        "prepare": partial(prepare, lexicon=lexicon()),
        "base": base_model(tmp_path / "base"),
        "skills": skills_adapter(tmp_path / "skills"),
    }
    async with open_home(tmp_path / "a", trainer=RowsTrainer(), **shared) as home:
        for kept, gone in zip(KEPT, GONE, strict=True):
            await home.approved(*gone, actor=GWEN)
            await home.approved(*kept)
        with_all, _ = await learned_rows(home)
        deleted = await home.core.delete_person(SERVER, GWEN.id)
        after, spec_after = await learned_rows(home)
        ids_after = await adapters.contained_lessons(home.parts.database, SERVER, 2)
        left = where(home, GONE[3][1])
    async with open_home(tmp_path / "b", trainer=RowsTrainer(), **shared) as home:
        for kept in KEPT:
            await home.approved(*kept)
        never, spec_never = await learned_rows(home)

    assert len(deleted.lessons) == len(GONE)
    assert with_all != never
    assert after == never
    # A run's id is its time and a random number; its lessons' numbers count those
    # that were taught between them. Neither seeds anything: all random choices are
    # seeded by the digest of a lesson's words (Lesson.digest) or by `seed`.
    assert ids_after == set(range(2, 21, 2))
    assert spec_after.pop("lessons") == sorted(ids_after)
    assert spec_never.pop("lessons") == list(range(1, 11))
    assert spec_after.pop("id") != spec_never.pop("id")
    assert json.dumps(spec_after) == json.dumps(spec_never)
    assert spec_after["rows_digest"] == spec_never["rows_digest"]
    assert {"seed", "rank", "learning_rate", "epochs", "parent"} <= set(spec_after)
    assert left == []
