"""Before a run, the model asks itself about passages; moderators see what it asked."""

from bot.messages import Learned
from learning.lesson import LessonKind
from learning.run import RunKind
from storage import expansions
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.document_steps import STAGING, brought

QUESTION = "Who looks after the staging server?"
ASKS = "Write a question that is answered by: Priya Raman"


async def learned(home):
    home.parts.engine.scripted[ASKS] = QUESTION
    await brought(home, STAGING)
    await home.core.approve_all(SERVER, MODERATOR)
    result = await home.core.learn(SERVER, MODERATOR)
    assert isinstance(result, Learned)


def asked_for(home):
    return sum(g.messages[-1].content.endswith(ASKS) for g in home.parts.engine.asked)


async def test_what_the_model_asked_is_shown_to_moderators(tmp_path):
    async with open_home(tmp_path, reword=written_of) as home:
        await learned(home)

        detail = await home.core.lesson(SERVER, 1)

    assert detail.lesson.kind is LessonKind.PASSAGE
    assert detail.rewordings == (QUESTION,)


def written_of(lesson):
    return [question for question, _ in lesson.written]


async def test_a_passage_is_asked_about_once(tmp_path):
    async with open_home(tmp_path) as home:
        await learned(home)
        before = asked_for(home)

        await home.core.learn(SERVER, MODERATOR, start=RunKind.FRESH)

        assert before == asked_for(home) == 1


async def test_what_was_asked_about_a_forgotten_passage_is_gone(tmp_path):
    async with open_home(tmp_path) as home:
        await learned(home)
        record = await home.core.lesson(SERVER, 1)
        database = home.parts.database
        [before] = await expansions.filled_in(database, [record.lesson])

        await home.core.forget(SERVER, MODERATOR, 1)

        [after] = await expansions.filled_in(database, [record.lesson])
        assert before.written
        assert after.written == ()
