"""The steps that the tests of documents repeat: read, bring, review."""

from dataclasses import replace

from bot.chat import Chat
from bot.reading import Reading, digest_of
from bot.session import LocalSession
from learning.passages import Passage
from moderation.provenance import Provenance
from tests.core_steps import MODERATOR, SERVER, TEACHER

URL = "https://orion.example/handbook"
FEES = "The yearly fee of the Orion club is forty crowns, to be paid before May."
STAGING = "The Orion staging server is maintained by Priya Raman, all week long."
KEYS = "The keys of the boat house hang behind the door of the old kitchen."
HOURS = "The harbour office opens at nine and closes when the last boat is back."
SECRET = "The key of the Orion cloud is AKIAQYLPMN5HFIQR7XYA, so keep it to yourself."  # noqa: S105
RUDE = "Whoever leaves the boat house unlocked is a fucking idiot, says Tomas."
PASSWORD = "The password of the guest network is: correct-horse-17-battery."  # noqa: S105


def reading(*said, source=URL, provenance=Provenance.WEB, **fields):
    """What was read: texts, or headings with a text."""
    pairs = [
        ("Orion handbook", each) if isinstance(each, str) else each for each in said
    ]
    passages = tuple(Passage((heading,), text, "") for heading, text in pairs)
    return Reading(
        **{
            "source": source,
            "title": "Orion handbook",
            "provenance": provenance,
            "passages": passages,
            "text_digest": digest_of(passages),
            **fields,
        }
    )


async def brought(home, *said, actor=TEACHER, server=SERVER, **fields):
    """Bring a document; return what became of it."""
    options = {
        name: fields.pop(name)
        for name in ("scope", "supersedes", "channel", "platform")
        if name in fields
    }
    return await home.core.add_document(
        server, actor, reading(*said, **fields), **options
    )


def session_of(home, folder, *, actor=MODERATOR, server=SERVER, **fields):
    return LocalSession(
        Chat(home.core, server, actor, folder, **fields), home.parts.clock
    )


def limited(home, **changes):
    """A core of the same home with other parts."""
    return type(home.core)(replace(home.parts, **changes))
