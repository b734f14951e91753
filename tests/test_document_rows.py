"""Documents and pages become lessons that wait, with where each passage stands."""

import pytest

from bot.announcements import Announcements
from bot.chat import Chat
from bot.document_rows import file_rows, page_rows
from bot.messages import Actor
from bot.session import LocalSession
from learning.errors import DocumentError, ImportFileError
from learning.web import GuardedFetcher
from moderation.provenance import Provenance
from moderation.roles import Role
from tests.core_steps import MODERATOR, SERVER, TEACHER, open_home
from tests.discord_steps import open_scene, reply_of, text_of
from tests.fake_site import page, site
from tests.fake_slack_text import shown
from tests.slack_steps import Work, new_slack, options_for, populate, serving

HANDBOOK = """# Orion handbook

## Staging

The Orion staging server is maintained by Priya Raman, who can be reached all week.

## Fees

The yearly fee of the Orion club is forty crowns, to be paid before the first of May.
"""
HTML = """<html><head><title>Orion</title></head><body><article>
<h1>Orion handbook</h1><h2>Staging</h2>
<p>The Orion staging server is maintained by Priya Raman, who can be reached all week.</p>
<p>Whoever breaks it tells her at once, and writes down what they did in the red book.</p>
</article></body></html>"""


def permitting(there):
    return GuardedFetcher(
        permit=lambda address, port: (address, port) == ("127.0.0.1", there.port)
    )


async def test_a_documents_passages_are_facts_with_their_headings(tmp_path):
    file = tmp_path / "handbook.md"
    file.write_text(HANDBOOK)

    rows = await file_rows(file)

    assert [row.fields["kind"] for row in rows] == ["fact", "fact"]
    assert "Staging: The Orion staging server" in rows[0].fields["text"]
    assert rows[0].fields["source"].startswith("handbook.md (Orion handbook")


async def test_a_file_of_lessons_is_read_as_such(tmp_path):
    file = tmp_path / "lessons.jsonl"
    file.write_text('{"question": "Who?", "answer": "Priya."}\n')

    (row,) = await file_rows(file)

    assert row.fields["answer"] == "Priya."


async def test_what_is_no_document_is_a_sentence(tmp_path):
    file = tmp_path / "song.mp3"
    file.write_bytes(b"ID3\x04" + bytes(range(256)) * 40)

    with pytest.raises(DocumentError):
        await file_rows(file)
    with pytest.raises(ImportFileError):
        await file_rows(tmp_path / "nowhere.md")


async def test_a_page_is_read_with_its_address_as_the_source():
    async with site(page(HTML.encode())) as there, permitting(there) as fetcher:
        rows = await page_rows(fetcher, there.url("/handbook"))

    assert all(row.provenance is Provenance.WEB for row in rows)
    assert "Priya Raman" in rows[0].fields["text"]
    assert there.url("/handbook") in rows[0].fields["source"]


async def test_a_document_goes_from_file_to_cited_answer(tmp_path):
    (tmp_path / "handbook.md").write_text(HANDBOOK)
    async with open_home(tmp_path) as home:
        session = LocalSession(
            Chat(home.core, SERVER, MODERATOR, tmp_path), home.parts.clock
        )

        imported = await session.execute("/import handbook.md")
        await session.execute("/approve all")
        answer = await session.execute("Who maintains the Orion staging server?")
        shown = await session.execute("/lesson 1")

    assert len(imported.lessons) == 2
    assert "Priya Raman" in answer.text
    assert "lesson 1" in answer.source
    assert "handbook.md (Orion handbook" in answer.source
    assert "handbook.md (Orion handbook" in shown.text


async def test_a_page_goes_from_link_to_review_and_may_be_trained_on(tmp_path):
    slacker = Actor("U1", "Mo", Role.MODERATOR, platform="slack")
    async with (
        site(page(HTML.encode())) as there,
        open_home(tmp_path, fetcher=lambda: permitting(there)) as home,
    ):
        await home.core.set_up(
            "slack:T1", Actor("a", "Ada", Role.ADMIN, "slack"), review_channel="r"
        )
        chat = Chat(home.core, "slack:T1", slacker, tmp_path)
        session = LocalSession(chat, home.parts.clock)

        outcome = await session.execute("/import " + there.url("/handbook"))
        waiting = await home.core.queue("slack:T1", slacker)

    assert outcome.ok
    assert waiting[0].lesson.provenance is Provenance.WEB
    assert waiting[0].gate.granted


async def test_nothing_is_fetched_for_somebody_who_may_not_import(tmp_path):
    async with (
        site(page(HTML.encode())) as there,
        open_home(tmp_path, fetcher=lambda: permitting(there)) as home,
    ):
        chat = Chat(home.core, SERVER, TEACHER, tmp_path)
        outcome = await LocalSession(chat, home.parts.clock).execute(
            "/import " + there.url("/handbook")
        )

    assert not outcome.ok
    assert there.requests == []


async def test_an_address_inside_the_network_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        chat = Chat(home.core, SERVER, MODERATOR, tmp_path)
        outcome = await LocalSession(chat, home.parts.clock).execute(
            "/import http://169.254.169.254/latest/meta-data"
        )

    assert not outcome.ok
    assert outcome.lessons == ()


async def test_a_link_is_taught_on_discord_and_waits_as_cards(tmp_path):
    async with (
        site(page(HTML.encode())) as there,
        open_scene(tmp_path, fetcher=lambda: permitting(there)) as scene,
    ):
        await scene.set_up()
        people = scene.people
        told = await people.moderator.slash(
            people.general, "teach link", url=there.url("/handbook")
        )

        assert "waiting for review" in reply_of(told)
        assert "Priya Raman" in text_of(scene.card())
        assert "/handbook" in text_of(scene.card())


async def test_a_link_is_taught_in_slack_too(tmp_path):
    announcements = Announcements()
    async with (
        site(page(HTML.encode())) as there,
        new_slack() as slack,
        open_home(
            tmp_path, announcer=announcements, fetcher=lambda: permitting(there)
        ) as home,
    ):
        people = populate(slack)
        options = options_for(slack, "socket")
        async with serving(slack, home, announcements, options):
            work = Work(slack, home, people)
            await work.set_up()
            await slack.command(
                work.mona, "/myna", f"import {there.url('/page')}", channel=work.general
            )
            await work.told(work.mona, "waiting for review")
            await slack.until(work.cards)

        assert "Priya Raman" in shown(work.cards()[-1])
