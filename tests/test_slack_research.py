"""Research in Slack: results with buttons, pages into review, the offer to look up."""

import pytest

from learning.search import SearXNG
from learning.search_chain import SearchChain
from tests.fake_site import site
from tests.fake_slack_text import shown
from tests.research_steps import FERRY, QUAY, TOPIC, permitting, result, routes, searx
from tests.slack_steps import at_work, new_slack, populate

WHEN = "When does the Heron ferry leave Kestrel Quay?"


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    """A workspace whose Myna may search, and read a site."""
    pages = routes({"/ferry": FERRY, "/quay": QUAY})
    async with site(pages) as there, new_slack() as slack:
        listed = [result(there.url("/ferry")), result(there.url("/quay"))]
        async with site(searx(listed)) as searching:
            engines = SearchChain((SearXNG(searching.url()),))
            web = {"fetcher": permitting(there), "search": engines}
            people = populate(slack)
            async with at_work(
                slack, people, tmp_path, request.param, core=web
            ) as working:
                await working.set_up()
                working.people["site"] = there
                yield working
        assert slack.faults() == []


async def test_a_topic_is_searched_for_and_a_page_read_with_a_click(work):
    await work.slack.command(
        work.ben, "/myna", f"research {TOPIC}", channel=work.general
    )
    found = await work.told(work.ben, "Found for")
    buttons = [each["accessory"] for each in found["blocks"] if "accessory" in each]
    await work.click(work.ben, found, "pick", value=buttons[0]["value"])
    told = await work.told(work.ben, "waiting for review")
    await work.slack.command(
        work.mona, "/myna", "approve document 1", channel=work.review
    )
    await work.told(work.mona, "approved")
    answer = await work.ask(work.cleo, work.general, WHEN)

    assert "1. Heron ferry (127.0.0.1" in shown(found)
    assert len(buttons) == 2
    assert "/myna document 1" in shown(told)
    assert "07:40" in shown(answer)
    assert work.site.url("/ferry") in shown(answer)


async def test_who_does_not_know_offers_to_look_it_up(work):
    answer = await work.ask(work.ben, work.general, WHEN)
    await work.click(work.ben, answer, "research")
    found = await work.told(work.ben, "Found for")

    assert "1. Heron ferry" in shown(found)


async def test_a_page_is_watched_and_listed(work):
    url = work.site.url("/ferry")
    await work.slack.command(
        work.mona, "/myna", f"watch <{url}> weekly", channel=work.review
    )
    await work.told(work.mona, "weekly from now on")
    await work.slack.command(work.mona, "/myna", "watch", channel=work.review)

    assert await work.told(work.mona, f"{url}: weekly")
