"""A chat: each line does its one thing, and whatever goes wrong is a sentence."""

import json
from dataclasses import fields, replace

import pytest

from bot.messages import Actor, Learned
from bot.outcome import from_json
from learning.errors import EngineError
from learning.exam import Scorecard
from learning.forgetting_curve import Remembered
from learning.run import RunKind
from moderation.roles import Role
from tests.fakes_terminal import FakeCore, StillClock, a_lesson, a_session

MEMBER = Actor("u2", "Bo", Role.MEMBER)


@pytest.fixture
def core():
    return FakeCore()


async def run(core, *lines, **choices):
    session = a_session(core, **choices)
    outcomes = [await session.execute(line) for line in lines]
    return outcomes[-1]


async def test_an_abstention_is_a_result_and_not_a_failure(core):
    outcome = await run(core, "Who runs Orion?")

    assert (outcome.kind, outcome.ok, outcome.abstained) == ("answer", True, True)
    assert outcome.error is None


async def test_an_answer_names_its_lessons_notes_and_adapter(core):
    outcome = await run(core, "/teach fact: Ana runs Orion.", "/approve 1", "Who?")

    assert outcome.text == "Ana runs Orion."
    assert outcome.lessons[0] == {
        "id": 1,
        "author": "Ada",
        "text": "Ana runs Orion.",
        "in_memory": True,
        "source": "",
    }
    assert outcome.notes == outcome.lessons
    assert outcome.adapter == "home/3"
    assert outcome.seconds_to_first_token == 0.25
    assert outcome.source == "[lesson 1, taught by you · in memory]"


async def test_a_taught_lesson_waits_for_review(core):
    outcome = await run(core, "/teach question: Who? answer: Ana.")

    assert (outcome.kind, outcome.ok) == ("taught", True)
    assert outcome.lessons[0]["state"] == "pending"
    assert "waiting for review" in outcome.text


async def test_a_lesson_that_screening_refuses_is_a_result(core):
    outcome = await run(core, "/teach fact: the password is x")

    assert (outcome.kind, outcome.ok) == ("refused", True)
    assert outcome.extra["findings"] == ["It holds a secret."]


async def test_what_a_role_may_not_do_is_a_failed_command(core):
    outcome = await run(core, "/teach fact: Ana runs Orion.", actor=MEMBER)

    assert (outcome.kind, outcome.ok) == ("refused", False)
    assert outcome.error == outcome.text


async def test_the_queue_is_shown_with_its_findings(core):
    outcome = await run(core, "/teach fact: damn", "/review")

    assert outcome.kind == "review"
    assert outcome.lessons[0]["findings"] == ["It swears."]
    assert "hold: It swears." in outcome.text


async def test_several_approvals_leave_what_is_held_or_replaces_another(core):
    taught = ["/teach fact: a", "/teach fact: damn", "/teach fact: c"]
    session = a_session(core)
    for line in taught:
        await session.execute(line)
    core.waiting[3] = replace(core.waiting[3], lesson=a_lesson(3, supersedes=1))

    outcome = await session.execute("/approve 1-3")

    assert list(core.known) == [1]
    assert outcome.extra["held"] == [2, 3]
    assert outcome.ok
    assert "/approve 2" in outcome.text


async def test_a_held_lesson_is_approved_by_itself(core):
    outcome = await run(core, "/teach fact: damn", "/approve 1")

    assert outcome.kind == "reviewed"
    assert list(core.known) == [1]


async def test_one_missing_lesson_does_not_keep_the_rest_from_approval(core):
    outcome = await run(core, "/teach fact: a", "/approve 1 7")

    assert list(core.known) == [1]
    assert (outcome.kind, outcome.ok) == ("reviewed", False)
    assert outcome.error == "There is no lesson 7 here."


async def test_approving_all_says_what_is_held(core):
    outcome = await run(core, "/teach fact: a", "/teach fact: damn", "/approve all")

    assert [each["id"] for each in outcome.lessons] == [1]
    assert outcome.extra["held"] == [2]


async def test_a_rejection_is_a_result_with_its_reason(core):
    outcome = await run(core, "/teach fact: a", "/reject 1 reason: it is wrong")

    assert (outcome.kind, outcome.ok) == ("reviewed", True)
    assert core.calls[-1].reason == "it is wrong"
    assert "it is wrong" in outcome.text


async def test_an_edit_changes_only_the_fields_it_names(core):
    await run(core, "/teach fact: a", "/edit 1 text: b")

    assert core.calls[-1] == (1, {"question": None, "answer": None, "text": "b"})


def a_learned(*, promoted):
    card = Scorecard(
        **{each.name: 0.5 for each in fields(Scorecard) if each.name != "lessons"},
        lessons=(),
    )
    return Learned(
        promoted=promoted,
        reason="It forgot what it knew.",
        run="r1",
        kind=RunKind.WARM,
        adapter="home/3",
        lessons=(1, 2),
        not_taken=(2,),
        before=card,
        after=card,
        seconds=3.0,
    )


@pytest.mark.parametrize("promoted", [True, False])
async def test_a_refused_promotion_is_a_result_like_a_granted_one(core, promoted):
    core.learned = a_learned(promoted=promoted)

    outcome = await run(core, "/learn")

    assert (outcome.kind, outcome.ok) == ("learned", True)
    assert outcome.extra["promoted"] is promoted
    assert outcome.extra["not_taken"] == [2]
    assert outcome.extra["scorecard"]["before"]["recall"] == 0.5
    assert from_json(json.loads(json.dumps(outcome.to_json()))).text == outcome.text


