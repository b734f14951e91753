"""Files that mean harm, or no use: each is refused with a sentence."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from learning.document import MEBIBYTE
from learning.documents import Limits, extract
from learning.errors import DocumentError
from tests.document_samples import (
    FACT,
    LOOT,
    PAGE,
    changed,
    epub,
    lying,
    member,
    pdf,
    presentation,
    saved,
    word,
    workbook,
    xhtml,
    zipped,
)

SLOW_PAGE = b"<html>" + b"<p>The guild meets on Friday, <b>says</b> Mira.</p>" * 200_000
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">'
    for n in range(10)
)
ZIPPED = (
    ("book.docx", word(), "word/document.xml"),
    ("book.pptx", presentation(), "ppt/slides/slide1.xml"),
    ("book.xlsx", workbook(), "xl/worksheets/sheet1.xml"),
    ("book.epub", epub(), "OPS/two.xhtml"),
)
each_zipped = pytest.mark.parametrize(
    ("name", "data", "part"), ZIPPED, ids=[name for name, *_ in ZIPPED]
)


async def refusal(data: bytes, name: str, **more) -> str:
    with pytest.raises(DocumentError) as refused:
        await extract(data, name=name, **more)
    said = str(refused.value)
    assert said.endswith(".")
    assert "Traceback" not in said
    return said


async def test_a_file_over_the_cap_is_refused_before_a_child_is_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    said = await refusal(b"x" * 20_000_001, "big.pdf")

    assert said == (
        "big.pdf has 20 MB, and Myna reads up to 20. Send the part of it that matters."
    )


async def test_an_empty_file_is_refused():
    assert "is empty" in await refusal(b"", "a.txt")


async def test_a_zip_bomb_is_refused():
    bomb = changed(word(), {"word/document.xml": bytes(210_000_000)})

    said = await refusal(bomb, "book.docx")

    assert len(bomb) < 1_000_000
    assert "unpacks to 211 MB" in said


@each_zipped
async def test_an_archive_that_unpacks_to_too_much_is_refused(name, data, part):
    bomb = changed(data, {part: os.urandom(2_000_000)})

    said = await refusal(bomb, name, limits=Limits(max_unpacked_bytes=1_900_000))

    assert "which Myna does not open" in said


@each_zipped
async def test_a_smaller_zip_bomb_is_refused_for_its_ratio(name, data, part):
    bomb = changed(data, {f"{part}.extra": bytes(30_000_000)})

    assert "unpacks to 3" in await refusal(bomb, name)


@each_zipped
async def test_an_archive_of_too_many_members_is_refused(name, data, part):
    many = changed(data, {f"{part}.{n}": b"" for n in range(5001)})

    assert "parts, which Myna does not open" in await refusal(many, name)


@pytest.mark.parametrize(("name", "data", "part"), [ZIPPED[0], ZIPPED[3]])
async def test_a_zip_bomb_that_lies_about_its_size_unpacks_no_further(name, data, part):
    bomb = lying(changed(data, {part: bytes(210_000_000)}), size=1000)

    said = await refusal(bomb, name, limits=Limits(memory_bytes=300 * MEBIBYTE))

    assert "is damaged" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("name", "data", "part"), ZIPPED[:3])
async def test_entities_that_multiply_are_refused(name, data, part, encoding):
    xml = member(data, part).decode().partition("?>")[2]
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{LAUGHS}]>{xml}'
    attack = changed(data, {part: xml.replace("Rules", "&l9;").encode(encoding)})

    assert "declares entities" in await refusal(attack, name)


@pytest.mark.parametrize(("name", "data", "part"), ZIPPED[:3])
async def test_entities_that_read_files_are_refused(name, data, part, tmp_path):
    (tmp_path / "secret").write_text("the secret")
    doctype = f'<!DOCTYPE x [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    xml = member(data, part).decode().partition("?>")[2]

    attack = changed(data, {part: doctype + xml.replace("Rules", "&x;")})

    assert "declares entities" in await refusal(attack, name)


@pytest.mark.parametrize(
    "entity", [LAUGHS, '<!ENTITY l9 SYSTEM "file:///etc/hostname">']
)
async def test_entities_in_the_package_of_a_book_are_refused(entity):
    package = member(epub(), "OPS/book.opf").decode().partition("?>")[2]
    package = package.replace("Guild book", "&l9;")

    attack = changed(epub(), {"OPS/book.opf": f"<!DOCTYPE x [{entity}]>{package}"})

    assert "declares entities" in await refusal(attack, "book.epub")


async def test_entities_in_a_chapter_expand_to_nothing():
    chapter = xhtml("Loot", f"{LOOT} &l9;").replace(
        "<!DOCTYPE html>", f"<!DOCTYPE html [{LAUGHS}]>"
    )

    document = await extract(
        changed(epub(), {"OPS/two.xhtml": chapter}), name="book.epub"
    )

    assert sum(len(section.text) for section in document.sections) < 1000


async def test_names_that_lead_out_of_an_archive_are_ignored():
    data = epub(
        chapter="../../evil.xhtml",
        extra={"../evil.xhtml": xhtml("Evil", "evil"), "/evil.xhtml": "evil"},
    )

    document = await extract(data, name="book.epub")

    assert [section.text for section in document.sections] == [LOOT]


async def test_a_parser_that_takes_too_much_time_is_killed():
    started = time.monotonic()

    said = await refusal(SLOW_PAGE, "slow.html", limits=Limits(cpu_seconds=1))

    assert "took too long" in said
    assert time.monotonic() - started < 20


async def test_a_parser_that_waits_too_long_is_killed():
    started = time.monotonic()

    said = await refusal(SLOW_PAGE, "slow.html", limits=Limits(wall_seconds=0.5))

    assert "took too long" in said
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("big.html", SLOW_PAGE),
        ("big.json", b"[" + b"[[],[]]," * 2_000_000 + b"0]"),
        ("big.md", b"[a](b) *c*\n\n" * 200_000),
    ],
)
async def test_a_parser_that_takes_too_much_memory_is_stopped(name, data):
    said = await refusal(data, name, limits=Limits(memory_bytes=200 * MEBIBYTE))

    assert "needs more memory" in said or "too complex" in said


async def test_a_pdf_whose_page_unpacks_without_end_is_stopped():
    content = zlib.compress(b"BT (ha) Tj ET " * 15_000_000, 1)
    bomb = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(content)
    )
    bomb += content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

    limits = Limits(memory_bytes=200 * MEBIBYTE, cpu_seconds=5)

    assert await refusal(bomb, "bomb.pdf", limits=limits)


async def test_json_nested_without_end_is_refused():
    said = await refusal(b"[" * 1_000_000, "deep.json")

    assert "needs more memory" in said


async def test_a_page_nested_without_end_is_refused_or_read():
    page = b"<html><body>" + b"<div>" * 500_000 + b"The raid is on Friday."

    try:
        document = await extract(page, name="deep.html")
    except DocumentError:
        return
    assert document.sections


async def test_a_sheet_that_claims_millions_of_cells_is_read_by_those_it_has():
    book = openpyxl.Workbook()
    for number in range(3000):
        book.active.append(("Sword", number))
    sheet = member(saved(book), "xl/worksheets/sheet1.xml").decode()
    claim = sheet.replace('ref="A1:B3000"', 'ref="A1:XFD1048576"')
    assert claim != sheet

    document = await extract(
        changed(saved(book), {"xl/worksheets/sheet1.xml": claim}),
        name="a.xlsx",
        limits=Limits(cpu_seconds=3),
    )

    assert len(document.sections) == 3000


async def test_more_text_than_the_cap_is_refused():
    said = await refusal(FACT.encode() * 50, "a.txt", limits=Limits(max_text_bytes=999))

    assert "has more text" in said


async def test_a_document_with_a_password_is_refused():
    office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode(
        "utf-16-le"
    )

    for data, name in ((pdf(password=FACT[:9]), "a.pdf"), (office, "a.docx")):
        assert "is protected with a password" in await refusal(data, name)


async def test_an_encrypted_archive_is_refused():
    data = bytearray(word())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag in the directory

    assert "is protected with a password" in await refusal(bytes(data), "a.docx")


async def test_a_book_locked_by_its_shop_is_refused():
    lock = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod
Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData>
</encryption>"""

    said = await refusal(epub(extra={"META-INF/encryption.xml": lock}), "a.epub")

    assert "is locked by the shop" in said


