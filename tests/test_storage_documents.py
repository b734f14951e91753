"""Documents in the database: upgraded without a loss, purged, their cards found."""

import shutil
import sqlite3

import pytest

from storage import documents, purging
from storage.database import MIGRATIONS, open_database
from storage.documents import PostedDocument, StoredDocument
from tests.core_steps import SERVER, open_home
from tests.document_steps import FEES, STAGING, brought
from tests.storage_steps import NOW

OLD = ("0001_*.sql", "0002_*.sql")
LESSON = (
    "INSERT INTO lessons (server, id, kind, question, answer, text, author, "
    "author_name, provenance, state, taught_at, platform, source, findings, "
    "supersedes, source_channel, source_message) VALUES "
    "('guild', ?, ?, ?, ?, ?, 'u1', 'Tomas', 'typed', 'pending', '2026-01-01', "
    "'discord', 'a.md', '[]', ?, 'c1', 'm1')"
)
TABLES = ("lessons", "runs", "adapters", "adapter_lessons", "journal", "cards")


async def fill(database):
    """Lessons of every old kind, an adapter that learned one, and what names them."""
    run = database.rows
    await run(LESSON, 1, "qa", "Who?", "Priya.", "", None)
    await run(LESSON, 2, "fact", "", "", "It moved.", 1)
    await run(LESSON, 3, "rule", "", "", "Be brief.", None)
    await run(
        "UPDATE lessons SET state = 'approved', decided_by = 'm1', "
        "decided_by_name = 'Mona', decided_at = '2026-01-02', memory_only = id = 3 "
        "WHERE id <> 2"
    )
    await run(
        "INSERT INTO runs (id, server, kind, state, lessons, requested_by, "
        "created_at, finished_at) VALUES "
        "('r1', 'guild', 'warm', 'promoted', '[1]', 'm1', '2026', '2026')"
    )
    await run(
        "INSERT INTO adapters (server, version, run, base_digest, skills_digest, "
        "path, manifest_digest, state, created_at) VALUES "
        "('guild', 1, 'r1', 'b', 's', 'adapters/guild/1', 'm', 'promoted', '2026')"
    )
    await run("INSERT INTO adapter_lessons VALUES ('guild', 1, 1)")
    await run(
        "INSERT INTO journal (at, server, actor, action, lesson, adapter, detail) "
        "VALUES ('2026', 'guild', 'u1', 'lesson.taught', 1, 1, '{}')"
    )
    await run("INSERT INTO cards VALUES ('guild', 2, 'c1', 'm9')")


async def contents(database):
    return {
        table: [
            dict(row)
            for row in await database.rows(f"SELECT * FROM {table}")  # noqa: S608
        ]
        for table in TABLES
    }


@pytest.fixture
async def upgraded(tmp_path):
    """A database of migration 0002 with rows, opened by today's Myna."""
    old = tmp_path / "old"
    old.mkdir()
    for pattern in OLD:
        [script] = MIGRATIONS.glob(pattern)
        shutil.copy(script, old)
    path = tmp_path / "myna.sqlite3"
    async with open_database(path, migrations=old) as database:
        await fill(database)
        before = await contents(database)
    async with open_database(path) as database:
        yield before, database


async def test_an_upgrade_keeps_every_row_and_every_reference(upgraded):
    before, database = upgraded

    after = await contents(database)

    assert len(before["lessons"]) == 3
    for table in TABLES:
        assert len(after[table]) == len(before[table])
        for was, now in zip(before[table], after[table], strict=True):
            assert was == {name: now[name] for name in was}
    assert await database.rows("PRAGMA foreign_key_check") == []
    [[enforced]] = await database.rows("PRAGMA foreign_keys")
    assert enforced == 1
    await database.check()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM lessons", "keeps its number"),
        ("UPDATE lessons SET state = 'pending' WHERE id = 1", "cannot go from"),
        ("UPDATE lessons SET answer = 'Jo.' WHERE id = 1", "only a waiting lesson"),
        ("UPDATE lessons SET heading = 'Top' WHERE id = 1", "only a waiting lesson"),
        ("UPDATE lessons SET place = 'page 2' WHERE id = 1", "only a waiting lesson"),
        ("INSERT INTO adapter_lessons VALUES ('guild', 1, 2)", "may not learn"),
        ("INSERT INTO adapter_lessons VALUES ('guild', 1, 3)", "may not learn"),
        ("UPDATE journal SET actor = 'x'", "only ever added to"),
        (
            (
                "UPDATE lessons SET state = 'approved', decided_by = 'm', "
                "decided_at = '2026', consent = 'asked' WHERE id = 2"
            ),
            "has not agreed",
        ),
        (
            (
                "UPDATE lessons SET state = 'forgotten', question = '', answer = '', "
                "text = '', author = '', author_name = '', source = '', "
                "decided_by = '', decided_by_name = '' WHERE id = 1"
            ),
            "keeps nothing",
        ),
        ("INSERT INTO cards VALUES ('guild', 9, 'c', 'm')", "FOREIGN KEY"),
        ("UPDATE lessons SET supersedes = 9 WHERE id = 2", "FOREIGN KEY"),
        ("UPDATE lessons SET kind = 'passage' WHERE id = 2", "CHECK"),
    ],
)
async def test_every_rule_holds_after_an_upgrade(upgraded, statement, said):
    _, database = upgraded

    with pytest.raises(sqlite3.IntegrityError, match=said):
        await database.rows(statement)


async def test_a_lesson_is_not_born_approved_after_an_upgrade(upgraded):
    _, database = upgraded

    with pytest.raises(sqlite3.IntegrityError, match="waits for review"):
        await database.rows(
            LESSON.replace("'pending'", "'rejected'"), 9, "fact", "", "", "It.", None
        )


async def test_a_document_keeps_to_its_server(tmp_path):
    draft = StoredDocument(
        server="guild",
        id=0,
        source="a.md",
        title="A",
        query="",
        provenance="upload",
        text_digest="d",
        added_by="u1",
        added_by_name="Tomas",
        added_at=NOW,
    )
    async with open_database(tmp_path / "myna.sqlite3") as database:
        await documents.add(database, draft)
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            await database.rows(
                "INSERT INTO document_cards VALUES ('other', 1, 'c', 'm')"
            )


async def test_a_documents_cards_are_found_and_a_purge_takes_all_of_it(tmp_path):
    async with open_home(tmp_path) as home:
        database = home.parts.database
        await brought(home, FEES, STAGING)
        card = PostedDocument(1, "c1", "m1")
        await home.core.document_card_posted(SERVER, card)
        await home.core.document_card_posted(SERVER, card)
        assert await home.core.document_cards(SERVER, 1) == [card]

        await purging.purge(database, SERVER, pseudonym="~0", at=NOW)

        for table in ("lessons", "documents", "document_cards", "journal"):
            left = await database.rows(
                f"SELECT * FROM {table} WHERE server = ?",  # noqa: S608
                SERVER,
            )
            assert left == []
