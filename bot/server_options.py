"""The settings of a server as people write and read them: `/config name value`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from learning.errors import CommandError
from moderation.review import OwnLessons, TwoPersons
from storage.servers import ServerSettings

MAX_PERSONA = 300
NOTHING = frozenset({"none", "default", "-"})

_ID = re.compile(r"<[#@!&]*(?:subteam\^)?(\w+)(?:\|[^>]*)?>|(?<![\w<])#?([\w-]+)")


@dataclass(frozen=True, slots=True)
class _Option:
    """One setting: what it is for, how it reads, and how it is written."""

    what: str
    show: Callable[[ServerSettings], str]
    change: Callable[[ServerSettings, str], ServerSettings]


def shown(settings: ServerSettings) -> list[tuple[str, str, str]]:
    """Return every setting's name, value and purpose."""
    return [
        (name, option.show(settings), option.what) for name, option in OPTIONS.items()
    ]


def changed(settings: ServerSettings, name: str, value: str) -> ServerSettings:
    """Return the settings with one of them changed. Raises CommandError."""
    option = OPTIONS.get(name)
    if option is None:
        names = ", ".join(OPTIONS)
        raise CommandError(f"There is no setting {name[:40]}; there are {names}.")
    return option.change(settings, value.strip())


def ids(text: str) -> list[str]:
    """Return the ids in a text: `<#C12>`, `<@&34>`, `<#C12|name>` or bare ones."""
    if text.strip().lower() in NOTHING:
        return []
    return [match[1] or match[2] for match in _ID.finditer(text)]


def _hour(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() in NOTHING:
        return replace(settings, nightly_hour=None)
    if not re.fullmatch(r"[0-9]{1,2}", value) or int(value) > 23:  # noqa: PLR2004
        raise CommandError("nightly-hour is a whole hour from 0 to 23.")
    return replace(settings, nightly_hour=int(value))


def _zone(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() in NOTHING:
        return replace(settings, time_zone=None)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as exc:
        raise CommandError(
            f"{value[:40]} is no time zone; write one like Europe/Berlin."
        ) from exc
    return replace(settings, time_zone=value)


def _minimum(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() in NOTHING:
        return replace(settings, minimum_new_lessons=None)
    if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
        raise CommandError("minimum-lessons is a number from 1 to 999.")
    return replace(settings, minimum_new_lessons=int(value))


def _review_channel(settings: ServerSettings, value: str) -> ServerSettings:
    return replace(settings, review_channel=next(iter(ids(value)), ""))


def _learning_channels(settings: ServerSettings, value: str) -> ServerSettings:
    return replace(settings, learning_channels=tuple(ids(value)))


def _moderators(settings: ServerSettings, value: str) -> ServerSettings:
    roles = replace(settings.roles, moderators=frozenset(ids(value)))
    return replace(settings, roles=roles)


def _teachers(settings: ServerSettings, value: str) -> ServerSettings:
    everyone = value.lower() in NOTHING | {"everyone"}
    chosen = frozenset() if everyone else frozenset(ids(value))
    roles = replace(settings.roles, teachers=chosen, everyone_teaches=everyone)
    return replace(settings, roles=roles)


def _threads(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() not in {"mention", "follow"}:
        raise CommandError(
            "threads is `mention` (each question mentions me) or `follow`"
            " (in a thread that I answered in, none need)."
        )
    return replace(settings, follow_threads=value.lower() == "follow")


def _persona(settings: ServerSettings, value: str) -> ServerSettings:
    if len(value) > MAX_PERSONA:
        raise CommandError(f"A persona has at most {MAX_PERSONA} characters.")
    return replace(settings, persona="" if value.lower() in NOTHING else value)


def _trusted(settings: ServerSettings, value: str) -> ServerSettings:
    roles = replace(settings.roles, trusted=frozenset(ids(value)))
    return replace(settings, roles=roles)


def _two_persons(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() not in set(TwoPersons):
        raise CommandError(
            "two-person-review is `on`, `off` or `auto` (on where two moderators"
            " decided something in the last 90 days)."
        )
    review = replace(settings.review, two_persons=TwoPersons(value.lower()))
    return replace(settings, review=review)


def _own_lessons(settings: ServerSettings, value: str) -> ServerSettings:
    if value.lower() not in set(OwnLessons):
        raise CommandError(
            "own-lessons is `allow`, `refuse` or `auto` (refused where another"
            " moderator decided something in the last 90 days)."
        )
    review = replace(settings.review, own_lessons=OwnLessons(value.lower()))
    return replace(settings, review=review)


def _largest_share(settings: ServerSettings, value: str) -> ServerSettings:
    number = re.fullmatch(r"([1-9][0-9]?|100) ?%?", value)
    if number is None:
        raise CommandError("largest-share is a percentage from 1 to 100.")
    review = replace(settings.review, largest_share=int(number[1]))
    return replace(settings, review=review)


def _or_default(value: object) -> str:
    return "default" if value is None else str(value)


OPTIONS: Mapping[str, _Option] = {
    "review-channel": _Option(
        "where waiting lessons are shown",
        lambda s: s.review_channel or "none",
        _review_channel,
    ),
    "learning-channels": _Option(
        "where people may teach; none stands for everywhere",
        lambda s: " ".join(s.learning_channels) or "none",
        _learning_channels,
    ),
    "moderators": _Option(
        "roles or people who review and run",
        lambda s: " ".join(sorted(s.roles.moderators)) or "none",
        _moderators,
    ),
    "teachers": _Option(
        "roles or people who may teach; or everyone",
        lambda s: (
            "everyone"
            if s.roles.everyone_teaches
            else " ".join(sorted(s.roles.teachers)) or "moderators only"
        ),
        _teachers,
    ),
    "trusted": _Option(
        "roles or people whose unflagged lessons one click approves together",
        lambda s: " ".join(sorted(s.roles.trusted)) or "none",
        _trusted,
    ),
    "two-person-review": _Option(
        "auto, on or off: whether held lessons need two moderators",
        lambda s: s.review.two_persons.value,
        _two_persons,
    ),
    "own-lessons": _Option(
        "auto, allow or refuse: whether moderators approve their own",
        lambda s: s.review.own_lessons.value,
        _own_lessons,
    ),
    "largest-share": _Option(
        "per cent of all lessons that bulk approval gives one author or source",
        lambda s: f"{s.review.largest_share}%",
        _largest_share,
    ),
    "nightly-hour": _Option(
        "when it learns by itself", lambda s: _or_default(s.nightly_hour), _hour
    ),
    "time-zone": _Option(
        "such as Europe/Berlin", lambda s: _or_default(s.time_zone), _zone
    ),
    "minimum-lessons": _Option(
        "new lessons that a night needs",
        lambda s: _or_default(s.minimum_new_lessons),
        _minimum,
    ),
    "threads": _Option(
        "mention or follow: whether a thread needs a new mention",
        lambda s: "follow" if s.follow_threads else "mention",
        _threads,
    ),
    "persona": _Option(
        "how it should sound, in a sentence", lambda s: s.persona or "none", _persona
    ),
}
