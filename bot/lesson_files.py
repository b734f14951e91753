"""Files of lessons: JSON lines, CSV or tools as JSON and YAML in, JSON lines out."""

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot import tool_files
from bot.messages import ImportRow
from learning.errors import DataDirectoryError, ImportFileError

FIELDS = ("kind", "question", "answer", "text", "examples", "source", "expires_at")
ORIGIN = ("provenance", "platform", "channel")
"""Where an exported lesson came from; it can make an import stricter, never laxer."""
PASSAGE = ("title", "heading", "place")
"""Where an exported passage stood in its document, whose rows share their source."""
WORDS = frozenset({"question", "answer", "text"})
"""The columns that hold what a lesson says."""
MAX_BYTES = 50_000_000


def holds_lessons(content: Path | bytes, name: str) -> bool:
    """Say whether a file's rows are lessons; any other file is a document.

    JSON lines and YAML always are, CSV whose header names what a lesson says, and JSON
    that describes tools. Raises ImportFileError where it cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix == ".json":
        return tool_files.holds_tools(_bytes(content, name))
    if suffix != ".csv":
        return suffix in {".jsonl", *tool_files.YAML}
    try:
        text = decoded(_bytes(content, name), name=name)
    except ImportFileError:
        if isinstance(content, Path) and not content.is_file():
            raise
        return False  # documents may have any encoding
    return bool(_header(text) & WORDS)


def read_lessons(content: Path | bytes, name: str = "") -> tuple[ImportRow, ...]:
    """Read every row; a bad one carries its problem instead of its fields.

    `name` is what people see, and tells CSV from JSON lines; a path is its own. Raises
    ImportFileError where the file as a whole cannot be read.
    """
    shown = name or str(content)
    return parse_lessons(_bytes(content, shown), name=shown)


def parse_lessons(content: bytes, *, name: str) -> tuple[ImportRow, ...]:
    """Read every row of a file's content; its name tells CSV from JSON lines.

    Raises ImportFileError where the file as a whole cannot be read.
    """
    text = decoded(content, name=name)
    if name.lower().endswith((".json", *tool_files.YAML)):
        return tuple(tool_files.rows(text, name))
    if name.lower().endswith(".csv"):
        return tuple(_csv_rows(name, text))
    return tuple(_json_rows(text))


def decoded(content: bytes, *, name: str) -> str:
    """Return a file's text. Raises ImportFileError where it is not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise ImportFileError(f"{name} is not UTF-8 text; save it as UTF-8.") from exc
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_lessons(path: Path, lines: Sequence[str]) -> None:
    """Write a new file, whole or not at all.

    Raises ImportFileError where it exists or cannot be written.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        if path.exists():
            raise ImportFileError(f"{path} exists already; name another file.")
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError as exc:
        temporary.unlink(missing_ok=True)
        raise DataDirectoryError(
            f"Cannot write {path}: {exc.strerror}. Name a file that can be written."
        ) from exc


def _bytes(content: Path | bytes, name: str) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        if content.stat().st_size > MAX_BYTES:
            raise ImportFileError(
                f"{name} is larger than {MAX_BYTES // 1_000_000} MB; split it."
            )
        return content.read_bytes()
    except FileNotFoundError as exc:
        raise ImportFileError(f"There is no file {name}; check its name.") from exc
    except OSError as exc:
        raise ImportFileError(f"Cannot read {name}: {exc.strerror}.") from exc


def _header(text: str) -> set[str]:
    try:
        first = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return set()
    return {column.strip().lower() for column in first}


def _json_rows(text: str) -> Iterator[ImportRow]:
    # split("\n"), because splitlines() also splits at separators that JSON allows
    # inside strings, such as U+2028.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            yield ImportRow(number, problem="it is not JSON; write one object a line.")
            continue
        if not isinstance(fields, dict):
            yield ImportRow(number, problem="it is not a JSON object.")
        else:
            yield _row(number, fields)


def _csv_rows(name: str, text: str) -> Iterator[ImportRow]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        header = {column.strip().lower() for column in reader.fieldnames or ()}
        if not header & set(FIELDS):
            raise ImportFileError(
                f"{name} has no header; its first line must name columns out of"
                f" {', '.join(FIELDS)}."
            )
        for row in reader:
            yield _row(reader.line_num, {k: v for k, v in row.items() if k})
    except csv.Error as exc:
        raise ImportFileError(f"{name} is not CSV: {exc}.") from exc


def _row(number: int, fields: dict[str, object]) -> ImportRow:
    known = {name.strip().lower(): _written(value) for name, value in fields.items()}
    return ImportRow(
        number, {name: known.get(name, "") for name in (*FIELDS, *ORIGIN, *PASSAGE)}
    )


def _written(value: object) -> str:
    """Return a field as text; a tool may be written as JSON inside of JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).strip()
