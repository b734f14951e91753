"""Parsing: from a typed line to the command that it means."""

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from bot import canary_phrases, examples, tool_commands
from bot.messages import CURRENT, OFF, Correction
from bot.vocabulary import (
    USAGE,
    AddCanary,
    Approve,
    ApproveDocument,
    Ask,
    Audit,
    Canaries,
    Cancel,
    Command,
    Config,
    Confirm,
    Correct,
    Documents,
    Edit,
    Export,
    Forget,
    ForgetDocument,
    Help,
    History,
    Import,
    ImportMcp,
    Learn,
    Lessons,
    PickResults,
    Privacy,
    PrivacyWish,
    Quit,
    Reject,
    RejectDocument,
    RemoveCanary,
    Research,
    Review,
    Rollback,
    Secrets,
    Setup,
    Show,
    ShowDocument,
    Status,
    Teach,
    Unwatch,
    UseAdapter,
    UseMemory,
    Watch,
    Watches,
    Why,
    Widen,
)
from learning import dialogue
from learning.errors import CommandError, LessonError
from learning.lesson import LessonKind
from learning.run import RunKind

MAX_LESSONS_AT_ONCE = 1000
MAX_COMMAND = 20_000
MAX_QUOTED = 40
"""Characters of a wrong word that an error repeats."""


def parse(line: str) -> Command:
    """Say which command a line means.

    Raises CommandError with a sentence that shows how to write it.
    """
    line = line.strip()
    if not line.startswith("/"):
        return Ask(line)
    if len(line) > MAX_COMMAND:
        raise CommandError(
            f"That command has {len(line):,} characters; {MAX_COMMAND:,} are the most."
            " Put long lessons in a file and /import it."
        )
    name, *rest = line.split(maxsplit=1)
    reader = _READERS.get(name.lower())
    if reader is None:
        raise CommandError(_unknown(name.lower()))
    return reader(rest[0] if rest else "")


def unquote(value: str) -> str:
    """Strip spaces, and the quotes around a wholly quoted value."""
    value = value.strip()
    for opening, closing in (('"', '"'), ("'", "'"), ("“", "”")):
        inner = value[1:-1]
        if (
            len(value) > 1
            and value.startswith(opening)
            and value.endswith(closing)
            and opening not in inner
            and closing not in inner
        ):
            return inner.strip()
    return value


def _unknown(word: str) -> str:
    word = _short(word)
    close = difflib.get_close_matches(word, USAGE, n=1, cutoff=0.5)
    if close:
        return f"There is no {word}; did you mean {close[0]}? /help lists them all."
    return f"There is no {word}; /help lists the commands."


def _write(name: str) -> str:
    return f"Write {USAGE[name][0]}"


_QUOTED_ANSWER = re.compile(
    r"(.*)\sanswer:\s*(\"[^\"]*\"|“[^”]*”)", re.IGNORECASE | re.DOTALL
)
_LAST_ANSWER = re.compile(r"(.*)\sanswer:(.*)", re.IGNORECASE | re.DOTALL)


def read_lesson(rest: str) -> Teach:
    """Read `question: ... answer: ...`, `fact: ...`, `rule: ...`, `dialogue: ...`
    or `tool: ...`.

    A rule may carry `example: message -> reply`, more than once. A tool is read where
    lessons are formed, whoever brings it. Raises CommandError or LessonError.
    """
    label, colon, value = rest.partition(":")
    label = label.strip().lower()
    if colon and label == "question":
        # A quoted answer may itself contain "answer:"; anything else splits at the
        # last one, because questions mention answers more often than answers do.
        match = _QUOTED_ANSWER.fullmatch(value) or _LAST_ANSWER.fullmatch(value)
        if match:
            question, answer = unquote(match[1]), unquote(match[2])
            if question and answer:
                return Teach(LessonKind.QA, question=question, answer=answer)
    elif colon and label == "rule":
        text, shown = examples.split(value)
        if unquote(text):
            return Teach(LessonKind.RULE, text=unquote(text), examples=shown)
    elif colon and label == "dialogue" and value.strip():
        text = dialogue.written(dialogue.parse(value))
        return Teach(LessonKind.DIALOGUE, text=text)
    elif colon and label == "tool" and value.strip():
        return Teach(LessonKind.TOOL, text=value.strip())
    elif colon and label == "fact" and unquote(value):
        return Teach(LessonKind.FACT, text=unquote(value))
    raise CommandError(
        "Write /teach question: ... answer: ..., /teach fact: ..., /teach rule: ...,"
        " /teach dialogue: User: ... Myna: ... or /teach tool: ..."
    )


