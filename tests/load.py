"""Load, on the machine's clock: `python -m tests.load`, or `--real` for a real model.

Two hundred mentions and two hundred teachings arrive at each platform within ten
seconds, at the real libraries on local sockets. Nothing may be lost, acknowledged
late or answered twice; the exit code says whether it was. With `--real` the bundled
model answers: one server asks a lot at once, and another a little in the middle.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import structlog

from bot.announcements import Announcements
from bot.clock import SystemClock
from bot.discord_app import DiscordOptions, MynaClient
from bot.messages import Actor
from bot.opening import own
from bot.settings import load
from moderation.policy import DISCORD
from moderation.roles import Role
from tests.core_steps import open_home
from tests.fake_discord import FakeDiscord
from tests.fakes import FakeEngine
from tests.slack_steps import new_slack, options_for, populate, serving

MENTIONS = TEACHINGS = 200
WITHIN_SECONDS = 10.0
GUILDS = 40
ACK_SECONDS = 3.0
DRAIN_SECONDS = 120.0
BUSY, CALM = 30, 3
"""Questions of a busy server, and of one that asks in the middle of them."""


class SlowEngine(FakeEngine):
    """Takes a moment for each answer, as a fast model would."""

    async def generate(self, generation):
        await asyncio.sleep(0.05)
        return await super().generate(generation)


@dataclass
class Counts:
    """What became of everything that was sent to one platform."""

    platform: str
    sent: int = 0
    lost: int = 0
    late: int = 0
    twice: int = 0
    acknowledged: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.late or self.twice)

    def __str__(self) -> str:
        acks = self.acknowledged or [0.0]
        return (
            f"{self.platform:<20} sent {self.sent:>4}  lost {self.lost}  "
            f"late {self.late}  twice {self.twice}  acknowledged after "
            f"{median(acks):.3f} s (median), {max(acks):.3f} s (most); "
            f"all done after {self.seconds:.1f} s"
        )


async def pace(count: int) -> AsyncIterator[int]:
    """Yield numbers at even distances, all of them within the time given."""
    started = time.monotonic()
    for number in range(count):
        due = started + number * WITHIN_SECONDS / count
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        yield number


async def discord_load(root: Path) -> Counts:
    """Play Discord, forty guilds on one gateway."""
    counts = Counts("Discord")
    announcements = Announcements()
    home_ = open_home(root, announcer=announcements, engine=SlowEngine())
    async with home_ as home, FakeDiscord(global_per_second=1000) as fake:
        guilds = [fake.home, *(fake.found(f"G{n}") for n in range(1, GUILDS))]
        for there in guilds:
            await home.core.set_up(
                f"{DISCORD}:{there.guild.id}",
                Actor("a", "Ada", Role.ADMIN, DISCORD),
                review_channel=str(there.review.id),
            )
        bot = MynaClient(home.core, SystemClock(), DiscordOptions(token="t"))  # noqa: S106
        with announcements.platform(DISCORD, bot.announcer):
            async with fake.running(bot):
                started = time.monotonic()
                async for n in pace(MENTIONS):
                    there = guilds[n % GUILDS]
                    await fake.mention(
                        there.member, f"Who is number {n}?", channel=there.general
                    )
                    await fake.slash(
                        there.member,
                        "teach fact",
                        channel=there.general,
                        text=f"The gate number {n} is painted in colour {n}.",
                    )
                sent = fake.deliveries
                await _drained(lambda: all(each.answers for each in sent))
                await _drained(
                    lambda: (
                        sum(len(fake.answers(g.review)) for g in guilds) >= TEACHINGS
                    )
                )
                counts.seconds = time.monotonic() - started
                counts.sent = len(sent)
                counts.lost = sum(not each.answers for each in sent)
                counts.lost += TEACHINGS - sum(
                    len(fake.answers(there.review)) for there in guilds
                )
                counts.twice = sum(each.answers > 1 for each in sent)
                acks = [each.acknowledged_after for each in sent]
                counts.acknowledged = [ack for ack in acks if ack is not None]
                counts.late = sum(ack is None or ack > ACK_SECONDS for ack in acks)
    return counts


async def slack_load(root: Path, transport: str) -> Counts:
    """Play Slack, one workspace with several channels."""
    counts = Counts(f"Slack ({transport})")
    announcements = Announcements()
    home_ = open_home(
        root, announcer=announcements, engine=SlowEngine(), permissions={}
    )
    async with new_slack() as slack, home_ as home:
        people = populate(slack)
        members = (people["ana"], people["mona"], people["ben"], people["cleo"])
        channels = [slack.add_channel(f"c{n}", members=members) for n in range(10)]
        options = options_for(slack, transport, edit_interval_seconds=1.2)
        async with serving(slack, home, announcements, options):
            admin = Actor(people["ana"].id, "Ana", Role.ADMIN, "slack")
            server = f"slack:{slack.team.id}"
            review = people["review"]
            await home.core.set_up(server, admin, review_channel=review.id)
            started = time.monotonic()
            said, commands = [], []
            async for n in pace(MENTIONS):
                channel = channels[n % len(channels)]
                commands.append(
                    asyncio.create_task(
                        slack.command(
                            people["ben"],
                            "/teach",
                            f"fact: The gate number {n} is painted in colour {n}.",
                            channel=channel,
                        )
                    )
                )
                said.append(
                    await slack.say(
                        people["cleo"],
                        channel,
                        f"{slack.team.mention} Who is number {n}?",
                    )
                )
            acks = await asyncio.gather(*commands)

            def answers(message):
                thread = slack.thread(message)
                return [each for each in thread if each.get("bot_id")]

            await _drained(lambda: all(map(answers, said)))
            await _drained(lambda: len(slack.from_bot(review)) >= TEACHINGS)
            counts.seconds = time.monotonic() - started
            counts.sent = len(said) + len(acks)
            counts.lost = sum(not answers(each) for each in said)
            counts.lost += max(0, TEACHINGS - len(slack.from_bot(review)))
            counts.twice = sum(len(answers(each)) > 1 for each in said)
            counts.twice += max(0, len(slack.from_bot(review)) - TEACHINGS)
            counts.acknowledged = [ack.seconds for ack in acks if ack.acknowledged]
            counts.late = len(slack.late)
            counts.late += sum(not ack.acknowledged for ack in acks)
    return counts


async def real_load(root: Path) -> bool:
    """Ask the bundled model from two guilds at once; print how long each waited."""
    unlimited = {"ASK_PER_MINUTE": "0", "TEACH_PER_HOUR": "0"}
    settings = load(flags={"DATA_DIR": str(root), **unlimited})
    async with own(settings, lambda *_: None) as wired, _guilds() as (fake, guilds):
        bot = MynaClient(wired.core, SystemClock(), DiscordOptions(token="t"))  # noqa: S106
        async with fake.running(bot):
            busy, calm = guilds
            started = time.monotonic()
            asked = {"busy": [], "calm": []}
            for n in range(BUSY):
                asked["busy"].append(
                    await fake.mention(
                        busy.member, f"What is {n} plus {n}?", channel=busy.general
                    )
                )
            await asyncio.sleep(2)
            for n in range(CALM):
                asked["calm"].append(
                    await fake.mention(
                        calm.member, f"What is {n} plus one?", channel=calm.general
                    )
                )
            every = [*asked["busy"], *asked["calm"]]
            await _drained(lambda: all(each.answers for each in every))
            drained = time.monotonic() - started
    waits = {
        who: median(each.answered_after or DRAIN_SECONDS for each in these)
        for who, these in asked.items()
    }
    lost = sum(not each.answers for each in every)
    unseen = sum(each.acknowledged_at is None for each in every)
    print(  # noqa: T201
        f"real engine: busy server {BUSY} questions, answered after "
        f"{waits['busy']:.1f} s (median); calm server {CALM}, after "
        f"{waits['calm']:.1f} s; lost {lost}; never shown as waiting {unseen}; "
        f"drained after {drained:.1f} s"
    )
    return not lost and not unseen and waits["calm"] < waits["busy"]


@asynccontextmanager
async def _guilds():
    async with FakeDiscord(global_per_second=1000) as fake:
        yield fake, (fake.home, fake.found("Calm"))


async def _drained(is_done) -> None:
    """Wait until everything is done, or no longer; what is missing counts as lost."""
    until = time.monotonic() + DRAIN_SECONDS
    while not is_done() and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # what would be answered twice


async def _main(*, real: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="myna-load-") as temporary:
        folders = (Path(temporary) / str(n) for n in itertools.count())
        if real:
            return int(not await real_load(next(folders)))
        found = [await discord_load(_made(next(folders)))]
        for transport in ("socket", "http"):
            found += [await slack_load(_made(next(folders)), transport)]
    for counts in found:
        print(counts)  # noqa: T201
    return int(not all(counts.is_good for counts in found))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="the bundled model answers")
    sys.exit(asyncio.run(_main(real=parser.parse_args().real)))
