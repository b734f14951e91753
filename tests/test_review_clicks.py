"""A moderator clears 100 waiting lessons, 10 of them flagged, with 25 clicks at most.

Each typed command, click, choice in a form and form sent counts as one. What is
flagged is rejected one by one, which takes the most clicks: a button and a form.
"""

import io
import re

from bot.announcements import Announcements
from bot.chat import Chat
from bot.messages import Actor, Teaching
from bot.session import LocalSession
from bot.terminal_app import chat_as_transcript
from learning.lesson import LessonKind, LessonState
from moderation.roles import Role
from storage import lessons
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.discord_steps import open_scene, reply_of, text_of, until
from tests.fake_slack_text import shown
from tests.slack_steps import working

LESSONS, FLAGGED, MOST_CLICKS = 100, 10, 25
AUTHORS = 10
HALVES = "bar cel dov fen gim hul jor kes lum nak".split()


async def teach_them(home, server, platform):
    """Put up 100 lessons of ten people; the last of each is flagged."""
    flagged = []
    for number in range(LESSONS):
        author = Actor(f"p{number % AUTHORS}", f"P{number}", Role.TEACHER, platform)
        first, second = HALVES[number // 10], HALVES[number % 10]
        answer = f"The {second}{first} crew."
        if number >= LESSONS - FLAGGED:
            answer += " Or ask @everyone."
        question = f"Who looks after {first}{second}?"
        taught = await home.core.teach(
            Teaching(server, author, LessonKind.QA, question, answer)
        )
        if taught.waiting.flagged:
            flagged.append(taught.waiting.lesson.id)
    assert len(flagged) == FLAGGED
    return flagged


async def in_state(home, server, state):
    found = await lessons.in_state(home.parts.database, server, state)
    return [record.lesson.id for record in found]


async def assert_cleared(home, server, flagged):
    assert await in_state(home, server, LessonState.PENDING) == []
    assert await in_state(home, server, LessonState.REJECTED) == flagged
    approved = await in_state(home, server, LessonState.APPROVED)
    assert len(approved) == LESSONS - FLAGGED


def first_numbers(text, count):
    return [int(each) for each in re.findall(r"^(\d+)\. ", text, re.MULTILINE)][:count]


async def test_on_discord(tmp_path):
    async with open_scene(tmp_path, simulation={"settle_timeout": 120}) as scene:
        await scene.set_up()
        flagged = await teach_them(scene.home, scene.server, "discord")
        await until(lambda: len(scene.cards()) == LESSONS, seconds=120)
        people, mona, clicks = scene.people, scene.people.moderator, 0

        queue = await mona.slash(people.general, "myna review")
        clicks += 1
        bulk = await mona.slash(people.general, "myna approve", lessons="all")
        clicks += 1
        after_bulk = await in_state(scene.home, scene.server, LessonState.PENDING)
        for number in flagged:
            card = scene.card(number - 1)
            assert f"Lesson {number} waits" in text_of(card)
            form = await mona.click(card, label="Reject")
            await mona.submit_modal(form, {"reason": "It calls everybody."})
            clicks += 2

        assert "100 wait, 10 flagged" in reply_of(queue)
        assert first_numbers(reply_of(queue), FLAGGED) == flagged
        assert "90 lessons approved." in reply_of(bulk)
        assert after_bulk == flagged
        await assert_cleared(scene.home, scene.server, flagged)
        assert clicks <= MOST_CLICKS


async def test_in_slack(tmp_path):
    async with working(tmp_path, "socket") as work:
        flagged = await teach_them(work.home, work.server, "slack")
        await work.slack.until(lambda: len(work.cards()) == LESSONS, seconds=60)
        slack, mona, clicks = work.slack, work.mona, 0

        await slack.command(mona, "/myna", "review", channel=work.general)
        clicks += 1
        form = await work.form(mona, "Approve these")
        await slack.submit(mona, form, {"chosen": ["all"]})
        clicks += 3  # the menu, its first choice, the form
        await work.form(mona, "90 lessons approved.")
        after_bulk = await in_state(work.home, work.server, LessonState.PENDING)
        for number in flagged:
            card = work.cards()[number - 1]
            assert f"Lesson {number} waits" in shown(card)
            await work.click(mona, card, "reject")
            form = await work.form(mona, f"Reject lesson {number}")
            await slack.submit(mona, form, {"words": "It calls everybody."})
            await slack.until(
                lambda card=card: "was rejected by Mona" in shown(card), seconds=30
            )
            clicks += 2

        assert after_bulk == flagged
        await assert_cleared(work.home, work.server, flagged)
        assert clicks <= MOST_CLICKS


async def test_in_the_terminal(tmp_path):
    async with open_home(tmp_path, announcer=Announcements()) as home:
        flagged = await teach_them(home, SERVER, "terminal")
        lines = ["/review", "/approve all"]
        lines += [f"/reject {each} reason: It calls everybody." for each in flagged]
        out = io.StringIO()

        async def typed():
            for line in lines:
                yield line

        chat = Chat(home.core, SERVER, MODERATOR, tmp_path)
        session = LocalSession(chat, home.parts.clock)
        await chat_as_transcript(session, typed(), out, home.parts.clock)

        assert "100 wait, 10 flagged" in out.getvalue()
        assert "90 lessons approved." in out.getvalue()
        await assert_cleared(home, SERVER, flagged)
        assert len(lines) <= MOST_CLICKS