async def test_a_scanned_pdf_is_refused():
    assert "scanned pictures" in await refusal(pdf(words=False), "scan.pdf")


async def test_a_page_that_only_scripts_fill_is_refused():
    page = (
        b"<!doctype html><html><div id=root></div><script>render('words')</script>"
        b"<noscript>You need to enable JavaScript to run this app.</noscript>"
    )

    assert "put there by scripts" in await refusal(page, "app.html")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", b"MZ\x90\x00\x03" * 99, "not a PDF, as its name says, but a Windows"),
        ("a.pdf", b"just words", "not a PDF, as its name says, but plain text"),
        ("a.pdf", PAGE.encode(), "not a PDF, as its name says, but a web page"),
        ("a.docx", workbook(), "not a Word document, as its name says, but an Excel"),
        ("a.txt", b"\x7fELF\x02\x01\x00" * 9, "not plain text, as its name says"),
        ("a.txt", os.urandom(5000), "a file of an unknown kind"),
        ("a.txt", pdf(), "not plain text, as its name says, but a PDF"),
        ("setup", b"MZ\x90\x00\x03" * 99, "is a Windows program. Myna reads"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00", "is a picture"),
        ("a.rtf", b"{\\rtf1 words}", "is an RTF file"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "is XML"),
        ("a.doc", b"\xd0\xcf\x11\xe0" * 99, "has the old format of Office"),
        ("a.odt", zipped({"content.xml": "<a/>"}), "is an OpenDocument file"),
        ("a.zip", zipped({"a.txt": "words"}), "is a ZIP archive"),
        ("a.vtt", b"WEBVTT\n\nwords", "holds no cues"),
        ("a.txt", b" \n\t\n***", "holds no text"),
    ],
)
async def test_what_is_not_what_it_seems_is_refused(name, data, why):
    assert why in await refusal(data, name)


