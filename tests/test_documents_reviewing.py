"""Documents and pages become lessons that wait, with where each passage stands."""

from contextlib import asynccontextmanager

import pytest

from bot.announcements import Announcements
from bot.chat import Chat
from bot.messages import Actor
from bot.reading import read_file, read_page
from bot.session import LocalSession
from learning.errors import DocumentError, ImportFileError
from learning.web import GuardedFetcher
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.roles import Role
from tests.core_steps import MEMBER, MODERATOR, SERVER, TEACHER, open_home
from tests.discord_steps import labels_of, open_scene, reply_of, text_of, until
from tests.document_steps import (
    FEES,
    KEYS,
    PASSWORD,
    STAGING,
    brought,
    reading,
    session_of,
)
from tests.fake_site import page, site
from tests.fake_slack_text import buttons, shown
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


async def test_a_file_is_read_into_passages_with_their_headings(tmp_path):
    file = tmp_path / "handbook.md"
    file.write_text(HANDBOOK)

    read = await read_file(file, "handbook.md")
    same = await read_file(HANDBOOK.encode(), "handbook.md")

    assert [each.headings[-1] for each in read.passages] == ["Staging", "Fees"]
    assert read.source == "handbook.md"
    assert read.provenance is Provenance.UPLOAD
    assert read.text_digest == same.text_digest


async def test_what_is_no_document_is_a_sentence(tmp_path):
    with pytest.raises(DocumentError):
        await read_file(b"ID3\x04" + bytes(range(256)) * 40, "song.mp3")
    with pytest.raises(ImportFileError):
        await read_file(tmp_path / "nowhere.md", "nowhere.md")


async def test_a_page_is_read_with_its_address_as_the_source():
    async with site(page(HTML.encode())) as there, permitting(there) as fetcher:
        read = await read_page(fetcher, there.url("/handbook"), query="orion")

    assert read.provenance is Provenance.WEB
    assert "Priya Raman" in read.passages[0].text
    assert (read.source, read.query) == (there.url("/handbook"), "orion")


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
    cited = "handbook.md › Orion handbook › Staging"  # noqa: RUF001
    assert cited in answer.source
    assert cited in shown.text
    assert "passage 1 of document 1" in shown.text


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
        chat = Chat(home.core, SERVER, MEMBER, tmp_path)
        outcome = await LocalSession(chat, home.parts.clock).execute(
            "/import " + there.url("/handbook")
        )

    assert not outcome.ok
    assert there.requests == []


async def test_a_file_of_this_machine_is_read_for_moderators_alone(tmp_path):
    (tmp_path / "handbook.md").write_text(HANDBOOK)
    async with open_home(tmp_path) as home:
        session = session_of(home, tmp_path, actor=TEACHER)
        outcome = await session.execute("/import handbook.md")

    assert not outcome.ok
    assert outcome.lessons == ()


async def test_documents_are_reviewed_by_typed_commands(tmp_path):
    async with open_home(tmp_path) as home:
        await brought(home, ("Fees", FEES), ("Net", PASSWORD), ("Staging", STAGING))
        await brought(home, KEYS, source="keys.md", title="Keys")
        said = session_of(home, tmp_path).execute

        review = await said("/review")
        listed = await said("/documents")
        shown = await said("/document 1")
        approved = await said("/approve document 1 1-2")
        rejected = await said("/reject document 1 3 reason: It moved.")
        kept = await said("/approve document 2 memory-only")
        alone = await said("/approve 2")
        nothing = await said("/approve document 1")
        forgotten = await said("/forget document 1")
        left = await said("/documents")

    lines = review.text.splitlines()
    assert lines[0].startswith("2 wait, 1 flagged;")
    assert lines[1].startswith("Document 1. Orion handbook (https://")
    assert "3 passages: 3 waiting (1 flagged)" in lines[1]
    assert lines[2].startswith("Document 2. Keys (keys.md)")
    assert [each["id"] for each in listed.to_json()["documents"]] == [1, 2]
    assert STAGING in shown.text
    assert "It seems to tell a password." in shown.text
    assert "Document 1: 1 passage approved (1)" in approved.text
    assert approved.to_json()["held"] == [2]
    assert "1 passage rejected (3)" in rejected.text
    assert kept.ok
    assert "Lesson 2 is approved" in alone.text
    assert not nothing.ok
    assert "3 passages" in forgotten.text
    assert "Document 1" not in left.text


