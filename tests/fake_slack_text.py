"""What people type as Slack stores it, and what they read on a message or a view."""

import re

from tests.fake_slack_limits import elements


def typed(text: str) -> str:
    """Write what a person typed as Slack stores it: escaped, with links marked."""
    parts = re.split(r"(<(?:[@#!]|https?:)[^>]*>|https?://[^\s<>]+)", text)
    return "".join(_typed(part) for part in parts)


def _typed(part: str) -> str:
    if part.startswith(("<@", "<#", "<!", "<http")):
        return part
    escaped = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{escaped}>" if part.startswith(("http://", "https://")) else escaped


def shown(surface: dict) -> str:
    """Return all that a person reads on a message, an ephemeral or a view."""
    parts = [surface.get("title"), surface.get("blocks"), surface.get("submit")]
    return "\n".join(_texts(parts)) or surface.get("text", "")


def _texts(part):
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for name in (
            "title",
            "label",
            "hint",
            "text",
            "fields",
            "element",
            "accessory",
        ):
            value = part.get(name)
            if isinstance(value, str):
                yield value
            elif value:
                yield from _texts(value)
        for name in ("elements", "options", "blocks", "positive_button"):
            yield from _texts(part.get(name, []))
        yield from _texts(part.get("negative_button", []))
        if isinstance(part.get("initial_value"), str):
            yield part["initial_value"]


def buttons(surface: dict) -> list[dict]:
    """Return every element a person can use on a message or a view, in order."""
    return list(elements(surface.get("blocks", [])))
