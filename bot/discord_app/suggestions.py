"""Autocompletion: lessons with their words, adapter versions, names of settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from discord import app_commands

from bot import server_options
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.document_phrases import named
from bot.messages import Refused
from learning.errors import MynaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from learning.lesson import Lesson

MOST = 25
MAX_NAME = 100
_PROMOTED = re.compile(r"^adapter (\d+) promoted\b")


async def known_lessons(
    interaction: Interaction, typed: str
) -> list[app_commands.Choice[int]]:
    """Suggest approved lessons that may be seen in this channel."""
    try:
        visit = await visit_of(interaction)
        place = visit.place
        found = await visit.core.lessons(place.server, channel=place.channel)
    except MynaError:
        return []
    return _choices(found, typed)


async def waiting_lessons(
    interaction: Interaction, typed: str
) -> list[app_commands.Choice[int]]:
    """Suggest lessons that wait, to those who may review them."""
    try:
        visit = await visit_of(interaction)
        queue = await visit.core.queue(visit.place.server, visit.actor)
    except MynaError:
        return []
    if isinstance(queue, Refused):
        return []
    return _choices((waiting.lesson for waiting in queue), typed)


async def waiting_numbers(
    interaction: Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Suggest what can be approved or rejected, as text that may name several."""
    found = await waiting_lessons(interaction, typed)
    return [
        app_commands.Choice(name=each.name, value=str(each.value)) for each in found
    ]


async def documents(
    interaction: Interaction, typed: str
) -> list[app_commands.Choice[int]]:
    """Suggest documents to those who may review them, the newest first."""
    try:
        visit = await visit_of(interaction)
        found = await visit.core.documents(visit.place.server, visit.actor)
    except MynaError:
        return []
    if isinstance(found, Refused):
        return []
    labels = ((each.id, f"{each.id}. {named(each)}") for each in reversed(found))
    return [
        app_commands.Choice(name=_short(label), value=number)
        for number, label in labels
        if typed.casefold() in label.casefold()
    ][:MOST]


async def versions(
    interaction: Interaction, typed: str
) -> list[app_commands.Choice[int]]:
    """Suggest adapters that were promoted, the newest first."""
    try:
        visit = await visit_of(interaction)
        events = await visit.core.history(visit.place.server, limit=200)
    except MynaError:
        return []
    found: dict[int, str] = {}
    for event in events:
        if match := _PROMOTED.match(event.text):
            name = f"{match[1]}, promoted {event.at:%Y-%m-%d %H:%M}"
            found.setdefault(int(match[1]), name)
    return [
        app_commands.Choice(name=name, value=version)
        for version, name in found.items()
        if name.startswith(typed)
    ][:MOST]


async def setting_names(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Suggest the settings of a server, with what each is for."""
    shown = (
        (name, f"{name}: {option.what}")
        for name, option in server_options.OPTIONS.items()
    )
    return [
        app_commands.Choice(name=label[:MAX_NAME], value=name)
        for name, label in shown
        if typed.lower() in label.lower()
    ][:MOST]


def _choices(lessons: Iterable[Lesson], typed: str) -> list[app_commands.Choice[int]]:
    labels = ((each.id, f"{each.id}. {each.statement}") for each in lessons)
    return [
        app_commands.Choice(name=_short(label), value=number)
        for number, label in labels
        if typed.casefold() in label.casefold()
    ][:MOST]


def _short(label: str) -> str:
    line = " ".join(label.split())
    return line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - 1]}…"
