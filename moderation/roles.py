"""Who may do what on a server."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(IntEnum):
    """What somebody is on a server; each role may do all that the one before may."""

    MEMBER = 0
    TEACHER = 1
    TRUSTED = 2
    """A teacher whose unflagged lessons one click approves together."""
    MODERATOR = 3
    ADMIN = 4


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


@dataclass(frozen=True, slots=True)
class RoleMap:
    """Which of a platform's roles or people are what on this server."""

    moderators: frozenset[str] = frozenset()
    """Ids of roles, groups or people."""
    teachers: frozenset[str] = frozenset()
    everyone_teaches: bool = True
    """Whether everybody may propose lessons; a moderator reviews them anyway."""
    trusted: frozenset[str] = frozenset()
    """Trusted teachers."""


def may(role: Role, permission: Permission) -> bool:
    """Say whether somebody of this role holds this permission."""
    return role >= NEEDED[permission]


def role_of(ids: Collection[str], roles: RoleMap, *, is_admin: bool) -> Role:
    """Return what somebody is who has these ids: their own, their roles', groups'."""
    if is_admin:
        return Role.ADMIN
    if not roles.moderators.isdisjoint(ids):
        return Role.MODERATOR
    if not roles.trusted.isdisjoint(ids):
        return Role.TRUSTED
    if roles.everyone_teaches or not roles.teachers.isdisjoint(ids):
        return Role.TEACHER
    return Role.MEMBER
