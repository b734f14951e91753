"""Forms for what takes several lines: a rule's examples, a dialogue, a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import examples, phrases
from bot.discord_app import tool_forms
from bot.discord_app.forms import Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell, told
from bot.discord_app.teaching import said, teach
from bot.messages import Correction
from bot.vocabulary import Teach
from learning.lesson import Lesson, LessonKind

if TYPE_CHECKING:
    from collections.abc import Mapping


async def open_rule(interaction: Interaction) -> None:
    """Let somebody write a rule and show it at work."""

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        shown = examples.read_lines(typed["examples"])
        rule = Teach(LessonKind.RULE, text=typed["text"], examples=shown)
        await teach(again, rule)

    fields = [
        Field("text", "The rule"),
        Field("examples", phrases.examples_label()),
    ]
    await interaction.response.send_modal(Form("Teach a rule", fields, sent))


async def open_dialogue(interaction: Interaction) -> None:
    """Let somebody write how a conversation should go."""

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await teach(again, Teach(LessonKind.DIALOGUE, text=typed["text"]))

    fields = [Field("text", phrases.dialogue_label(), phrases.dialogue_begun())]
    await interaction.response.send_modal(Form("Teach a dialogue", fields, sent))


async def open_correction(interaction: Interaction, number: int) -> None:
    """Show an approved lesson's words to be put right."""
    async with told(interaction):
        visit = await visit_of(interaction)
        detail = await visit.core.lesson(
            visit.place.server, number, channel=visit.place.channel, actor=visit.actor
        )

        async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
            await _correct(again, _correction(number, typed))

        async def sent_tool(again: Interaction, text: str) -> None:
            await _correct(again, Correction(number, text=text, examples=()))

        title, lesson = f"Correct lesson {number}", detail.lesson
        if lesson.kind is LessonKind.TOOL:
            form = tool_forms.form_of(title, lesson, sent_tool)
        else:
            form = Form(title, _fields(lesson), sent)
        await interaction.response.send_modal(form)


async def _correct(interaction: Interaction, correction: Correction) -> None:
    await defer(interaction)
    teacher = await visit_of(interaction)
    taught = await teacher.core.correct_lesson(
        teacher.place.server,
        teacher.actor,
        correction,
        channel=teacher.place.channel,
    )
    await tell(interaction, said(taught))


def _fields(lesson: Lesson) -> list[Field]:
    if lesson.kind is LessonKind.QA:
        return [
            Field("question", "Question", lesson.question),
            Field("answer", "Answer", lesson.answer),
        ]
    fields = [Field("text", "Text", lesson.text)]
    if lesson.kind is LessonKind.RULE:
        shown = examples.write_lines(lesson.examples)
        label = phrases.examples_label()
        fields.append(Field("examples", label, shown, required=False))
    return fields


def _correction(number: int, typed: Mapping[str, str]) -> Correction:
    words = {name: value for name, value in typed.items() if name != "examples"}
    shown = typed.get("examples")
    return Correction(
        number,
        **words,
        examples=None if shown is None else examples.read_lines(shown),
    )
