"""What Discord's platform says by itself, beside the sentences of bot.phrases."""

import re

_COMMANDS = (
    "approve|ask|config|documents?|edit|export|forget|help|history|import|learn|lessons?|"
    "privacy|reject|research|review|rollback|setup|status|watch|why|widen"
)
_TYPED = re.compile(rf"(?<![\w/])/({_COMMANDS})\b")

_SECRET = re.compile(r"(?<![\w/])/secret (?!list|remove|set)")


def here(sentence: str) -> str:
    """Name commands as they are on Discord: /review is /myna review.

    For Myna's own sentences only, never for what people wrote.
    """
    sentence = _SECRET.sub("/secret set ", sentence.replace("/secrets", "/secret list"))
    return _TYPED.sub(r"/myna \1", sentence)


def bad_token() -> str:
    return (
        "Discord does not accept DISCORD_TOKEN. Get a token at"
        " https://discord.com/developers/applications: choose your application,"
        " Bot, Reset Token."
    )


def missing_intent() -> str:
    return (
        "Discord does not give this bot the message content that"
        " DISCORD_MESSAGE_CONTENT asks for. Switch on Message Content Intent at"
        " https://discord.com/developers/applications (your application, Bot), or"
        " leave the setting off."
    )


def unreachable(reason: str) -> str:
    return f"Discord cannot be reached: {reason}. Check this machine's network."


def threads_need_content() -> str:
    return (
        "In threads each question has to mention me: without Discord's message"
        " content intent, text that does not mention me never arrives. The operator"
        " can switch it on with DISCORD_MESSAGE_CONTENT."
    )


def not_a_member() -> str:
    return "I am not a member of this server; invite me with the bot scope."


def no_words() -> str:
    return "There is no text in that message that I could learn."


def pins_need_permission() -> str:
    return (
        "Discord does not let me read the pinned messages of this channel: give me"
        " the permissions View Channel and Read Message History here."
    )


def pins_need_content() -> str:
    return (
        "Discord hides the text of messages that do not mention me unless the"
        " operator switches Message Content Intent on (DISCORD_MESSAGE_CONTENT)."
    )


def words_hidden() -> str:
    return (
        "(Its words are for its own channel, and everybody sees this one."
        " /myna review shows them to moderators.)"
    )


def consent_given(name: str) -> str:
    return f"{name} agreed; a moderator decides next."


def consent_refused(name: str) -> str:
    return f"{name} said no; it is not learned."


def learning_in(link: str) -> str:
    return f"Learning: {link}"


def run_stopped() -> str:
    return "The run ended without a result"


def erase_label() -> str:
    return "Erase it all"


def not_your_button() -> str:
    return "Only the person who asked for it can do that."


def file_too_large(most: int) -> str:
    return f"That file is larger than {most // 1_000_000} MB; split it."


def forget_what() -> str:
    return "Name a lesson or a document, and not both."


def too_long_here() -> str:
    return "The rest is in the file."


def waits_no_longer(lesson: int) -> str:
    return f"Lesson {lesson} does not wait for review."


def rolled_back_by(name: str) -> str:
    return f"{name} rolled back."


def how_to_use() -> str:
    return (
        "Mention me, reply to me or write to me directly, and I answer. In a message's"
        " menu, Apps, Teach this teaches it; so does [Learn] in a message to me."
    )
