"""What Myna says of tools beside their cards: confirming a call, secrets, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import SecretInfo
    from learning.tool import Tool


def do_it() -> str:
    return "Do it"


def leave_it() -> str:
    return "Leave it"


def how_to_confirm(call: str) -> str:
    return f"/confirm does it, /cancel leaves it. (call {call})"


def nothing_to_confirm() -> str:
    return "Nothing waits to be confirmed here; ask again, and confirm what I show."


def how_to_write_secrets() -> str:
    return (
        "Write /secret NAME HOST, such as /secret STATUS_KEY status.example.org, and"
        " the value where nobody sees it, once you are asked; or /secret remove NAME."
    )


def secrets(of: Sequence[SecretInfo]) -> str:
    if not of:
        return f"No secret is stored here. {how_to_write_secrets()}"
    return "\n".join(map(secret, of))


def secret(of: SecretInfo) -> str:
    return f"{of.name}, sent to {of.host} only, set on {of.set_at:%Y-%m-%d}"


def secret_form() -> str:
    return "Store a secret"


def value_label(name: str) -> str:
    return f"The value of {name}"


def value_hint(host: str) -> str:
    return f"Stored encrypted, sent to {host} only, and shown to nobody again."


def no_value() -> str:
    return "Nothing was typed; no secret was stored."


def value_belongs_in_the_form() -> str:
    return (
        "Leave the value out of the command, and change it now: chats keep what is"
        " typed. Write /secret NAME HOST; a form asks for the value."
    )


def too_long_for_a_form(lesson: int) -> str:
    return (
        f"Lesson {lesson} is too long for a form; reject it, and import it again as a"
        " file with its new words."
    )


def tool_form() -> str:
    return "Teach a tool"


def write_it_again() -> str:
    return "Write it again"


def tool_kind() -> str:
    return "A tool: something to call"


def asks_first(tool: Tool) -> str:
    if tool.asks_first:
        return "before each call"
    return f"never: it {reads(tool)}"


def reads(tool: Tool) -> str:
    """Say what makes asking needless: HTTP's method says it, or else a person."""
    return "is said to read only" if tool.endpoint.is_mcp else "only reads"
