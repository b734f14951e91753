"""Reviewing in Slack: cards, their buttons and forms, restarts, two moderators."""

import asyncio

import pytest
from aiohttp.web import HTTPBadGateway

from tests.fake_slack_text import buttons, shown
from tests.slack_steps import (
    DUE,
    FRIDAY,
    at_work,
    new_slack,
    populate,
    working,
)


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def test_an_approved_lesson_loses_its_buttons_and_its_author_is_told(work):
    card = await work.teach(work.ben)

    await work.click(work.mona, card, "approve")

    await work.slack.until(lambda: "was approved by Mona" in shown(card))
    assert buttons(card) == []
    await work.told(work.mona, "Lesson 1 is approved")
    told = await work.told(work.ben, "Your lesson 1 was approved")
    assert told["channel"] == work.general.id


async def test_an_author_who_cannot_be_reached_there_is_named_in_the_review(work):
    card = await work.teach(work.ben)
    work.general.members.discard(work.ben.id)

    await work.click(work.mona, card, "approve")

    line = await work.slack.until(
        lambda: [c for c in work.cards() if work.ben.mention in c["text"]]
    )
    assert line[0]["text"] == f"{work.ben.mention} Your lesson 1 was approved."
    assert work.slack.from_bot(work.slack.dm(work.ben)) == []


async def test_a_lesson_may_be_kept_in_memory_only(work):
    card = await work.teach(work.ben)

    await work.click(work.mona, card, "memory")

    await work.slack.until(lambda: "(memory only)" in shown(card))


async def test_a_lesson_is_rejected_with_a_reason_that_its_author_reads(work):
    card = await work.teach(work.ben)

    await work.click(work.mona, card, "reject")
    form = await work.form(work.mona, "Reject lesson 1")
    await work.slack.submit(work.mona, form, {"words": "It moved to Monday."})

    await work.slack.until(lambda: "was rejected by Mona" in shown(card))
    assert "It moved to Monday." in shown(card)
    await work.told(work.ben, "The reason: It moved to Monday.")


async def test_a_lesson_is_edited_before_it_is_approved(work):
    card = await work.teach(work.ben)

    await work.click(work.mona, card, "edit")
    form = await work.form(work.mona, "Edit lesson 1")
    await work.slack.submit(work.mona, form, {"words": "On Monday."})
    await work.slack.until(lambda: "A: On Monday." in shown(card))
    await work.click(work.mona, card, "approve")
    await work.slack.until(lambda: "was approved" in shown(card))

    assert "On Monday." in shown(await work.ask(work.cleo, work.general))


async def test_an_edit_that_the_screen_refuses_is_refused_at_its_field(work):
    card = await work.teach(work.ben)
    await work.click(work.mona, card, "edit")
    form = await work.form(work.mona, "Edit lesson 1")

    key = "Use AKIAIOSFODNN7EXAMPLE."
    ack = await work.slack.submit(work.mona, form, {"words": key})

    assert list(ack.errors) == ["words"]
    assert FRIDAY in shown(card)


async def test_what_was_edited_since_it_was_seen_is_not_approved(work):
    card = await work.teach(work.ben)
    seen = {**card, "blocks": list(card["blocks"])}
    await work.click(work.ana, card, "edit")
    form = await work.form(work.ana, "Edit lesson 1")
    await work.slack.submit(work.ana, form, {"words": "On Monday."})
    await work.slack.until(lambda: "On Monday." in shown(card))

    await work.click(work.mona, seen, "approve")

    await work.slack.until(lambda: work.slack.ephemerals_for(work.mona))
    assert "waits for review" in shown(card)


async def test_of_two_moderators_the_second_is_told_who_was_first(work):
    card = await work.teach(work.ben)
    seen = {**card, "blocks": list(card["blocks"])}

    await asyncio.gather(
        work.click(work.mona, seen, "approve"), work.click(work.ana, seen, "approve")
    )
    await work.slack.until(lambda: "was approved by" in shown(card))

    first, second = work.mona, work.ana
    if "was approved by Ana" in shown(card):
        first, second = second, first
    await work.told(first, "Lesson 1 is approved; memory knows it now")
    told = await work.told(second, "already")
    assert first.display_name in shown(told)


@pytest.mark.parametrize("verb", ["approve", "memory", "edit", "reject"])
async def test_a_settled_lesson_says_who_settled_it_whatever_is_clicked(work, verb):
    card = await work.teach(work.ben)
    seen = {**card, "blocks": list(card["blocks"])}
    await work.click(work.mona, card, "approve")
    await work.slack.until(lambda: "was approved" in shown(card))

    await work.click(work.ana, seen, verb)

    await work.told(work.ana, "approved already by Mona")


@pytest.mark.parametrize("verb", ["approve", "memory", "edit", "reject"])
async def test_members_may_not_review(work, verb):
    card = await work.teach(work.ben)

    await work.click(work.ben, card, verb)

    await work.told(work.ben, "may not review lessons")
    assert "waits for review" in shown(card)


