"""The slash command /myna: everything but teaching."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str as _
from discord.ext import commands

from bot import phrases
from bot import vocabulary as say
from bot.cards import status_card
from bot.commands import parse
from bot.discord_app import (
    asking,
    erasing,
    importing,
    learning,
    longer_forms,
    researching,
    reviewing,
    suggestions,
    words,
)
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import may_write, visit_of
from bot.discord_app.rendering import layout
from bot.discord_app.replies import defer, tell, tell_outcome, told
from bot.session import LocalSession
from learning.errors import CommandError
from learning.run import RunKind

Words = app_commands.Range[str, 1, 2000]
Topic = app_commands.Range[str, 1, 400]
Number = app_commands.Range[int, 1]


async def carry_out(
    interaction: Interaction, command: say.Command, *, file_name: str = "lessons.jsonl"
) -> None:
    """Carry out a command of the shared vocabulary; only its giver reads the reply."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        session = LocalSession(visit.chat(), interaction.client.clock)
        outcome = await session.run(command)
        await tell_outcome(interaction, outcome, file_name=file_name)


async def carry_out_line(interaction: Interaction, line: str) -> None:
    """Carry out a command that is written as in the terminal."""
    try:
        command = parse(line)
    except CommandError as exc:
        await tell(interaction, words.here(str(exc)))
        return
    await carry_out(interaction, command)


