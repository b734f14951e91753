"""Tests of what becomes of a text that says something else than a known lesson."""

from bot.likeness import alike
from bot.messages import Correction
from learning.lesson import LessonKind
from tests.core_steps import MODERATOR, ORION, SERVER, TEACHER, open_home

PLAIN = "Marek Dvorak maintains the Orion staging server."
LONG = f"Servers need care. They are loud. {PLAIN} Coffee helps. Tea does not."


async def test_a_text_that_contradicts_a_known_answer_is_never_approved_in_bulk(
    tmp_path,
):
    async with open_home(tmp_path) as home:
        known = await home.approved()
        await home.teach("", "", kind=LessonKind.FACT, text=PLAIN)

        result = await home.core.approve_all(SERVER, MODERATOR)

        (waiting,) = result.held
        assert result.approved == ()
        assert waiting.verdict.held
        assert waiting.verdict.findings[0].lesson == known
        # It may be another thing that is true, so it replaces nothing by itself.
        assert waiting.lesson.supersedes is None


async def test_an_announced_correction_is_held_by_nothing_that_it_contradicts(tmp_path):
    async with open_home(tmp_path) as home:
        known = await home.approved()
        fact = "Priya Raman maintains the Orion staging server."
        other = await home.approved("", "", kind=LessonKind.FACT, text=fact)
        correction = Correction(known, answer="Marek Dvorak does.")

        taught = await home.core.correct_lesson(
            SERVER, TEACHER, correction, channel=None
        )

        assert taught.waiting.lesson.supersedes == known
        assert [found.lesson for found in taught.verdict.findings] == [other]
        assert not taught.verdict.held


async def test_what_contradicts_a_lesson_that_only_waits_is_not_held(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()

        other = await home.teach(ORION, "Marek Dvorak does.")

        queue = await home.core.queue(SERVER, MODERATOR)
        (verdict,) = [each.verdict for each in queue if each.lesson.id == other]
        assert [finding.rule for finding in verdict.findings] == ["conflict"]
        assert not verdict.held


async def test_the_sentence_that_matters_is_found_in_a_long_text(tmp_path):
    async with open_home(tmp_path) as home:
        number = await home.approved()
        memory = home.parts.memory

        ((lesson, cosine, closest),) = alike(memory, SERVER, LONG)
        ((_, alone, same),) = alike(memory, SERVER, PLAIN)

        assert lesson.id == number
        assert cosine < closest == alone == same


async def test_a_long_text_is_held_for_its_one_false_sentence(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        await home.teach("", "", kind=LessonKind.FACT, text=LONG)

        (waiting,) = await home.core.queue(SERVER, MODERATOR)
        assert waiting.verdict.held


async def test_a_true_lesson_told_again_is_not_held(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        await home.teach(
            "", "", kind=LessonKind.FACT, text=PLAIN.replace("Marek Dvorak", "Priya")
        )

        (waiting,) = await home.core.queue(SERVER, MODERATOR)
        assert waiting.verdict.findings == ()