async def test_approving_all_takes_documents_along(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()
        await brought(home, FEES, PASSWORD)

        outcome = await session_of(home, tmp_path).execute("/approve all")

    assert [each["id"] for each in outcome.lessons] == [1, 2]
    assert outcome.to_json()["held"] == [3]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/approve document", "Say which document"),
        ("/approve document three", "Say which document"),
        ("/approve document 3 first", "by their numbers"),
        ("/reject document 3", "Give a reason"),
        ("/forget document 3 1-2", "forgotten whole"),
        ("/document", "/document 3"),
    ],
)
async def test_a_malformed_command_about_documents_says_how_to_write_it(
    tmp_path, line, said
):
    async with open_home(tmp_path) as home:
        outcome = await session_of(home, tmp_path).execute(line)

    assert not outcome.ok
    assert said in outcome.text


async def test_an_address_inside_the_network_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        chat = Chat(home.core, SERVER, MODERATOR, tmp_path)
        outcome = await LocalSession(chat, home.parts.clock).execute(
            "/import http://169.254.169.254/latest/meta-data"
        )

    assert not outcome.ok
    assert outcome.lessons == ()


async def bring(scene, *said, **fields):
    """Bring a document to a Discord server, as a teacher there."""
    teacher = Actor("77", "Tomas", Role.TEACHER, "discord")
    scope = fields.pop("scope", SERVER_WIDE)
    return await scene.home.core.add_document(
        scene.server, teacher, reading(*said, **fields), scope=scope
    )


async def shows(scene, words):
    await until(lambda: scene.cards() and words in text_of(scene.card()))


async def test_a_link_is_taught_on_discord_and_waits_as_one_card(tmp_path):
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
        await shows(scene, "Priya Raman")
        [card] = scene.cards()
        assert "/handbook" in text_of(card)
        assert labels_of(card) == [
            "Approve all",
            "Approve parts…",
            "Reject",
            "Show passages",
        ]


