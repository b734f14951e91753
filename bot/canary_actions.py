"""What the commands about canaries do with the core, and how their results read."""

from dataclasses import asdict

from bot import canary_phrases
from bot.chat import Chat
from bot.messages import Refused
from bot.outcome import Outcome, OutcomeKind, refused
from bot.vocabulary import AddCanary


async def add(chat: Chat, command: AddCanary) -> Outcome:
    """Guard an answer."""
    result = await chat.core.add_canary(
        chat.server, chat.actor, command.question, command.answer
    )
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.CANARIES,
        canary_phrases.added(result),
        extra={"canaries": [asdict(result)]},
    )


async def show(chat: Chat) -> Outcome:
    """List what is guarded."""
    found = await chat.core.canaries(chat.server, chat.actor)
    if isinstance(found, Refused):
        return refused(found)
    return Outcome(
        OutcomeKind.CANARIES,
        canary_phrases.canaries(found),
        extra={"canaries": [asdict(each) for each in found]},
    )


async def remove(chat: Chat, canary: int) -> Outcome:
    """Guard an answer no longer; raises NotFoundError."""
    result = await chat.core.remove_canary(chat.server, chat.actor, canary)
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(OutcomeKind.CANARIES, canary_phrases.removed(result))
