"""Proves that a search engine in trouble is passed over, and said so."""

import json

import pytest

from bot.settings import Settings
from bot.wiring import _search
from learning.errors import SearchError
from learning.search import Brave, Ddgs, SearXNG
from learning.search_chain import Found, SearchChain
from tests.fake_site import page, site
from tests.research_steps import result, searx

PAGE = "https://site.test/a"


def brave(*addresses):
    listed = [{"title": "A", "url": each, "description": ""} for each in addresses]
    body = json.dumps({"web": {"results": listed}}).encode()
    return page(body, content_type="application/json")


async def chained(first, second, query="ferry"):
    async with site(first) as one, site(second) as other:
        engines = (SearXNG(one.url()), Brave("key", url=other.url("/")))
        found = await SearchChain(engines).search(query, limit=5)
        return found, len(one.requests), len(other.requests)


async def test_the_first_engine_that_answers_is_the_only_one_asked():
    found, first, second = await chained(searx([result(PAGE)]), brave())

    assert [each.url for each in found.results] == [PAGE]
    assert (found.troubles, first, second) == ((), 1, 0)


@pytest.mark.parametrize(
    ("status", "why"), [(500, "SearXNG is down"), (429, "SearXNG is being asked too")]
)
async def test_who_is_down_or_busy_is_passed_over_with_a_sentence(status, why):
    found, *_ = await chained(page(b"", status=status), brave(PAGE))

    assert [each.url for each in found.results] == [PAGE]
    assert found.troubles[0].startswith(why)


async def test_finding_nothing_is_an_answer():
    found, _, second = await chained(searx([]), brave(PAGE))

    assert found == Found(())
    assert second == 0


async def test_where_all_fail_each_is_named():
    with pytest.raises(SearchError, match=r"SearXNG is down.*Brave is being asked"):
        await chained(page(b"", status=503), page(b"", status=429))


async def test_a_query_that_no_engine_takes_is_told_once():
    with pytest.raises(SearchError) as raised:
        await chained(searx([]), brave(), query="word " * 60)

    assert str(raised.value).count("too long") == 1


def test_the_settings_name_the_engines_in_their_order():
    chosen = Settings(
        searxng_url="http://localhost:8080", brave_api_key="key", search_ddgs=True
    )

    assert list(map(type, _search(chosen).engines)) == [SearXNG, Brave, Ddgs]
    assert not _search(Settings()).is_configured
