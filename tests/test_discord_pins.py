"""A moderator teaches a channel's pinned messages on Discord with /teach pins."""

import discord

from bot.limiter import Limiter
from learning.lesson import Consent, LessonKind
from moderation.limits import Limit
from moderation.provenance import Provenance
from tests.core_steps import MODERATOR
from tests.discord_steps import open_scene, reply_of, text_of
from tests.fakes import FakeClock

FACT = "The Orion staging server sleeps on Sundays."
OTHER = "Priya Raman maintains Vega."


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


async def pinned(scene, text, *, by=None, channel=None):
    """Say something, and let the admin pin it."""
    people = scene.people
    said = await (by or people.member).send(channel or people.general, text)
    await people.admin.set_pinned(said, pinned=True)
    return said


async def teach_pins(scene, *, by=None, channel=None):
    people = scene.people
    return await (by or people.moderator).slash(channel or people.general, "teach pins")


async def test_an_own_pinned_message_waits_for_review(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        said = await pinned(scene, FACT, by=scene.people.moderator)

        told = await teach_pins(scene)

        assert told.ephemeral
        assert "1 pinned message waiting for review: lesson 1." in reply_of(told)
        assert "(/myna review)" in reply_of(told)
        [lesson] = await waiting(scene)
        assert (lesson.kind, lesson.text) == (LessonKind.FACT, FACT)
        assert lesson.provenance is Provenance.MESSAGE
        assert lesson.source == said.jump_url
        assert lesson.source_message == str(said.id)
        assert lesson.consent is Consent.NOT_NEEDED
        assert "does not allow training" in text_of(scene.card())


async def test_somebody_elses_pinned_message_waits_for_their_consent(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        said = await pinned(scene, FACT)

        told = await teach_pins(scene)
        asked = scene.discord.shown(people.general)[-1]
        early = await people.moderator.click(scene.card(), label="Approve")
        await people.member.click(asked, label="Yes, learn it")
        approved = await people.moderator.click(scene.card(), label="Approve")

        assert "waiting for the author's consent" in reply_of(told)
        assert "which I asked for: lesson 1." in reply_of(told)
        assert asked.reference.message_id == said.id
        assert "has not agreed yet" in reply_of(early)
        assert "is approved" in reply_of(approved)


async def test_an_author_who_cannot_be_asked_is_told_of(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        silent = discord.PermissionOverwrite(send_messages=False)
        notes = people.guild.create_text_channel(
            "notes", overwrites={people.guild.default_role: silent}
        )
        await pinned(scene, FACT, by=people.admin, channel=notes)

        told = await teach_pins(scene, channel=notes)

        assert "consent, which I could not ask for: lesson 1." in reply_of(told)


async def test_a_second_call_teaches_nothing_twice(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await pinned(scene, FACT)
        await teach_pins(scene)
        await pinned(scene, OTHER, by=scene.people.moderator)

        told = await teach_pins(scene)

        assert "1 pinned message waiting for review: lesson 2." in reply_of(told)
        assert "1: Taught already." in reply_of(told)
        assert len(await waiting(scene)) == 2
        assert len(scene.discord.shown(scene.people.general)) == 1


async def test_a_pinned_message_that_was_rejected_is_not_taught_again(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        moderator = scene.people.moderator
        await pinned(scene, FACT, by=moderator)
        await teach_pins(scene)
        form = await moderator.click(scene.card(), label="Reject")
        await moderator.submit_modal(form, {"reason": "No."})

        told = await teach_pins(scene)

        assert "1: Taught already." in reply_of(told)
        assert await waiting(scene) == []


async def test_what_no_person_wrote_and_what_has_no_text_is_left_out(tmp_path):
    async with open_scene(tmp_path, max_lesson_chars=1000) as scene:
        await scene.set_up()
        people = scene.people
        relayed = await people.guild.create_webhook(people.general).send(FACT)
        answer = await scene.ask()
        picture = await people.member.send(
            people.general, attachments=[("owl.png", b"png")]
        )
        long = await people.moderator.send(people.general, "owls " * 300)
        for message in (relayed, answer, picture, long):
            await people.admin.set_pinned(message, pinned=True)

        told = await teach_pins(scene)

        assert "4 pinned messages left out:" in reply_of(told)
        assert "- 2: Not a person's message." in reply_of(told)
        assert "- 1: No text in it that I could learn." in reply_of(told)
        assert "- 1: Longer than 1,000 characters." in reply_of(told)
        assert await waiting(scene) == []


async def test_words_that_discord_hides_are_explained(tmp_path):
    hidden = discord.Intents.all()
    hidden.message_content = False
    simulation = {"approved_intents": hidden}
    async with open_scene(tmp_path, simulation=simulation) as scene:
        await scene.set_up()
        await pinned(scene, FACT)

        told = await teach_pins(scene)

        assert "1: No text in it that I could learn." in reply_of(told)
        assert "DISCORD_MESSAGE_CONTENT" in reply_of(told)
        assert await waiting(scene) == []


async def test_a_secret_a_duplicate_and_who_opted_out_are_left_out_with_the_reason(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await people.insider.slash(people.general, "myna privacy opt-out")
        await pinned(scene, OTHER, by=people.insider)
        await pinned(scene, "My key is AKIAIOSFODNN7EXAMPLE.", by=people.moderator)
        await pinned(scene, FACT, by=people.moderator)
        await people.member.slash(people.general, "teach fact", text=FACT)

        told = reply_of(await teach_pins(scene))

        assert "3 pinned messages left out:" in told
        assert "- 1: The author of that message does not want me" in told
        assert "- 1: It holds a secret" in told
        assert len(await waiting(scene)) == 1


async def test_pins_of_a_private_channel_are_known_there_only(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await pinned(scene, FACT, by=people.admin, channel=people.private)

        await teach_pins(scene, by=people.admin, channel=people.private)

        [lesson] = await waiting(scene)
        assert lesson.scope.channel == str(people.private.id)


async def test_twenty_five_are_taught_a_call_and_the_next_call_takes_the_rest(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        for number in range(27):
            text = f"Room {number} belongs to team {number}."
            await pinned(scene, text, by=scene.people.moderator)

        first = await teach_pins(scene)
        second = await teach_pins(scene)

        assert "25 pinned messages waiting for review" in reply_of(first)
        assert "- 2: More than 25 at once" in reply_of(first)
        assert "2 pinned messages waiting for review" in reply_of(second)
        assert "- 25: Taught already." in reply_of(second)


async def test_pins_count_as_lessons_of_the_hour(tmp_path):
    clock = FakeClock()
    hourly = Limiter(clock, Limit(1, 3600))
    async with open_scene(tmp_path, clock=clock, teachings=hourly) as scene:
        await scene.set_up()
        await pinned(scene, FACT, by=scene.people.moderator)
        await pinned(scene, OTHER, by=scene.people.moderator)

        told = await teach_pins(scene)

        assert "1 pinned message waiting for review" in reply_of(told)
        assert "- 1: More than one person may teach in an hour" in reply_of(told)


async def test_only_moderators_teach_pins(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await pinned(scene, FACT)

        told = await teach_pins(scene, by=scene.people.member)

        assert "Your role may not review lessons" in reply_of(told)
        assert await waiting(scene) == []
        assert scene.discord.sent("GET", "/channels/{id}/messages/pins") == []


async def test_before_setup_no_pin_is_taught(tmp_path):
    async with open_scene(tmp_path) as scene:
        await pinned(scene, FACT)

        told = await teach_pins(scene, by=scene.people.admin)

        assert "an admin has to run /myna setup first" in reply_of(told)


async def test_a_channel_without_pins_says_so(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        told = await teach_pins(scene)

        assert reply_of(told) == "There are no pinned messages in this channel."


async def test_a_channel_whose_pins_it_may_not_read_says_which_permission(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        unread = discord.PermissionOverwrite(read_message_history=False)
        archive = people.guild.create_text_channel(
            "archive", overwrites={people.guild.default_role: unread}
        )
        await pinned(scene, FACT, by=people.admin, channel=archive)

        told = await teach_pins(scene, channel=archive)

        assert told.ephemeral
        assert "Read Message History" in reply_of(told)
        assert await waiting(scene) == []