async def test_a_document_is_reviewed_with_its_buttons_on_discord(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        moderator = scene.people.moderator
        await bring(scene, FEES, PASSWORD, STAGING, KEYS)
        await shows(scene, "waits for review")
        assert "It seems to tell a password" in text_of(scene.card())

        shown = await moderator.click(scene.card(), label="Show passages")
        form = await moderator.click(scene.card(), label="Approve parts…")
        parts = await moderator.submit_modal(form, {"parts": "1, 4"})
        form = await moderator.click(scene.card(), label="Reject")
        rejected = await moderator.submit_modal(
            form, {"reason": "It moved.", "parts": "3"}
        )
        rest = await moderator.click(scene.card(), label="Approve all")
        await until(lambda: "It moved." in text_of(scene.card()))

        assert KEYS in reply_of(shown)
        assert "2 passages approved (1, 4)" in reply_of(parts)
        assert "1 passage rejected (3)" in reply_of(rejected)
        assert "2 need a look" in reply_of(rest)
        assert len(scene.cards()) == 1
        await moderator.slash(scene.people.general, "myna approve", lessons="2")
        await until(lambda: labels_of(scene.card()) == [])
        assert "was reviewed" in text_of(scene.card())


async def test_a_documents_card_is_posted_after_a_restart_and_works_there(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        channel = f"/channels/{scene.people.review.id}/messages"
        scene.discord.env.inject_error("POST", channel, status=403, code=50013)
        await bring(scene, FEES, STAGING)
        await scene.discord.restart_bot()
        await shows(scene, "waits for review")
        await scene.discord.restart_bot()

        told = await scene.people.moderator.click(scene.card(), label="Approve all")

        assert "2 passages approved" in reply_of(told)
        assert len(scene.cards()) == 1


async def test_only_moderators_review_a_document_on_discord(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await bring(scene, FEES)
        await shows(scene, "waits for review")
        member = scene.people.member

        approve = await member.click(scene.card(), label="Approve all")
        shown = await member.click(scene.card(), label="Show passages")

        assert "Your role may not review" in reply_of(approve)
        assert "Your role may not review" in reply_of(shown)


async def test_a_private_channels_document_is_not_quoted_where_all_read(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        admin = people.admin
        await admin.slash(people.general, "myna setup", channel=people.general)
        await bring(scene, FEES, PASSWORD, scope=Scope("4711"), query="secret plan")
        cards = []
        await until(
            lambda: (
                cards.extend(
                    each
                    for each in scene.discord.shown(people.general)
                    if "Document 1" in text_of(each)
                )
                or cards
            )
        )

    said = text_of(cards[-1])
    assert "yearly fee" not in said
    assert "Orion handbook" not in said
    assert "secret plan" not in said


async def test_a_document_is_forgotten_on_discord_and_its_card_says_so(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await bring(scene, FEES)
        await shows(scene, "waits for review")
        people = scene.people

        listed = await people.moderator.slash(people.general, "myna documents")
        told = await people.moderator.slash(people.general, "myna forget", document=1)
        unclear = await people.moderator.slash(people.general, "myna forget")
        await shows(scene, "was forgotten")

        assert "Orion handbook" in reply_of(listed)
        assert "Document 1 is forgotten" in reply_of(told)
        assert "Name a lesson or a document" in reply_of(unclear)
        assert "Orion" not in text_of(scene.card())


@asynccontextmanager
async def slack_at_work(tmp_path, transport="socket", **changes):
    announcements = Announcements()
    async with (
        new_slack() as slack,
        open_home(tmp_path, announcer=announcements, **changes) as home,
    ):
        options = options_for_populated(slack, transport)
        async with serving(slack, home, announcements, options[1]):
            work = Work(slack, home, options[0])
            await work.set_up()
            yield work
        assert slack.faults() == []


def options_for_populated(slack, transport):
    people = populate(slack)
    return people, options_for(slack, transport)


async def test_a_link_is_taught_in_slack_too(tmp_path):
    async with (
        site(page(HTML.encode())) as there,
        slack_at_work(tmp_path, fetcher=lambda: permitting(there)) as work,
    ):
        await work.slack.command(
            work.mona,
            "/myna",
            f"import {there.url('/page')}",
            channel=work.general,
        )
        await work.told(work.mona, "waiting for review")
        await work.slack.until(work.cards)

        [card] = work.cards()
        assert "Priya Raman" in shown(card)


async def test_a_document_is_reviewed_with_its_buttons_in_slack(tmp_path):
    async with slack_at_work(tmp_path) as work:
        ben = Actor(work.ben.id, "Ben", Role.TEACHER, "slack")
        await work.core.add_document(
            work.server, ben, reading(FEES, PASSWORD, STAGING, KEYS)
        )
        await work.slack.until(work.cards)
        [card] = work.cards()
        assert "It seems to tell a password" in shown(card)

        await work.click(work.mona, card, "show_document")
        await work.told(work.mona, "The keys of the boat house")
        await work.click(work.mona, card, "approve_parts")
        form = await work.form(work.mona, "Passages, such as 1-4, 7")
        await work.slack.submit(work.mona, form, {"parts": "first"})
        form = await work.form(work.mona, "Passages, such as 1-4, 7")
        await work.slack.submit(work.mona, form, {"parts": "1, 4"})
        await work.form(work.mona, "2 passages approved (1, 4)")
        await work.slack.until(lambda: "2 approved" in shown(card))
        await work.click(work.mona, card, "reject_document")
        form = await work.form(work.mona, "Passages, or nothing for all")
        await work.slack.submit(work.mona, form, {"words": "It moved.", "parts": "3"})
        await work.slack.until(lambda: "It moved." in shown(card))
        await work.click(work.mona, card, "approve_document")
        await work.told(work.mona, "2 need a look")
        await work.slack.command(work.mona, "/myna", "approve 2", channel=work.general)
        await work.slack.until(lambda: "was reviewed" in shown(card))

        assert buttons(card) == []
        assert [each for each in work.cards() if "Document 1" in shown(each)] == [card]


async def test_the_queue_in_slack_shows_documents_as_one_entry(tmp_path):
    async with slack_at_work(tmp_path) as work:
        ben = Actor(work.ben.id, "Ben", Role.TEACHER, "slack")
        await work.core.add_document(work.server, ben, reading(FEES, STAGING))
        await work.slack.command(work.mona, "/myna", "review", channel=work.general)
        form = await work.form(work.mona, "2 passages: 2 waiting")

    assert "yearly fee" not in shown(form)
