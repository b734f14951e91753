"""Rules by examples, dialogues and corrections are taught in Discord's forms."""

import pytest

from learning.lesson import LessonKind
from tests.core_steps import MODERATOR
from tests.discord_steps import ANSWER, open_scene, reply_of, text_of

EXAMPLES = "Hello -> Ahoy!\nGood morning -> Ahoy, and good morning!"
DIALOGUE = "User: It broke.\nMyna: Is the lamp on?"


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


async def fill(scene, command, typed, **options):
    people = scene.people
    form = await people.member.slash(people.general, command, **options)
    return await people.member.submit_modal(form, typed)


async def test_a_rule_is_taught_with_examples_in_a_form(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        typed = {"text": "Say ahoy.", "examples": EXAMPLES}
        await fill(scene, "teach examples", typed)

        [lesson] = await waiting(scene)
        assert lesson.kind is LessonKind.RULE
        assert lesson.examples[0] == ("Hello", "Ahoy!")
        assert "Hello → Ahoy!" in text_of(scene.card())


@pytest.mark.parametrize(
    ("command", "typed", "reason"),
    [
        ("teach examples", {"text": "Ahoy.", "examples": "Hm"}, "message -> reply"),
        ("teach dialogue", {"text": "Myna: Hi"}, "must be User"),
    ],
)
async def test_what_is_malformed_is_explained_and_not_stored(
    tmp_path, command, typed, reason
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        told = await fill(scene, command, typed)

        assert reason in reply_of(told)
        assert await waiting(scene) == []


async def test_a_dialogue_is_shown_to_moderators_line_by_line(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        await fill(scene, "teach dialogue", {"text": DIALOGUE})

        [lesson] = await waiting(scene)
        assert (lesson.kind, lesson.text) == (LessonKind.DIALOGUE, DIALOGUE)
        assert DIALOGUE in text_of(scene.card())


async def test_an_approved_lesson_is_corrected_in_a_form_that_holds_its_words(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        [known] = await scene.home.core.lessons(scene.server)

        typed = {"question": known.question, "answer": "Marek Dvorak does."}
        await fill(scene, "myna correct", typed, number=known.id)

        [lesson] = await waiting(scene)
        assert (lesson.answer, lesson.supersedes) == ("Marek Dvorak does.", known.id)
        card = text_of(scene.card())
        assert card.index(ANSWER) < card.rindex("Marek Dvorak does.")


async def test_a_marked_dialogue_that_is_malformed_is_explained(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        reply = await scene.ask("[Learn] dialogue: Myna: Hi")

        assert "must be User" in text_of(reply)
        assert await waiting(scene) == []
