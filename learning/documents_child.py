"""The child process that reads one document, within limits, and says what is in it.

It reads a line of JSON and then the file from standard input, and writes one JSON
object: a title and sections, or a refusal. It writes no files and forks nothing.
"""

import ctypes
import importlib
import json
import os
import re
import resource
import signal
import sys
from contextlib import suppress
from typing import Any

from learning.document import Document, Limits, Section
from learning.errors import DocumentError
from learning.extractors.kind import Kind, kind_of

NICENESS = 10
PR_SET_PDEATHSIG = 1
OPEN_FILES = 64

READERS = {
    Kind.CSV: "table",
    Kind.DOCX: "docx",
    Kind.EPUB: "epub",
    Kind.HTML: "html",
    Kind.JSON: "data",
    Kind.JSONL: "data",
    Kind.MARKDOWN: "markdown",
    Kind.PDF: "pdf",
    Kind.PPTX: "pptx",
    Kind.SRT: "transcript",
    Kind.TEXT: "text",
    Kind.VTT: "transcript",
    Kind.XLSX: "xlsx",
}
"""Modules of learning.extractors, imported only where needed."""

EMPTY = {
    Kind.PDF: "holds no text, so its pages are probably scanned pictures. Run it"
    " through text recognition (OCR), or send its text.",
    Kind.HTML: "holds no text; its words are probably put there by scripts. Copy them"
    " from your browser, and send them as text.",
}
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_WORDLESS = re.compile(r"[\W_]*")


def main() -> None:
    """Answer one order; a refusal is an answer too."""
    order = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**order["limits"])
    _confine(limits, order["parent"])
    answer: dict[str, Any]
    try:
        document = read(
            sys.stdin.buffer.read(),
            name=order["name"],
            content_type=order["content_type"],
            limits=limits,
        )
        sections = [(s.headings, s.text, s.position) for s in document.sections]
        answer = {"title": document.title, "sections": sections}
    except DocumentError as exc:
        answer = {"refusal": str(exc)}
    except (MemoryError, RecursionError):
        answer = {
            "refusal": f"{order['name']} needs more memory to read than Myna gives it."
            " Send the part of it that matters."
        }
    except Exception:  # noqa: BLE001
        # Parsers raise anything at damaged files, and where memory ends.
        answer = {
            "refusal": f"{order['name']} is damaged or too complex to read. Save it again,"
            " or send its text."
        }
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a file in this process.

    Raises DocumentError, and for a damaged file whatever its parser raises.
    """
    kind = kind_of(data, name=name, content_type=content_type)
    reader = importlib.import_module(f"learning.extractors.{READERS[kind]}")
    document: Document = reader.read(
        data, name=name, content_type=content_type, limits=limits
    )
    sections = tuple(
        section
        for section in map(_clean_section, document.sections)
        if not _WORDLESS.fullmatch(section.text)
    )
    if not sections:
        why = EMPTY.get(kind, "holds no text. Send one with words in it.")
        raise DocumentError(f"{name} {why}")
    return Document(_clean(document.title).strip() or name, sections)


def _clean_section(section: Section) -> Section:
    headings = (_clean(heading).strip() for heading in section.headings)
    return Section(
        tuple(heading for heading in headings if heading),
        _clean(section.text).strip(),
        _clean(section.position),
    )


def _clean(text: str) -> str:
    """Drop what no database keeps or screen shows, such as half a surrogate pair."""
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _confine(limits: Limits, parent: int) -> None:
    """Give up, before the file is read, what reading it does not need."""
    os.nice(NICENESS)
    # The kernel ends the process at these, however busy or stuck a parser is.
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # macOS knows some of them by name only
            resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 1)
    with suppress(OSError, AttributeError):  # Linux only; elsewhere the timer ends it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before the line above


if __name__ == "__main__":
    main()
