"""The terminal as a platform for somebody who types: prompt, streaming, Ctrl-C."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text

from bot import terminal_phrases
from bot.outcome import Outcome, OutcomeKind
from bot.session import Session
from bot.terminal_app import MYNA, YOU, visible
from bot.terminal_input import GOES_ON, logical_lines
from bot.terminal_secrets import completed
from bot.vocabulary import USAGE
from learning.run import Progress

GOING_ON = "...> "
ARGUMENTS: dict[str, set[str]] = {
    "/teach": {"question:", "fact:", "rule:", "dialogue:", "tool:"},
    "/approve": {"all"},
    "/learn": {"fresh"},
    "/import": {"mcp"},
    "/secret": {"remove"},
    "/memory": {"on", "off"},
    "/adapter": {"current", "off"},
}


class CommandCompleter(Completer):
    """Completes commands, and the words that may follow them."""

    def get_completions(
        self, document: Document, _event: CompleteEvent
    ) -> Iterator[Completion]:
        """Offer what the line so far may become."""
        name, space, rest = document.text_before_cursor.partition(" ")
        choices = sorted(ARGUMENTS.get(name, ())) if space else USAGE
        begun = rest if space else name
        if begun or space:
            for choice in choices:
                if choice.startswith(begun):
                    yield Completion(choice, start_position=-len(begun))


class InteractiveChat:
    """A chat with somebody at a keyboard."""

    def __init__(
        self, session: Session, prompt: PromptSession[str], console: Console
    ) -> None:
        self._session = session
        self._prompt = prompt
        self._console = console

    async def run(self, greeting: str) -> int:
        """Talk until /quit, Ctrl-D, or Ctrl-C twice; return the exit code."""
        self._console.print(greeting, markup=False, highlight=False)
        reading = _Prompting(self._prompt, self._console)
        async for line in logical_lines(reading.read):
            outcome = await self._carry_out(line)
            if outcome.kind is OutcomeKind.QUIT:
                break
        return 0

    async def _carry_out(self, line: str) -> Outcome:
        answer = _Answer(self._console)
        try:
            line = await completed(line, self._prompt)
        except (EOFError, KeyboardInterrupt):
            outcome = Outcome(OutcomeKind.STOPPED, terminal_phrases.stopped())
            answer.finish(outcome)
            return outcome
        with ProgressBar(self._console) as bar:
            task = asyncio.ensure_future(
                self._session.execute(line, on_text=answer.add, on_progress=bar.show)
            )
            outcome = await stoppable(task)
        answer.finish(outcome)
        return outcome


async def stoppable(task: asyncio.Future[Outcome]) -> Outcome:
    """Wait for a command; Ctrl-C stops it and nothing else."""
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    loop.add_signal_handler(signal.SIGINT, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not stopped:
            raise
        return Outcome(OutcomeKind.STOPPED, terminal_phrases.stopped())
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        task.cancel()


class ProgressBar(AbstractContextManager["ProgressBar"]):
    """A bar for a run, drawn from its first report on."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[detail]}"),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def show(self, progress: Progress) -> None:
        """Draw how far the run is."""
        if self._task is None:
            self._bars.start()
            self._task = self._bars.add_task("", detail="")
        words, *detail = terminal_phrases.progress(progress).split(", ", 1)
        self._bars.update(
            self._task,
            description=words,
            completed=progress.done,
            total=progress.total or None,
            detail=detail[0] if detail else "",
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._bars.stop()


class _Answer:
    """Prints an answer as it comes, and then what the pieces did not say."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._streamed = ""

    def add(self, piece: str) -> None:
        if not self._streamed:
            self._write(MYNA, style="bold")
        self._streamed += piece
        self._write(visible(piece))

    def finish(self, outcome: Outcome) -> None:
        if self._streamed and outcome.text.startswith(self._streamed):
            self._write(visible(outcome.text[len(self._streamed) :]))
        else:
            if self._streamed:
                self._write("\n")
            self._write(MYNA, style="bold")
            self._write(visible(outcome.text), style="" if outcome.ok else "red")
        if outcome.kind is OutcomeKind.ANSWER and outcome.source:
            self._write(f"   {visible(outcome.source)}", style="dim")
        self._write("\n")
        for notice in outcome.notices:
            self._write(f"{visible(notice)}\n", style="cyan")

    def _write(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), end="", soft_wrap=True)


class _Prompting:
    """Asks for lines, and leaves on Ctrl-D or the second Ctrl-C."""

    def __init__(self, prompt: PromptSession[str], console: Console) -> None:
        self._prompt = prompt
        self._console = console
        self._interrupted = False
        self._sign = YOU

    async def read(self) -> str | None:
        while True:
            try:
                line = await self._prompt.prompt_async(self._sign)
            except EOFError:
                return None
            except KeyboardInterrupt:
                if self._interrupted:
                    return None
                self._interrupted = True
                self._console.print(terminal_phrases.press_again())
                continue
            self._interrupted = False
            self._sign = GOING_ON if line.endswith(GOES_ON) else YOU
            return line
