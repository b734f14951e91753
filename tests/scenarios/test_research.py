"""A topic is looked up on the web, picked, reviewed, and answered with its source."""

from tests.core_steps import MEMBER, MODERATOR, TEACHER
from tests.research_steps import FERRY, QUAY, TOPIC, at_a_desk

WHEN = "When does the Heron ferry leave Kestrel Quay?"


async def test_a_topic_goes_from_search_to_a_cited_answer(tmp_path):
    async with at_a_desk(tmp_path, {"/ferry": FERRY, "/quay": QUAY}) as desk:
        unknown = await desk.say(WHEN, TEACHER)
        found = await desk.say(f"/research {TOPIC}", TEACHER)
        picked = await desk.say("/research pick 1", TEACHER)
        early = await desk.say(WHEN, MEMBER)
        document = await desk.say("/document 1")
        approved = await desk.say("/approve document 1")
        answer = await desk.say(WHEN, MEMBER)
        lesson = await desk.say("/lesson 1")

    assert unknown.abstained
    assert f"/research {WHEN}" in unknown.text
    assert desk.search.requests[0].query["q"] == TOPIC
    assert "1. Heron ferry (127.0.0.1" in found.text
    assert [request.path for request in desk.site.requests] == ["/ferry"]
    assert "waiting for review" in picked.text
    assert early.abstained
    assert TOPIC in document.text
    assert approved.ok
    assert "07:40" in answer.text
    assert desk.site.url("/ferry") in answer.source
    assert "Heron ferry › Timetable" in answer.source  # noqa: RUF001 - a breadcrumb
    assert f"Found by searching for {TOPIC!r}." in lesson.text


async def test_several_pages_are_read_and_one_that_fails_says_why(tmp_path):
    pages = {"/ferry": FERRY, "/quay": QUAY}
    told = []
    async with at_a_desk(
        tmp_path, pages, found=["/ferry", "/nowhere", "/quay"]
    ) as desk:
        await desk.say(f"/research {TOPIC}")
        picked = await desk.say("/research pick 1-3", on_progress=told.append)
        documents = await desk.home.core.documents("home", MODERATOR)

    assert picked.ok
    assert [each.title for each in documents] == ["Heron ferry", "Kestrel Quay"]
    assert [each.query for each in documents] == [TOPIC, TOPIC]
    assert "404" in picked.text
    assert [(each.done, each.total) for each in told] == [(0, 3), (1, 3), (2, 3)]
