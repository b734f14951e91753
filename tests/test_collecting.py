"""Proves that a sitemap's pages and a folder's files become a document each."""

import asyncio

import pytest

from bot.messages import Actor, Collected
from learning.errors import DocumentError
from moderation.roles import Role
from tests.core_steps import MODERATOR, SERVER, TEACHER
from tests.fake_site import page
from tests.research_steps import FERRY, NOTHING, QUAY, at_a_desk

BOMB = (
    b'<!DOCTYPE urlset [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<urlset><url><loc>http://x/&b;</loc></url></urlset>"
)


def listing(desk, *paths, tag="url", root="urlset", host=None):
    entries = "".join(
        f"<{tag}><loc>{desk.site.url(path, host=host or '127.0.0.1')}</loc></{tag}>"
        for path in paths
    )
    return page(f"<{root}>{entries}</{root}>".encode(), content_type="application/xml")


async def imported(desk, path="/sitemap.xml", actor=MODERATOR, **options):
    return await desk.say(f"/import {desk.site.url(path)}", actor, **options)


async def test_each_page_of_a_sitemap_is_a_document_and_progress_is_told(tmp_path):
    pages, told = {"/ferry": FERRY, "/quay": QUAY}, []
    async with at_a_desk(tmp_path, pages) as desk:
        pages["/sitemap.xml"] = listing(desk, "/ferry", "/quay")
        outcome = await imported(desk, on_progress=told.append)
        documents = await desk.home.core.documents(SERVER, MODERATOR)

    assert outcome.ok
    assert [each.source for each in documents] == [
        desk.site.url("/ferry"),
        desk.site.url("/quay"),
    ]
    assert [(each.done, each.total) for each in told] == [(0, 2), (1, 2)]


async def test_pages_beyond_the_limit_and_of_other_hosts_are_counted(tmp_path):
    pages = {"/ferry": FERRY, "/quay": QUAY}
    async with at_a_desk(tmp_path, pages, import_pages=1) as desk:
        pages["/sitemap.xml"] = listing(desk, "/ferry", "/quay", "/third")
        outcome = await imported(desk)
        elsewhere = listing(desk, "/quay", host="localhost")
        pages["/sitemap.xml"] = elsewhere
        other = await imported(desk)

    assert "2 more were left out" in outcome.text
    assert not other.ok
    assert "no page of its own site" in other.text
    assert "/quay" not in [request.path for request in desk.site.requests]


async def test_the_sitemaps_of_an_index_are_looked_into(tmp_path):
    pages = {"/ferry": FERRY, "/quay": QUAY}
    async with at_a_desk(tmp_path, pages) as desk:
        pages["/one.xml"] = listing(desk, "/ferry")
        pages["/two.xml"] = listing(desk, "/quay")
        index = ("/one.xml", "/gone.xml", "/two.xml")
        pages["/sitemap.xml"] = listing(
            desk, *index, tag="sitemap", root="sitemapindex"
        )
        outcome = await imported(desk)

    assert len(outcome.extra["documents"]) == 2
    assert "404" in outcome.text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "document type"),
        (b"<urlset><url><loc>http://x", "damaged"),
        (b"<urlset></urlset>", "no page of its own site"),
    ],
)
async def test_a_hostile_sitemap_leaves_nothing(tmp_path, content, why):
    pages = {"/sitemap.xml": page(content, content_type="text/xml")}
    async with at_a_desk(tmp_path, pages) as desk:
        outcome = await imported(desk)

        assert not outcome.ok
        assert why in outcome.text
        assert await desk.counts() == NOTHING


async def test_a_teacher_imports_a_page_and_no_sitemap(tmp_path):
    pages = {"/ferry": FERRY}
    async with at_a_desk(tmp_path, pages) as desk:
        pages["/sitemap.xml"] = listing(desk, "/ferry")
        many = await imported(desk, actor=TEACHER)
        one = await imported(desk, "/ferry", actor=TEACHER)

    assert "may not review" in many.text
    assert one.ok


async def test_what_was_read_stays_when_the_rest_is_stopped(tmp_path):
    reached = asyncio.Event()

    async def endless(_):
        reached.set()
        await asyncio.sleep(3600)

    pages = {"/ferry": FERRY, "/slow": endless}
    async with at_a_desk(tmp_path, pages) as desk:
        pages["/sitemap.xml"] = listing(desk, "/ferry", "/slow")
        running = asyncio.ensure_future(imported(desk))
        await reached.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        documents = await desk.home.core.documents(SERVER, MODERATOR)

    assert [each.title for each in documents] == ["Heron ferry"]


async def test_each_document_of_a_folder_is_one_and_the_rest_is_left(tmp_path):
    folder = tmp_path / "handbook"
    (folder / "deep").mkdir(parents=True)
    (folder / "ferry.html").write_text(FERRY)
    (folder / "deep" / "quay.html").write_text(QUAY)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.md").write_text("# Hidden\n\nNobody should ever read this.")
    (tmp_path / "outside.md").write_text("# Outside\n\nThis is outside the folder.")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 not a zip")
    async with at_a_desk(tmp_path, {}) as desk:
        outcome = await desk.say("/import handbook")
        documents = await desk.home.core.documents(SERVER, MODERATOR)

    assert [each.source for each in documents] == ["deep/quay.html", "ferry.html"]
    assert "broken.docx" in outcome.text
    assert len(outcome.extra["problems"]) == 1


async def test_a_folders_files_beyond_the_limit_are_counted(tmp_path):
    for number in range(3):
        text = f"# Page {number}\n\nThe {number}. lantern hangs over dock {number}."
        (tmp_path / "f").mkdir(exist_ok=True)
        (tmp_path / "f" / f"{number}.md").write_text(text)
    async with at_a_desk(tmp_path, {}, import_pages=2) as desk:
        outcome = await desk.say("/import f")

    assert len(outcome.extra["documents"]) == 2
    assert "1 more was left out" in outcome.text


async def test_an_empty_folder_says_so(tmp_path):
    (tmp_path / "empty").mkdir()
    async with at_a_desk(tmp_path, {}) as desk:
        outcome = await desk.say("/import empty")
        with pytest.raises(DocumentError):
            await desk.home.core.import_folder(SERVER, MODERATOR, tmp_path / "empty")

        assert "no document in the folder empty" in outcome.text
        assert await desk.counts() == NOTHING


async def test_nobody_on_a_platform_reads_the_operators_folders(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "ferry.html").write_text(FERRY)
    stranger = Actor("u1", "Uma", Role.ADMIN, "slack")
    async with at_a_desk(tmp_path, {}) as desk:
        outcome = await desk.say("/import f", stranger)
        read = await desk.home.core.import_folder(SERVER, TEACHER, tmp_path / "f")

        assert "terminal only" in outcome.text
        assert not isinstance(read, Collected)
        assert await desk.counts() == NOTHING
