"""Text out of files: a child process reads them, this one never parses any."""

import asyncio
import json
import os
import re
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from learning.child_environment import child_environment
from learning.document import LIMITS, Document, Limits, Section
from learning.errors import DocumentError

__all__ = ["LIMITS", "Document", "Limits", "Section", "extract", "raw_url"]

ROOT = Path(__file__).parent.parent
CHUNK_BYTES = 2**16
TIMEOUT_SIGNALS = {signal.SIGXCPU, signal.SIGALRM}
NAME_CHARS = 80

_GITHUB = re.compile(
    r"https?://(?:www\.)?github\.com/(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+?)(?:\.git)?"
    r"(?:/(?:blob|raw)/(?P<path>[^?#]+))?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_NO_OWNERS = {"about", "apps", "features", "marketplace", "orgs", "search", "topics"}


async def extract(
    data: bytes, *, name: str, content_type: str = "", limits: Limits = LIMITS
) -> Document:
    """Read a file, whose kind its content, name and MIME type tell together.

    Raises DocumentError where it is too large, of no known kind, damaged, protected,
    a bomb, or without words.
    """
    shown = "".join(c if c.isprintable() else " " for c in name)[-NAME_CHARS:].strip()
    shown = shown or "The file"
    if len(data) > limits.max_bytes:
        raise DocumentError(
            f"{shown} has {_megabytes(len(data))} MB, and Myna reads up to"
            f" {_megabytes(limits.max_bytes)}. Send the part of it that matters."
        )
    if not data:
        raise DocumentError(f"{shown} is empty. Send one with words in it.")
    order = {
        "name": shown,
        "content_type": content_type,
        "parent": os.getpid(),
        "limits": asdict(limits),
    }
    code, said = await _ask_child(json.dumps(order).encode() + b"\n", data, limits)
    if code is None or (code < 0 and -code in TIMEOUT_SIGNALS):
        raise DocumentError(
            f"{shown} took too long to read and was given up. Send the part of it that"
            " matters."
        )
    if len(said) > limits.max_text_bytes:
        raise DocumentError(
            f"{shown} has more text than the {_megabytes(limits.max_text_bytes)} MB that"
            " Myna reads at once. Send the part of it that matters."
        )
    answer = await asyncio.to_thread(_answer, said) if code == 0 else None
    if answer is None:
        raise DocumentError(
            f"{shown} is damaged or too complex to read. Save it again, or send its"
            " text."
        )
    if isinstance(answer, str):
        raise DocumentError(answer)
    return answer


def raw_url(url: str) -> str:
    """Return where GitHub keeps the plain file of a page, or any other URL as it is.

    A repository's own page stands for its README.md.
    """
    found = _GITHUB.fullmatch(url.strip())
    if found is None or found["owner"].lower() in _NO_OWNERS:
        return url
    path = found["path"] or "HEAD/README.md"
    return f"https://raw.githubusercontent.com/{found['owner']}/{found['repo']}/{path}"


async def _ask_child(
    order: bytes, data: bytes, limits: Limits
) -> tuple[int | None, bytes]:
    """Return the child's exit code, None where it hung, and what it wrote.

    That is at most one byte more than it may write.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-B", "-m", "learning.documents_child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libraries quote the document there
        # numpy, which openpyxl imports, would reserve memory for every core.
        env=child_environment(PYTHONPATH=str(ROOT), OPENBLAS_NUM_THREADS="1"),
        start_new_session=True,
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None  # noqa: S101
    assert stdout is not None  # noqa: S101
    said = b""
    code = None
    try:
        async with asyncio.timeout(limits.wall_seconds):
            _, said = await asyncio.gather(
                _tell(stdin, order, data), _hear(stdout, limits.max_text_bytes + 1)
            )
            if len(said) <= limits.max_text_bytes:
                code = await process.wait()
            else:
                code = 0
    except TimeoutError:
        pass
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await stdout.read()  # what the pipe still holds, so that it can be closed
        await process.wait()
    return code, said


async def _tell(stdin: asyncio.StreamWriter, order: bytes, data: bytes) -> None:
    with suppress(ConnectionError):  # it gave up before it read everything
        stdin.write(order)
        stdin.write(data)
        await stdin.drain()
    stdin.close()
    with suppress(ConnectionError):
        await stdin.wait_closed()


async def _hear(stdout: asyncio.StreamReader, most: int) -> bytes:
    heard = bytearray()
    while len(heard) < most and (chunk := await stdout.read(CHUNK_BYTES)):
        heard += chunk
    return bytes(heard[:most])


def _answer(said: bytes) -> Document | str | None:
    """Return the document, the child's refusal, or None where it made no sense.

    A parser that a file took over could write anything.
    """
    try:
        answer: dict[str, Any] = json.loads(said)
        if "refusal" in answer:
            return str(answer["refusal"])
        sections = tuple(
            Section(tuple(map(str, headings)), str(text), str(position))
            for headings, text, position in answer["sections"]
        )
        return Document(str(answer["title"]), sections) if sections else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f}".removesuffix(".0")
