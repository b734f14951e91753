"""What is private in Slack: direct messages, private channels, other workspaces."""

from dataclasses import replace

import pytest

from bot.messages import Actor
from moderation.roles import Role
from storage import servers
from tests.fake_slack_text import buttons, shown
from tests.slack_steps import DUE, FRIDAY, working

TAUGHT = f"question: {DUE} answer: {FRIDAY}"


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def review_in(work, server, channel):
    """Name a review channel past the core, as a database may from earlier."""
    settings = replace(await work.core.settings(server), review_channel=channel.id)
    parts = work.home.parts
    await servers.save(parts.database, settings, by="test", at=parts.clock.now())


async def direct(work, person):
    """Let a person come to their direct messages; return their server."""
    await work.slack.command(person, "/myna", "status")
    server = f"slack:dm:{person.team.id}:{person.id}"
    for _ in range(100):
        if (await work.core.settings(server)).set_up_at:
            return server
        await work.never(lambda: False, seconds=0.02)
    raise AssertionError("not set up")


def posted_in(work, channel):
    return [
        each
        for each in work.slack.called("chat.postMessage")
        if each.args["channel"] == channel.id
    ]


async def test_nobody_has_their_direct_lessons_reviewed_in_a_channel(work):
    server = await direct(work, work.ben)

    await work.slack.command(work.ben, "/myna", f"setup <#{work.general.id}|general>")
    await work.slack.command(
        work.ben, "/myna", f"config review-channel <#{work.general.id}|general>"
    )

    dm = work.slack.dm(work.ben)
    await work.never(lambda: False)
    assert (await work.core.settings(server)).review_channel == dm.id
    assert not await announcer(work).has_channel(server, work.general.id)
    assert not await announcer(work).has_channel(server, work.slack.dm(work.cleo).id)
    assert await announcer(work).has_channel(server, dm.id)


async def test_a_direct_lesson_is_never_posted_in_a_channel(work):
    server = await direct(work, work.ben)
    await review_in(work, server, work.general)

    await work.slack.command(work.ben, "/teach", TAUGHT)

    await waits(work, server)
    await work.never(lambda: posted_in(work, work.general))


async def test_a_review_channel_of_another_workspace_is_refused(work):
    other = work.slack.add_team("Other")
    eve = work.slack.add_person("eve", team=other)
    theirs = work.slack.add_channel("theirs", team=other, members=(eve,))
    await work.slack.command(
        work.ana, "/myna", f"config review-channel <#{theirs.id}>", channel=work.general
    )
    await work.told(work.ana, "is no channel of this server")
    await review_in(work, work.server, theirs)

    await work.slack.command(work.ben, "/teach", TAUGHT, channel=work.general)

    await waits(work, work.server)
    assert not await announcer(work).has_channel(work.server, theirs.id)
    assert not await announcer(work).has_channel(f"slack:{other.id}", work.review.id)
    await work.never(lambda: posted_in(work, theirs))


async def test_a_review_channel_that_it_left_gets_no_cards(work):
    away = work.slack.add_channel("away", members=(work.ana,), bot=False)
    await review_in(work, work.server, away)

    await work.slack.command(work.ben, "/teach", TAUGHT, channel=work.general)

    await waits(work, work.server)
    assert not await announcer(work).has_channel(work.server, away.id)
    await work.never(lambda: posted_in(work, away))


async def test_a_channel_that_cannot_be_asked_for_is_refused(work):
    work.slack.fail("conversations.info", "internal_error", times=5)

    assert not await announcer(work).has_channel(work.server, work.random.id)


@pytest.mark.parametrize("verb", ["approve", "memory", "edit", "reject", "widen"])
async def test_a_card_decides_only_the_lesson_of_its_own_server(work, verb):
    dm = work.slack.dm(work.mona)
    await work.slack.command(work.mona, "/teach", TAUGHT)
    card = (await work.slack.until(lambda: work.slack.from_bot(dm)))[0]
    await work.teach(work.ben, TAUGHT, channel=work.secret)
    for block in card["blocks"]:
        if block["type"] == "actions":
            block["elements"].append({**block["elements"][0], "action_id": "widen"})
    elsewhere = {**card, "channel": work.general.id}

    await work.click(work.mona, elsewhere, verb)

    await work.told(work.mona, "not of this place")
    assert (await work.core.status(work.server)).waiting == 1