async def test_having_nothing_to_learn_is_a_result(core):
    outcome = await run(core, "/learn")

    assert (outcome.kind, outcome.ok) == ("learned", True)
    assert outcome.extra["promoted"] is False


async def test_a_member_who_may_not_learn_has_failed(core):
    outcome = await run(core, "/learn", actor=MEMBER)

    assert (outcome.kind, outcome.ok) == ("refused", False)


async def test_learn_fresh_starts_over(core):
    await run(core, "/learn fresh")

    assert core.calls == [RunKind.FRESH]


async def test_forgetting_says_which_adapters_left(core):
    outcome = await run(core, "/teach fact: a", "/approve 1", "/forget 1 2")

    assert outcome.extra["withdrawn"] == ["home/3"]
    assert (outcome.kind, outcome.ok) == ("forgotten", False)
    assert "There is no lesson 2" in outcome.error


async def test_rollback_names_both_adapters(core):
    outcome = await run(core, "/rollback")

    assert (outcome.kind, outcome.adapter) == ("rolled_back", "home/2")
    assert outcome.extra["before"] == "home/3"


async def test_a_version_that_does_not_exist_is_an_error(core):
    outcome = await run(core, "/rollback 9")

    assert (outcome.kind, outcome.ok) == ("error", False)
    assert outcome.error == "There is no adapter 9 here. (/history)"


async def test_memory_and_adapter_hold_for_the_questions_that_follow(core):
    await run(core, "/memory off", "/adapter 2", "Who?")

    assert (core.questions[-1].memory, core.questions[-1].adapter) == (False, "2")


async def test_an_export_can_be_imported_again(core, tmp_path):
    outcome = await run(
        core,
        "/teach fact: a",
        "/approve 1",
        "/export mine.jsonl",
        "/import mine.jsonl",
        folder=tmp_path,
    )

    assert outcome.kind == "imported"
    assert [each["text"] for each in outcome.lessons] == ["a"]


async def test_an_export_without_a_file_is_in_the_text(core):
    outcome = await run(core, "/teach fact: a", "/approve 1", "/export")

    assert json.loads(outcome.text) == {"text": "a"}


async def test_an_export_overwrites_nothing(core, tmp_path):
    (tmp_path / "mine").write_text("precious")

    outcome = await run(core, "/export mine", folder=tmp_path)

    assert "exists already" in outcome.error
    assert (tmp_path / "mine").read_text() == "precious"


async def test_a_file_that_is_not_there_is_an_error(core, tmp_path):
    outcome = await run(core, "/import gone.csv", folder=tmp_path)

    assert not outcome.ok
    assert "gone.csv" in outcome.error


async def test_a_malformed_command_is_an_error_with_its_form(core):
    outcome = await run(core, "/teach")

    assert (outcome.kind, outcome.ok) == ("error", False)
    assert "/teach question:" in outcome.error


async def test_an_error_of_ours_becomes_its_sentence(core):
    core.breaks = EngineError("The model did not answer; try again.")

    outcome = await run(core, "Who?")

    assert outcome.error == "The model did not answer; try again."


async def test_an_unforeseen_error_becomes_a_short_id_that_hides_its_words(core):
    core.breaks = RuntimeError("secret detail")

    outcome = await run(core, "Who?")

    assert outcome.text.startswith("Something broke, id ")
    assert "secret" not in outcome.text
    assert not outcome.ok


async def test_people_are_told_what_became_of_their_lessons(core):
    core.told = ["Your lesson 1 was approved: a"]

    outcome = await run(core, "/status")

    assert outcome.notices == ("Your lesson 1 was approved: a",)


async def test_every_outcome_has_the_same_fields_and_survives_its_json(core):
    for line in ("Who?", "/teach fact: a", "/review", "/help", "/nonsense", "/quit"):
        outcome = await a_session(core, clock=StillClock()).execute(line)

        fields = json.loads(json.dumps(outcome.to_json()))

        assert {"kind", "ok", "text", "abstained", "lessons", "notes"} <= set(fields)
        assert from_json(fields) == outcome


async def test_why_names_the_lesson_and_the_adapter(core):
    outcome = await run(core, "/teach fact: a", "/approve 1", "Who?", "/why")

    assert outcome.kind == "why"
    assert outcome.adapter == "home/3"
    assert outcome.lessons[0]["id"] == 1


async def test_why_before_any_answer_is_no_failure(core):
    outcome = await run(core, "/why")

    assert outcome.ok


async def test_the_history_tells_how_well_lessons_are_remembered(core):
    core.curve = (Remembered(0, 3, 4),)

    history = await run(core, "/history")

    assert history.text.endswith("\nRemembered: just learned 75% (3 of 4)")
    assert history.extra["remembered"] == [{"runs_later": 0, "passed": 3, "asked": 4}]


async def test_lessons_history_and_status_are_lists_people_can_read(core):
    found = await run(core, "/teach fact: raid", "/approve 1", "/lessons raid")
    history = await run(core, "/history")
    status = await run(core, "/status")

    assert [each["id"] for each in found.lessons] == [1]
    assert history.extra["events"][0]["at"] == "2027-01-31T12:00:00+00:00"
    assert status.extra["status"]["known"] == 1
