"""What the commands about one's own server and one's own data do, and how they read."""

from bot import phrases, server_options
from bot.chat import Chat
from bot.messages import Refused
from bot.outcome import Outcome, OutcomeKind, refused, views
from bot.vocabulary import Config, Privacy, PrivacyWish


async def set_up(chat: Chat, review_channel: str) -> Outcome:
    """Let the server begin to learn."""
    ids = server_options.ids(review_channel)
    channel = next(iter(ids), chat.channel or "")
    result = await chat.core.set_up(chat.server, chat.actor, review_channel=channel)
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.SETTING, phrases.set_up(result), extra={"review_channel": channel}
    )


async def config(chat: Chat, command: Config) -> Outcome:
    """Show the server's settings, or change one; raises CommandError."""
    settings = await chat.core.settings(chat.server)
    if not command.name:
        shown = server_options.shown(settings)
        return Outcome(
            OutcomeKind.SETTING,
            phrases.settings(shown),
            extra={"settings": {name: value for name, value, _ in shown}},
        )
    if reason := chat.unsupported.get(command.name):
        return refused(Refused(reason))
    changed = server_options.changed(settings, command.name, command.value)
    result = await chat.core.configure(changed, chat.actor)
    if isinstance(result, Refused):
        return refused(result)
    values = {name: value for name, value, _ in server_options.shown(result)}
    return Outcome(
        OutcomeKind.SETTING,
        phrases.setting_changed(command.name, values[command.name]),
        extra={"settings": values},
    )


async def privacy(chat: Chat, command: Privacy) -> Outcome:
    """Show, export or delete what is stored about the asker; or opt out."""
    core, server, person = chat.core, chat.server, chat.actor.id
    match command.wish:
        case PrivacyWish.EXPORT:
            text = await core.export_person(server, person)
            return Outcome(OutcomeKind.EXPORTED, text, extra={"count": 1, "path": None})
        case PrivacyWish.DELETE if command.confirmed:
            gone = await core.delete_person(server, person)
            return Outcome(OutcomeKind.PRIVACY, phrases.deleted(gone))
        case PrivacyWish.OPT_OUT | PrivacyWish.OPT_IN:
            out = command.wish is PrivacyWish.OPT_OUT
            await core.opt_out(server, person, opted_out=out)
            return Outcome(OutcomeKind.PRIVACY, phrases.opted(opted_out=out))
    report = await core.privacy(server, person)
    asks = command.wish is PrivacyWish.DELETE
    told = phrases.confirm_delete(report) if asks else phrases.privacy(report)
    return Outcome(OutcomeKind.PRIVACY, told, lessons=views(report.lessons))
