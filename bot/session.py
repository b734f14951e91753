"""One person's chat with the core: a line in, an outcome out, on any front end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, assert_never

from bot import actions as do
from bot import breakage, terminal_phrases, tool_card_phrases
from bot import canary_actions as canaries
from bot import document_actions as documents
from bot import own_actions as own
from bot import research_actions as web
from bot import review_actions as reviewing
from bot import tool_actions as tools
from bot import vocabulary as say
from bot.chat import Chat
from bot.commands import parse
from bot.messages import Refused, Ruling
from bot.outcome import Outcome, OutcomeKind, error
from bot.ports import Clock
from learning.errors import MynaError
from learning.run import Progress


class Session(Protocol):
    """Whatever can carry out a line: the core here, or a process that owns it."""

    async def execute(
        self,
        line: str,
        *,
        on_text: Callable[[str], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        """Carry out one line; cancelling the call stops the answer or the run."""


class LocalSession:
    """A chat with the core in this process.

    It is the error boundary of the terminal: whatever goes wrong becomes an
    outcome, with a sentence for people.
    """

    def __init__(self, chat: Chat, clock: Clock, *, tells: bool = True) -> None:
        """Without `tells`, somebody else tells people what became of their lessons."""
        self._chat = chat
        self._clock = clock
        self._tells = tells
        self._call = ""
        """The id of the last call that was asked about, and not settled since."""

    async def execute(
        self,
        line: str,
        *,
        on_text: Callable[[str], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        """Carry out one line; never raises, except when cancelled."""
        try:
            command = parse(line)
        except MynaError as exc:
            return error(str(exc))
        return await self.run(command, on_text=on_text, on_progress=on_progress)

    async def run(
        self,
        command: say.Command,
        *,
        on_text: Callable[[str], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        """Carry out one command; never raises, except when cancelled."""
        started = self._clock.monotonic()
        notices: tuple[str, ...] = ()
        try:
            outcome = await self._carry_out(command, on_text, on_progress)
            if self._tells:
                notices = await do.notices(self._chat)
        except MynaError as exc:
            outcome = error(str(exc))
        except Exception as exc:  # noqa: BLE001 - the error boundary
            outcome = error(breakage.report("command.broke", exc))
        seconds = round(self._clock.monotonic() - started, 3)
        return replace(outcome, seconds=seconds, notices=notices)

    async def _carry_out(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one case a command
        self,
        command: say.Command,
        on_text: Callable[[str], None] | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Outcome:
        chat = self._chat
        match command:
            case say.Ask():
                outcome = await do.ask(chat, command.text, on_text)
                self._call = (outcome.extra.get("call") or {}).get("id", self._call)
                return outcome
            case say.Teach():
                return await reviewing.teach(chat, command)
            case say.Review():
                return await reviewing.review(chat)
            case say.Approve(lessons=None):
                return await reviewing.approve_all(chat)
            case say.Approve(lessons=lessons, memory_only=memory_only):
                return await reviewing.approve(
                    chat, lessons or (), memory_only=memory_only
                )
            case say.Reject():
                return await reviewing.decide(
                    chat, command.lessons, Ruling.REJECT, reason=command.reason
                )
            case say.ApproveDocument():
                return await documents.approve(chat, command)
            case say.RejectDocument():
                return await documents.reject(chat, command)
            case say.Documents():
                return await documents.documents(chat)
            case say.ShowDocument():
                return await documents.show(chat, command.document)
            case say.ForgetDocument():
                return await documents.forget(chat, command.document)
            case say.Edit():
                return await reviewing.edit(chat, command)
            case say.Correct():
                wanted = await tools.as_typed(chat, command)
                return await reviewing.correct(chat, wanted)
            case say.Learn():
                return await do.learn(chat, command, on_progress)
            case say.Why():
                return await do.why(chat)
            case say.Lessons():
                return await do.lessons(chat, command.search)
            case say.Show():
                return await do.show(chat, command.lesson)
            case say.Widen():
                return await reviewing.widen(chat, command.lesson)
            case say.Setup():
                return await own.set_up(chat, command.review_channel)
            case say.Config():
                return await own.config(chat, command)
            case say.Privacy():
                return await own.privacy(chat, command)
            case say.Status():
                return await do.status(chat)
            case say.History():
                return await do.history(chat)
            case say.Rollback():
                return await do.rollback(chat, command.version)
            case say.Forget():
                return await do.forget(chat, command.lessons)
            case say.Export():
                return await do.export(chat, command.path)
            case say.Audit():
                return await do.audit(chat)
            case say.Import():
                return await documents.import_(chat, command, on_progress)
            case say.ImportMcp():
                return await tools.import_mcp(chat, command.url)
            case say.Confirm() | say.Cancel():
                return await self._settle(command)
            case say.Secrets():
                return await tools.secrets(chat)
            case say.SetSecret():
                return await tools.set_secret(chat, command)
            case say.RemoveSecret():
                return await tools.remove_secret(chat, command.name)
            case say.Research():
                return await web.research(chat, command.topic)
            case say.PickResults():
                return await web.pick(chat, command, on_progress)
            case say.Watch():
                return await web.watch(chat, command)
            case say.Unwatch():
                return await web.unwatch(chat, command.url)
            case say.Watches():
                return await web.watches(chat)
            case say.AddCanary():
                return await canaries.add(chat, command)
            case say.Canaries():
                return await canaries.show(chat)
            case say.RemoveCanary():
                return await canaries.remove(chat, command.canary)
            case say.UseMemory():
                return do.use_memory(chat, shown=command.shown)
            case say.UseAdapter():
                return do.use_adapter(chat, command.choice)
            case say.Help():
                return Outcome(OutcomeKind.HELP, say.usage())
            case say.Quit():
                return Outcome(OutcomeKind.QUIT, terminal_phrases.goodbye())
        assert_never(command)

    async def _settle(self, command: say.Confirm | say.Cancel) -> Outcome:
        """Make or leave the named call, or the last one that was asked about."""
        call = command.call or self._call
        if not call:
            return error(tool_card_phrases.nothing_to_confirm())
        settle = tools.confirm if isinstance(command, say.Confirm) else tools.cancel
        settled = await settle(self._chat, call)
        waits = isinstance(settled, Refused) and settled.waits
        if call == self._call and not waits:
            self._call = ""
        outcome = do.answered(self._chat, settled)
        self._call = (outcome.extra.get("call") or {}).get("id", self._call)
        return outcome
