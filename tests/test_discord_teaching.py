"""People teach Myna on Discord, with commands, forms, menus, markers and files."""

import pytest

from learning.lesson import Consent, LessonKind
from moderation.provenance import Provenance
from tests.core_steps import MODERATOR
from tests.discord_steps import ANSWER, QUESTION, open_scene, reply_of, text_of

FACT = "The Orion staging server sleeps on Sundays."


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


async def send(scene, text, *, by=None, channel=None):
    person = by or scene.people.member
    return await person.send(channel or scene.people.general, text)


@pytest.mark.parametrize(
    ("command", "options", "kind"),
    [
        ("qa", {"question": QUESTION, "answer": ANSWER}, LessonKind.QA),
        ("fact", {"text": FACT}, LessonKind.FACT),
        ("rule", {"text": "Answer in one sentence."}, LessonKind.RULE),
    ],
)
async def test_each_kind_of_lesson_is_taught_by_a_command(
    tmp_path, command, options, kind
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people

        told = await people.member.slash(people.general, f"teach {command}", **options)

        assert told.ephemeral
        assert "waiting for review. (/myna review)" in reply_of(told)
        [lesson] = await waiting(scene)
        assert lesson.kind is kind
        assert {lesson.question, lesson.answer, lesson.text} >= set(options.values())
        assert lesson.provenance is Provenance.TYPED
        assert lesson.scope.is_server_wide


@pytest.mark.parametrize("question", [QUESTION, ""])
async def test_the_form_teaches_longer_lessons_with_a_link(tmp_path, question):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people

        form = await people.member.slash(people.general, "teach form")
        typed = {"question": question, "text": FACT, "link": "https://example.org/o"}
        await people.member.submit_modal(form, typed)

        [lesson] = await waiting(scene)
        assert lesson.kind is (LessonKind.QA if question else LessonKind.FACT)
        assert FACT in lesson.statement
        assert lesson.source == "https://example.org/o"
        assert lesson.provenance is Provenance.TYPED


async def test_before_setup_nothing_is_learned(tmp_path):
    async with open_scene(tmp_path) as scene:
        told = await scene.teach()

        assert "an admin has to run /myna setup first" in reply_of(told)


async def test_only_learning_channels_teach_and_a_thread_counts_as_its_parent(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await people.admin.slash(
            people.general,
            "myna config",
            name="learning-channels",
            value=people.general.mention,
        )
        scene.discord.env.backend.create_thread(
            people.general.id, "talk", people.member.id
        )

        elsewhere = await scene.teach(channel=people.review)
        within = await scene.teach(channel=people.general.threads[0])

        assert "may not learn in this channel" in reply_of(elsewhere)
        assert "waiting for review" in reply_of(within)


async def test_a_message_is_taught_from_its_menu_without_consent_by_its_author(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        message = await send(scene, FACT)

        form = await people.member.context_menu(people.general, "Teach this", message)
        await people.member.submit_modal(form, {"question": "", "text": FACT})

        [lesson] = await waiting(scene)
        assert lesson.text == FACT
        assert lesson.provenance is Provenance.MESSAGE
        assert lesson.source == message.jump_url
        assert lesson.consent is Consent.NOT_NEEDED
        assert "does not allow training" in text_of(scene.card())


async def test_the_form_of_the_menu_is_filled_with_the_message(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        message = await send(scene, FACT)

        form = await people.admin.context_menu(people.general, "Teach this", message)

        assert FACT in str(form.modal)


async def ask_consent(scene):
    """Let the admin teach what the member wrote; return the consent card."""
    people = scene.people
    message = await send(scene, FACT)
    form = await people.admin.context_menu(people.general, "Teach this", message)
    await people.admin.submit_modal(form, {"question": "", "text": FACT})
    return scene.discord.shown(people.general)[-1]


async def test_the_author_of_a_message_agrees_before_a_moderator_may_approve(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        card = await ask_consent(scene)

        early = await people.moderator.click(scene.card(), label="Approve")
        stranger = await people.insider.click(card, label="Yes, learn it")
        await people.member.click(card, label="Yes, learn it")
        approved = await people.moderator.click(scene.card(), label="Approve")

        assert "has not agreed yet" in reply_of(early)
        assert "Only the author" in reply_of(stranger)
        assert "is approved" in reply_of(approved)
        assert "mia agreed" in text_of(scene.discord.shown(people.general)[0])


async def test_consent_is_asked_below_the_message_and_calls_its_author_alone(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        card = await ask_consent(scene)

        assert card.reference.message_id == scene.people.general.history()[0].id
        posts = scene.discord.sent("POST", "/channels/{id}/messages")
        [post] = [each for each in posts if str(scene.people.general.id) in each.path]
        allowed = post.body["allowed_mentions"]
        assert allowed == {"parse": [], "replied_user": True}


async def test_a_refusal_of_consent_erases_the_lesson(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        card = await ask_consent(scene)

        await scene.people.member.click(card, label="No")

        assert await waiting(scene) == []
        assert "was forgotten" in text_of(scene.card())
        assert FACT not in text_of(scene.discord.shown(scene.people.general)[-1])


async def test_the_message_of_somebody_who_opted_out_is_not_taught(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await people.member.slash(people.general, "myna privacy opt-out")
        message = await send(scene, FACT)

        form = await people.admin.context_menu(people.general, "Teach this", message)
        told = await people.admin.submit_modal(form, {"question": "", "text": FACT})

        assert "does not want me to learn" in reply_of(told)
        assert await waiting(scene) == []


async def test_another_bots_message_and_an_empty_one_are_not_taught(tmp_path):
    async with open_scene(tmp_path) as scene:
        people = scene.people
        relayed = await people.guild.create_webhook(people.general).send(FACT)
        picture = await people.member.send(
            people.general, attachments=[("owl.png", b"png")]
        )

        from_bot = await people.admin.context_menu(
            people.general, "Teach this", relayed
        )
        empty = await people.admin.context_menu(people.general, "Teach this", picture)

        assert "from people's messages only" in reply_of(from_bot)
        assert "no text" in reply_of(empty)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (f"[Learn] {FACT}", LessonKind.FACT),
        (f"[learn] question: {QUESTION} answer: {ANSWER}", LessonKind.QA),
        ("[Learn] rule: Answer in one sentence.", LessonKind.RULE),
    ],
)
async def test_a_marked_message_that_mentions_myna_is_a_lesson(tmp_path, said, kind):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        reply = await scene.ask(said)

        assert "Lesson 1 is waiting for review" in text_of(reply)
        [lesson] = await waiting(scene)
        assert lesson.kind is kind
        assert lesson.provenance is Provenance.MESSAGE
        assert lesson.source_message


async def test_a_marker_with_nothing_after_it_is_explained(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        reply = await scene.ask("[Learn]")

        assert "after [Learn]" in text_of(reply)


FILES = [
    ("faq.csv", f"question,answer\n{QUESTION},{ANSWER}\n,lost\n"),
    ("faq.jsonl", f'{{"question": "{QUESTION}", "answer": "{ANSWER}"}}\nnot json\n'),
]


@pytest.mark.parametrize(("name", "content"), FILES)
@pytest.mark.parametrize("way", ["form", "command"])
async def test_a_file_of_lessons_waits_for_review(tmp_path, name, content, way):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people, file = scene.people, (name, content.encode())

        if way == "form":
            form = await people.moderator.slash(people.general, "teach file")
            told = await people.moderator.submit_modal(form, {"file": file})
        else:
            told = await people.moderator.slash(
                people.general, "myna import", file=file
            )

        lessons = await waiting(scene)
        assert {each.provenance for each in lessons} == {Provenance.UPLOAD}
        assert told.ephemeral
        assert "1 lesson" in reply_of(told)
        assert "line " in reply_of(told)
        assert len(lessons) == 1
        assert len(scene.cards()) == 1


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (("faq.pdf", b"%PDF"), "faq.pdf is not a PDF"),
        (("faq.jsonl", b"\xff\xfe"), "faq.jsonl is not UTF-8"),
        (("faq.txt", b"\xff\xfe"), "faq.txt holds no text"),
        (("faq.txt", b"owls\n" * 5_000_000), "larger than 20 MB"),
    ],
)
async def test_a_file_that_cannot_be_read_is_explained(tmp_path, file, told):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people

        result = await people.moderator.slash(people.general, "myna import", file=file)

        assert told in reply_of(result)


async def test_lessons_are_imported_by_moderators_after_setup_in_open_channels(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        people, file = scene.people, ("faq.csv", f"text\n{FACT}\n".encode())

        async def import_as(person, channel):
            return reply_of(await person.slash(channel, "myna import", file=file))

        assert "/myna setup" in await import_as(people.admin, people.general)
        await scene.set_up()
        assert "may not" in await import_as(people.member, people.general)
        assert "open to all" in await import_as(people.admin, people.private)
        assert await waiting(scene) == []
