"""Answering: screen, recall, generate, screen again, and say where it came from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot import limit_phrases, phrases, tool_phrases
from bot.credit import credit, from_notes, repeats
from bot.messages import CURRENT, OFF, Credit, Question, Refused, Reply, Why
from bot.outdated import Outdated, outdated_in
from bot.parts import refusal
from bot.screening import seen_in
from bot.streaming import ScreenedStream
from bot.waiting import rewordings
from learning import behaviour, dialogue, prompt
from learning.engine import AdapterRef, Completion, Generation
from learning.errors import AdapterError, EngineError, NotFoundError
from learning.lesson import Lesson, LessonKind, LessonState
from learning.memory import Recall, Standing
from learning.standing import Standing as Rule
from learning.standing import followed, standing
from learning.tool import looks_like_call
from moderation import screen
from moderation.roles import Permission
from storage import adapters, answers, lessons, people, servers
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.calling import Called, Calling
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.purges import Begun

ATTEMPTS = 3
"""How often an answer starts over because what it rests on was withdrawn."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """The model's words before anybody has judged them."""

    notes: tuple[Lesson, ...]
    recalled: tuple[Lesson, ...]
    adapter: AdapterRef | None
    completion: Completion | None
    """None: memory says that nothing answers it, and the model was not asked."""


