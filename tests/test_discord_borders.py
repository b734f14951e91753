"""Nobody makes Myna write, or decides, on another server than their own."""

from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest

from bot.cards import review_card
from bot.discord_app.rendering import layout
from learning.lesson import LessonState
from storage import lessons, servers
from tests.core_steps import MODERATOR
from tests.discord_steps import (
    ANSWER,
    QUESTION,
    labels_of,
    open_scene,
    reply_of,
    server_of,
)

SILENT = discord.PermissionOverwrite(send_messages=False)


def shown_in(scene, *communities):
    """Return all that Myna wrote where everybody of these guilds reads."""
    return [
        message
        for community in communities
        for channel in (community.general, community.review, community.private)
        for message in scene.discord.shown(channel)
    ]


async def redirect(scene, server, channel):
    """Write a foreign review channel into the database, past every check."""
    database = scene.home.parts.database
    settings = await servers.get(database, server)
    settings = replace(settings, review_channel=str(channel.id))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await servers.save(database, settings, by="nobody", at=at)


async def test_a_direct_message_user_cannot_make_myna_post_in_a_guild(tmp_path):
    async with open_scene(tmp_path) as scene:
        people, person = scene.people, scene.people.member.user

        for value in (people.general.mention, str(people.review.id)):
            told = await person.slash("myna config", name="review-channel", value=value)
            assert "reviewed here, by you" in reply_of(told)
        await person.slash("teach qa", question=QUESTION, answer=ANSWER)

        assert shown_in(scene, people) == []
        cards = [m for m in person.dm_channel.history() if "Approve" in labels_of(m)]
        assert len(cards) == 1


async def test_a_direct_servers_cards_go_to_its_own_direct_messages_only(tmp_path):
    async with open_scene(tmp_path) as scene:
        people, person = scene.people, scene.people.member.user
        await person.slash("myna status")
        server = f"discord:dm:{person.id}"

        for channel in (people.general, people.admin.user.dm_channel):
            await redirect(scene, server, channel)
            await person.slash("teach qa", question=QUESTION, answer=ANSWER)

        assert shown_in(scene, people) == []
        assert people.admin.user.dm_channel.history() == []


async def test_an_admin_of_one_guild_cannot_make_myna_post_in_another(tmp_path):
    async with open_scene(tmp_path) as scene:
        home, other = scene.people, await scene.discord.join("Elsewhere")
        await scene.set_up(other)
        admin = other.admin

        told = await admin.slash(
            other.general,
            "myna config",
            name="review-channel",
            value=home.general.mention,
        )
        assert f"{home.general.id} is no channel of this server" in reply_of(told)
        await redirect(scene, server_of(other), home.general)
        await scene.teach(channel=other.general, by=other.member)

        assert shown_in(scene, home) == []


@pytest.mark.parametrize("value", ["nowhere", "4242", "member", "private", "voice"])
async def test_a_review_channel_that_is_none_of_this_servers_is_refused(
    tmp_path, value
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        unwritable = people.guild.create_text_channel(
            "silent", overwrites={people.guild.default_role: SILENT}
        )
        values = {
            "member": str(people.member.id),
            "private": str(unwritable.id),
            "voice": str(people.guild.create_voice_channel("talk").id),
        }

        told = await people.admin.slash(
            people.general,
            "myna config",
            name="review-channel",
            value=values.get(value, value),
        )

        assert "is no channel of this server that I can write in" in reply_of(told)
        settings = await scene.home.core.settings(scene.server)
        assert settings.review_channel == str(people.review.id)


async def state_of(scene, community):
    record = await lessons.get(scene.home.parts.database, server_of(community), 1)
    return record.lesson.state, record.lesson.scope.is_server_wide


@pytest.mark.parametrize("label", ["Approve", "Memory only", "Reject", "Whole server"])
async def test_a_click_decides_nothing_on_another_server(tmp_path, label):
    async with open_scene(tmp_path) as scene:
        home, other = scene.people, await scene.discord.join("Elsewhere")
        await scene.set_up()
        await scene.set_up(other)
        await scene.teach(channel=home.private, by=home.insider)
        await scene.teach(
            "What is Vega?", "A server.", channel=other.private, by=other.insider
        )
        [waiting] = await scene.home.core.queue(server_of(other), MODERATOR)
        stray = await scene.discord.bot.get_channel(home.review.id).send(
            view=layout(review_card(waiting))
        )

        told = await home.moderator.click(stray, label=label)
        if label == "Reject":
            told = await home.moderator.submit_modal(told, {"reason": "No."})

        assert "Lesson 1" in reply_of(told)
        assert await state_of(scene, home) == (LessonState.PENDING, False)
        assert await state_of(scene, other) == (LessonState.PENDING, False)
        assert "Approve" in labels_of(scene.card(0))


@pytest.mark.parametrize("label", ["Reject", "Whole server"])
async def test_words_edited_since_they_were_read_are_not_decided(tmp_path, label):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(channel=people.private, by=people.insider)
        await scene.home.parts.database.rows("UPDATE lessons SET answer = 'Jo Berg.'")

        told = await people.moderator.click(scene.card(), label=label)
        if label == "Reject":
            told = await people.moderator.submit_modal(told, {"reason": "No."})

        assert await state_of(scene, people) == (LessonState.PENDING, False)
        assert "Lesson 1" in reply_of(told)


async def test_a_member_does_not_see_what_others_have_waiting(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach(by=scene.people.insider)
        people = scene.people

        member, author, moderator = [
            reply_of(await person.slash(people.general, "myna lesson", number=1))
            for person in (people.member, people.insider, people.moderator)
        ]

        assert ANSWER not in member
        assert "There is no lesson 1 here" in member
        assert ANSWER in author
        assert ANSWER in moderator


async def statements(scene, server):
    found = await scene.home.core.lessons(server)
    return [lesson.statement for lesson in found]


async def test_servers_that_removed_myna_while_it_was_down_are_purged_once(tmp_path):
    async with open_scene(tmp_path) as scene:
        gone, direct = "discord:4242", f"discord:dm:{scene.people.member.id}"
        for server in (gone, direct, scene.server, "terminal"):
            await scene.home.approved(server=server)

        bot = await scene.discord.restart_bot()
        purged = await statements(scene, gone)
        kept = [await statements(scene, s) for s in (direct, scene.server, "terminal")]
        await scene.home.approved(server=gone)
        bot.dispatch("ready")
        await scene.discord.env.settle()

        assert purged == []
        assert all(kept)
        assert await statements(scene, gone)


async def test_a_guild_that_is_down_or_in_doubt_is_not_purged(tmp_path):
    async with open_scene(tmp_path) as scene:
        away = await scene.discord.join("Away")
        unsure = "discord:4242"
        for server in (server_of(away), unsure):
            await scene.home.approved(server=server)
        env = scene.discord.env
        env.backend.emit(
            "GUILD_DELETE", {"id": str(away.guild.id), "unavailable": True}
        )
        await env.settle()
        env.inject_error("GET", "/guilds/*", status=500)

        scene.discord.bot._caught_up = False
        await scene.discord.bot.on_ready()

        assert await statements(scene, server_of(away))
        assert await statements(scene, unsure)
        assert scene.discord.sent("GET", "/guilds/{id}")
