"""What the terminal says by itself, beside the sentences of bot.phrases."""

from collections.abc import Mapping, Sequence

from learning.run import Progress


def greeting(server: str, waiting: int) -> str:
    """Open a chat: who answers here, and what to type."""
    queue = f" {waiting} waiting for review: /review." if waiting else ""
    return (
        f"This is Myna, on the server {server}. Ask me anything, or teach me:"
        f" /teach question: ... answer: ...\n"
        f"/help lists the commands, /quit leaves.{queue}"
    )


def progress(of: Progress) -> str:
    """Say in a line how far a run is."""
    parts = [of.text or of.stage]
    if of.total:
        parts.append(f"{of.done}/{of.total}")
    if of.loss is not None:
        parts.append(f"loss {of.loss:.3f}")
    if of.seconds_left is not None:
        parts.append(f"{round(of.seconds_left)} s left")
    return ", ".join(parts)


def memory_set(*, shown: bool) -> str:
    if shown:
        return "Memory is on: the model sees notes."
    return "Memory is off: only the model's weights answer."


def adapter_set(choice: str) -> str:
    match choice:
        case "current":
            return "The server's current adapter answers."
        case "off":
            return "No adapter: the base model answers."
        case _:
            return f"Adapter {choice} answers in this chat."


def exported(count: int, path: str) -> str:
    return f"{count} lessons written to {path}."


def value_of(name: str) -> str:
    """Ask for a secret's value; what is typed is not shown."""
    return f"Value of {name} (not shown): "


def stopped() -> str:
    return "Stopped."


def press_again() -> str:
    return "Press Ctrl-C again to leave, or type /quit."


def goodbye() -> str:
    return "Goodbye."


def broke(identifier: str) -> str:
    return f"Something broke, id {identifier}; the log has the details."


def serving(platforms: Sequence[str]) -> str:
    if platforms:
        return f"Serving {' and '.join(platforms)}. Ctrl-C stops it."
    return (
        "No platform: this process only schedules runs, and answers the command line"
        " through its socket. Ctrl-C stops it."
    )


def in_order(data_dir: str) -> str:
    return f"Everything is in order: settings, model, and {data_dir}."


def permissions(of: Mapping[str, str]) -> list[str]:
    """Name the leave to train that the operator says they hold."""
    return [
        f"Lessons from {platform} may be trained on: {reference}."
        for platform, reference in of.items()
        if reference
    ]
