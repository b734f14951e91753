"""Teaching in Slack: commands, forms, marked messages, messages of others, files."""

import json

import pytest

from learning.document import LIMITS
from learning.lesson import Consent
from moderation.provenance import Provenance
from tests.fake_slack_text import shown
from tests.slack_steps import DUE, FRIDAY, at_work, new_slack, populate, working

FACT = "fact: The staging server is called Orion."


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def lesson(work, number=1, channel=None):
    detail = await work.core.lesson(work.server, number, channel=channel and channel.id)
    return detail.lesson


async def teach_this(work, teacher, message):
    """Use the message shortcut, and return the form it opened."""
    await work.slack.message_action(teacher, message, "teach_message")
    return await work.form(teacher)


async def test_a_lesson_is_taught_with_a_command_and_waits(work):
    card = await work.teach(work.ben, FACT)

    await work.told(work.ben, "Lesson 1 is waiting for review. (/myna review)")
    assert "The staging server is called Orion." in shown(card)
    assert "Taught by:* Ben" in shown(card)
    assert "Slack does not allow training on this (typed)" in shown(card)
    assert (await lesson(work)).provenance is Provenance.TYPED


async def test_teaching_says_how_to_write_what_it_does_not_understand(work):
    await work.slack.command(work.ben, "/teach", "something", channel=work.general)

    await work.told(work.ben, "Write /teach question: ...")


async def test_teaching_without_words_opens_the_form(work):
    await work.slack.command(work.ben, "/teach", channel=work.general)

    form = await work.form(work.ben, "Teach Myna")
    values = {"kind": "qa", "question": DUE, "words": FRIDAY}
    await work.slack.submit(work.ben, form, values)

    await work.form(work.ben, "Lesson 1 is waiting for review")
    await work.slack.until(work.cards)
    assert f"Q: {DUE}\nA: {FRIDAY}" in shown(work.cards()[0])


async def test_the_form_says_at_the_field_what_is_missing_or_refused(work):
    await work.slack.command(work.ben, "/teach", channel=work.general)
    form = await work.form(work.ben, "Teach Myna")

    missing = await work.slack.submit(work.ben, form, {"words": FRIDAY})
    blank = await work.slack.submit(work.ben, form, {"kind": "fact", "words": "  "})
    key = "My key is AKIAIOSFODNN7EXAMPLE."
    secret = await work.slack.submit(work.ben, form, {"kind": "fact", "words": key})

    assert missing.errors == {
        "question": "A question and its answer needs its question."
    }
    assert blank.errors == {"words": "Write what I should learn."}
    assert list(secret.errors) == ["words"]
    assert work.cards() == []


async def test_a_slow_lesson_is_acknowledged_in_time_and_told_later(tmp_path):
    slow = {"answer_within_seconds": 0, "edit_interval_seconds": 0.1}
    async with working(tmp_path, "http", **slow) as work:
        await work.slack.command(work.ben, "/teach", channel=work.general)
        form = await work.form(work.ben, "Teach Myna")

        values = {"kind": "rule", "words": "Be brief."}
        ack = await work.slack.submit(work.ben, form, values)

        assert "a little longer" in shown(ack.payload["view"])
        await work.form(work.ben, "Lesson 1 is waiting for review")


async def test_the_form_opens_from_anywhere_in_slack(work):
    await work.slack.shortcut(work.ben, "teach_anywhere")

    form = await work.form(work.ben, "Teach Myna")
    await work.slack.submit(work.ben, form, {"kind": "rule", "words": "Be brief."})

    await work.form(work.ben, "Lesson 1 is waiting for review")


async def test_a_marked_message_that_mentions_it_is_a_lesson(work):
    mention = work.slack.team.mention
    said = await work.slack.say(work.ben, work.general, f"{mention} [Learn] {FACT}")

    await work.told(work.ben, "Lesson 1 is waiting for review")
    found = await lesson(work)
    assert found.text == "The staging server is called Orion."
    assert found.provenance is Provenance.MESSAGE
    assert (found.source_channel, found.source_message) == (work.general.id, said["ts"])
    assert "archives" in found.source


