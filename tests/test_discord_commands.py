"""Every command is there, described, completed, and survives what goes wrong."""

import json
import re
from dataclasses import replace

import discord
import pytest

from tests.discord_steps import (
    ANSWER,
    OPTIONS,
    QUESTION,
    open_scene,
    reply_of,
    text_of,
)

COMMANDS = "/applications/{id}/commands"
TEACH = set("qa fact rule examples dialogue tool mcp form file link pins".split())
MYNA = set(
    "ask why lessons lesson forget status history rollback learn review approve reject "
    "edit correct widen export import documents document research watch setup config "
    "help".split()
)
PRIVACY = {"report", "export", "delete", "opt-out", "opt-in"}
CANARY = {"add", "list", "remove"}
SECRET = {"set", "list", "remove"}


async def test_every_command_is_offered_in_servers_and_in_direct_messages(tmp_path):
    async with open_scene(tmp_path) as scene:
        offered = set(scene.people.member.available_commands(scene.people.general))
        direct = set(scene.people.member.user.available_commands())

        expected = {f"teach {name}" for name in TEACH}
        expected |= {f"myna {name}" for name in MYNA}
        expected |= {f"myna privacy {name}" for name in PRIVACY}
        expected |= {f"canary {name}" for name in CANARY}
        expected |= {f"secret {name}" for name in SECRET}
        assert offered == direct == expected