async def test_a_private_channels_words_are_not_shown_in_a_public_review(work):
    card = await work.teach(work.ben, TAUGHT, channel=work.secret)

    assert FRIDAY not in str(card)
    assert "/myna review shows them to moderators" in shown(card)
    assert "members of its channel only" in shown(card)
    await work.slack.command(work.mona, "/myna", "review", channel=work.general)
    await work.form(work.mona, FRIDAY)
    await work.click(work.mona, card, "approve")
    await work.slack.until(lambda: "was approved by Mona" in shown(card))

    assert FRIDAY not in str(card)
    assert DUE not in str(work.cards())
    assert FRIDAY not in str(work.slack.versions[work.review.id, card["ts"]])


async def test_what_was_found_in_hidden_words_and_why_they_go_stays_hidden(work):
    await work.approved("question: When is Orion due? answer: On Friday at noon.")
    card = await work.teach(
        work.ben,
        "question: When is Orion due? answer: On Monday at noon.",
        channel=work.secret,
    )
    assert "Warn" not in shown(card)

    await work.click(work.mona, card, "reject")
    form = await work.form(work.mona, "Reject lesson 2")
    await work.slack.submit(work.mona, form, {"words": "Monday is wrong."})
    await work.slack.until(lambda: "was rejected by Mona" in shown(card))

    assert "Monday" not in str(card)


async def test_a_widened_lesson_shows_its_words(work):
    card = await work.teach(work.ben, TAUGHT, channel=work.secret)

    await work.click(work.mona, card, "widen")

    await work.slack.until(lambda: FRIDAY in shown(card))


async def test_what_was_edited_since_it_was_seen_is_not_widened(work):
    card = await work.teach(work.ben, TAUGHT, channel=work.secret)
    seen = {**card, "blocks": list(card["blocks"])}
    await work.core.edit(work.server, moderator(work), 1, answer="On Monday.")
    digest = (await work.core.queue(work.server, moderator(work)))[0].lesson.digest
    await work.slack.until(lambda: digest in buttons(card)[0]["value"])

    await work.click(work.mona, seen, "widen")

    await work.slack.until(lambda: work.slack.ephemerals_for(work.mona))
    assert "members of its channel only" in shown(card)


async def test_a_private_review_channel_shows_the_words(work):
    council = work.slack.add_channel(
        "council", private=True, members=(work.ana, work.mona)
    )
    await work.set_up(council)

    await work.slack.command(work.ben, "/teach", TAUGHT, channel=work.secret)

    card = (await work.slack.until(lambda: work.slack.from_bot(council)))[0]
    assert FRIDAY in shown(card)
    assert buttons(card)


async def test_a_review_channel_shared_with_others_hides_the_words(work):
    other = work.slack.add_team("Other", installed=False)
    council = work.slack.add_channel(
        "council", private=True, members=(work.ana,), shared_with=(other,)
    )
    await work.set_up(council)

    await work.slack.command(work.ben, "/teach", TAUGHT, channel=work.secret)

    card = (await work.slack.until(lambda: work.slack.from_bot(council)))[0]
    assert FRIDAY not in str(card)


async def test_a_notice_in_the_review_channel_never_quotes_the_lesson(work):
    card = await work.teach(work.ben, TAUGHT, channel=work.secret)
    work.secret.members.discard(work.ben.id)

    await work.click(work.mona, card, "approve")

    await work.slack.until(lambda: len(work.cards()) == 2)
    assert work.cards()[1]["text"] == f"{work.ben.mention} Your lesson 1 was approved."


def moderator(work):
    return Actor(work.ana.id, "Ana", Role.ADMIN, "slack")


def announcer(work):
    """Return what the core asks about channels."""
    return work.home.parts.announcer


async def waits(work, server):
    """Wait until a lesson waits on a server."""
    for _ in range(100):
        if (await work.core.status(server)).waiting:
            return
        await work.never(lambda: False, seconds=0.02)
    raise AssertionError("nothing waits")