class MynaCommands(
    commands.GroupCog,
    group_name="myna",
    group_description=_("Ask, look things up, review and run Myna"),
):
    """Everything else."""

    privacy = app_commands.Group(
        name="privacy", description=_("What is stored about you, and your choices")
    )

    @app_commands.command(description=_("Ask Myna; only you see the answer"))
    @app_commands.describe(question=_("What you want to know"))
    async def ask(self, interaction: Interaction, question: Words) -> None:
        await asking.answer_command(interaction, question)

    @app_commands.command(description=_("Say where your last answer came from"))
    async def why(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Why())

    @app_commands.command(description=_("List what was taught, or search it"))
    @app_commands.describe(search=_("Words that the lessons contain"))
    async def lessons(self, interaction: Interaction, search: str = "") -> None:
        await carry_out(interaction, say.Lessons(search))

    @app_commands.command(description=_("Say who taught a lesson and what it changed"))
    @app_commands.describe(number=_("The lesson's number"))
    @app_commands.autocomplete(number=suggestions.known_lessons)
    async def lesson(self, interaction: Interaction, number: Number) -> None:
        await carry_out(interaction, say.Show(number))

    @app_commands.command(description=_("List the files and pages that were read"))
    async def documents(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Documents())

    @app_commands.command(description=_("Show a document with its passages"))
    @app_commands.describe(number=_("The document's number"))
    @app_commands.autocomplete(number=suggestions.documents)
    async def document(self, interaction: Interaction, number: Number) -> None:
        await carry_out(interaction, say.ShowDocument(number))

    @app_commands.command(description=_("Say what an approved lesson should say"))
    @app_commands.describe(number=_("The lesson's number"))
    @app_commands.autocomplete(number=suggestions.known_lessons)
    async def correct(self, interaction: Interaction, number: Number) -> None:
        await longer_forms.open_correction(interaction, number)

    @app_commands.command(description=_("Delete a lesson, from memory and weights"))
    @app_commands.describe(
        number=_("The lesson's number"),
        document=_("Or a document's number: all of its passages"),
    )
    @app_commands.autocomplete(
        number=suggestions.known_lessons, document=suggestions.documents
    )
    async def forget(
        self,
        interaction: Interaction,
        number: Number | None = None,
        document: Number | None = None,
    ) -> None:
        if (number is None) == (document is None):
            await tell(interaction, words.forget_what())
        elif document is not None:
            await carry_out(interaction, say.ForgetDocument(document))
        elif number is not None:
            await carry_out(interaction, say.Forget((number,)))

    @app_commands.command(description=_("Show how this server stands"))
    async def status(self, interaction: Interaction) -> None:
        await defer(interaction)
        async with told(interaction):
            visit = await visit_of(interaction)
            report = await visit.core.status(visit.place.server)
            await tell(interaction, view=layout(status_card(report)))

    @app_commands.command(description=_("List what happened here"))
    async def history(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.History())

    @app_commands.command(description=_("Go back to an earlier adapter"))
    @app_commands.describe(version=_("The one before, if left out"))
    @app_commands.autocomplete(version=suggestions.versions)
    async def rollback(
        self, interaction: Interaction, version: Number | None = None
    ) -> None:
        await carry_out(interaction, say.Rollback(version))

    @app_commands.command(description=_("Train on what was approved"))
    @app_commands.describe(fresh=_("Start over from the skills adapter"))
    async def learn(self, interaction: Interaction, fresh: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of Discord's
        await learning.learn(interaction, RunKind.FRESH if fresh else None)

    @app_commands.command(description=_("Show the lessons that wait for review"))
    async def review(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Review())

    @app_commands.command(description=_("Approve lessons: 1 2 5-8, all, or document 3"))
    @app_commands.describe(
        lessons=_("Their numbers, or all, or document 3 1-4"),
        memory_only=_("Answer from memory, never train on them"),
    )
    @app_commands.autocomplete(lessons=suggestions.waiting_numbers)
    async def approve(
        self,
        interaction: Interaction,
        lessons: str,
        memory_only: bool = False,  # noqa: FBT001, FBT002 - an option of Discord's
    ) -> None:
        only = " memory-only" if memory_only else ""
        await carry_out_line(interaction, f"/approve {lessons}{only}")

    @app_commands.command(description=_("Reject lessons: 1 2 5-8, or document 3"))
    @app_commands.describe(
        lessons=_("Their numbers, or document 3 1-4"),
        reason=_("The author is told the reason"),
    )
    @app_commands.autocomplete(lessons=suggestions.waiting_numbers)
    async def reject(
        self, interaction: Interaction, lessons: str, reason: Words
    ) -> None:
        await carry_out_line(interaction, f"/reject {lessons} reason: {reason}")

    @app_commands.command(description=_("Change a waiting lesson's words in a form"))
    @app_commands.describe(number=_("The lesson's number"))
    @app_commands.autocomplete(number=suggestions.waiting_lessons)
    async def edit(self, interaction: Interaction, number: Number) -> None:
        await reviewing.open_edit(interaction, number)

    @app_commands.command(description=_("Let the whole server know a lesson"))
    @app_commands.describe(number=_("A waiting lesson of one channel"))
    @app_commands.autocomplete(number=suggestions.waiting_lessons)
    async def widen(self, interaction: Interaction, number: Number) -> None:
        await carry_out(interaction, say.Widen(number))

    @app_commands.command(description=_("Get all lessons as a file"))
    async def export(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Export())

    @app_commands.command(
        name="import", description=_("Teach a document, or a file of lessons")
    )
    @app_commands.describe(
        file=_("A document of any kind; CSV or JSON lines of lessons")
    )
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        await importing.import_file(interaction, file)

    @app_commands.command(description=_("Search the web, and pick pages to read"))
    @app_commands.describe(topic=_("What to search for"))
    async def research(self, interaction: Interaction, topic: Topic) -> None:
        await researching.research(interaction, topic)

    @app_commands.command(description=_("Read a page again by itself; or list them"))
    @app_commands.describe(
        url=_("The page's address; left out, all watched pages are listed"),
        every=_("How often to read it, or stop"),
    )
    async def watch(
        self,
        interaction: Interaction,
        url: Words = "",
        every: Literal["daily", "weekly", "stop"] = "daily",
    ) -> None:
        if not url:
            await carry_out(interaction, say.Watches())
        elif every == "stop":
            await carry_out_line(interaction, f"/watch stop {url}")
        else:
            await carry_out_line(interaction, f"/watch {url} {every}")

    @app_commands.command(description=_("Let Myna learn here, reviewed in a channel"))
    @app_commands.describe(channel=_("Where waiting lessons are shown"))
    async def setup(
        self, interaction: Interaction, channel: discord.TextChannel | None = None
    ) -> None:
        if channel is not None and not may_write(channel):
            await tell(interaction, phrases.add_me_to(channel.mention))
            return
        await carry_out(interaction, say.Setup(str(channel.id) if channel else ""))

    @app_commands.command(description=_("Show the settings, or change one"))
    @app_commands.describe(name=_("Which setting"), value=_("What it should be"))
    @app_commands.autocomplete(name=suggestions.setting_names)
    async def config(
        self, interaction: Interaction, name: str = "", value: str = ""
    ) -> None:
        if name and not value:
            await carry_out_line(interaction, f"/config {name}")
        else:
            await carry_out(interaction, say.Config(name.lower(), value))

    @app_commands.command(description=_("List the commands"))
    async def help(self, interaction: Interaction) -> None:
        tree = interaction.client.tree
        listed = [
            f"`/{command.qualified_name}` {command.description}"
            for command in tree.walk_commands()
            if isinstance(command, app_commands.Command)
        ]
        await tell(interaction, "\n".join([words.how_to_use(), *listed]))

    @privacy.command(description=_("Say what is stored about you"))
    async def report(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Privacy())

    @privacy.command(name="export", description=_("Get all that is stored about you"))
    async def export_person(self, interaction: Interaction) -> None:
        wish = say.Privacy(say.PrivacyWish.EXPORT)
        await carry_out(interaction, wish, file_name="my-data.json")

    @privacy.command(description=_("Erase all that is stored about you"))
    async def delete(self, interaction: Interaction) -> None:
        await erasing.ask(interaction)

    @privacy.command(name="opt-out", description=_("Keep Myna from learning from you"))
    async def opt_out(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Privacy(say.PrivacyWish.OPT_OUT))

    @privacy.command(name="opt-in", description=_("Let Myna learn from you again"))
    async def opt_in(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Privacy(say.PrivacyWish.OPT_IN))