async def test_help_lists_every_command(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people

        told = await people.member.slash(people.general, "myna help")

        for command in people.member.available_commands(people.general):
            assert f"`/{command}`" in reply_of(told)


async def test_commands_are_described_in_other_languages_too(tmp_path):
    async with open_scene(tmp_path) as scene:
        [synced] = scene.discord.sent("PUT", COMMANDS)

        described = list(descriptions(synced.body))
        assert len(described) > 40
        assert all(each["description_localizations"]["de"] for each in described)


def descriptions(commands):
    for command in commands:
        if command.get("type") != 3 or "description" in command:
            if command.get("description"):
                yield command
            yield from descriptions(command.get("options", []))


async def test_commands_are_synced_only_when_they_changed(tmp_path):
    options = replace(OPTIONS, state_folder=tmp_path / "state")
    async with open_scene(tmp_path, options=options) as scene:
        await scene.discord.restart_bot()
        assert len(scene.discord.sent("PUT", COMMANDS)) == 1

        (tmp_path / "state" / "discord_commands.sha256").write_text("another")
        await scene.discord.restart_bot()
        assert len(scene.discord.sent("PUT", COMMANDS)) == 2


@pytest.mark.parametrize(
    ("command", "option"), [("lesson", "number"), ("forget", "number")]
)
async def test_known_lessons_are_completed_by_their_words(tmp_path, command, option):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people

        async def complete(typed):
            return await people.member.autocomplete(
                people.general, f"myna {command}", option, typed
            )

        assert await complete("orion") == [
            {"name": f"1. {QUESTION} {ANSWER}", "value": 1}
        ]
        assert await complete("zebra") == []


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("approve", "lessons", "1"),
        ("reject", "lessons", "1"),
        ("edit", "number", 1),
        ("widen", "number", 1),
    ],
)
async def test_waiting_lessons_are_completed_for_moderators_only(
    tmp_path, command, option, value
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people = scene.people

        async def complete(person):
            return await person.autocomplete(
                people.general, f"myna {command}", option, ""
            )

        assert [each["value"] for each in await complete(people.moderator)] == [value]
        assert await complete(people.member) == []


async def test_settings_are_completed_with_what_they_are_for(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people

        choices = await people.admin.autocomplete(
            people.general, "myna config", "name", "persona"
        )

        assert [each["value"] for each in choices] == ["persona"]


async def test_lessons_are_listed_searched_and_explained(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await scene.ask()
        people = scene.people

        async def told(command, **options):
            return reply_of(
                await people.member.slash(people.general, f"myna {command}", **options)
            )

        assert ANSWER in await told("lessons")
        assert ANSWER in await told("lessons", search="Priya")
        assert "No lesson matches" in await told("lessons", search="zebra")
        assert "taught by mia" in await told("lesson", number=1)
        assert "1 answer came from it" in await told("lesson", number=1)
        assert "There is no lesson 9 here" in await told("lesson", number=9)
        assert f"Lesson 1 by mia (in memory): {QUESTION}" in await told("why")


async def test_lessons_are_exported_as_a_file_that_an_import_reads(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people

        refused = await people.member.slash(people.general, "myna export")
        told = await people.moderator.slash(people.general, "myna export")

        assert "Your role may not" in reply_of(refused)
        assert told.ephemeral
        [file] = [
            f for each in (told.response, *told.followups) for f in each.attachments
        ]
        assert file.filename == "lessons.jsonl"
        assert json.loads(await file.read())["answer"] == ANSWER


async def test_only_an_admin_sets_up_and_configures(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        await scene.set_up()

        for command in ("myna setup", "myna config"):
            options = (
                {"name": "persona", "value": "Kind."} if "config" in command else {}
            )
            told = await people.moderator.slash(people.general, command, **options)
            assert "Your role may not change settings" in reply_of(told)
        shown = await people.admin.slash(people.general, "myna config")
        lone = await people.admin.slash(people.general, "myna config", name="persona")
        done = await people.admin.slash(
            people.general, "myna config", name="persona", value="Kind."
        )

        assert f"review-channel: {people.review.id}" in reply_of(shown)
        assert "Say what persona should be" in reply_of(lone)
        assert reply_of(done) == "persona is now Kind.."
        settings = await scene.home.core.settings(scene.server)
        assert settings.persona == "Kind."


async def test_a_review_channel_that_myna_cannot_write_in_is_refused(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        hidden = discord.PermissionOverwrite(view_channel=False)
        staff = people.guild.create_text_channel(
            "staff", overwrites={people.guild.default_role: hidden}
        )

        told = await people.admin.slash(people.general, "myna setup", channel=staff)

        assert "I cannot write there" in reply_of(told)
        assert (await scene.home.core.settings(scene.server)).set_up_at is None


async def test_the_owner_of_a_server_is_its_admin(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        owner = people.guild.add_member(people.guild.owner)

        told = await owner.slash(people.general, "myna setup", channel=people.review)

        assert "I am ready to learn" in reply_of(told)


async def test_a_waiting_lesson_is_edited_by_command(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people = scene.people

        form = await people.moderator.slash(people.general, "myna edit", number=1)
        typed = {"question": QUESTION, "answer": "Jo Berg does."}
        await people.moderator.submit_modal(form, typed)
        missing = await people.moderator.slash(people.general, "myna edit", number=7)

        assert "Jo Berg does." in text_of(scene.card())
        assert "does not wait" in reply_of(missing)


async def test_numbers_that_make_no_sense_are_explained(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people

        told = await people.moderator.slash(
            people.general, "myna approve", lessons="both"
        )

        assert told.ephemeral
        assert "both is no lesson number. Write /myna approve" in reply_of(told)


async def explode(*_, **__):
    raise ZeroDivisionError


async def test_a_broken_command_gives_its_person_the_id_of_the_log(tmp_path, capsys):
    async with open_scene(tmp_path) as scene:
        env = scene.discord.env
        scene.home.core.teach = explode

        told = await scene.teach()

        assert told.ephemeral
        assert re.search(r"Something broke, id \w{4};", reply_of(told))
        assert [type(error.original) for error in env.errors] == [ZeroDivisionError]
        written = capsys.readouterr()
        assert "ZeroDivisionError" in written.out + written.err


async def test_a_broken_button_and_a_broken_form_do_so_too(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        moderator = scene.people.moderator
        form = await moderator.click(scene.card(), label="Reject")
        scene.home.core.decide = explode

        clicked = await moderator.click(scene.card(), label="Approve")
        sent = await moderator.submit_modal(form, {"reason": "No."})

        assert "Something broke, id" in reply_of(clicked)
        assert "Something broke, id" in reply_of(sent)
        assert scene.discord.env.errors
