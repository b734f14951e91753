"""Inputs that mean harm: texts, addresses, and files that no writer would make."""

import json
import random
import struct
import zipfile
from io import BytesIO
from pathlib import Path

from hypothesis import strategies as st

from tests.document_samples import (
    MARKDOWN,
    PAGE,
    SRT,
    VTT,
    epub,
    pdf,
    presentation,
    word,
    workbook,
)

FOLDER = Path(__file__).parent


def texts():
    """Return the hostile texts by name; escaped in the file, since few can be shown."""
    lines = (FOLDER / "texts.jsonl").read_text("ascii").splitlines()
    return {row["name"]: row["text"] for row in map(json.loads, lines)}


def addresses():
    """Return web addresses that lead inside, or only look like some."""
    return (FOLDER / "addresses.txt").read_text("utf-8").splitlines()


def any_text(max_size=400):
    """Texts of any characters, half surrogate pairs too, with hostile pieces."""
    pieces = st.one_of(
        st.sampled_from(sorted(texts().values())),
        st.text(st.characters(exclude_categories=()), max_size=40),
    )
    joined = st.lists(pieces, max_size=4).map(" ".join)
    return st.one_of(st.text(max_size=max_size), joined.map(lambda t: t[:4000]))


def samples():
    """Return one good file of every format that Myna reads."""
    return {
        "page.html": PAGE.encode(),
        "book.md": MARKDOWN.encode(),
        "talk.srt": SRT.encode(),
        "talk.vtt": VTT.encode(),
        "book.pdf": pdf(),
        "book.docx": word(),
        "book.pptx": presentation(),
        "book.xlsx": workbook(),
        "book.epub": epub(),
        "book.txt": MARKDOWN.encode(),
        "prices.csv": b"Item,Price\nSword,20\nShield,30\n",
        "data.json": b'{"rules": [{"name": "loot", "text": "Mira decides."}]}',
    }


def damaged(data, seed):
    """Return a file with bytes flipped, cut, doubled or swollen, as a seed decides."""
    draw = random.Random(seed)  # noqa: S311
    changed = bytearray(data)
    for _ in range(draw.randint(1, 12)):
        at = draw.randrange(len(changed)) if changed else 0
        match draw.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del changed[at : at + draw.randint(1, 200)]
            case 2:
                changed[at:at] = changed[at : at + draw.randint(1, 200)]
            case 3:
                changed[at : at + 4] = struct.pack(
                    "<I", draw.choice((0, 2**31, -1 % 2**32))
                )
            case 4:
                changed[at:at] = draw.choice(
                    (b"\0", b"<", b"]]>", b"\xff\xfe", b"%%EOF")
                )
    return bytes(changed)


def in_itself(depth=20):
    """Return an archive in an archive in an archive, each named like a document."""
    data = b"the end"
    for _ in range(depth):
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", data)
        data = file.getvalue()
    return data