async def test_a_person_named_as_moderator_reviews(work):
    await work.slack.command(
        work.ana, "/myna", f"config moderators <@{work.cleo.id}>", channel=work.general
    )
    await work.told(work.ana, "moderators is now")
    card = await work.teach(work.ben)

    await work.click(work.cleo, card, "approve")

    await work.slack.until(lambda: "was approved by Cleo" in shown(card))


async def test_many_lessons_are_approved_in_one_form(work):
    await work.teach(work.ben, f"question: {DUE} answer: {FRIDAY}")
    await work.teach(work.ben, "fact: The staging server is called Orion.")
    await work.teach(work.ben, "fact: Lunch is at noon in the garden.")

    await work.slack.command(work.mona, "/myna", "review", channel=work.general)
    form = await work.form(work.mona, "Approve these")
    await work.slack.submit(work.mona, form, {"chosen": ["1", "3"]})

    await work.form(work.mona, "Lesson 3 is approved")
    known = await work.core.lessons(work.server)
    assert [each.id for each in known] == [1, 3]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_buttons_work_after_a_restart_in_the_middle_of_a_review(
    tmp_path, transport
):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, transport) as before:
            await before.set_up()
            card = await before.teach(before.ben)

        async with at_work(slack, people, tmp_path, transport) as after:
            await after.click(after.mona, card, "approve")
            await slack.until(lambda: "was approved by Mona" in shown(card))

            assert len([c for c in after.cards() if buttons(c)]) == 0
        assert slack.faults() == []


async def test_a_lesson_left_without_a_card_gets_one_at_the_next_start(tmp_path):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, "socket") as before:
            await before.set_up()
            slack.fail("chat.postMessage", "channel_not_found")
            await slack.command(
                before.ben, "/teach", "fact: Orion is down.", channel=before.general
            )
            await slack.until(lambda: slack.called("chat.postMessage"))
            assert before.cards() == []

        async with at_work(slack, people, tmp_path, "socket") as after:
            card = (await slack.until(after.cards))[0]
            assert "Orion is down." in shown(card)


async def test_a_run_is_one_message_edited_until_it_ends(work):
    await work.approved()
    permitted(work)

    await work.slack.command(work.mona, "/myna", "learn", channel=work.general)

    board = (await work.slack.until(lambda: work.slack.from_bot(work.general)))[0]
    await work.slack.until(lambda: shown(board).startswith("Promoted"))
    assert work.slack.from_bot(work.general) == [board]
    assert len(work.slack.versions[work.general.id, board["ts"]]) > 1
    assert "Recall" in shown(board)
    assert [each["action_id"] for each in buttons(board)] == ["rollback"]


async def test_the_end_of_a_run_is_shown_though_its_progress_met_a_bad_gateway(work):
    await work.approved()
    permitted(work)
    work.slack._failures["chat.update"] = [HTTPBadGateway(), HTTPBadGateway()]

    await work.slack.command(work.mona, "/myna", "learn", channel=work.general)

    board = (await work.slack.until(lambda: work.slack.from_bot(work.general)))[0]
    await work.slack.until(lambda: shown(board).startswith("Promoted"))


async def test_a_promoted_adapter_is_rolled_back_by_its_button_once(work):
    await work.approved()
    permitted(work)
    await work.slack.command(work.mona, "/myna", "learn", channel=work.general)
    board = (await work.slack.until(lambda: work.slack.from_bot(work.general)))[0]
    await work.slack.until(lambda: buttons(board))
    seen = {**board, "blocks": list(board["blocks"])}

    await work.click(work.ben, seen, "rollback")
    await work.told(work.ben, "may not start a run, roll back")
    await work.click(work.mona, board, "rollback")
    await work.slack.until(lambda: "Mona asked for it" in shown(board))
    await work.click(work.ana, seen, "rollback")

    await work.told(work.ana, "answers no longer")
    assert buttons(board) == []


async def test_what_was_typed_in_slack_is_not_trained_on_without_its_leave(work):
    card = await work.approved()
    assert "Learned by" not in shown(card)

    await work.slack.command(work.mona, "/myna", "learn", channel=work.general)

    await work.told(work.mona, "1 lesson may be answered from memory only")
    assert work.home.parts.trainer.rows == []
    assert FRIDAY in shown(await work.ask(work.cleo, work.general))


async def test_a_run_with_nothing_to_learn_says_so_to_its_starter_alone(work):
    await work.slack.command(work.mona, "/myna", "learn", channel=work.general)

    await work.told(work.mona, "Nothing new to learn")
    assert work.slack.from_bot(work.general) == []


async def test_a_nightly_run_is_told_in_the_review_channel(work):
    await work.approved()
    permitted(work)

    await work.core.nightly(work.server, minimum_new_lessons=1)

    await work.slack.until(lambda: [c for c in work.cards() if "Promoted" in shown(c)])


def permitted(work):
    """Let the gate train on what Slack allows with its written leave."""
    work.home.parts.permissions["slack"] = "SLACK-2027-1"
