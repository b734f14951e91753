"""Asking in Slack: mentions, threads, direct messages, thumbs, over both transports."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp.web import HTTPBadGateway

from bot.messages import Actor
from moderation.roles import Role
from tests.fake_slack_text import buttons, shown
from tests.slack_steps import DUE, FRIDAY, working

LONG = "On Friday at noon. Send it to Priya. She reads it at once."


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def follow_threads(work):
    settings = await work.core.settings(work.server)
    admin = Actor(work.ana.id, "Ana", Role.ADMIN, "slack")
    await work.core.configure(replace(settings, follow_threads=True), admin)


async def test_a_mention_is_answered_in_its_thread_with_sources_and_thumbs(work):
    await work.approved()

    answer = await work.ask(work.cleo, work.general)

    assert FRIDAY in shown(answer)
    assert "from lesson 1, taught by Ben" in shown(answer)
    assert [each["action_id"] for each in buttons(answer)] == ["up", "down"]


async def test_a_longer_answer_is_streamed_to_whoever_asked(work):
    await work.approved(f"question: {DUE} answer: {LONG}")

    answer = await work.ask(work.cleo, work.general)

    stream = work.slack.streams[work.general.id, answer["ts"]]
    started = work.slack.called("chat.startStream")[0].args
    assert stream.stopped
    assert stream.text == LONG
    assert len(stream.parts) > 1
    assert started["recipient_user_id"] == work.cleo.id
    assert "from lesson 1" in shown(answer)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
async def test_where_streaming_fails_the_answer_is_posted_and_edited(work, method):
    await work.approved(f"question: {DUE} answer: {LONG}")
    work.slack.fail(method, "feature_not_enabled", times=5)

    answer = await work.ask(work.cleo, work.general)

    assert LONG in shown(answer)
    assert "from lesson 1" in shown(answer)


async def test_what_nobody_taught_is_not_known(work):
    answer = await work.ask(work.cleo, work.general, "Who is the Orion maintainer?")

    assert "I don't know that yet" in shown(answer)


async def test_an_answer_calls_nobody(work):
    await work.approved(f"question: {DUE} answer: Ask <@U1> & <#C1>.")

    answer = await work.ask(work.cleo, work.general)

    assert "&lt;@U1&gt; &amp; &lt;#C1&gt;" in shown(answer)
    assert "<" not in answer["text"] + shown(answer)


async def test_a_direct_message_is_answered_and_its_owner_decides_alone(work):
    card_of = work.slack.dm(work.cleo)
    await work.slack.command(work.cleo, "/teach", f"question: {DUE} answer: {FRIDAY}")
    await work.slack.until(lambda: work.slack.from_bot(card_of))

    await work.click(work.cleo, work.slack.from_bot(card_of)[0], "approve")
    await work.told(work.cleo, "is approved")
    asked = await work.slack.say(work.cleo, card_of, DUE)

    assert FRIDAY in shown(await work.answer_to(asked))
    assert work.slack.statuses[-1]["thread_ts"] == asked["ts"]
    assert "I don't know" in shown(await work.ask(work.ben, work.general))


async def test_the_thread_before_a_question_is_its_history(work):
    await work.approved()
    first = await work.ask(work.cleo, work.general)
    said = work.slack.message(work.general, first["thread_ts"])
    for number in range(8):
        words = f"remark {number} " + "x" * 600
        await work.slack.say(work.ben, work.general, words, said["ts"])

    await work.ask(work.cleo, work.general, DUE, thread=said["ts"])

    turns = work.home.parts.engine.asked[-1].messages
    history = [each for each in turns if "remark" in each.content]
    assert len(history) == 6
    assert all(len(each.content) == 500 for each in history)
    assert "remark 7" in history[-1].content


async def test_a_thread_needs_a_new_mention_where_that_is_set(work):
    await work.approved()
    first = await work.ask(work.cleo, work.general)

    await work.slack.say(work.cleo, work.general, DUE, first["thread_ts"])

    await work.never(lambda: len(work.slack.thread(first)) > 2)


async def test_a_thread_that_it_answered_in_needs_no_mention_where_that_is_set(work):
    await follow_threads(work)
    await work.approved()
    first = await work.ask(work.cleo, work.general)

    again = await work.slack.say(work.cleo, work.general, DUE, first["thread_ts"])

    assert FRIDAY in shown(await work.answer_to(again))


async def test_a_thread_of_others_is_left_alone_also_where_threads_are_followed(work):
    await follow_threads(work)
    said = await work.slack.say(work.ben, work.general, "shall we?")

    await work.slack.say(work.cleo, work.general, DUE, said["ts"])

    await work.never(lambda: len(work.slack.thread(said)) > 1)


async def test_a_thread_of_others_is_read_once_in_some_minutes(work):
    await follow_threads(work)
    said = await work.slack.say(work.ben, work.general, "shall we?")

    for _ in range(3):
        await asyncio.gather(
            *(
                work.slack.say(work.cleo, work.general, f"remark {n}", said["ts"])
                for n in range(3)
            )
        )
    await work.slack.until(lambda: work.slack.called("conversations.replies"))
    await work.never(lambda: len(work.slack.called("conversations.replies")) > 1)
    work.home.parts.clock.advance(minutes=6)
    await work.slack.say(work.cleo, work.general, "remark", said["ts"])

    await work.slack.until(lambda: len(work.slack.called("conversations.replies")) == 2)


async def test_a_thread_of_others_is_followed_as_soon_as_it_answered_there(work):
    await follow_threads(work)
    await work.approved()
    said = await work.slack.say(work.ben, work.general, "shall we?")
    await work.slack.say(work.cleo, work.general, "perhaps", said["ts"])
    await work.slack.until(lambda: work.slack.called("conversations.replies"))
    await work.ask(work.cleo, work.general, thread=said["ts"])

    again = await work.slack.say(work.cleo, work.general, DUE, said["ts"])

    assert FRIDAY in shown(await work.answer_to(again))


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
async def test_an_answer_arrives_whole_though_a_part_of_it_met_a_bad_gateway(
    work, method
):
    await work.approved(f"question: {DUE} answer: {LONG}")
    work.slack._failures[method] = [HTTPBadGateway()]
    work.slack._failures["chat.update"] = [HTTPBadGateway()]

    answer = await work.ask(work.cleo, work.general)

    assert LONG in shown(answer)


async def test_a_correction_goes_when_the_question_it_corrects_is_deleted(work):
    await work.approved()
    mention = work.slack.team.mention
    said = await work.slack.say(work.cleo, work.general, f"{mention} {DUE}")
    answer = await work.answer_to(said)
    await work.click(work.cleo, answer, "down")
    form = await work.form(work.cleo, "What should it have said?")
    await work.slack.submit(work.cleo, form, {"words": "On Monday."})
    card = (
        await work.slack.until(
            lambda: [c for c in work.cards() if "On Monday." in shown(c)]
        )
    )[0]

    await work.slack.delete_message(said)

    await work.slack.until(lambda: "was forgotten" in shown(card))


async def test_a_message_without_a_mention_is_none_of_its_business(work):
    await work.slack.say(work.cleo, work.general, DUE)

    await work.never(lambda: work.slack.from_bot(work.general))


async def test_a_thumb_up_is_counted_and_thanked_for(work):
    await work.approved()
    answer = await work.ask(work.cleo, work.general)

    await work.click(work.cleo, answer, "up")

    await work.told(work.cleo, "Thank you, that helps")
    value = buttons(answer)[0]["value"]
    rated = await work.core.rate(
        work.server, Actor("U9", "Dan", Role.MEMBER, "slack"), int(value), helpful=True
    )
    assert rated.up == 2


async def test_a_thumb_down_asks_what_it_should_have_said_and_has_that_reviewed(work):
    await work.approved()
    answer = await work.ask(work.cleo, work.general)

    await work.click(work.cleo, answer, "down")
    form = await work.form(work.cleo, "What should it have said?")
    await work.slack.submit(work.cleo, form, {"words": "On Monday."})

    await work.form(work.cleo, "Lesson 2 is waiting for review")
    card = await work.slack.until(
        lambda: [c for c in work.cards() if "On Monday." in shown(c)]
    )
    assert DUE in shown(card[0])


async def test_somebody_elses_question_becomes_a_lesson_only_with_their_consent(work):
    await work.approved()
    answer = await work.ask(work.cleo, work.general)
    await work.click(work.ben, answer, "down")
    form = await work.form(work.ben, "What should it have said?")
    await work.slack.submit(work.ben, form, {"words": "On Monday."})

    asked = await work.told(work.cleo, "May I learn this?")
    await work.click(work.cleo, asked, "consent")

    await work.slack.until(lambda: "A moderator reviews it now" in shown(asked))
    lesson = await work.core.lesson(work.server, 2)
    assert lesson.lesson.consent == "given"


async def test_a_question_that_is_refused_is_answered_for_the_asker_alone(work):
    mention = work.slack.team.mention

    await work.slack.say(work.cleo, work.general, f"{mention} {'x' * 3000}")

    await work.told(work.cleo, "3,000 characters")
    assert work.slack.from_bot(work.general) == []


async def test_people_of_other_workspaces_get_no_answers(work):
    other = work.slack.add_team("Other", installed=False)
    eve = work.slack.add_person("eve", team=other, is_admin=True)
    shared = work.slack.add_channel("shared", members=(work.ben,), shared_with=(other,))
    await work.approved()

    await work.slack.say(eve, shared, f"{work.slack.team.mention} {DUE}")

    await work.told(eve, "members of the community")
    assert work.slack.from_bot(shared) == []


async def test_an_answer_broken_by_the_engine_gives_an_id_that_the_log_has(work):
    await work.approved()

    async def break_() -> None:
        raise RuntimeError("the engine fell over")

    work.home.parts.engine.while_answering = break_
    mention = work.slack.team.mention
    await work.slack.say(work.cleo, work.general, f"{mention} {DUE}")

    await work.told(work.cleo, "id ")


async def test_openings_are_offered_to_whoever_comes_to_write(work):
    await work.slack.open_home(work.cleo, tab="messages")

    await work.slack.until(lambda: work.slack.prompts)
    assert len(work.slack.prompts[0]["prompts"]) == 3
