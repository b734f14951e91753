"""What a file is, by its content first, then by its name and MIME type."""

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePath

from learning.errors import DocumentError


class Kind(StrEnum):
    """A format that Myna reads; the value is its name for people."""

    CSV = "a CSV table"
    DOCX = "a Word document"
    EPUB = "an EPUB book"
    HTML = "a web page"
    JSON = "JSON"
    JSONL = "JSON lines"
    MARKDOWN = "Markdown"
    PDF = "a PDF"
    PPTX = "a PowerPoint presentation"
    SRT = "SRT subtitles"
    TEXT = "plain text"
    VTT = "a WebVTT transcript"
    XLSX = "an Excel workbook"


BY_SUFFIX = {
    **dict.fromkeys((".csv", ".tsv"), Kind.CSV),
    **dict.fromkeys((".docx", ".docm"), Kind.DOCX),
    ".epub": Kind.EPUB,
    **dict.fromkeys((".html", ".htm", ".xhtml"), Kind.HTML),
    ".json": Kind.JSON,
    **dict.fromkeys((".jsonl", ".ndjson"), Kind.JSONL),
    **dict.fromkeys((".md", ".markdown"), Kind.MARKDOWN),
    ".pdf": Kind.PDF,
    **dict.fromkeys((".pptx", ".pptm"), Kind.PPTX),
    ".srt": Kind.SRT,
    **dict.fromkeys((".txt", ".text", ".log", ".rst"), Kind.TEXT),
    ".vtt": Kind.VTT,
    **dict.fromkeys((".xlsx", ".xlsm"), Kind.XLSX),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
BY_TYPE = {
    "application/epub+zip": Kind.EPUB,
    "application/json": Kind.JSON,
    "application/jsonl": Kind.JSONL,
    "application/pdf": Kind.PDF,
    "application/x-ndjson": Kind.JSONL,
    "application/x-subrip": Kind.SRT,
    "application/xhtml+xml": Kind.HTML,
    "text/csv": Kind.CSV,
    "text/html": Kind.HTML,
    "text/markdown": Kind.MARKDOWN,
    "text/plain": Kind.TEXT,
    "text/tab-separated-values": Kind.CSV,
    "text/vtt": Kind.VTT,
    f"{_OFFICE}presentationml.presentation": Kind.PPTX,
    f"{_OFFICE}spreadsheetml.sheet": Kind.XLSX,
    f"{_OFFICE}wordprocessingml.document": Kind.DOCX,
}
BINARY = {Kind.DOCX, Kind.EPUB, Kind.PDF, Kind.PPTX, Kind.XLSX}

RTF = b"{\\rtf"
FOREIGN = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"ID3", "a recording"),
    (b"OggS", "a recording"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "a database"),
    (RTF, "an RTF file"),
)
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
HEAD_BYTES = 4096
READ = (
    "Myna reads web pages, PDF, DOCX, PPTX, XLSX, EPUB, Markdown, text, CSV, JSON, VTT"
    " and SRT"
)

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE,
)
_SRT = re.compile(rb"\s*\d+\s*\n\s*\d+:\d\d:\d\d[,.]\d+\s+-->")
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
CONTROL_SHARE = 0.05


def kind_of(data: bytes, *, name: str, content_type: str = "") -> Kind:
    """Name the format.

    Raises DocumentError where Myna does not read it, where a password protects it, or
    where it is not what its name says.
    """
    named = BY_SUFFIX.get(PurePath(name).suffix.lower())
    typed = BY_TYPE.get(content_type.partition(";")[0].strip().lower())
    found = _binary(data, name, named) or _text(data, name)
    if found is None:  # some text
        if named in BINARY:
            raise _mismatch(name, named, "plain text")
        hints = [hint for hint in (named, typed) if hint and hint not in BINARY]
        return next((hint for hint in hints if hint is not Kind.TEXT), Kind.TEXT)
    loose = {Kind.TEXT, Kind.MARKDOWN} if found is Kind.HTML else {Kind.TEXT}
    alike = {found} if found in BINARY else {found, *loose}
    # A server's word counts, because addresses end in anything.
    if named is None or named in alike or typed is found:
        return found
    raise _mismatch(name, named, found.value)


def _binary(data: bytes, name: str, named: Kind | None) -> Kind | None:
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentError(
                f"{name} is protected with a password. Save it without one."
            )
        raise DocumentError(
            f"{name} has the old format of Office. Save it as DOCX, PPTX or XLSX."
        )
    head = data[:HEAD_BYTES]
    for start, what in FOREIGN:
        # A text may begin with MZ as well.
        if head.startswith(start) and (_CONTROL.search(head) or start == RTF):
            raise _unread(name, named, what)
    if data[4:8] == b"ftyp":
        raise _unread(name, named, "a film or a recording")
    if (
        not head.startswith(BYTE_ORDER_MARKS)
        and not wide(head)
        and len(_CONTROL.findall(head)) > CONTROL_SHARE * len(head)
    ):
        raise _unread(name, named, "a file of an unknown kind")
    return None


def wide(head: bytes) -> str:
    """Name the UTF-16 in which the head of a text without a mark is, or return ''."""
    half = len(head) // 2
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if half and max(zeros) > half / 2 and min(zeros) < half / 8:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return ""


def _archive(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
        raise DocumentError(
            f"{name} is damaged and cannot be opened. Save it again."
        ) from exc
    if "META-INF/container.xml" in members:
        return Kind.EPUB
    if "[Content_Types].xml" in members:
        for folder, kind in (
            ("word/", Kind.DOCX),
            ("ppt/", Kind.PPTX),
            ("xl/", Kind.XLSX),
        ):
            if any(member.startswith(folder) for member in members):
                return kind
    if "content.xml" in members:
        raise DocumentError(
            f"{name} is an OpenDocument file. Save it as DOCX, PPTX, XLSX or PDF."
        )
    raise DocumentError(f"{name} is a ZIP archive. Send the files in it one by one.")


def _text(data: bytes, name: str) -> Kind | None:
    head = data[:HEAD_BYTES].replace(b"\x00", b"")
    for mark in BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    if _HTML.match(head):
        return Kind.HTML
    if head.startswith(b"WEBVTT"):
        return Kind.VTT
    if _SRT.match(head):
        return Kind.SRT
    if head.lstrip().startswith(b"<?xml"):
        raise DocumentError(f"{name} is XML. {READ}.")
    return None


def _mismatch(name: str, named: Kind, what: str) -> DocumentError:
    return DocumentError(
        f"{name} is not {named.value}, as its name says, but {what}. Send the file"
        " itself, under its own name."
    )


def _unread(name: str, named: Kind | None, what: str) -> DocumentError:
    if named is not None:
        return _mismatch(name, named, what)
    return DocumentError(f"{name} is {what}. {READ}.")