def _numbers(rest: str, name: str) -> tuple[int, ...]:
    """Read `1 2 5-8`, with or without commas and # signs."""
    found: dict[int, None] = {}
    for word in rest.replace(",", " ").replace("#", " ").split():
        match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", word)
        if match is None:
            raise CommandError(f"{_short(word)} is no lesson number. {_write(name)}.")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or first < 1:
            raise CommandError(f"{word} is no range of lessons. {_write(name)}.")
        if last - first >= MAX_LESSONS_AT_ONCE:
            raise CommandError(
                f"{word} is too many; give at most {MAX_LESSONS_AT_ONCE} at once."
            )
        found.update(dict.fromkeys(range(first, last + 1)))
    if not found:
        raise CommandError(f"Say which lesson. {_write(name)}.")
    if len(found) > MAX_LESSONS_AT_ONCE:
        raise CommandError(f"Give at most {MAX_LESSONS_AT_ONCE} lessons at once.")
    return tuple(found)


def _short(word: str) -> str:
    return word if len(word) <= MAX_QUOTED else f"{word[:MAX_QUOTED]}..."


_DOCUMENT = re.compile(r"document\s+#?([0-9]{1,9})\b(.*)", re.IGNORECASE | re.DOTALL)


def _document(rest: str, name: str) -> tuple[int, frozenset[int] | None] | None:
    """Read `document 3 1-4 7`: its number and parts; None where it names none."""
    if not re.match(r"document\b", rest, re.IGNORECASE):
        return None
    found = _DOCUMENT.fullmatch(rest.strip())
    if found is None:
        raise CommandError(f"Say which document: {name} document 3. (/documents)")
    if not found[2].strip():
        return int(found[1]), None
    return int(found[1]), read_parts(found[2])


def read_parts(text: str) -> frozenset[int]:
    """Read which passages of a document are meant: `1-4, 7`. Raises CommandError."""
    try:
        return frozenset(_numbers(text, "/approve"))
    except CommandError as exc:
        raise CommandError(
            "Say which passages by their numbers, for example 1-4, 7."
        ) from exc


def _approve(rest: str) -> Approve | ApproveDocument:
    if rest.lower() == "all":
        return Approve(None)
    numbers, marked = re.subn(r"\s+memory[- ]only$", "", rest, flags=re.IGNORECASE)
    document = _document(numbers, "/approve")
    if document:
        return ApproveDocument(*document, memory_only=bool(marked))
    return Approve(_numbers(numbers, "/approve"), memory_only=bool(marked))


def _reject(rest: str) -> Reject | RejectDocument:
    match = re.fullmatch(r"(.*?)\breason:(.*)", rest, re.IGNORECASE | re.DOTALL)
    if match is None or not unquote(match[2]):
        raise CommandError(
            "Give a reason, which the author is told: /reject 1 reason: ..."
        )
    document = _document(match[1], "/reject")
    if document:
        return RejectDocument(*document, unquote(match[2]))
    return Reject(_numbers(match[1], "/reject"), unquote(match[2]))


def _forget(rest: str) -> Forget | ForgetDocument:
    document = _document(rest, "/forget")
    if document is None:
        return Forget(_numbers(rest, "/forget"))
    number, parts = document
    if parts is not None:
        raise CommandError(
            "A document is forgotten whole; /forget 12 forgets one passage by its"
            " lesson's number, which /document shows."
        )
    return ForgetDocument(number)


_FIELD = re.compile(
    r"\s(question|answer|text):\s*(\"[^\"]*\"|“[^”]*”|.*?)"
    r"(?=\s(?:question|answer|text):|\Z)",
    re.IGNORECASE | re.DOTALL,
)


