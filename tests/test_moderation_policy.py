"""Tests of the train gate, row by row of its table."""

import pytest

from moderation.policy import may_train, strictest
from moderation.provenance import SERVER_WIDE, Provenance, Scope

ALWAYS = {Provenance.WEB, Provenance.AUTHORED, Provenance.OPERATOR_FILE}
TYPED = {Provenance.TYPED, Provenance.UPLOAD}
NO_LEAVE = {"discord": "", "slack": ""}


@pytest.mark.parametrize(
    ("platform", "granted"),
    [
        ("terminal", set(Provenance)),
        ("discord", ALWAYS | TYPED),
        ("slack", ALWAYS),
        ("somewhere new", ALWAYS),
    ],
)
def test_each_platform_lets_through_the_provenances_of_its_column(platform, granted):
    passed = {
        provenance
        for provenance in Provenance
        if may_train(provenance, platform, SERVER_WIDE, permissions=NO_LEAVE).granted
    }

    assert passed == granted


@pytest.mark.parametrize("platform", ["terminal", "discord", "slack"])
@pytest.mark.parametrize("provenance", Provenance)
def test_a_lesson_for_one_channel_never_reaches_weights(platform, provenance):
    leave = {"discord": "REF-1", "slack": "REF-2"}

    gate = may_train(provenance, platform, Scope("c1"), permissions=leave)

    assert not gate.granted


def test_a_permission_opens_the_gate_of_its_own_platform_only():
    leave = {"discord": "REF-1"}

    discord, slack = (
        may_train(Provenance.MESSAGE, platform, SERVER_WIDE, permissions=leave)
        for platform in ("discord", "slack")
    )

    assert discord.granted
    assert "REF-1" in discord.reason
    assert not slack.granted


def test_a_blank_permission_opens_nothing():
    gate = may_train(
        Provenance.MESSAGE, "discord", SERVER_WIDE, permissions={"discord": "  "}
    )

    assert not gate.granted


def test_a_closed_gate_says_that_memory_still_answers():
    gate = may_train(Provenance.TYPED, "slack", SERVER_WIDE, permissions={})

    assert "memory" in gate.reason


def test_a_lesson_takes_the_strictest_provenance_of_its_fields():
    fields = Provenance.AUTHORED, Provenance.MESSAGE, Provenance.TYPED

    assert strictest(*fields) is Provenance.MESSAGE
