"""Rendering: cards and sentences as Block Kit, and Slack's own text as plain text."""

import re
from collections.abc import Sequence
from typing import Any

from bot.cards import Button, Card, Style
from bot.splitting import split
from bot.vocabulary import USAGE

Json = dict[str, Any]

MAX_SECTION = 3000
MAX_HEADER = 150
MAX_SECTIONS = 40
"""A message holds 50 blocks; some are left for titles and buttons."""
MAX_TEXT = 4000
MAX_MARKDOWN = 11_000
"""A message's markdown blocks hold 12,000 characters together."""

_STYLES = {Style.GOOD: "primary", Style.BAD: "danger"}
_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_COMMAND = re.compile(
    r"(?<![\w/])/(?={})".format(
        "|".join(rf"{name[1:]}\b" for name in USAGE if name != "/teach")
    )
)


def escape(text: str) -> str:
    """Write a text so that Slack finds no mention, link or call in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Read what Slack stored of a typed text: links, names and escapes undone."""
    text = _MARK.sub(_unmarked, text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def unescape(text: str) -> str:
    """Undo the escapes alone, so that `<#C1|general>` still names its channel."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def spelled(text: str) -> str:
    """Name our commands as they are typed in Slack: `/myna review`."""
    return _COMMAND.sub("/myna ", text)


def said(text: str) -> Json:
    """Return a message of sentences, as long as Slack takes it."""
    return {"text": escape(text)[:MAX_TEXT], "blocks": sections(text)}


def card_message(card: Card, server: str = "") -> Json:
    """Return a card as a message's text and blocks.

    `server` is kept beside its buttons, for whoever has to know whose lesson it is.
    """
    blocks = card_blocks(card, server)
    return {"text": escape(card.plain)[:MAX_TEXT], "blocks": blocks}


def card_blocks(card: Card, server: str = "") -> list[Json]:
    """Return a card's title, text, facts and buttons, in that order."""
    blocks = [_header(card.title)]
    if card.text:
        blocks += sections(card.text)
    if card.facts:
        blocks += sections_of(
            "\n".join(
                f"*{escape(name)}:* {escape(value)}" for name, value in card.facts
            )
        )
    if card.buttons:
        row = buttons(card.buttons)
        blocks.append({**row, "block_id": server} if server else row)
    return blocks


def buttons(of: Sequence[Button]) -> Json:
    """Return a row of buttons: the verb is the action, the target its value."""
    return {"type": "actions", "elements": [_button(each) for each in of]}


def context(text: str) -> Json:
    """Return a small grey line."""
    element = {"type": "mrkdwn", "text": escape(text)[:MAX_SECTION]}
    return {"type": "context", "elements": [element]}


def sections(text: str) -> list[Json]:
    """Return a text of any length as paragraphs, cut where a message would burst."""
    return sections_of(escape(text))


def sections_of(markup: str) -> list[Json]:
    """Return escaped markup as paragraphs."""
    parts = split(markup, MAX_SECTION)[:MAX_SECTIONS]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": part}}
        for part in parts
        if part
    ]


def answer_message(text: str, blocks: Sequence[Json]) -> Json:
    """Return an answer, whose words may be Markdown, with what stands under it."""
    body = {"type": "markdown", "text": escape(text)[:MAX_MARKDOWN] or " "}
    return {"text": escape(text)[:MAX_TEXT], "blocks": [body, *blocks]}


def _header(title: str) -> Json:
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": title[:MAX_HEADER], "emoji": False},
    }


def _button(button: Button) -> Json:
    element = {
        "type": "button",
        "action_id": button.verb.value,
        "text": {"type": "plain_text", "text": button.label},
        "value": button.target or "-",
    }
    style = _STYLES.get(button.style)
    return {**element, "style": style} if style else element


def _unmarked(match: re.Match[str]) -> str:
    kind, target, label = match.groups()
    if kind == "#":
        return f"#{label or target}"
    if kind == "@":
        return f"@{label or target}"
    if kind == "!":
        return f"@{target.partition('^')[0]}"
    return target.removeprefix("mailto:") if target else label or ""