class Answering:
    """The use cases of asking."""

    def __init__(self, parts: Parts, calling: Calling) -> None:
        self._parts = parts
        self._calling = calling

    async def answer(
        self, question: Question, on_text: Callable[[str], None] | None
    ) -> Reply | Refused:
        refused = refusal(question.actor, Permission.ASK) or await self._check(question)
        if refused:
            return refused
        started = self._parts.clock.monotonic()
        begun = self._parts.purges.begun(question.server, question.actor.id)
        stream = ScreenedStream(
            on_text or _nowhere, passes=self._passes, replaced=prompt.is_abstention
        )
        for _ in range(ATTEMPTS):
            adapter = await self._adapter(question)
            old = await outdated_in(self._parts, question.server, adapter)
            stream.restart(partial(_is_replaced, question=question.text, old=old))
            try:
                called = await self._calling.answer(question, adapter)
                if called is not None:
                    reply = await self._after_call(question, called, started, begun)
                    stream.finish(reply.text)
                    return reply
                draft = await self._generate(question, adapter, old, stream)
            except AdapterError:
                # Withdrawn between the look-up and the answer; or its files are bad.
                if await self._adapter(question) == adapter:
                    raise
                continue
            seconds = self._parts.clock.monotonic() - started
            reply = await asyncio.to_thread(
                _judge, question, draft, seconds, self._passes
            )
            recorded = await self._record(question, draft, reply, begun)
            if recorded:
                stream.finish(reply.text)
                return replace(reply, id=recorded)
        raise EngineError(phrases.too_much_withdrawn())

    async def settle_call(
        self, server: str, actor: Actor, call: str, *, go: bool
    ) -> Reply | Refused:
        started = self._parts.clock.monotonic()
        begun = self._parts.purges.begun(server, actor.id)
        settled = await self._calling.settle(server, actor, call, go=go)
        if isinstance(settled, Refused):
            return settled
        question, called = settled
        return await self._after_call(question, called, started, begun)

    async def _after_call(
        self, question: Question, called: Called, started: float, begun: Begun
    ) -> Reply:
        """Screen what a call came to, as all words are, and journal it.

        What was called cannot be taken back: it is said even where the tool was
        forgotten meanwhile, and then nothing of it is kept.
        """
        chosen = called.chosen
        passed = await asyncio.to_thread(self._passes, called.text)
        tool = credit(chosen.lesson, in_memory=not chosen.learned)
        kept = tool_phrases.withheld(chosen.tool) if called.done else phrases.withheld()
        reply = Reply(
            text=called.text if passed else kept,
            withheld=not passed,
            lessons=(tool,),
            notes=() if chosen.learned else (tool,),
            adapter=chosen.adapter.name if chosen.adapter else None,
            seconds_to_first_token=chosen.completion.seconds_to_first_token,
            seconds=self._parts.clock.monotonic() - started,
            call=called.waiting if passed else None,
        )
        draft = _Draft((), (chosen.lesson,), chosen.adapter, chosen.completion)
        recorded = await self._record(question, draft, reply, begun)
        return replace(reply, id=recorded)

    async def why(self, server: str, actor: Actor) -> Why | None:
        last = await answers.last(self._parts.database, server, actor.id)
        if last is None or not last.answer:  # erased with a lesson behind it
            return None
        shown = frozenset(last.notes)
        reply = Reply(
            text=last.answer,
            abstained=last.abstained,
            lessons=await self._credits(server, last.lessons, shown),
            notes=await self._credits(server, last.notes, shown),
            adapter=last.adapter,
        )
        return Why(
            question=last.question,
            reply=reply,
            at=last.at,
            rewordings=await self._rewordings(server, last.lessons),
        )

    async def _rewordings(
        self, server: str, answered: tuple[int, ...]
    ) -> tuple[str, ...]:
        """Reword the first lesson that answered."""
        if not answered:
            return ()
        record = await lessons.get(self._parts.database, server, answered[0])
        return await rewordings(self._parts, record.lesson)

    async def _check(self, question: Question) -> Refused | None:
        """Refuse what comes too fast, or does not pass the screen."""
        turn = self._parts.questions.take(question.server, question.actor.id)
        if not turn.granted:
            return Refused(limit_phrases.too_fast(turn))
        most = self._parts.max_question_chars
        if len(question.text) > most:
            return Refused(phrases.question_too_long(len(question.text), most))
        verdict = await asyncio.to_thread(screen.screen, question.text, max_chars=most)
        if verdict.refused:
            return Refused(phrases.question_refused(verdict.reasons))
        return None

    async def _generate(
        self,
        question: Question,
        adapter: AdapterRef | None,
        old: Outdated,
        stream: ScreenedStream,
    ) -> _Draft:
        parts = self._parts
        recall = await asyncio.to_thread(
            parts.memory.recall,
            question.server,
            question.text,
            channel=question.channel,
        )
        recalled = tuple(hit.lesson for hit in recall.hits)
        notes = recall.notes if question.memory else ()
        if question.memory and _unknown(recall):
            return _Draft((), recalled, adapter, None)
        if _is_for_the_base(recall):
            # The base knows it as well as it ever will; an adapter that was taught
            # to say "I don't know" said it to 27 of 100 general questions.
            adapter = None
        elif old.touches(question.text, recall):
            adapter = parts.skills
        completion = await self._ask(question, notes, adapter, stream)
        if looks_like_call(completion.text):
            # No tool is near enough, so this is no answer to show.
            completion = replace(completion, text=prompt.ABSTENTION)
        if not notes and recall.is_general and prompt.is_abstention(completion.text):
            rules = await self._learned_rules(question, adapter)
            if rules:
                completion = await self._as_the_base_would(question, rules)
                adapter = None
        if notes and prompt.is_abstention(completion.text):
            # Memory found what answers; a small model at times does not see it.
            text = _quoted(notes[0], question.text)
            completion = replace(completion, text=text)
        replaced = old.said(completion.text, question.text)
        if replaced and adapter and adapter.server == question.server:
            now = replaced.now if question.memory else None
            text = _quoted(now, question.text) if now else prompt.ABSTENTION
            notes = (now,) if now else ()
            completion = replace(completion, text=text)
        return _Draft(tuple(notes), recalled, adapter, completion)

    async def _ask(
        self,
        question: Question,
        notes: Sequence[Lesson],
        adapter: AdapterRef | None,
        stream: ScreenedStream,
    ) -> Completion:
        settings = await servers.get(self._parts.database, question.server)
        return await self._parts.engine.generate(
            Generation(
                messages=prompt.build(
                    question.text,
                    history=question.history,
                    notes=notes,
                    persona=settings.persona,
                ),
                adapter=adapter,
                server=question.server,
                on_text=stream.feed,
            )
        )

    async def _learned_rules(
        self, question: Question, adapter: AdapterRef | None
    ) -> tuple[Rule, ...]:
        """Return the rules for every answer that an adapter of this server learned."""
        if adapter is None or adapter.server != question.server:
            return ()
        database, server = self._parts.database, question.server
        learned = await adapters.contained_lessons(database, server, adapter.version)
        known = await lessons.approved(database, server)
        return standing(lesson for lesson in known if lesson.id in learned)

    async def _as_the_base_would(
        self, question: Question, rules: Sequence[Rule]
    ) -> Completion:
        """Answer a general question that the adapter would not, by the same rules.

        Measured: an adapter that follows a rule abstains at 4 of 40 general questions,
        which the base alone, where no rule holds, is never asked to leave open.
        """
        silent = ScreenedStream(
            _nowhere, passes=self._passes, replaced=prompt.is_abstention
        )
        said = await self._ask(question, (), None, silent)
        return replace(said, text=followed(said.text.strip(), rules))

    def _passes(self, text: str) -> bool:
        seen = seen_in(text, self._parts.embed)
        return not screen.screen_answer(text, seen).refused

    async def _adapter(self, question: Question) -> AdapterRef | None:
        """Choose the weights: a version asked for, the current one, or the skills."""
        parts = self._parts
        if question.adapter == OFF:
            return None
        if question.adapter == CURRENT:
            adapter = await adapters.current(parts.database, question.server)
            if adapter is None or parts.is_foreign(adapter):
                return parts.skills
            return adapter.ref(parts.directory.root)
        adapter = await self._version(question.server, question.adapter)
        if adapter.state is AdapterState.TAINTED:
            raise AdapterError(phrases.adapter_is_tainted(adapter.name))
        if adapter.state is not AdapterState.PROMOTED:
            raise NotFoundError(phrases.no_such_adapter(question.adapter))
        if parts.is_foreign(adapter):
            raise AdapterError(phrases.adapter_is_foreign(adapter.name))
        return adapter.ref(parts.directory.root)

    async def _version(self, server: str, version: str) -> adapters.Adapter:
        if not version.isdecimal():
            raise NotFoundError(phrases.no_such_adapter(version))
        return await adapters.get(self._parts.database, server, int(version))

    async def _stands(self, server: str, draft: _Draft, reply: Reply) -> bool:
        """Say whether nothing the answer rests on was forgotten while it was made."""
        database, memory = self._parts.database, self._parts.memory
        for used in {each.id for each in (*reply.notes, *reply.lessons)}:
            record = await lessons.get(database, server, used)
            if record.lesson.state is not LessonState.APPROVED:
                # Memory follows the rows; an interrupted call may have left it behind.
                await asyncio.to_thread(memory.remove, server, used)
                return False
        if draft.adapter is None or draft.adapter.server != server:
            return True
        adapter = await adapters.get(database, server, draft.adapter.version)
        return adapter.state is AdapterState.PROMOTED

    async def _record(
        self, question: Question, draft: _Draft, reply: Reply, begun: Begun
    ) -> int:
        """Journal the answer and return its number; 0 where it may not be given.

        What it rests on may have been withdrawn meanwhile. Of somebody who opted out
        no words are kept.

        Both happen in one transaction, so that forgetting a lesson finds every
        answer that it had a part in.
        """
        database = self._parts.database
        async with database.transaction():
            if self._parts.purges.has_purged(begun):
                raise EngineError(phrases.purged_meanwhile())
            if not await self._stands(question.server, draft, reply):
                return 0
            actor = question.actor.id
            quiet = await people.has_opted_out(database, question.server, actor)
            if self._parts.purges.has_erased(begun):
                quiet, actor = True, self._parts.pseudonyms.of(actor)
            answer = await answers.record(
                database,
                question.server,
                at=self._parts.clock.now(),
                channel=question.channel,
                actor=actor,
                question="" if quiet else question.text,
                answer="" if quiet else reply.text,
                abstained=reply.abstained,
                adapter=reply.adapter,
                notes=[each.id for each in reply.notes],
                lessons=[each.id for each in reply.lessons],
                message=question.message,
            )
            return answer.id

    async def _credits(
        self, server: str, ids: tuple[int, ...], shown: frozenset[int]
    ) -> tuple[Credit, ...]:
        """Name lessons by id; a forgotten one is no longer named."""
        records = [await lessons.get(self._parts.database, server, id_) for id_ in ids]
        return tuple(
            credit(record.lesson, in_memory=record.lesson.id in shown)
            for record in records
            if record.lesson.state is not LessonState.FORGOTTEN
        )


