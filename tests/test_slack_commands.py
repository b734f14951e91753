"""Commands in Slack: everything of /myna, the Home, and what is sent as a file."""

import json

import pytest

from bot.slack_app.commands import ELSEWHERE
from bot.vocabulary import USAGE
from tests.fake_slack_text import buttons, shown
from tests.slack_steps import DUE, FRIDAY, working


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def run(work, person, text, channel=None):
    ack = await work.slack.command(
        person, "/myna", text, channel=channel or work.general
    )
    assert ack.acknowledged


@pytest.mark.parametrize("text", ["", "help"])
async def test_help_lists_every_command_as_it_is_typed_here(work, text):
    await run(work, work.ben, text)

    told = await work.told(work.ben, "/myna review")
    for name in set(USAGE) - ELSEWHERE - {"/teach"}:
        assert f"/myna {name[1:]}" in shown(told)
    assert "/teach question: ..." in shown(told)


async def test_a_word_that_is_no_command_is_answered_with_the_nearest(work):
    await run(work, work.ben, "lesons")

    await work.told(work.ben, "did you mean /myna lessons?")


@pytest.mark.parametrize("text", ["memory off", "adapter off", "quit", "import a.csv"])
async def test_what_belongs_to_the_terminal_says_so(work, text):
    await run(work, work.mona, text)

    await work.told(work.mona, "in the terminal only")


async def test_setup_lets_a_workspace_learn_and_names_its_review_channel(work):
    await run(work, work.ana, f"setup <#{work.random.id}|random>")

    await work.told(work.ana, "I am ready to learn")
    assert (await work.core.settings(work.server)).review_channel == work.random.id


async def test_setup_refuses_a_review_channel_that_it_is_not_in(work):
    hidden = work.slack.add_channel("hidden", members=(work.ana,), bot=False)

    await run(work, work.ana, f"setup <#{hidden.id}|hidden>")

    await work.told(work.ana, f"{hidden.id} is no channel of this server")
    assert (await work.core.settings(work.server)).review_channel == work.review.id


async def test_only_admins_set_up_and_configure(work):
    await run(work, work.ben, f"setup <#{work.random.id}|random>")
    await work.told(work.ben, "may not change settings")

    await run(work, work.ben, "config threads follow")

    assert (await work.core.settings(work.server)).follow_threads is False


async def test_settings_are_shown_and_changed(work):
    await run(work, work.ana, "config threads follow")
    await work.told(work.ana, "threads is now follow")

    await run(work, work.ana, "config")

    await work.told(work.ana, "threads: follow")


async def test_lessons_are_listed_searched_and_shown(work):
    await work.approved()

    await run(work, work.cleo, "lessons sprint")
    await work.told(work.cleo, f"1. {DUE} {FRIDAY} (taught by Ben)")
    await run(work, work.cleo, "lesson 1")

    await work.told(work.cleo, "State: approved by Mona")


async def test_a_private_lesson_is_listed_in_its_channel_only(work):
    await work.approved(channel=work.secret)

    await run(work, work.ben, "lessons", work.general)
    await work.told(work.ben, "Nobody has taught me anything here yet")
    await run(work, work.ben, "lessons", work.secret)

    await work.told(work.ben, FRIDAY)


async def test_the_last_answer_is_explained(work):
    await work.approved()
    await work.ask(work.cleo, work.general)

    await run(work, work.cleo, "why")

    await work.told(work.cleo, "Lesson 1 by Ben (in memory)")


async def test_status_and_history_are_told(work):
    await work.approved()

    await run(work, work.cleo, "status")
    await work.told(work.cleo, "1 lesson in memory")
    await run(work, work.cleo, "history")

    await work.told(work.cleo, "lesson 1 approved")


async def test_lessons_are_approved_rejected_edited_and_widened_by_number(work):
    await work.teach(work.ben, "fact: Orion is down on Mondays.")
    await work.teach(work.ben, "fact: Vega is up on Sundays.", channel=work.secret)
    await run(work, work.mona, "edit 1 text: Orion is down on Tuesdays.")
    await work.told(work.mona, "Lesson 1 is waiting")
    await run(work, work.mona, "widen 2")
    await work.told(work.mona, "for the whole server now")
    await run(work, work.mona, "reject 2 reason: It is not.")
    await work.told(work.mona, "Lesson 2 is rejected. It is not.")

    await run(work, work.mona, "approve all")

    await work.told(work.mona, "1 lesson approved")


