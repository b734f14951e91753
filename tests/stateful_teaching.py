"""Rules of random histories: what is taught, and what moderators decide about it."""

import re

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.messages import (
    Correction,
    Decided,
    DecidedDocument,
    Decision,
    Refused,
    Ruling,
    Teaching,
)
from learning.lesson import LessonKind, LessonState
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from tests.document_steps import reading
from tests.stateful_ledger import (
    GUILD,
    LIVING,
    PEOPLE,
    ROOM,
    marks_in,
    moderator,
    person,
)
from tests.stateful_steps import (
    FORMS,
    Steps,
    in_days,
    learns,
    numbers,
    people,
    pick,
    servers,
    subjects,
)


class Teaches(Steps):
    """Teachers, authors of messages, and moderators."""

    @rule(
        server=servers,
        author=people,
        subject=subjects,
        kind=st.sampled_from(tuple(FORMS)),
        room=st.sampled_from((None, None, None, ROOM)),
        words_of=st.sampled_from(("", "", "", *PEOPLE)),
        expires=st.sampled_from((None, None, None, 1, 3)),
        ruling=st.sampled_from((None, Ruling.APPROVE, *Ruling)),
        learns=learns,
    )
    def teach(self, *, ruling, learns=False, **what):
        entry = self.run(self._teach(**what))
        if entry and ruling:
            self.decide_on(entry, ruling)
        if learns:
            self.run(self.train(what["server"], None, None))

    async def _teach(
        self, *, server, author, subject, kind, room=None, words_of="", expires=None
    ):
        mark = self.ledger.new_mark()
        elsewhere = words_of == author
        others = "" if elsewhere else words_of
        taught = await self.core.teach(
            Teaching(
                server,
                person(author, server),
                kind,
                **self.words(kind, subject, mark),
                provenance=Provenance.MESSAGE if words_of else Provenance.TYPED,
                scope=Scope(room) if room else SERVER_WIDE,
                channel="general",
                message=f"m{len(self.ledger.owners)}" if words_of else "",
                words_of=others,
                expires_at=in_days(self.world.clock, expires),
            )
        )
        if others and (server, others) in self.ledger.opted_out:
            assert isinstance(taught, Refused)
        return self.wrote(taught, mark)

    @rule(picked=numbers, ruling=st.sampled_from((Ruling.APPROVE, *Ruling)))
    def decide(self, picked, ruling):
        entry = pick(self.ledger.of(*LessonState), picked)
        if entry:
            self.decide_on(entry, ruling)

    def decide_on(self, entry, ruling):
        self.run(self.decide_now(entry, ruling))

    async def decide_now(self, entry, ruling):
        decided = await self.core.decide(
            Decision(entry.server, moderator(entry.server), entry.id, ruling)
        )
        if isinstance(decided, Decided):
            self.settled([decided.lesson])

    @rule(server=servers)
    def approve_all(self, server):
        self.run(self._approve_all(server))

    async def _approve_all(self, server):
        result = await self.core.approve_all(server, moderator(server))
        self.settled(result.approved)
        # Asked again: of those held, none became known.
        for held in result.held:
            entry = self.ledger.entries[server, held.lesson.id]
            assert entry.state is LessonState.PENDING

    @rule(picked=numbers, subject=subjects)
    def edit(self, picked, subject):
        entry = pick(self.ledger.of(*LIVING), picked)
        if entry:
            self.run(self._edit(entry, subject))

    async def _edit(self, entry, subject):
        mark = self.ledger.new_mark()
        lesson = await self.lesson(entry)
        words = self.words(lesson.kind, subject, mark)
        edited = await self.core.edit(
            entry.server, moderator(entry.server), entry.id, **words
        )
        if not isinstance(edited, Refused) and edited.waiting:
            assert entry.state is LessonState.PENDING
            self.ledger.reworded(entry, mark)

    @rule(
        picked=numbers,
        author=people,
        ruling=st.sampled_from((None, Ruling.APPROVE, *Ruling)),
        learns=learns,
    )
    def correct(self, picked, author, ruling, learns):
        entry = pick(self.ledger.of(LessonState.APPROVED), picked)
        if entry:
            new = self.run(self._correct(entry, author))
            if new and ruling:
                self.decide_on(new, ruling)
            if learns:
                self.run(self.train(entry.server, None, None))

    async def _correct(self, entry, author):
        mark = self.ledger.new_mark()
        old = await self.lesson(entry)
        named = "answer" if old.kind is LessonKind.QA else "text"
        said = re.sub(entry.mark, mark, getattr(old, named), flags=re.IGNORECASE)
        taught = await self.core.correct_lesson(
            entry.server,
            person(author, entry.server),
            Correction(entry.id, **{named: said}),
            channel=entry.channel,
        )
        return self.wrote(taught, mark)

    @rule(picked=numbers)
    def widen(self, picked):
        entry = pick([e for e in self.ledger.of(*LIVING) if e.channel], picked)
        if entry:
            self.run(self._widen(entry))

    async def _widen(self, entry):
        widened = await self.core.widen(entry.server, moderator(entry.server), entry.id)
        assert entry.state is LessonState.PENDING
        lesson = widened.lesson
        entry.channel = None
        entry.gated = lesson.server == GUILD and (
            lesson.provenance is Provenance.MESSAGE
        )

    @rule(picked=numbers, given=st.booleans())
    def consent(self, picked, given):
        entry = pick([e for e in self.ledger.of(*LIVING) if e.asked], picked)
        if entry:
            self.run(self._consent(entry, given=given))

    async def _consent(self, entry, *, given):
        lesson = await self.lesson(entry)
        said = await self.core.consent(
            entry.server, lesson.consent_of, entry.id, given=given
        )
        assert not isinstance(said, Refused)
        entry.asked = False
        if not given:
            entry.state = LessonState.FORGOTTEN

    @rule(
        server=servers,
        subject=subjects,
        chosen=st.sampled_from((None, 1, 2)),
        learns=learns,
    )
    def document(self, server, subject, chosen, learns):
        """A document of two passages is brought, and approved whole or in part."""
        self.run(self._document(server, subject, chosen))
        if learns:
            self.run(self.train(server, None, None))

    async def _document(self, server, subject, chosen):
        marks = [self.ledger.new_mark(), self.ledger.new_mark()]
        said = [
            (f"{subject} {mark}", f"The label of this {subject} has long been {mark}.")
            for mark in marks
        ]
        source = f"https://orion.example/{len(self.ledger.owners)}"
        added = await self.core.add_document(
            server, person("ana", server), reading(*said, source=source)
        )
        for waiting in added.waiting:
            [mark] = marks_in(waiting.lesson.text)
            self.ledger.taught(waiting.lesson, mark)
        parts = None if chosen is None else frozenset({chosen})
        decided = await self.core.decide_document(
            server, moderator(server), added.document, Ruling.APPROVE, parts=parts
        )
        if isinstance(decided, DecidedDocument):
            self.settled(decided.decided)