_TEXT = re.compile(r"text:(.*)", re.IGNORECASE | re.DOTALL)


def _edit(rest: str) -> Edit:
    number, *fields = rest.split(maxsplit=1) or [""]
    lesson = _numbers(number, "/edit")
    values = _fields(fields[0] if fields else "")
    if len(lesson) > 1 or not values:
        raise CommandError("Write /edit 1 answer: ..., or question: ... or text: ...")
    return Edit(lesson[0], **values)


def _correct(rest: str) -> Correct:
    number, _, typed = map(str.strip, rest.partition(" "))
    lesson = _one(number, "/correct")
    whole = _TEXT.fullmatch(typed)
    try:
        words, shown = examples.split(typed)
    except LessonError:
        if whole is None:
            raise
        # It may be a tool's text, whose examples are written among other lines.
        return Correct(Correction(lesson, text=unquote(whole[1])), typed)
    values = _fields(words)
    if values is None or not (values or shown):
        raise CommandError(
            "Write /correct 1 answer: ..., or question:, text: or example: ..."
        )
    return Correct(Correction(lesson, **values, examples=shown or None), typed)


def _fields(text: str) -> dict[str, str] | None:
    """Read `question: ... answer: ...`; None where something else stands there.

    All that follows `text:` is the text: a tool has an `answer:` of its own there.
    """
    if whole := _TEXT.fullmatch(text.strip()):
        return {"text": unquote(whole[1])} if unquote(whole[1]) else None
    text = f" {text}"
    values = {match[1].lower(): unquote(match[2]) for match in _FIELD.finditer(text)}
    rubbish = _FIELD.sub("", text).strip()
    return None if rubbish or not all(values.values()) else values


def _learn(rest: str) -> Learn:
    if rest.lower() == "fresh":
        return Learn(RunKind.FRESH)
    if rest:
        raise CommandError("Write /learn, or /learn fresh to start over.")
    return Learn()


def _rollback(rest: str) -> Rollback:
    if not rest:
        return Rollback()
    return Rollback(_version(rest, "/rollback"))


def _version(word: str, name: str) -> int:
    # /history and /why name adapters `server/version`: both forms are understood.
    match = re.fullmatch(r"(?:\S*/)?v?([0-9]{1,9})", word, re.IGNORECASE)
    if match is None:
        raise CommandError(f"{_short(word)} is no version. {_write(name)}.")
    return int(match[1])


def _export(rest: str) -> Export | Audit:
    if rest == "--audit":
        return Audit()
    return Export(Path(unquote(rest)).expanduser() if rest else None)


_LINK = re.compile(r"<?https?://", re.IGNORECASE)
_MCP = re.compile(r"mcp\s+(\S+)", re.IGNORECASE)


def _import(rest: str) -> Import | ImportMcp:
    if not rest:
        raise CommandError(f"Say which file. {_write('/import')}.")
    if found := _MCP.fullmatch(rest):
        if not _LINK.match(unquote(found[1])):
            raise CommandError("Give the server's address: /import mcp https://...")
        return ImportMcp(linked(found[1]))
    if _LINK.match(unquote(rest)):
        return Import(url=linked(rest))
    return Import(Path(unquote(rest)).expanduser())


EVERY_HOURS = {"daily": 24, "weekly": 24 * 7}
_PICK = re.compile(r"pick\b(.*)", re.IGNORECASE | re.DOTALL)


def _research(rest: str) -> Research | PickResults:
    topic = unquote(rest)
    if not topic:
        raise CommandError(f"Say what to search for. {_write('/research')}.")
    picked = _PICK.fullmatch(rest)
    if picked and re.fullmatch(r"[\s0-9,#-]*", picked[1]):
        try:
            return PickResults(_numbers(picked[1], "/research"))
        except CommandError as exc:
            raise CommandError("Say which results: /research pick 1 3.") from exc
    return Research(topic)


