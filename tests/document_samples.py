"""Documents that say the same in every format, made by real writers."""

import io
import struct
import zipfile
from collections.abc import Mapping

import docx
import openpyxl
import pptx
from fpdf import FPDF

FACT = "The guild of Brenn meets every Friday at 20:00 in the old mill."
LOOT = "Mira decides on the loot, and her word is final."
ROWS = (("Item", "Price", "Seller"), ("Sword", 20, "Bo"), ("Shield", 30.5, "Al"))

PAGE = f"""<!doctype html><html><head><title>Guild book</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About</a></li></ul></nav>
<main><h1>Rules</h1><p>{FACT}</p>
<h2>Loot</h2><p>{LOOT} Whoever disagrees may say so to an officer before the raid, and
the officers answer within a week, in writing, on the board beside the door.</p>
<table><tr><th>Item</th><th>Price</th><th>Seller</th></tr>
<tr><td>Sword</td><td>20</td><td>Bo</td></tr></table></main>
<script>var secret = "never read";</script><footer>Imprint</footer></body></html>"""

MARKDOWN = f"""---
title: Guild book
draft: true
---
# Rules

{FACT}

## Loot

{LOOT}

- Bring **torches**
- Read the [map](https://example.org/map)

```
# not a heading
```

| Item | Price | Seller |
|---|---|---|
| Sword | 20 | Bo |
"""

SRT = f"""1
00:00:04,000 --> 00:00:06,000
Welcome to the guild.

2
00:12:30,500 --> 00:12:34,000
<i>{FACT}</i>
"""

VTT = f"""WEBVTT
Kind: captions

NOTE made by hand

00:04.000 --> 00:06.000
<v Mira>Welcome &amp; sit down.

intro
00:06.000 --> 00:09.000 align:start
Welcome &amp; sit down.
{FACT}
"""


def pdf(*, password: str = "", pages: int = 2, words: bool = True) -> bytes:
    writer = FPDF()
    if password:
        writer.set_encryption(owner_password=password, user_password=password)
    writer.set_title("Guild book")
    writer.set_font("helvetica", size=12)
    for number in range(1, pages + 1):
        writer.add_page()
        if not words:
            writer.rect(20, 20, 100, 100, style="F")
            continue
        writer.cell(text=f"Handbook of the guild, page {number}", new_x="LMARGIN")
        writer.ln(20)
        heading = "Rules" if number == 1 else f"Loot {number}"
        writer.start_section(heading, level=0)
        writer.cell(text=heading)
        writer.ln(20)
        writer.multi_cell(100, text=FACT if number == 1 else f"{LOOT} No {number}.")
    return bytes(writer.output())


def word() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Guild book"
    document.add_heading("Rules", 1)
    document.add_paragraph(FACT)
    document.add_heading("Loot", 2)
    document.add_paragraph(LOOT)
    document.add_paragraph("Bring torches", style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        cells = table.add_row().cells
        for cell, value in zip(cells, row, strict=True):
            cell.text = str(value)
    return saved(document)


def presentation() -> bytes:
    deck = pptx.Presentation()
    for title, text in (("Rules", FACT), ("Loot", LOOT)):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    slide.notes_slide.notes_text_frame.text = "Say this slowly."
    return saved(deck)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Prices"
    for row in ROWS:
        book.active.append(row)
    hidden = book.create_sheet("Salaries")
    hidden.append(("Name", "Salary"))
    hidden.append(("Mira", 9000))
    hidden.sheet_state = "hidden"
    return saved(book)


def epub(
    *, chapter: str = "ch%201.xhtml", extra: Mapping[str, str] | None = None
) -> bytes:
    package = f"""<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf"><metadata
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Guild book</dc:title></metadata>
<manifest>
<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="{chapter}" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine>
</package>"""
    container = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>"""
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OPS/book.opf": package,
            "OPS/nav.xhtml": xhtml("Contents", "One, two"),
            "OPS/ch 1.xhtml": xhtml("Rules", FACT),
            "OPS/two.xhtml": xhtml("Loot", LOOT),
            **(extra or {}),
        }
    )


def xhtml(heading: str, text: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
        f"<body><h1>{heading}</h1><p>{text}</p></body></html>"
    )


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return file.getvalue()


def changed(data: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """Return an archive with some members replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**kept, **members})


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def lying(data: bytes, *, size: int) -> bytes:
    """Return an archive whose directory says that each member has this size."""
    lies = bytearray(data)
    at = lies.find(b"PK\x01\x02")
    while at >= 0:
        lies[at + 24 : at + 28] = struct.pack("<I", size)
        at = lies.find(b"PK\x01\x02", at + 4)
    return bytes(lies)


def saved(writer) -> bytes:
    file = io.BytesIO()
    writer.save(file)
    return file.getvalue()
