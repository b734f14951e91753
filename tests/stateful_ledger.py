"""What a careful moderator would write down by hand, to hold Myna against it.

Each wording of a lesson carries a mark that occurs nowhere else, so that rows, weights,
answers and files can be read for marks alone, whoever wrote them and for what reason.
"""

import re
from dataclasses import dataclass, field

from bot.messages import Actor
from learning.lesson import LessonState
from moderation.provenance import Provenance, Scope
from moderation.roles import Role

HOME, GUILD = "home", "chat:1"
SERVERS = (HOME, GUILD)
PLATFORMS = {HOME: "terminal", GUILD: "discord"}
PEOPLE = ("ana", "ben", "cem", "dora")
ROOM = "room"
"""A channel that some lessons are for alone."""
MARK = re.compile(r"tag[0-9]+", re.IGNORECASE)
LIVING = (LessonState.PENDING, LessonState.APPROVED)


def marks_in(text):
    return {mark.casefold() for mark in MARK.findall(text)}


def person(name, server, role=Role.TEACHER):
    return Actor(name, name.title(), role, PLATFORMS[server])


def moderator(server):
    return person("mona", server, Role.MODERATOR)


@dataclass
class Entry:
    """One lesson as it should stand."""

    server: str
    id: int
    mark: str
    state: LessonState
    gated: bool
    """Platform, channel or a moderator keep it out of weights."""
    channel: str | None
    people: frozenset
    """Who taught it, and whose words it is."""
    expires_at: object = None
    message: str = ""
    document: int | None = None
    asked: bool = False
    """Its author has not said yet whether others may teach it."""


@dataclass
class Ledger:
    """Every lesson of every server, and what became of each mark."""

    entries: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    """The entry of each mark that was ever written, also of one that is gone."""
    opted_out: set = field(default_factory=set)

    def new_mark(self):
        mark = f"Tag{len(self.owners) + 1}"
        self.owners[mark.casefold()] = None
        return mark

    def taught(self, lesson, mark):
        """Write down a lesson that Myna put up for review."""
        message = lesson.provenance is Provenance.MESSAGE and lesson.server == GUILD
        entry = Entry(
            server=lesson.server,
            id=lesson.id,
            mark=mark.casefold(),
            state=LessonState.PENDING,
            gated=message or not lesson.scope.is_server_wide,
            channel=lesson.scope.channel,
            people=frozenset({lesson.author, lesson.consent_of} - {""}),
            expires_at=lesson.expires_at,
            message=lesson.source_message,
            document=lesson.document,
            asked=bool(lesson.consent_of),
        )
        self.entries[lesson.server, lesson.id] = entry
        self.owners[entry.mark] = entry
        return entry

    def reworded(self, entry, mark):
        entry.mark = mark.casefold()
        self.owners[entry.mark] = entry

    def approved(self, lesson):
        """Write down an approval, and that what it supersedes is over."""
        entry = self.entries[lesson.server, lesson.id]
        assert entry.state is LessonState.PENDING, entry
        assert not entry.asked, entry
        entry.state = LessonState.APPROVED
        entry.gated = entry.gated or lesson.memory_only
        older = self.entries.get((lesson.server, lesson.supersedes))
        if older and older.state is LessonState.APPROVED:
            older.state = LessonState.SUPERSEDED

    def purged(self, server):
        for key in [key for key in self.entries if key[0] == server]:
            self.entries.pop(key).state = LessonState.FORGOTTEN
        self.opted_out = {each for each in self.opted_out if each[0] != server}

    def of(self, *states, server=None):
        """List entries in these states, in the order in which they were taught."""
        return [
            each
            for each in self.entries.values()
            if each.state in states and server in (None, each.server)
        ]

    def trainable(self, server):
        """Return the marks that rows written now may hold."""
        known = self.of(LessonState.APPROVED, server=server)
        return {each.mark for each in known if not each.gated}

    def known(self, server, channel):
        """Return the marks that an answer in this channel may hold."""
        known = self.of(LessonState.APPROVED, server=server)
        scopes = {each.mark: Scope(each.channel) for each in known}
        return {mark for mark, scope in scopes.items() if scope.admits(channel)}

    def may_be_in_weights(self, server):
        """Return the marks that weights in service may hold: what was corrected since
        they were trained is answered for by memory until a fresh run."""
        held = self.of(LessonState.APPROVED, LessonState.SUPERSEDED, server=server)
        return {each.mark for each in held if not each.gated}

    def gone(self):
        """Return the marks of lessons whose words must be nowhere any more."""
        return {
            mark
            for mark, owner in self.owners.items()
            if owner and owner.state is LessonState.FORGOTTEN
        }
