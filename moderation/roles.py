"""Who may do what on a server."""

from enum import IntEnum, StrEnum


class Role(IntEnum):
    """What somebody is on a server; each role may do all that the one before may."""

    MEMBER = 0
    TEACHER = 1
    MODERATOR = 2
    ADMIN = 3


class Permission(StrEnum):
    """One thing that a person may or may not be allowed to do."""

    ASK = "ask"
    TEACH = "teach"
    REVIEW = "review"
    RUN = "run"
    CONFIGURE = "configure"


NEEDED = {
    Permission.ASK: Role.MEMBER,
    Permission.TEACH: Role.TEACHER,
    Permission.REVIEW: Role.MODERATOR,
    Permission.RUN: Role.MODERATOR,
    Permission.CONFIGURE: Role.ADMIN,
}


def may(role: Role, permission: Permission) -> bool:
    """Say whether somebody of this role holds this permission."""
    return role >= NEEDED[permission]
