"""Research on Discord: results with buttons, pages into review, the offer to look up."""

import pytest

from learning.search import SearXNG
from learning.search_chain import SearchChain
from tests.discord_steps import labels_of, open_scene, reply_of, text_of
from tests.fake_site import site
from tests.research_steps import FERRY, QUAY, TOPIC, permitting, result, routes, searx

WHEN = "When does the Heron ferry leave Kestrel Quay?"


@pytest.fixture
async def web():
    """A site, and the changes that let a core search and read it."""
    async with site(routes({"/ferry": FERRY, "/quay": QUAY})) as there:
        listed = [result(there.url("/ferry")), result(there.url("/quay"))]
        async with site(searx(listed)) as searching:
            engines = SearchChain((SearXNG(searching.url()),))
            yield there, {"fetcher": permitting(there), "search": engines}


async def test_a_topic_is_searched_for_and_a_page_read_with_a_click(tmp_path, web):
    there, changes = web
    async with open_scene(tmp_path, **changes) as scene:
        await scene.set_up()
        people = scene.people
        found = await people.member.slash(people.general, "myna research", topic=TOPIC)
        card = card_of(found)
        read = await people.member.click(card, label="Read 1")
        await people.moderator.slash(
            people.review, "myna approve", lessons="document 1"
        )
        answer = await scene.ask(WHEN)

        assert "1. Heron ferry (127.0.0.1" in text_of(card)
        assert labels_of(card) == ["Read 1", "Read 2"]
        assert "waiting for review" in reply_of(read)
        assert [request.path for request in there.requests] == ["/ferry"]
        assert "07:40" in answer.content
        assert there.url("/ferry") in answer.content


async def test_who_does_not_know_offers_to_look_it_up(tmp_path, web):
    _, changes = web
    async with open_scene(tmp_path, **changes) as scene:
        await scene.set_up()
        people = scene.people
        answer = await scene.ask(WHEN)
        found = await people.member.click(answer, label="Look it up")

        assert "Look it up" in labels_of(answer)
        assert "1. Heron ferry" in reply_of(found)


async def test_without_a_search_engine_nothing_is_offered_and_commands_say_why(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        answer = await scene.ask(WHEN)
        told = await scene.people.member.slash(
            scene.people.general, "myna research", topic=TOPIC
        )

        assert "Look it up" not in labels_of(answer)
        assert "SEARXNG_URL" in reply_of(told)


async def test_results_of_long_ago_say_to_search_again(tmp_path, web):
    _, changes = web
    async with open_scene(tmp_path, **changes) as scene:
        await scene.set_up()
        people = scene.people
        found = await people.member.slash(people.general, "myna research", topic=TOPIC)
        scene.home.parts.clock.advance(minutes=31)
        late = await people.member.click(card_of(found), label="Read 1")

        assert "/myna research topic" in reply_of(late)


async def test_a_page_is_watched_listed_and_watched_no_longer(tmp_path, web):
    there, changes = web
    async with open_scene(tmp_path, **changes) as scene:
        await scene.set_up()
        people = scene.people
        url = there.url("/ferry")

        async def watch(**options):
            told = await people.moderator.slash(people.review, "myna watch", **options)
            return reply_of(told)

        begun = await watch(url=url, every="weekly")
        listed = await watch()
        ended = await watch(url=url, every="stop")
        nobody = await people.member.slash(people.general, "myna watch", url=url)

        assert "weekly from now on" in begun
        assert f"{url}: weekly" in listed
        assert "no longer" in ended
        assert "may not review" in reply_of(nobody)


def card_of(result):
    """Return the message that an interaction was answered with."""
    return [each for each in (result.response, *result.followups) if each][-1]
