"""What people edit on Discord is reviewed anew, or forgotten where it is hidden."""

from datetime import UTC, datetime

import discord
import pytest
from simcord.backend import serializers

from storage import lessons
from tests.core_steps import MODERATOR
from tests.discord_steps import labels_of, open_scene, text_of, with_content
from tests.fakes import FakeClock

FACT = "The Orion staging server sleeps on Sundays."
CHANGED = "The Orion staging server sleeps on Mondays."
EVE = datetime(2025, 12, 31, tzinfo=UTC)
"""The simulated Discord's clock stands at the day after it."""


def scene_of(tmp_path, **changes):
    return open_scene(tmp_path, clock=FakeClock(EVE), **changes)


async def known(scene):
    found = await lessons.approved(scene.home.parts.database, scene.server)
    return [lesson.statement for lesson in found]


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


async def teach_this(scene, message, *, by=None):
    """Teach a message from its menu as its author, and approve it."""
    people = scene.people
    person = by or people.member
    form = await person.context_menu(people.general, "Teach this", message)
    await person.submit_modal(form, {"question": "", "text": FACT})
    await people.moderator.click(scene.card(), label="Approve")
    assert await known(scene) == [FACT]


async def send(scene, text=FACT, *, channel=None, by=None):
    people = scene.people
    return await (by or people.member).send(channel or people.general, text)


async def hide(scene, channel, *, but_from):
    """Let nobody but the bot and one member view a channel."""
    shown = discord.PermissionOverwrite(view_channel=True)
    guild = scene.discord.bot.get_guild(scene.people.guild.id)
    await guild.get_channel(channel.id).edit(
        overwrites={
            guild.default_role: discord.PermissionOverwrite(view_channel=False),
            guild.me: shown,
            discord.Object(but_from.id, type=discord.Member): shown,
        }
    )
    await scene.discord.env.settle()


async def test_an_edited_message_is_reviewed_anew(tmp_path):
    async with scene_of(tmp_path) as scene:
        await scene.set_up()
        await scene.ask(f"[Learn] {FACT}")
        await scene.people.moderator.click(scene.card(), label="Approve")
        message = scene.people.general.history()[0]
        mention = scene.discord.bot.user.mention

        await scene.people.member.edit(message, f"{mention} [Learn] {CHANGED}")

        assert await known(scene) == []
        assert CHANGED in text_of(scene.card())
        assert "Approve" in labels_of(scene.card())


async def test_words_edited_out_of_sight_are_forgotten(tmp_path):
    async with scene_of(tmp_path) as scene:
        await scene.set_up()
        message = await send(scene)
        await teach_this(scene, message)

        await scene.people.member.edit(message, "Something else.")

        assert await known(scene) == []
        assert await waiting(scene) == []


async def test_with_the_intent_edited_words_are_seen_and_reviewed(tmp_path):
    async with scene_of(tmp_path, **with_content()) as scene:
        await scene.set_up()
        message = await send(scene)
        await teach_this(scene, message)

        await scene.people.member.edit(message, "Orion never sleeps at all.")

        assert "Orion never sleeps at all." in text_of(scene.card())


@pytest.mark.parametrize("options", [{}, with_content()])
async def test_a_preview_after_an_earlier_edit_changes_nothing(tmp_path, options):
    async with scene_of(tmp_path, **options) as scene:
        await scene.set_up()
        message = await send(scene, "The Orion server sleeps.")
        await scene.people.member.edit(message, FACT)
        scene.home.parts.clock.advance(days=2)
        await teach_this(scene, message)

        backend = scene.discord.env.backend
        stored = backend.get_message(message.channel.id, message.id)
        stored.embeds = [{"type": "link", "title": "A preview"}]
        assert stored.edited_timestamp
        backend.emit(
            "MESSAGE_UPDATE", dict(serializers.message_payload(backend, stored))
        )
        await scene.discord.env.settle()

        assert await known(scene) == [FACT]


async def test_a_private_channels_words_stay_private_when_they_are_edited(tmp_path):
    async with scene_of(tmp_path) as scene:
        await scene.set_up()
        people, mention = scene.people, scene.discord.bot.user.mention
        await scene.ask(f"[Learn] {FACT}", channel=people.private, by=people.insider)
        message = people.private.history()[0]

        await people.insider.edit(message, f"{mention} [Learn] {CHANGED}")

        [lesson] = await waiting(scene)
        assert lesson.text == CHANGED
        assert lesson.scope.channel == str(people.private.id)


async def test_a_channel_that_became_private_keeps_edited_words_to_itself(tmp_path):
    async with scene_of(tmp_path) as scene:
        await scene.set_up()
        people, mention = scene.people, scene.discord.bot.user.mention
        await scene.ask(f"[Learn] {FACT}")
        message = people.general.history()[0]
        await hide(scene, people.general, but_from=people.member)

        await people.member.edit(message, f"{mention} [Learn] {CHANGED}")

        [lesson] = await waiting(scene)
        assert lesson.scope.channel == str(people.general.id)
