"""Whatever a file or page holds, it is read or refused in Myna's own words."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lesson_rows
from bot.lesson_files import holds_lessons, parse_lessons
from bot.messages import Actor, ImportProblem
from learning.document import Document, Limits, Section
from learning.documents import extract, raw_url
from learning.errors import DocumentError, ImportFileError
from learning.extractors import transcript
from learning.passages import passages
from learning.search_results import plain, results
from learning.sitemap import is_sitemap, read_sitemap
from moderation.roles import Role
from tests.document_samples import SRT, VTT
from tests.hostile.corpus import any_text, damaged, in_itself, samples, texts
from tests.hostile.effort import OFTEN

SEEDS = st.integers(0, 2**32)
MODERATOR = Actor("m1", "Mona", Role.MODERATOR)
SMALL = Limits(memory_bytes=512 * 2**20, cpu_seconds=5, wall_seconds=20.0)
EVERY_FORMAT = pytest.mark.parametrize("name", sorted(samples()))
CELLS = st.one_of(any_text(40), st.integers(), st.none(), st.booleans(), st.just([1]))
KEYS = st.sampled_from(
    ("kind", "question", "answer", "text", "examples", "source", "expires_at", "x")
)


def as_bytes(text):
    return text.encode("utf-8", "surrogatepass")


async def read(data, name):
    """Read a file in the child as the bot does; None where it was refused."""
    try:
        return await extract(data, name=name, limits=SMALL)
    except DocumentError as exc:
        said = str(exc)
        assert said.endswith(".")
        assert "Traceback" not in said
        return None


@EVERY_FORMAT
async def test_a_damaged_file_is_read_or_refused(name):
    """The child may break, the bot never does: pdfium is C++, and lxml is C."""
    data = samples()[name]
    broken = [damaged(data, seed) for seed in (1, 2)]

    read_ = await asyncio.gather(*(read(each, name) for each in broken))

    for document in filter(None, read_):
        for passage in passages(document):
            assert passage.text.strip()


async def test_an_archive_in_an_archive_is_unpacked_once_at_most():
    assert await read(in_itself(), "book.docx") is None
    assert await read(in_itself(), "book.zip") is None


@pytest.mark.parametrize("name", ["book.docx", "page.html", "talk.vtt"])
async def test_a_file_that_is_not_what_its_name_says_is_read_or_refused(name):
    for other, data in samples().items():
        if other.endswith((".pdf", ".csv")):
            await read(data, name)


@OFTEN
@given(
    st.one_of(st.binary(max_size=600), SEEDS.map(lambda s: damaged(SRT.encode(), s)))
)
def test_subtitles_are_cues_in_their_order_or_refused(data):
    try:
        document = transcript.read(data, name="talk.srt", content_type="", limits=SMALL)
    except DocumentError:
        return

    assert all(len(section.text) < 10_000 for section in document.sections)


@OFTEN
@given(SEEDS)
def test_no_tag_of_subtitles_is_left_whole(seed):
    data = damaged(VTT.encode(), seed)
    try:
        document = transcript.read(data, name="talk.vtt", content_type="", limits=SMALL)
    except DocumentError:
        return

    assert all("-->" not in section.position for section in document.sections)


@OFTEN
@given(
    st.lists(st.tuples(any_text(60), any_text(2000)), max_size=6),
    st.integers(60, 600),
)
def test_no_passage_is_too_long_or_empty(sections, most):
    document = Document(
        "Book", tuple(Section((head,), text, "") for head, text in sections)
    )

    for passage in passages(document, most_chars=most):
        assert passage.text.strip()
        assert len(passage.text) <= most


LINES = st.lists(
    st.one_of(
        any_text(80),
        st.dictionaries(KEYS, CELLS, max_size=7).map(json.dumps),
    ),
    max_size=6,
).map("\n".join)


@OFTEN
@given(
    st.one_of(st.binary(max_size=300), LINES.map(as_bytes)),
    st.sampled_from(("a.jsonl", "a.csv", "a.txt", "a")),
)
def test_a_file_of_lessons_is_rows_each_read_or_with_its_problem(data, name):
    holds_lessons(data, name)
    try:
        rows = parse_lessons(data, name=name)
    except ImportFileError as exc:
        assert str(exc).endswith(".")  # noqa: PT017 - most files are none
        return

    for row in rows:
        assert row.line > 0
        assert all(isinstance(value, str) for value in row.fields.values())
        read_ = lesson_rows.read(row, "home", MODERATOR)
        if isinstance(read_, ImportProblem):
            assert read_.line == row.line
            assert read_.reason


@OFTEN
@given(
    st.one_of(
        st.binary(max_size=400),
        SEEDS.map(
            lambda seed: damaged(
                b"<urlset><url><loc>https://a.example/x</loc></url></urlset>", seed
            )
        ),
    )
)
def test_a_sitemap_lists_pages_of_its_own_host_or_is_refused(content):
    is_sitemap(content)
    try:
        found = read_sitemap(content, url="https://a.example/sitemap.xml")
    except DocumentError:
        return

    for address in (*found.pages, *found.sitemaps):
        assert address.startswith(("https://a.example", "http://a.example"))


@OFTEN
@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), any_text(60)),
        lambda inner: st.lists(
            st.dictionaries(st.sampled_from(("t", "u", "s")), inner), max_size=4
        ),
        max_leaves=12,
    )
)
def test_what_a_search_engine_says_is_plain_text_and_web_links(listed):
    found = results(listed, keys=("t", "u", "s"), limit=3)

    for each in found or ():
        assert each.url.startswith(("http://", "https://"))
        assert "\n" not in each.title + each.snippet


@OFTEN
@given(any_text())
def test_a_snippet_is_one_line_of_at_most_so_many_characters(text):
    line = plain(text, max_chars=80)

    assert len(line) <= 80
    assert line == " ".join(line.split())


@OFTEN
@given(any_text())
def test_only_a_page_of_github_is_read_from_elsewhere(text):
    raw = raw_url(text)

    assert raw == text or raw.startswith("https://raw.githubusercontent.com/")


@pytest.mark.parametrize("name", sorted(texts()))
def test_each_hostile_text_is_a_lesson_or_a_problem_of_its_row(name):
    row = as_bytes(json.dumps({"kind": "fact", "text": texts()[name]}))
    [found] = parse_lessons(row, name="a.jsonl")

    read_ = lesson_rows.read(found, "home", MODERATOR)
    assert isinstance(read_, ImportProblem) or read_.text.strip()