async def test_a_lesson_is_forgotten_and_no_longer_answered(work):
    card = await work.approved()
    assert FRIDAY in shown(await work.ask(work.cleo, work.general))

    await run(work, work.mona, "forget 1")

    await work.told(work.mona, "Lesson 1 is forgotten")
    await work.slack.until(lambda: "was forgotten" in shown(card))
    assert "I don't know" in shown(await work.ask(work.cleo, work.general))


async def test_a_rollback_without_a_run_says_so(work):
    await run(work, work.mona, "rollback")

    await work.told(work.mona, "no earlier adapter")


async def test_an_export_comes_as_a_file_that_nobody_else_sees(work):
    await work.approved()

    await run(work, work.mona, "export /etc/hostname")

    await work.told(work.mona, "in our direct messages")
    sent = work.slack.from_bot(work.slack.dm(work.mona))[0]["files"][0]
    row = json.loads(work.slack.file_bodies[sent["id"]])
    assert row["answer"] == FRIDAY


async def test_members_export_nothing(work):
    await run(work, work.ben, "export")

    await work.told(work.ben, "Your role may not")
    assert work.slack.files == {}


async def test_people_see_export_and_delete_what_is_stored_about_them(work):
    card = await work.approved()
    await run(work, work.ben, "privacy")
    await work.told(work.ben, "/myna privacy export gives you all of it")

    await run(work, work.ben, "privacy export")
    await work.told(work.ben, "in our direct messages")
    await run(work, work.ben, "privacy delete")
    await work.told(work.ben, "/myna privacy delete confirm")
    await run(work, work.ben, "privacy delete confirm")

    await work.told(work.ben, "Erased: 1 lesson")
    await work.slack.until(lambda: "was forgotten" in shown(card))


async def test_who_opted_out_is_not_learned_from(work):
    await run(work, work.ben, "privacy opt-out")
    await work.told(work.ben, "I learn nothing you write")
    said = await work.slack.say(work.ben, work.general, "Orion is down on Mondays")

    await work.slack.message_action(work.cleo, said, "teach_message")
    await work.slack.submit(work.cleo, await work.form(work.cleo))

    await work.form(work.cleo, "does not want me to learn from it")


async def test_a_lesson_is_taught_by_myna_teach_too(work):
    await run(work, work.ben, "teach fact: Orion is down.", work.secret)

    await work.told(work.ben, "Lesson 1 is waiting")
    detail = await work.core.lesson(work.server, 1, channel=work.secret.id)
    assert detail.lesson.scope.channel == work.secret.id


async def test_an_empty_queue_says_so(work):
    await run(work, work.mona, "review")

    await work.told(work.mona, "Nothing is waiting for review")


async def test_the_home_of_a_moderator_shows_the_queue_and_what_can_be_done(work):
    await work.approved("fact: Orion is down on Mondays.")
    await work.teach(work.ben, "fact: Vega is up on Sundays.")
    work.home.parts.permissions["slack"] = "SLACK-2027-1"

    await work.slack.open_home(work.mona)

    home = await work.slack.until(lambda: work.slack.homes.get(work.mona.id))
    assert "1 lesson in memory" in shown(home)
    assert "Vega is up on Sundays." in shown(home)
    assert "lesson 1 approved" in shown(home)
    assert "threads: mention" in shown(home)
    assert [each["action_id"] for each in buttons(home)] == ["learn", "review"]


async def test_the_home_of_a_member_shows_no_queue_and_no_buttons(work):
    await work.teach(work.ben, "fact: Vega is up.", channel=work.secret)

    await work.slack.open_home(work.cleo)

    home = await work.slack.until(lambda: work.slack.homes.get(work.cleo.id))
    assert "Vega" not in shown(home)
    assert buttons(home) == []


async def test_the_home_starts_a_run_and_opens_the_queue(work):
    await work.approved("fact: Orion is down on Mondays.")
    await work.teach(work.ben, "fact: Vega is up on Sundays.")
    work.home.parts.permissions["slack"] = "SLACK-2027-1"
    await work.slack.open_home(work.mona)
    home = await work.slack.until(lambda: work.slack.homes.get(work.mona.id))

    await work.click(work.mona, home, "review")
    await work.form(work.mona, "Approve these")
    await work.click(work.mona, home, "learn")

    await work.slack.until(lambda: [c for c in work.cards() if "Promoted" in shown(c)])


async def test_a_home_button_answers_in_a_form_what_it_cannot_do(work):
    await work.approved("fact: Orion is down on Mondays.")
    work.home.parts.permissions["slack"] = "SLACK-2027-1"
    await work.slack.open_home(work.mona)
    home = await work.slack.until(lambda: work.slack.homes.get(work.mona.id))
    work.home.parts.permissions.clear()

    await work.click(work.mona, home, "learn")

    await work.form(work.mona, "Nothing new to train")
