"""People ask Myna on Discord, and are answered in place."""

import re

import discord
import pytest

from tests.discord_steps import (
    ANSWER,
    QUESTION,
    labels_of,
    open_scene,
    reply_of,
    text_of,
    with_content,
)

MESSAGES = "/channels/{id}/messages"


def prompt_of(scene) -> list[tuple[str, str]]:
    """The conversation before the question, as the model was last given it."""
    messages = scene.home.parts.engine.asked[-1].messages
    turns = [(each.role, each.content) for each in messages]
    return [turn for turn in turns[:-1] if turn[0] != "system"]


def thread_in(scene, channel, owner, *, private=False):
    kind = discord.ChannelType.private_thread if private else None
    kind = kind or discord.ChannelType.public_thread
    scene.discord.env.backend.create_thread(
        channel.id, "talk", owner.id, type=kind.value
    )
    return channel.threads[-1]


async def test_a_mention_is_answered_with_its_sources_and_thumbs(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()

        answer = await scene.ask()

        assert text_of(answer) == f"{ANSWER}\n-# from lesson 1, taught by mia"
        assert labels_of(answer) == ["\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"]
        assert answer.reference is not None


async def test_what_nobody_taught_is_said_not_to_be_known(tmp_path):
    async with open_scene(tmp_path) as scene:
        answer = await scene.ask("Where is the moon base?")

        assert "I don't know that yet" in text_of(answer)


async def test_a_direct_message_is_a_server_of_its_own_and_its_owner_reviews(tmp_path):
    async with open_scene(tmp_path) as scene:
        mia, person = scene.people.member, scene.people.member.user

        await person.send_dm("hello")
        await person.slash("teach qa", question=QUESTION, answer=ANSWER)
        [card] = [
            message
            for message in person.dm_channel.history()
            if "Approve" in labels_of(message)
        ]
        await person.click(card, label="Approve")
        await person.send_dm(QUESTION)

        assert ANSWER in text_of(person.dm_channel.history()[-1])
        settings = await scene.home.core.settings(f"discord:dm:{mia.id}")
        assert settings.set_up_at is not None
        assert settings.review_channel == str(person.dm_channel.id)
        assert "I don't know" in text_of(await scene.ask())


async def test_a_reply_to_myna_is_a_question_with_the_chain_as_its_history(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        first = await scene.ask()
        mention = scene.discord.bot.user.mention

        await scene.people.member.send(
            scene.people.general, f"{mention} {QUESTION}", reply_to=first
        )

        assert prompt_of(scene) == [("user", QUESTION), ("assistant", ANSWER)]


async def test_a_history_is_six_messages_of_500_characters(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        general, mia = scene.people.general, scene.people.member
        mention = scene.discord.bot.user.mention
        last = None
        for number in range(9):
            said = f"{mention} {number} " + "long " * 200
            last = await mia.send(general, said, reply_to=last)

        await mia.send(general, f"{mention} {QUESTION}", reply_to=last)

        history = prompt_of(scene)
        assert len(history) == 6
        assert all(len(content) <= 500 for _, content in history)
        assert history[-1][1].startswith("8 long")


async def test_a_thread_is_the_history_of_a_question_in_it(tmp_path):
    async with open_scene(tmp_path, **with_content()) as scene:
        await scene.set_up()
        await scene.taught()
        thread = thread_in(scene, scene.people.general, scene.people.member)

        await scene.people.admin.send(thread, "We talk about Orion.")
        await scene.ask(channel=thread)

        assert ("user", "We talk about Orion.") in prompt_of(scene)


async def test_what_is_not_said_to_myna_is_not_answered(tmp_path):
    async with open_scene(tmp_path, **with_content()) as scene:
        general, people = scene.people.general, scene.people
        mention = scene.discord.bot.user.mention
        hook = people.guild.create_webhook(general)

        await people.member.send(general, QUESTION)
        await people.member.send(general, f"{people.admin.mention} {QUESTION}")
        await hook.send(f"{mention} {QUESTION}")
        await people.member.send(general, mention)

        assert scene.discord.shown(general) == []


async def test_a_followed_thread_needs_no_new_mention(tmp_path):
    async with open_scene(tmp_path, **with_content()) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people
        ours = thread_in(scene, people.general, people.member)
        await scene.ask(channel=ours)

        await people.member.send(ours, QUESTION)
        assert len(scene.discord.shown(ours)) == 1
        await people.admin.slash(
            people.general, "myna config", name="threads", value="follow"
        )
        await people.member.send(ours, QUESTION)
        assert len(scene.discord.shown(ours)) == 2
        await scene.discord.restart_bot()
        await people.member.send(ours, QUESTION)
        assert len(scene.discord.shown(ours)) == 3

        await people.member.send(ours, f"{people.admin.mention} and you?")
        assert len(scene.discord.shown(ours)) == 3
        other = thread_in(scene, people.general, people.member)
        await people.member.send(other, QUESTION)
        assert scene.discord.shown(other) == []


async def test_without_the_message_content_intent_threads_cannot_be_followed(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        admin, general = scene.people.admin, scene.people.general

        told = await admin.slash(general, "myna config", name="threads", value="follow")

        assert "message content" in reply_of(told)
        assert not (await scene.home.core.settings(scene.server)).follow_threads


@pytest.mark.parametrize(("owls", "messages"), [(150, 2), (450, 1)])
async def test_a_long_answer_is_split_and_a_longer_one_attached(
    tmp_path, owls, messages
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        words = ", ".join(f"owl {n} is hooting" for n in range(owls))
        scene.home.parts.engine.scripted[QUESTION] = words

        last = await scene.ask()

        shown = scene.discord.shown(scene.people.general)
        assert len(shown) == messages
        assert all(len(message.content) <= 2000 for message in shown)
        assert labels_of(last)
        assert not any(labels_of(each) for each in shown[:-1])
        if messages == 1:
            assert [file.filename for file in last.attachments] == ["answer.txt"]
            assert (await last.attachments[0].read()).decode().startswith(words)
        else:
            text = "\n".join(message.content for message in shown)
            assert re.sub(r"\s+", " ", text).startswith(words)


async def test_a_mention_inside_an_answer_pings_nobody(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        words = f"Ask {scene.people.admin.mention} about it."
        scene.home.parts.engine.scripted[QUESTION] = words

        answer = await scene.ask()

        assert words in text_of(answer)
        sent = scene.discord.sent("POST", MESSAGES)
        sent += scene.discord.sent("PATCH", MESSAGES + "/{id}")
        answers = [each for each in sent if "Ask <@" in str(each.body)]
        assert answers
        for request in answers:
            allowed = request.body["allowed_mentions"]
            assert allowed["parse"] == []
            assert not allowed.get("replied_user")


async def test_text_in_any_language_passes_unharmed(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        question = "オリオンは誰が管理していますか?"
        answer = "प्रिया रमन, مع فريقها 👩🏽‍💻 naïve Größe."
        await scene.taught(question, answer)

        shown = await scene.ask(question)

        assert text_of(shown).startswith(answer)
        assert scene.home.parts.engine.asked[-1].messages[-1].content.endswith(question)


async def test_a_growing_answer_is_edited_no_faster_than_the_interval(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        words = " ".join(f"Owl number {n} hoots." for n in range(40))
        scene.home.parts.engine.scripted[QUESTION] = words

        await scene.ask()

        edits = scene.discord.sent("PATCH", MESSAGES + "/{id}")
        assert len(edits) <= 3  # 40 sentences came at once


async def test_a_private_question_is_answered_to_the_asker_alone(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people

        told = await people.member.slash(people.general, "myna ask", question=QUESTION)

        assert told.ephemeral
        assert reply_of(told).startswith(ANSWER)
        assert labels_of(told.response)
        assert scene.discord.shown(people.general) == []


async def test_an_answer_shows_typing(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.ask()

        assert scene.discord.sent("POST", "/channels/{id}/typing")


async def test_a_question_deleted_meanwhile_gets_no_answer_and_breaks_nothing(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        general = scene.people.general
        scene.discord.env.inject_error(
            "POST",
            f"/channels/{general.id}/messages",
            status=400,
            code=50035,
            message="In message_reference: Unknown message",
        )
        mention = scene.discord.bot.user.mention
        await scene.people.member.send(general, f"{mention} {QUESTION}")

        assert scene.discord.shown(general) == []


async def test_what_nobody_foresaw_is_told_with_the_id_of_the_log(tmp_path, capsys):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()

        async def explode() -> None:
            raise ZeroDivisionError

        scene.home.parts.engine.while_answering = explode
        answer = await scene.ask()

        identifier = re.search(r"Something broke, id (\w{4});", text_of(answer))
        assert identifier
        written = capsys.readouterr()
        assert "ZeroDivisionError" in written.out + written.err
