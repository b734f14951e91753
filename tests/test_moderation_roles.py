"""Tests of who may do what, and who may see a lesson."""

import pytest

from moderation.provenance import SERVER_WIDE, Scope
from moderation.roles import Permission, Role, may


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.MEMBER, {Permission.ASK}),
        (Role.TEACHER, {Permission.ASK, Permission.TEACH}),
        (Role.MODERATOR, set(Permission) - {Permission.CONFIGURE}),
        (Role.ADMIN, set(Permission)),
    ],
)
def test_a_role_holds_its_permissions_and_those_of_the_roles_below(role, permissions):
    assert {each for each in Permission if may(role, each)} == permissions


def test_a_lesson_for_one_channel_is_seen_in_that_channel_only():
    scope = Scope("raids")

    assert not scope.is_server_wide
    assert scope.admits("raids")
    assert not scope.admits("general")
    assert not scope.admits(None)


def test_a_lesson_for_the_server_is_seen_everywhere():
    assert SERVER_WIDE.admits("raids")
    assert SERVER_WIDE.admits(None)
