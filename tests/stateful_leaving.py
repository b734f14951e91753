"""Rules of random histories: what is taken back, by whoever may."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from learning.lesson import LessonState
from tests.stateful_ledger import GUILD, LIVING, moderator
from tests.stateful_steps import SUBJECTS, Steps, numbers, people, pick, servers


class Leaves(Steps):
    """Lessons, messages, documents, people, time, and a whole server."""

    @rule(picked=numbers)
    def forget(self, picked):
        entry = pick(self.ledger.of(*LessonState), picked)
        if entry:
            self.run(self.forget_now(entry))

    async def forget_now(self, entry):
        await self.core.forget(entry.server, moderator(entry.server), entry.id)
        entry.state = LessonState.FORGOTTEN

    @rule(picked=numbers)
    def forget_document(self, picked):
        entry = pick([e for e in self.ledger.of(*LIVING) if e.document], picked)
        if entry:
            self.run(self._forget_document(entry))

    async def _forget_document(self, entry):
        server, document = entry.server, entry.document
        await self.core.forget_document(server, moderator(server), document)
        for each in self.ledger.of(*LessonState, server=server):
            if each.document == document:
                each.state = LessonState.FORGOTTEN

    @rule(picked=numbers, subject=st.sampled_from((None, *SUBJECTS)))
    def message_changes(self, picked, subject):
        """A message that was taught is deleted, or with a subject edited."""
        entry = pick([e for e in self.ledger.of(*LIVING) if e.message], picked)
        if entry:
            self.run(self._message_changes(entry, subject))

    async def _message_changes(self, entry, subject):
        message, server = entry.message, entry.server
        if subject is None:
            await self.core.message_deleted(server, "general", [message])
            entry.state = LessonState.FORGOTTEN
            return
        mark = self.ledger.new_mark()
        text = f"The label of the {subject} is {mark}."
        taught = await self.core.message_edited(server, "general", message, text)
        entry.state = LessonState.FORGOTTEN
        for each in taught:
            self.wrote(each, mark)

    @rule(server=servers, name=people)
    def delete_person(self, server, name):
        self.run(self.delete_now(server, name))

    async def delete_now(self, server, name):
        await self.core.delete_person(server, name)
        for entry in self.ledger.of(*LessonState, server=server):
            if name in entry.people:
                entry.state = LessonState.FORGOTTEN

    @rule(server=servers, name=people, out=st.booleans())
    def opt_out(self, server, name, out):
        self.run(self.core.opt_out(server, name, opted_out=out))
        if out:
            self.ledger.opted_out.add((server, name))
        else:
            self.ledger.opted_out.discard((server, name))

    @rule(days=st.integers(1, 2))
    def time_passes(self, days):
        self.world.clock.advance(days=days)
        self.run(self.expire_now(days=0))

    async def expire_now(self, days=3):
        self.world.clock.advance(days=days)
        await self.core.retire_expired()
        for entry in self.ledger.of(*LIVING):
            if entry.expires_at and entry.expires_at <= self.world.clock.now():
                entry.state = LessonState.EXPIRED

    @rule(never=st.integers(0, 9))
    def purge(self, never):
        if never == 0:
            self.run(self._purge())

    async def _purge(self):
        await self.core.purge(GUILD)
        self.ledger.purged(GUILD)
        await self.world.set_up()