async def test_a_marker_without_a_lesson_says_what_is_missing(work):
    mention = work.slack.team.mention
    await work.slack.say(work.ben, work.general, f"{mention} [Learn]")

    await work.told(work.ben, "after [Learn]")


async def test_an_own_message_is_taught_without_asking_anybody(work):
    said = await work.slack.say(work.ben, work.general, "Orion is down on <Mondays>")

    form = await teach_this(work, work.ben, said)
    assert "Orion is down on <Mondays>" in shown(form)
    await work.slack.submit(work.ben, form)

    await work.form(work.ben, "Lesson 1 is waiting for review")
    found = await lesson(work)
    assert found.provenance is Provenance.MESSAGE
    assert found.consent is Consent.NOT_NEEDED


async def test_somebody_elses_message_waits_for_their_consent(work):
    said = await work.slack.say(work.ben, work.general, "Orion is down on Mondays")
    form = await teach_this(work, work.cleo, said)
    await work.slack.submit(work.cleo, form)
    await work.form(work.cleo, "I asked the author")
    card = (await work.slack.until(work.cards))[0]

    asked = await work.told(work.ben, "May I learn this?")
    await work.click(work.mona, card, "approve")
    await work.told(work.mona, "its author has not agreed yet")
    with pytest.raises(ValueError, match="does not see"):
        await work.click(work.cleo, asked, "consent")
    await work.click(work.ben, asked, "consent")
    await work.slack.until(lambda: "Consent" not in shown(card))
    await work.click(work.mona, card, "approve")

    await work.slack.until(lambda: "was approved by Mona" in shown(card))


async def test_only_the_author_of_a_message_can_agree(work):
    said = await work.slack.say(work.ben, work.general, "Orion is down on Mondays")
    await work.slack.submit(work.cleo, await teach_this(work, work.cleo, said))
    asked = await work.told(work.ben, "May I learn this?")

    stolen = {**asked, "user": work.cleo.id}
    await work.click(work.cleo, stolen, "consent")

    await work.told(work.cleo, "Only the author of that message")
    assert (await lesson(work)).consent is Consent.ASKED


async def test_a_message_whose_author_refuses_is_erased(work):
    said = await work.slack.say(work.ben, work.general, "Orion is down on Mondays")
    await work.slack.submit(work.cleo, await teach_this(work, work.cleo, said))
    asked = await work.told(work.ben, "May I learn this?")

    await work.click(work.ben, asked, "refuse")

    await work.slack.until(lambda: "was forgotten" in shown(work.cards()[0]))
    await work.slack.until(lambda: "I have erased it" in shown(asked))


async def test_a_message_of_a_bot_has_nobody_to_agree(work):
    await work.approved()
    answer = await work.ask(work.cleo, work.general)

    form = await teach_this(work, work.ben, answer)

    assert "from people's messages only" in shown(form)


async def test_an_edited_message_is_reviewed_anew_and_a_deleted_one_forgotten(work):
    mention = work.slack.team.mention
    said = await work.slack.say(work.ben, work.general, f"{mention} [Learn] {FACT}")
    first = (await work.slack.until(work.cards))[0]
    await work.click(work.mona, first, "approve")
    await work.slack.until(lambda: "was approved" in shown(first))

    await work.slack.edit_message(said, f"{mention} [Learn] fact: It is called Vega.")
    second = await work.slack.until(
        lambda: [c for c in work.cards() if "Vega" in shown(c)]
    )
    assert "was forgotten" in shown(first)
    await work.slack.delete_message(said)

    await work.slack.until(lambda: "was forgotten" in shown(second[0]))
    assert await work.core.lessons(work.server) == ()


async def test_nothing_is_learned_before_setup(tmp_path):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, "socket") as work:
            await slack.command(work.ben, "/teach", FACT, channel=work.general)

            await work.told(work.ben, "I learn nothing here yet")
            assert slack.from_bot(work.general) == []


