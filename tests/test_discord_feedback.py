"""People say on Discord whether an answer helped, and what it should have been."""

from learning.lesson import Consent
from moderation.provenance import Provenance
from tests.core_steps import MODERATOR
from tests.discord_steps import ANSWER, QUESTION, open_scene, reply_of, text_of

UP, DOWN = "\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"
RIGHT = "Jo Berg does."


async def waiting(scene):
    report = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in report]


async def test_a_thumb_up_is_counted_and_thanked_for(tmp_path):
    async with open_scene(tmp_path) as scene:
        answer = await scene.ask()

        told = await scene.people.member.click(answer, label=UP)

        assert told.ephemeral
        assert reply_of(told) == "Thank you, that helps."
        rows = await scene.home.parts.database.rows("SELECT helpful FROM feedback")
        assert [row["helpful"] for row in rows] == [1]


async def test_a_thumb_down_asks_for_the_right_answer_which_waits_for_review(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        answer = await scene.ask()

        form = await scene.people.member.click(answer, label=DOWN)
        told = await scene.people.member.submit_modal(form, {"text": RIGHT})

        assert form.modal["title"] == "What should it have said?"
        assert told.ephemeral
        assert "Lesson 2 is waiting for review" in reply_of(told)
        [lesson] = await waiting(scene)
        assert (lesson.question, lesson.answer) == (QUESTION, RIGHT)
        assert lesson.provenance is Provenance.MESSAGE
        assert lesson.consent is Consent.NOT_NEEDED
        assert RIGHT in text_of(scene.card())


async def test_a_correction_of_anothers_question_needs_the_askers_consent(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        answer = await scene.ask()
        people = scene.people

        form = await people.insider.click(answer, label=DOWN)
        await people.insider.submit_modal(form, {"text": RIGHT})
        card = scene.discord.shown(people.general)[-1]
        assert "May I learn this?" in text_of(card)
        await people.member.click(card, label="Yes, learn it")

        [lesson] = await waiting(scene)
        assert lesson.consent is Consent.GIVEN


async def test_a_thumb_survives_a_restart(tmp_path):
    async with open_scene(tmp_path) as scene:
        answer = await scene.ask()

        await scene.discord.restart_bot()
        told = await scene.people.member.click(answer, label=UP)

        assert reply_of(told) == "Thank you, that helps."


async def test_a_correction_in_a_private_channel_stays_there(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        answer = await scene.ask(channel=people.private, by=people.insider)

        form = await people.insider.click(answer, label=DOWN)
        await people.insider.submit_modal(form, {"text": RIGHT})

        [lesson] = await waiting(scene)
        assert lesson.scope.channel == str(people.private.id)


async def test_an_answer_that_was_erased_cannot_be_corrected(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        answer = await scene.ask()
        member = scene.people.member
        form = await member.click(answer, label=DOWN)
        await scene.home.core.delete_person(scene.server, str(member.id))

        told = await member.submit_modal(form, {"text": ANSWER})

        assert "erased" in reply_of(told)


async def test_a_correction_goes_when_the_question_that_was_asked_is_deleted(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        answer = await scene.ask()
        member = scene.people.member
        form = await member.click(answer, label=DOWN)
        await member.submit_modal(form, {"text": RIGHT})
        assert await waiting(scene)

        await member.delete(scene.people.general.history()[0])

        assert await waiting(scene) == []