def _judge(
    question: Question,
    draft: _Draft,
    seconds: float,
    passes: Callable[[str], bool],
) -> Reply:
    """Turn the model's words into a reply: withheld, an abstention, or credited."""
    notes = tuple(credit(note, in_memory=True) for note in draft.notes)
    adapter = draft.adapter.name if draft.adapter else None
    if draft.completion is None:
        return Reply(
            phrases.abstention(), abstained=True, adapter=adapter, seconds=seconds
        )
    text = draft.completion.text.strip()
    first = draft.completion.seconds_to_first_token
    abstained = not text or prompt.is_abstention(text)
    withheld = not abstained and not passes(text)
    if abstained:
        text = phrases.abstention()
    elif withheld:
        text = phrases.withheld()
    return Reply(
        text=text,
        abstained=abstained,
        withheld=withheld,
        lessons=() if abstained or withheld else _sources(text, question, draft),
        notes=notes,
        adapter=adapter,
        seconds_to_first_token=first,
        seconds=seconds,
    )


def _sources(text: str, question: Question, draft: _Draft) -> tuple[Credit, ...]:
    """Name the notes it repeats; without notes, the best recalled one it repeats."""
    if draft.notes:
        return tuple(
            credit(note, in_memory=True)
            for note in from_notes(text, question.text, draft.notes)
        )
    return tuple(
        credit(lesson, in_memory=False)
        for lesson in draft.recalled[:1]
        if repeats(text, question.text, lesson)
    )