async def test_a_file_of_lessons_is_imported_into_review(work):
    rows = [
        json.dumps({"question": DUE, "answer": FRIDAY}),
        json.dumps({"kind": "qa", "question": "Alone?"}),
    ]
    file = work.slack.add_file(work.mona, "faq.jsonl", "\n".join(rows).encode())

    await work.slack.command(work.mona, "/myna", "import", channel=work.general)
    form = await work.form(work.mona, "A document, or a file of lessons")
    await work.slack.submit(work.mona, form, {"file": [file]})

    result = await work.form(work.mona, "1 lesson waiting for review.")
    assert "line 2" in shown(result)
    await work.slack.until(work.cards)
    assert DUE in shown(work.cards()[0])


async def test_only_moderators_import(work):
    file = work.slack.add_file(work.ben, "faq.csv", b"kind,text\nfact,Orion is down.")

    await work.slack.command(work.ben, "/myna", "import", channel=work.general)
    form = await work.form(work.ben, "A document, or a file of lessons")
    await work.slack.submit(work.ben, form, {"file": [file]})

    await work.form(work.ben, "may not review lessons")
    assert work.cards() == []


async def test_a_file_is_not_imported_from_a_private_channel(work):
    file = work.slack.add_file(work.mona, "faq.csv", b"kind,text\nfact,Orion is down.")

    await work.slack.command(work.mona, "/myna", "import", channel=work.secret)
    form = await work.form(work.mona, "A document, or a file of lessons")
    await work.slack.submit(work.mona, form, {"file": [file]})

    await work.form(work.mona, "in a channel open to all")
    assert work.cards() == []


async def test_a_file_too_large_is_refused_before_it_is_fetched(work):
    file = work.slack.add_file(work.mona, "faq.csv", b"x" * (LIMITS.max_bytes + 1))

    await work.slack.command(work.mona, "/myna", "import", channel=work.general)
    form = await work.form(work.mona, "A document, or a file of lessons")
    await work.slack.submit(work.mona, form, {"file": [file]})

    await work.form(work.mona, f"more than {LIMITS.max_bytes // 1_000_000} MB")
    assert work.slack.called("files.info") == []


async def test_a_lesson_of_a_private_channel_answers_only_there(work):
    work.home.parts.permissions["slack"] = "SLACK-2027-1"
    card = await work.approved(channel=work.secret)
    assert "members of its channel only" in shown(card)

    inside = await work.ask(work.ben, work.secret)
    outside = await work.ask(work.ben, work.general)

    assert FRIDAY in shown(inside)
    assert FRIDAY not in shown(outside)
    assert (await lesson(work, channel=work.secret)).scope.channel == work.secret.id
    assert (await work.core.status(work.server)).to_learn == 0


async def test_a_channel_shared_with_another_organisation_counts_as_private(work):
    other = work.slack.add_team("Other", installed=False)
    shared = work.slack.add_channel(
        "shared", members=(work.ben, work.mona), shared_with=(other,)
    )

    await work.teach(work.ben, FACT, channel=shared)

    assert (await lesson(work, channel=shared)).scope.channel == shared.id


async def test_a_channel_that_it_cannot_see_counts_as_private(work):
    hidden = work.slack.add_channel(
        "hidden", private=True, members=(work.ben,), bot=False
    )

    await work.teach(work.ben, FACT, channel=hidden)

    assert (await lesson(work, channel=hidden)).scope.channel == hidden.id


async def test_a_moderator_widens_a_lesson_to_the_whole_workspace(work):
    card = await work.teach(work.ben, channel=work.secret)

    await work.click(work.mona, card, "widen")
    await work.slack.until(lambda: "members of its channel" not in shown(card))
    await work.click(work.mona, card, "approve")
    await work.slack.until(lambda: "was approved" in shown(card))

    assert FRIDAY in shown(await work.ask(work.cleo, work.general))
