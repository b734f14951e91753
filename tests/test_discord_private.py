"""What people keep to themselves on Discord: channels, messages, and their own data."""

import json

import discord

from storage import lessons
from tests.discord_steps import (
    ANSWER,
    QUESTION,
    labels_of,
    open_scene,
    reply_of,
    text_of,
)

FACT = "The Orion staging server sleeps on Sundays."


async def known(scene):
    found = await lessons.approved(scene.home.parts.database, scene.server)
    return [lesson.statement for lesson in found]


async def taught_in_private(scene):
    people = scene.people
    await scene.teach(channel=people.private, by=people.insider)
    await people.moderator.click(scene.card(), label="Approve")


async def test_a_private_channels_lesson_answers_only_there(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await taught_in_private(scene)
        people = scene.people

        there = await scene.ask(channel=people.private, by=people.insider)
        elsewhere = await scene.ask(by=people.insider)
        asked = await people.admin.slash(people.general, "myna ask", question=QUESTION)
        listed = await people.admin.slash(people.general, "myna lessons")
        shown = await people.admin.slash(people.general, "myna lesson", number=1)

        assert ANSWER in text_of(there)
        for answer in (text_of(elsewhere), *map(reply_of, (asked, listed, shown))):
            assert ANSWER not in answer
        for place, count in ((people.general, 0), (people.private, 1)):
            choices = await people.insider.autocomplete(
                place, "myna lesson", "number", ""
            )
            assert len(choices) == count


async def test_a_private_channels_lesson_is_never_trained_on(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await taught_in_private(scene)
        people = scene.people

        told = await people.moderator.slash(people.general, "myna learn")

        assert "from memory only" in reply_of(told)
        assert scene.home.parts.trainer.rows == []


async def test_its_card_says_so_and_shows_no_words_where_everybody_reads(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(channel=people.private, by=people.insider)

        card = scene.card()
        queue = await people.moderator.slash(people.general, "myna review")

        assert "members of its channel only" in text_of(card)
        assert "weights cannot keep that secret" in text_of(card)
        assert ANSWER not in text_of(card)
        assert ANSWER in reply_of(queue)
        assert labels_of(card)[-1] == "Whole server"


async def test_its_card_shows_the_words_in_a_private_review_channel(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await people.admin.slash(people.general, "myna setup", channel=people.private)

        await scene.teach(channel=people.private, by=people.insider)

        shown = "\n".join(map(text_of, scene.discord.shown(people.private)))
        assert ANSWER in shown


async def test_a_moderator_widens_a_private_lesson_for_the_whole_server(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(channel=people.private, by=people.insider)

        refused = await people.member.click(scene.card(), label="Whole server")
        told = await people.moderator.click(scene.card(), label="Whole server")
        await people.moderator.click(scene.card(), label="Approve")

        assert "Your role may not" in reply_of(refused)
        assert "for the whole server now" in reply_of(told)
        assert ANSWER in text_of(scene.card())
        assert ANSWER in text_of(await scene.ask())


async def test_widening_is_a_command_too(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(channel=people.private, by=people.insider)

        told = await people.moderator.slash(people.general, "myna widen", number=1)

        assert "for the whole server now" in reply_of(told)


async def test_a_private_thread_keeps_its_secrets_from_its_parent(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people, backend = scene.people, scene.discord.env.backend
        kind = discord.ChannelType.private_thread.value
        backend.create_thread(people.general.id, "talk", people.member.id, type=kind)
        [thread] = people.general.threads
        backend.add_thread_member(thread.id, backend.bot_user.id)

        await scene.teach(channel=thread)
        await people.moderator.click(scene.card(), label="Approve")

        assert ANSWER in text_of(await scene.ask(channel=thread))
        assert ANSWER not in text_of(await scene.ask())


async def marked(scene):
    """Teach by a marked message; return that message."""
    await scene.ask(f"[Learn] {FACT}")
    await scene.people.moderator.click(scene.card(), label="Approve")
    assert await known(scene) == [FACT]
    return scene.people.general.history()[0]


async def test_a_deleted_message_takes_its_lesson_with_it(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        message = await marked(scene)

        await scene.people.member.delete(message)

        assert await known(scene) == []
        assert FACT not in text_of(scene.card())


async def test_messages_deleted_together_take_their_lessons_with_them(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        message = await marked(scene)
        general = scene.people.general

        scene.discord.env.backend.bulk_delete_messages(general.id, [message.id])
        await scene.discord.env.settle()

        assert await known(scene) == []


async def test_a_lesson_of_a_thread_goes_with_its_message(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        scene.discord.env.backend.create_thread(
            people.general.id, "talk", people.member.id
        )
        [thread] = people.general.threads
        await scene.ask(f"[Learn] {FACT}", channel=thread)
        await people.moderator.click(scene.card(), label="Approve")

        await people.member.delete(thread.history()[0])

        assert await known(scene) == []


async def test_a_server_that_removes_myna_is_purged(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        other = await scene.discord.join("Elsewhere")
        server = scene.server

        scene.discord.env.backend.remove_guild(scene.people.guild.id)
        await scene.discord.env.settle()

        assert await scene.home.core.lessons(server) == ()
        assert (await scene.home.core.settings(server)).set_up_at is None
        assert other.guild.id


async def test_joining_says_nothing(tmp_path):
    async with open_scene(tmp_path) as scene:
        other = await scene.discord.join("Elsewhere")

        assert scene.discord.sent("POST", "/channels/{id}/messages") == []
        assert scene.discord.shown(other.general) == []


async def test_one_server_knows_nothing_of_another(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        other = await scene.discord.join("Elsewhere")

        answer = await scene.ask(channel=other.general, by=other.member)

        assert ANSWER not in text_of(answer)


async def test_people_see_and_get_what_is_stored_about_them(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await scene.ask()
        people = scene.people

        report = await people.member.slash(people.general, "myna privacy report")
        export = await people.member.slash(people.general, "myna privacy export")

        assert "1 lesson, 1 question" in reply_of(report)
        assert export.ephemeral
        shown = [export.response, *export.followups]
        [file] = [file for each in shown for file in each.attachments]
        data = json.loads(await file.read())
        assert data["person"] == str(people.member.id)
        assert data["lessons"][0]["answer"] == ANSWER


async def test_people_erase_what_is_stored_about_them_after_a_second_yes(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people

        asked = await people.member.slash(people.general, "myna privacy delete")
        assert await known(scene)
        [message] = [
            each for each in (asked.response, *asked.followups) if labels_of(each)
        ]
        await scene.discord.restart_bot()
        told = await people.member.click(message, label="Erase it all")

        assert asked.ephemeral
        assert "Erased: 1 lesson" in reply_of(told)
        assert await known(scene) == []


async def test_people_opt_out_and_in(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        person = str(people.member.id)

        async def opted_out():
            return (await scene.home.core.privacy(scene.server, person)).opted_out

        await people.member.slash(people.general, "myna privacy opt-out")
        assert await opted_out()
        await people.member.slash(people.general, "myna privacy opt-in")
        assert not await opted_out()
