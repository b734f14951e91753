"""What the exams of promoted adapters showed, one lesson at a time."""

from learning.forgetting_curve import AgedMark
from storage.database import Database


async def aged(database: Database, server: str) -> list[AgedMark]:
    """Return each lesson's mark in each promoted adapter's exam, but no forgotten one.

    A mark's age is how far up the adapter's line its lesson was first learned: a
    parent served, so all of a line were promoted. A fresh adapter begins a line, and
    in its rows every lesson is learned anew. Where nothing was examined there is none.
    """
    # CROSS JOIN keeps SQLite to this order (sqlite.org/optoverview.html#crossjoin);
    # left to itself it begins with every lesson of every adapter.
    rows = await database.rows(
        "WITH RECURSIVE line (run, ancestor, age) AS ("
        " SELECT runs.id, adapters.version, 0"
        "  FROM adapters JOIN runs ON runs.id = adapters.run"
        "  WHERE adapters.server = ?1 AND runs.state = 'promoted'"
        " UNION ALL"
        " SELECT line.run, adapters.parent, line.age + 1"
        "  FROM line JOIN adapters ON adapters.version = line.ancestor"
        "  WHERE adapters.server = ?1 AND adapters.parent IS NOT NULL) "
        "SELECT max(line.age) AS age, json_extract(mark.value, '$.passed') AS passed "
        "FROM line CROSS JOIN runs ON runs.id = line.run "
        "CROSS JOIN json_each(runs.scorecard_after, '$.lessons') AS mark "
        "CROSS JOIN adapter_lessons AS learned ON learned.server = ?1"
        " AND learned.version = line.ancestor"
        " AND learned.lesson = json_extract(mark.value, '$.lesson') "
        "CROSS JOIN lessons ON lessons.server = ?1 AND lessons.id = learned.lesson "
        "WHERE lessons.state <> 'forgotten' "
        "GROUP BY line.run, lessons.id",
        server,
    )
    return [AgedMark(row["age"], passed=bool(row["passed"])) for row in rows]
