"""Text out of files of every kind."""

import asyncio
import json

import pytest

from learning.documents import Section, extract, raw_url
from learning.errors import DocumentError
from tests.document_samples import (
    FACT,
    LOOT,
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

ALL = (
    ("book.html", PAGE.encode()),
    ("book.pdf", pdf()),
    ("book.docx", word()),
    ("book.pptx", presentation()),
    ("book.md", MARKDOWN.encode()),
    ("book.txt", FACT.encode()),
    ("book.epub", epub()),
    ("book.srt", SRT.encode()),
    ("book.vtt", VTT.encode()),
    ("book.json", json.dumps({"rule": FACT}).encode()),
    ("book.jsonl", json.dumps({"rule": FACT}).encode() + b'\n{"a": 1}\n'),
    ("book.csv", f'Rule,By,At\n"{FACT}",Mira,9\n'.encode()),
)


@pytest.mark.parametrize(("name", "data"), ALL, ids=[name for name, _ in ALL])
async def test_every_format_gives_its_words(name, data):
    document = await extract(data, name=name)

    assert FACT in " ".join(" ".join(s.text.split()) for s in document.sections)


async def test_a_page_keeps_headings_and_loses_its_navigation():
    document = await extract(PAGE.encode(), name="https://example.org/book")

    said = " ".join(section.text for section in document.sections)
    assert document.title == "Guild book"
    assert document.sections[0] == Section(("Rules",), FACT, "")
    assert document.sections[-1].headings == ("Rules", "Loot")
    assert "Item: Sword; Price: 20; Seller: Bo" in said
    assert not any(word in said for word in ("Home", "Imprint", "secret"))


async def test_a_short_page_keeps_its_headings_too():
    page = "<html><h1>Raid</h1><p>Friday.</p><ul><li>Bring<ul><li>food</li></ul></ul>"

    document = await extract(page.encode(), name="a.html")

    assert document.sections == (Section(("Raid",), "Friday.\n\n- Bring\n- food", ""),)


async def test_a_pdf_has_pages_and_its_bookmarks_as_headings():
    document = await extract(pdf(), name="book.pdf")

    assert document.title == "Guild book"
    assert [(s.headings, s.position) for s in document.sections] == [
        ((), "page 1"),
        (("Rules",), "page 1"),
        (("Rules",), "page 2"),
        (("Loot 2",), "page 2"),
    ]


async def test_a_word_document_keeps_headings_lists_and_tables():
    document = await extract(word(), name="book.docx")

    assert document.title == "Guild book"
    assert document.sections == (
        Section(("Rules",), FACT, "paragraph 2"),
        Section(
            ("Rules", "Loot"),
            f"{LOOT}\n\n- Bring torches\n\nItem: Sword; Price: 20; Seller: Bo\n"
            "Item: Shield; Price: 30.5; Seller: Al",
            "paragraph 4",
        ),
    )


async def test_a_presentation_gives_a_section_for_each_slide_with_its_notes():
    document = await extract(presentation(), name="book.pptx")

    assert document.sections == (
        Section(("Rules",), FACT, "slide 1"),
        Section(("Loot",), f"{LOOT}\n\nSay this slowly.", "slide 2"),
    )


async def test_a_workbook_gives_its_visible_rows_with_the_names_of_columns():
    document = await extract(workbook(), name="book.xlsx")

    assert document.sections == (
        Section(
            ("Prices",), "Item: Sword; Price: 20; Seller: Bo", "sheet Prices, row 2"
        ),
        Section(
            ("Prices",), "Item: Shield; Price: 30.5; Seller: Al", "sheet Prices, row 3"
        ),
    )


async def test_markdown_keeps_headings_and_drops_its_front_matter():
    document = await extract(MARKDOWN.encode(), name="README.md")

    assert document.title == "Guild book"
    assert document.sections == (
        Section(("Rules",), FACT, "line 7"),
        Section(
            ("Rules", "Loot"),
            f"{LOOT}\n\n- Bring torches\n- Read the map\n\n# not a heading\n\n"
            "Item: Sword; Price: 20; Seller: Bo",
            "line 11",
        ),
    )


async def test_a_book_gives_its_chapters_in_the_order_of_its_spine():
    document = await extract(epub(), name="book.epub")

    assert document.title == "Guild book"
    assert document.sections == (
        Section(("Rules",), FACT, "part 2"),
        Section(("Loot",), LOOT, "part 3"),
    )


async def test_cues_are_joined_and_lines_that_roll_up_are_said_once():
    document = await extract(VTT.encode(), name="talk.vtt")

    assert document.sections == (
        Section(
            (), f"Mira: Welcome & sit down. Welcome & sit down. {FACT}", "00:00:04"
        ),
    )


async def test_a_long_transcript_is_cut_at_sentences_with_the_time_of_the_first_cue():
    cues = "\n\n".join(
        f"{n}\n00:{n:02}:00,000 --> 00:{n:02}:09,000\nSentence {n} is about the raid."
        for n in range(1, 60)
    )

    document = await extract(cues.encode(), name="talk.txt")

    assert [s.position for s in document.sections][:2] == ["00:01:00", "00:15:00"]
    assert all(s.text.endswith("raid.") for s in document.sections)
    assert all(len(s.text) <= 600 for s in document.sections)


async def test_json_is_told_as_names_and_values():
    value = {"guild": "Brenn", "open": True, "members": [{"n": "Mira"}, {"n": "Bo"}]}

    document = await extract(json.dumps(value).encode(), name="guild.json")

    assert document.sections == (
        Section((), "guild: Brenn\nopen: yes", ""),
        Section(("members",), "n: Mira", "item 1"),
        Section(("members",), "n: Bo", "item 2"),
    )


async def test_a_table_without_a_row_of_names_keeps_its_first_row():
    document = await extract(b"Sword;20;Bo\nShield;30;Al\n", name="prices.csv")

    assert [s.text for s in document.sections] == ["Sword; 20; Bo", "Shield; 30; Al"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Bj\u00f6rn f\u00fchrt die Gilde."),
        ("utf-16", "Bj\u00f6rn f\u00fchrt die Gilde."),
        ("utf-16-le", "Bjorn leads the guild of Brenn."),
        (
            "cp1252",
            "Bj\u00f6rn f\u00fchrt die Gilde \u2013 und M\u00e4xchen tr\u00e4gt das Geb\u00e4ck f\u00fcr sp\u00e4ter.",
        ),
        (
            "cp1251",
            "\u0413\u0438\u043b\u044c\u0434\u0438\u044f \u0441\u043e\u0431\u0438\u0440\u0430\u0435\u0442\u0441\u044f \u043a\u0430\u0436\u0434\u0443\u044e \u043f\u044f\u0442\u043d\u0438\u0446\u0443 \u0432\u0435\u0447\u0435\u0440\u043e\u043c \u043d\u0430 \u043c\u0435\u043b\u044c\u043d\u0438\u0446\u0435.",
        ),
        (
            "shift_jis",
            "\u30ae\u30eb\u30c9\u306f\u6bce\u9031\u91d1\u66dc\u65e5\u306e\u4e8c\u5341\u6642\u306b\u53e4\u3044\u6c34\u8eca\u5c0f\u5c4b\u3067\u96c6\u307e\u308a\u307e\u3059\u3002",
        ),
    ],
)
async def test_text_is_read_in_any_encoding(encoding, text):
    document = await extract(text.encode(encoding), name="note.txt")

    assert document.sections[0].text == text


