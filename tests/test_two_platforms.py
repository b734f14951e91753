"""Both platforms in one process: they share one core, and their servers nothing."""

import asyncio

from bot.announcements import Announcements
from bot.clock import SystemClock
from bot.discord_app import DiscordOptions
from bot.discord_app import serve as serve_discord
from bot.messages import Actor
from bot.platforms import Platform, serve
from bot.slack_app import serve as serve_slack
from moderation.policy import DISCORD, SLACK
from moderation.roles import Role
from tests.core_steps import open_home
from tests.fake_discord import FakeDiscord
from tests.fake_slack_text import shown
from tests.slack_steps import new_slack, options_for, populate

QUESTION = "Who maintains the Orion staging server?"


async def test_both_serve_on_one_core_and_nothing_crosses(tmp_path):
    announcements = Announcements()
    opened = open_home(tmp_path, announcer=announcements)
    async with FakeDiscord() as discord, new_slack() as slack, opened as home:
        people = populate(slack)
        core, clock = home.core, SystemClock()
        guild = f"{DISCORD}:{discord.home.guild.id}"
        workspace = f"{SLACK}:{slack.team.id}"
        for server in (guild, workspace):
            admin = Actor("a", "Ada", Role.ADMIN, server.partition(":")[0])
            await core.set_up(server, admin, review_channel="")
        await home.approved(QUESTION, "Priya does.", server=guild)
        ready = asyncio.Event()
        platforms = [
            Platform(
                "Discord",
                lambda _: serve_discord(
                    core, announcements, clock, DiscordOptions(token=discord.token)
                ),
            ),
            Platform(
                "Slack",
                lambda _: serve_slack(
                    core,
                    announcements,
                    clock,
                    home.parts.database,
                    options_for(slack, "socket"),
                    on_ready=lambda _: ready.set(),
                ),
            ),
        ]

        serving = asyncio.create_task(serve(None, platforms))
        try:
            await asyncio.wait_for(ready.wait(), 10)
            await slack.socket.connected()
            await discord.until(lambda: discord.gateway.identified, seconds=10)
            await asyncio.sleep(2.5)  # discord.py waits so long for further guilds
            there = await discord.mention(discord.home.member, QUESTION)
            said = await slack.say(
                people["cleo"], people["general"], f"{slack.team.mention} {QUESTION}"
            )
            await discord.until(lambda: there.answers)

            def answers():
                thread = slack.thread(said)
                return [shown(each) for each in thread if each.get("bot_id")]

            await slack.until(lambda: any("don't know" in each for each in answers()))
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

        (on_discord,) = discord.answers(discord.home.general)
        assert "Priya does." in on_discord.content
        assert not any("Priya" in each for each in answers())