@each_zipped
async def test_a_damaged_archive_is_refused(name, data, part):
    assert "is damaged" in await refusal(data[: len(data) // 2], name)
    part = "OPS/book.opf" if name == "book.epub" else part
    assert "is damaged" in await refusal(changed(data, {part: b"<a><b>"}), name)


async def test_a_damaged_pdf_is_refused():
    assert "is damaged" in await refusal(b"%PDF-1.7\n" + os.urandom(3000), "a.pdf")


async def test_a_name_cannot_put_lines_into_a_sentence():
    said = await refusal(b"", "a\n\x1b[31m" + "x" * 500 + ".txt")

    assert said.isprintable()
    assert len(said) < 200


async def test_the_child_knows_no_secrets_and_ends_when_the_task_is_cancelled(
    monkeypatch,
):
    monkeypatch.setenv("DISCORD_TOKEN", "t0ken")
    task = asyncio.create_task(extract(SLOW_PAGE, name="slow.html"))
    child = await child_of(os.getpid())

    environment = environment_of(child)
    task.cancel()
    await asyncio.wait([task], timeout=5)

    assert task.cancelled()
    assert b"PYTHONPATH" in environment
    assert b"t0ken" not in environment
    assert not command_line(child)


async def test_the_child_dies_with_its_parent(tmp_path):
    (tmp_path / "slow.html").write_bytes(SLOW_PAGE)
    script = (
        "import asyncio, sys; from pathlib import Path;"
        "from learning.documents import extract;"
        "asyncio.run(extract(Path(sys.argv[1]).read_bytes(), name='slow.html'))"
    )
    parent = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", script, str(tmp_path / "slow.html")]
    )
    try:
        child = await child_of(parent.pid)
        await until(lambda: b"documents_child" in command_line(child))
        await until(lambda: cpu_seconds(child) > 1)  # it has begun to read
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    await until(lambda: b"documents_child" not in command_line(child), seconds=2)


def test_a_confined_child_writes_no_file_and_opens_few(tmp_path):
    script = (
        "import os, sys; from learning.document import LIMITS;"
        "from learning.documents_child import _confine; _confine(LIMITS, os.getppid());"
        "open(sys.argv[1], 'wb', buffering=0).write(b'x')"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "file")],
        capture_output=True,
        check=False,
    )

    assert b"File too large" in done.stderr


def test_an_orphan_does_not_begin_to_read():
    script = (
        "from learning.document import LIMITS;"
        "from learning.documents_child import _confine; _confine(LIMITS, 1 << 30);"
        "print('read')"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )

    assert done.returncode == 1
    assert not done.stdout


async def child_of(pid: int) -> int:
    found = []
    await until(lambda: found or found.extend(children_of(pid)))
    return found[0]


async def until(fact, *, seconds=20) -> None:
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - the kernel sends no event
            await asyncio.sleep(0.01)


def children_of(pid: int) -> list[int]:
    return [
        int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ]


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def cpu_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().split()[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_the_samples_are_archives():
    for _, data, part in ZIPPED:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            assert part in archive.namelist()
