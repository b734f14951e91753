"""Proves that a sitemap lists its own host's pages, and that a hostile one is left."""

import time

import pytest

from learning.errors import DocumentError
from learning.sitemap import MAX_LISTED, Sitemap, is_sitemap, read_sitemap

URL = "https://site.test/sitemap.xml"
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def listing(*addresses, tag="url", root="urlset"):
    entries = "".join(f"<{tag}><loc>{each}</loc></{tag}>" for each in addresses)
    return f'<?xml version="1.0"?>\n<{root}>{entries}</{root}>'.encode()


def test_pages_come_in_their_order_each_once():
    content = listing("https://site.test/b", " https://site.test/a\n") + b"\n"

    found = read_sitemap(content, url=URL)

    assert found == Sitemap(("https://site.test/b", "https://site.test/a"))
    assert read_sitemap(listing(*found.pages, found.pages[0]), url=URL) == found


def test_an_index_lists_sitemaps():
    content = listing("https://site.test/s1.xml", tag="sitemap", root="sitemapindex")

    assert read_sitemap(content, url=URL).sitemaps == ("https://site.test/s1.xml",)


def test_namespaces_comments_and_other_elements_do_not_matter():
    content = (
        b"<!-- made by x --><s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9' "
        b"xmlns:i='http://images'><s:url><s:loc>https://site.test/?a=1&amp;b=2</s:loc>"
        b"<s:lastmod>2026-01-01</s:lastmod><i:image><i:loc>https://site.test/p.png"
        b"</i:loc></i:image></s:url></s:urlset>"
    )

    assert is_sitemap(content)
    assert read_sitemap(content, url=URL).pages == ("https://site.test/?a=1&b=2",)


@pytest.mark.parametrize(
    "address",
    [
        "https://other.test/a",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://user:pw@site.test/",
        "not an address",
    ],
)
def test_what_is_not_on_the_same_host_is_left_out_and_counted(address):
    found = read_sitemap(listing("https://site.test/a", address), url=URL)

    assert found == Sitemap(("https://site.test/a",), elsewhere=1)


def test_entities_that_multiply_are_refused_at_once():
    bomb = b'<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode()
        for i in range(9)
    )
    bomb += b"]><urlset><url><loc>https://site.test/&j;</loc></url></urlset>"
    started = time.perf_counter()

    with pytest.raises(DocumentError, match="document type"):
        read_sitemap(bomb, url=URL)

    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "content",
    [
        b"<urlset><url><loc>https://site.test/a</url></urlset>",
        b"<urlset>" + b"<a>" * 100_000,
        b"<urlset>",
        b'<?xml version="1.0" encoding="klingon"?><urlset/>',
    ],
)
def test_a_damaged_sitemap_is_refused(content):
    with pytest.raises(DocumentError, match="is damaged; share"):
        read_sitemap(content, url=URL)


def test_an_endless_list_is_cut():
    many = listing(*(f"https://site.test/{n}" for n in range(MAX_LISTED + 5000)))

    assert len(read_sitemap(many, url=URL).pages) < MAX_LISTED + 5000


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><urlset></urlset></html>", b"urlset", b"<rss/>", b"\xff\xfe<\x00"],
)
def test_other_files_are_no_sitemaps(content):
    assert not is_sitemap(content)


def test_a_long_row_of_comments_costs_nothing():
    started = time.perf_counter()

    assert not is_sitemap(b"<!--a-->" * 1000 + b"<html>")

    assert time.perf_counter() - started < 0.5