def _watch(rest: str) -> Watch | Unwatch | Watches:
    words = rest.split()
    if not words:
        return Watches()
    stops = words[0].lower() == "stop"
    link, every = (words[1:], []) if stops else (words[:1], words[1:])
    if len(link) != 1 or not _LINK.match(unquote(link[0])):
        raise CommandError(f"Give the page's address. {_write('/watch')}.")
    url = linked(link[0])
    if stops:
        return Unwatch(url)
    if len(every) != 1 or every[0].lower() not in EVERY_HOURS:
        raise CommandError(f"Say how often, daily or weekly. {_write('/watch')}.")
    return Watch(url, EVERY_HOURS[every[0].lower()])


def _canary(rest: str) -> AddCanary | Canaries | RemoveCanary:
    verb, _, words = rest.partition(" ")
    if verb.lower() in {"", "list"} and not words:
        return Canaries()
    if verb.lower() == "remove":
        return RemoveCanary(_one(words, "/canary"))
    question, bar, answer = map(unquote, words.partition("|"))
    if verb.lower() != "add" or not (question and bar and answer):
        raise CommandError(canary_phrases.how_to_write())
    return AddCanary(question, answer)


def linked(text: str) -> str:
    """Return the address of a link, without the marks that chats put around it."""
    return unquote(text).strip("<>").partition("|")[0]


def _memory(rest: str) -> UseMemory:
    if rest.lower() not in {"on", "off"}:
        raise CommandError("Write /memory on or /memory off.")
    return UseMemory(rest.lower() == "on")


def _adapter(rest: str) -> UseAdapter:
    if rest.lower() in {CURRENT, OFF}:
        return UseAdapter(rest.lower())
    if not rest:
        raise CommandError("Write /adapter current, /adapter off, or a version.")
    return UseAdapter(str(_version(rest, "/adapter")))


def _one(rest: str, name: str) -> int:
    numbers = _numbers(rest, name)
    if len(numbers) > 1:
        raise CommandError(f"One lesson at a time. {_write(name)}.")
    return numbers[0]


def _config(rest: str) -> Config:
    name, *value = rest.split(maxsplit=1) or [""]
    if name and not value:
        raise CommandError(f"Say what {_short(name)} should be. {_write('/config')}.")
    return Config(name.lower(), unquote(value[0]) if value else "")


def _privacy(rest: str) -> Privacy:
    word, *more = rest.lower().split() or [PrivacyWish.REPORT]
    confirmed = more == ["confirm"] and word == PrivacyWish.DELETE
    if word not in list(PrivacyWish) or (more and not confirmed):
        raise CommandError(
            "Write /privacy, or /privacy export, delete, opt-out or opt-in."
        )
    return Privacy(PrivacyWish(word), confirmed=confirmed)


def _alone(command: Command, name: str) -> Callable[[str], Command]:
    def read(rest: str) -> Command:
        if rest:
            raise CommandError(f"{name} takes nothing after it. Write {name} alone.")
        return command

    return read


_READERS: Mapping[str, Callable[[str], Command]] = {
    "/teach": read_lesson,
    "/review": _alone(Review(), "/review"),
    "/approve": _approve,
    "/reject": _reject,
    "/edit": _edit,
    "/correct": _correct,
    "/learn": _learn,
    "/why": _alone(Why(), "/why"),
    "/lessons": Lessons,
    "/lesson": lambda rest: Show(_one(rest, "/lesson")),
    "/documents": _alone(Documents(), "/documents"),
    "/document": lambda rest: ShowDocument(_one(rest, "/document")),
    "/widen": lambda rest: Widen(_one(rest, "/widen")),
    "/privacy": _privacy,
    "/setup": lambda rest: Setup(unquote(rest)),
    "/config": _config,
    "/status": _alone(Status(), "/status"),
    "/history": _alone(History(), "/history"),
    "/rollback": _rollback,
    "/forget": _forget,
    "/export": _export,
    "/import": _import,
    "/confirm": lambda rest: Confirm(tool_commands.read_call(rest)),
    "/cancel": lambda rest: Cancel(tool_commands.read_call(rest)),
    "/secrets": _alone(Secrets(), "/secrets"),
    "/secret": tool_commands.read_secret,
    "/research": _research,
    "/watch": _watch,
    "/canary": _canary,
    "/memory": _memory,
    "/adapter": _adapter,
    "/help": _alone(Help(), "/help"),
    "/quit": _alone(Quit(), "/quit"),
}