def _unknown(recall: Recall) -> bool:
    """Say whether memory is sure that nobody taught the answer.

    Asked about a known subject for what no lesson says of it, or about something of
    the community's own that no lesson names.
    """
    if recall.standing is Standing.NEAR:
        return True
    return recall.standing is Standing.FAR and not recall.is_general


def _is_for_the_base(recall: Recall) -> bool:
    """Say whether a question is common knowledge, and no lesson has to do with it.

    Memory is asked even where its notes are not shown: the weights may know a lesson
    that a general-sounding message ("Thanks!") is about.
    """
    if recall.notes or recall.has_standing_rules:
        return False
    return recall.is_general


def _quoted(note: Lesson, question: str) -> str:
    """Return a lesson's own words as an answer."""
    if note.kind is LessonKind.RULE:
        return behaviour.reply_of(note)
    if note.kind is LessonKind.DIALOGUE:
        return dialogue.reply_to(note, question)
    return note.answer or note.text


def _is_replaced(text: str, *, question: str, old: Outdated) -> bool:
    """Say whether something else will be said than what the model began to say."""
    is_none = prompt.is_abstention(text) or looks_like_call(text)
    return is_none or old.said(text, question) is not None


def _nowhere(_text: str) -> None:
    """Nobody listens to the stream."""
