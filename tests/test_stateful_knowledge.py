"""No adapter ever contains an unapproved, gated or forgotten lesson, whatever happens.

Random histories on the real core, storage and rows: taught, reviewed, corrected, taken
back, learned, rolled back and crashed in any order. Every step is held against a ledger
that is kept apart from Myna (tests/stateful_ledger.py).
"""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from bot.messages import Question, Ruling
from learning.lesson import LessonKind, LessonState
from learning.run import RunKind
from tests.stateful_leaving import Leaves
from tests.stateful_ledger import HOME, ROOM, marks_in, moderator, person
from tests.stateful_steps import numbers, people, pick, servers, subjects
from tests.stateful_teaching import Teaches

HISTORIES, STEPS = 50, 50
LEAST_STEPS, LEAST_RUNS = 2000, 10
MEANWHILE = ("forget", "delete", "decide", "expire", "cancel", "die")
"""What may happen in the middle of a run."""


class History(Teaches, Leaves):
    """One server at a terminal and one on a platform, and all that can happen there."""

    @rule(server=servers, author=people, subject=subjects)
    def night(self, server, author, subject):
        """What was approved on the day is learned at night."""
        self._approve_one(server, author, subject)
        self.run(self.core.nightly(server, minimum_new_lessons=1))

    @rule(
        server=servers,
        author=people,
        subject=subjects,
        start=st.sampled_from((None, None, RunKind.FRESH)),
        stage=st.sampled_from(("train", "exam")),
        picked=numbers,
        missed=st.sampled_from((False, False, True)),
    )
    def learn(self, *, picked, **what):
        """A run, and something in the middle of it."""
        # Counted on from run to run, so that each of them comes in its turn.
        turn = (picked + self.world.runs.total()) % (len(MEANWHILE) + 1)
        self.learn_while((None, *MEANWHILE)[turn], picked=picked, **what)

    def learn_while(
        self, meanwhile, *, server, author, subject, start, stage, picked, missed
    ):
        """Learn something new; where it is `missed`, a lesson does not take."""
        self._approve_one(server, author, subject)
        known = self.ledger.of(LessonState.APPROVED, server=server)
        entry = pick([each for each in known if not each.gated], picked)
        if meanwhile and entry:
            self.world.meanwhile[stage] = self._meanwhile(meanwhile, entry, picked)
        self.run(self.train(server, start, entry if missed else None))
        self.world.meanwhile.clear()
        if self.world.snapshot:
            self.run(self.world.rise())

    def _approve_one(self, server, author, subject):
        self.teach(
            server=server,
            author=author,
            subject=subject,
            kind=LessonKind.QA,
            ruling=Ruling.APPROVE,
        )

    def _meanwhile(self, what, entry, picked):
        async def happens():
            self.seen[what] += 1
            match what:
                case "forget":
                    await self.forget_now(entry)
                case "delete":
                    await self.delete_now(entry.server, min(entry.people))
                case "decide":
                    waiting = self.ledger.of(LessonState.PENDING, server=entry.server)
                    if chosen := pick(waiting, picked):
                        await self.decide_now(chosen, Ruling.APPROVE)
                case "expire":
                    await self.expire_now()
                case "cancel":
                    self.world.running.cancel()
                    await asyncio.sleep(0)
                case "die":
                    self.world.die()

        return happens

    @rule(server=servers, version=st.sampled_from((None, None, 1, 2, 3, 4)))
    def roll_back(self, server, version):
        self.run(self.core.rollback(server, moderator(server), version))

    @rule(
        server=servers,
        subject=subjects,
        channel=st.sampled_from(("general", ROOM)),
        memory=st.booleans(),
        adapter=st.sampled_from(("current", "current", "1", "2", "3")),
    )
    def ask(self, server, subject, channel, memory, adapter):
        self.run(self._ask(server, subject, channel, memory, adapter))

    async def _ask(self, server, subject, channel, memory, adapter):
        asked = self.world.home.parts.engine.asked
        asked.clear()
        reply = await self.core.answer(
            Question(
                server,
                person("cem", server),
                f"Which label does the {subject} carry?",
                channel=channel,
                memory=memory,
                adapter=adapter,
            )
        )
        known = self.ledger.known(server, channel)
        for note in reply.notes:
            assert self.ledger.entries[server, note.id].mark in known
        assert marks_in(reply.text) <= known, reply
        assert marks_in(repr(asked)) <= known, asked

    @rule()
    def crash(self):
        self.world.die()
        self.run(self.world.rise())


def test_no_adapter_ever_contains_an_unapproved_gated_or_forgotten_lesson():
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert History.seen["step"] >= LEAST_STEPS
    # Histories in which nothing was learned would prove nothing.
    assert History.seen["promoted"] >= LEAST_RUNS
    assert History.seen["warm"] >= LEAST_RUNS
    assert sum(History.seen[what] for what in MEANWHILE) >= LEAST_RUNS


@pytest.mark.parametrize("stage", ["train", "exam"])
@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_no_adapter_does_whatever_happens_in_the_middle_of_a_run(meanwhile, stage):
    history = History()
    before = history.seen[meanwhile]
    run = {
        "server": HOME,
        "start": None,
        "stage": stage,
        "picked": 0,
        "missed": False,
    }
    try:
        history.begin()
        history.holds()
        history.night(server=HOME, author="ben", subject="boat house")
        history.learn_while(meanwhile, author="ana", subject="chess club", **run)
        history.holds()
        history.learn_while(None, author="ana", subject="Lyra server", **run)
        history.holds()
    finally:
        history.teardown()

    assert history.seen[meanwhile] == before + 1
