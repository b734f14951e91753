"""Where the review card of each lesson hangs on its platform."""

from dataclasses import dataclass

from storage.database import Database


@dataclass(frozen=True, slots=True)
class PostedCard:
    """A message that shows one lesson to moderators."""

    lesson: int
    channel: str
    message: str


async def add(database: Database, server: str, card: PostedCard) -> None:
    """Remember a card; the same one twice is one."""
    await database.rows(
        "INSERT OR IGNORE INTO cards (server, lesson, channel, message) "
        "VALUES (?, ?, ?, ?)",
        server,
        card.lesson,
        card.channel,
        card.message,
    )


async def of_lesson(database: Database, server: str, lesson: int) -> list[PostedCard]:
    """Return the cards of a lesson."""
    rows = await database.rows(
        "SELECT lesson, channel, message FROM cards WHERE server = ? AND lesson = ? "
        "ORDER BY rowid",
        server,
        lesson,
    )
    return [PostedCard(**dict(row)) for row in rows]