async def test_a_page_is_decoded_as_it_or_its_server_declares():
    text = "\u30ae\u30eb\u30c9\u306f\u91d1\u66dc\u65e5\u3067\u3059\u3002"
    meta = f'<html><head><meta charset="Shift_JIS"></head><p>{text}</p></html>'
    bare = f"<html><p>{text}</p></html>"

    declared = await extract(meta.encode("shift_jis"), name="a.html")
    served = await extract(
        bare.encode("euc-jp"), name="a", content_type="text/html; charset=euc-jp"
    )

    assert declared.sections[0].text == served.sections[0].text == text


async def test_half_a_surrogate_pair_never_reaches_the_database():
    document = await extract(b'{"a": "x\\ud800y\\u0000z"}', name="a.json")

    document.sections[0].text.encode()
    assert document.sections[0].text == "a: xyz"


async def test_words_that_word_marks_as_inserted_are_read_and_deleted_ones_are_not():
    import docx  # noqa: PLC0415
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    from tests.document_samples import saved  # noqa: PLC0415

    document = docx.Document()
    paragraph = document.add_paragraph("The raid is on ")
    for xml in (
        "<w:del {} w:id='1' w:author='a'><w:r><w:delText>Monday</w:delText></w:r></w:del>",
        "<w:ins {} w:id='2' w:author='a'><w:r><w:t>Friday</w:t></w:r></w:ins>",
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))

    read = await extract(saved(document), name="a.docx")

    assert read.sections[0].text == "The raid is on Friday"


async def test_a_page_under_a_misleading_address_is_read_as_the_page_it_is():
    document = await extract(PAGE.encode(), name="book.pdf", content_type="text/html")

    assert document.title == "Guild book"


async def test_several_files_are_read_at_once():
    documents = await asyncio.gather(
        *(extract(f"Rule {n} holds.".encode(), name="a.txt") for n in range(4))
    )

    assert [d.sections[0].text for d in documents] == [
        f"Rule {n} holds." for n in range(4)
    ]


async def test_a_file_without_a_title_is_called_by_its_name():
    document = await extract(b"Rules", name="rules.txt")

    assert document.title == "rules.txt"


async def test_reading_works_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")

    assert (await extract(b"Rules", name="a.txt")).sections


@pytest.mark.parametrize(
    ("url", "raw"),
    [
        (
            "https://github.com/o/r",
            "https://raw.githubusercontent.com/o/r/HEAD/README.md",
        ),
        (
            "https://github.com/o/r.git/?tab=readme#x",
            "https://raw.githubusercontent.com/o/r/HEAD/README.md",
        ),
        (
            "https://www.github.com/o/r/blob/main/docs/a%20b.md#top",
            "https://raw.githubusercontent.com/o/r/main/docs/a%20b.md",
        ),
        ("https://github.com/o/r/issues/3", "https://github.com/o/r/issues/3"),
        ("https://github.com/topics/bots", "https://github.com/topics/bots"),
        ("https://github.com.evil.org/o/r", "https://github.com.evil.org/o/r"),
        ("https://example.org/o/r", "https://example.org/o/r"),
    ],
)
def test_a_page_on_github_stands_for_its_plain_file(url, raw):
    assert raw_url(url) == raw


async def test_json_that_is_broken_is_refused_with_its_line():
    with pytest.raises(DocumentError, match="is not JSON, line 2"):
        await extract(b'{"a": 1}\n{"a": \n', name="a.jsonl")
