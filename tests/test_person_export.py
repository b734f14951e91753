"""A person gets all that is stored about them, and nothing of anybody else."""

import json

from bot.messages import Actor, Decision, Ruling
from moderation.roles import Role
from tests.core_steps import MEMBER, ORION, SERVER, TEACHER, open_home
from tests.document_steps import FEES, brought

GWEN = Actor("g1", "Gwendolyn", Role.MODERATOR)
LYRA = "Which port does the Lyra gateway use?"
BOATS = "Where is the boat house?"


async def exported(home, person=GWEN):
    return json.loads(await home.core.export_person(SERVER, person.id))


async def test_everything_of_a_person_is_in_their_export(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved(LYRA, "Port 9090.", actor=GWEN)
        theirs = await home.teach(BOATS, "By the pier.")
        await home.core.decide(
            Decision(SERVER, GWEN, theirs, Ruling.REJECT, reason="It moved.")
        )
        await brought(home, FEES, actor=GWEN)
        reply = await home.ask(LYRA, actor=GWEN)
        await home.core.rate(SERVER, GWEN, reply.id, helpful=True)
        await home.core.learn(SERVER, GWEN)
        await home.core.opt_out(SERVER, GWEN.id, opted_out=True)

        found = await exported(home)

    mine, passage = found["lessons"]
    assert (mine["id"], mine["question"], mine["answer"]) == (
        lesson,
        LYRA,
        "Port 9090.",
    )
    assert (mine["state"], mine["author"]) == ("approved", "Gwendolyn")
    assert passage["text"] == FEES
    assert [each["title"] for each in found["documents"]] == ["Orion handbook"]
    [answer] = found["answers"]
    assert (answer["question"], answer["answer"]) == (LYRA, "Port 9090.")
    [thumb] = found["feedback"]
    assert (thumb["answer"], thumb["helpful"]) == (answer["id"], True)
    [review] = found["reviews"]
    assert (review["lesson"], review["state"]) == (theirs, "rejected")
    assert review["reason"] == "It moved."
    assert found["opted_out"] is True
    done = [each["action"] for each in found["journal"]]
    assert done[:2] == ["lesson.taught", "lesson.rejected"]
    assert {"run.queued", "adapter.promoted", "person.opted_out"} <= set(done)


async def test_nothing_of_others_is_in_it(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(ORION, "Priya Raman does.")
        reply = await home.ask(ORION, actor=MEMBER)
        await home.core.rate(SERVER, MEMBER, reply.id, helpful=False)
        await home.teach(LYRA, "Port 9090.", actor=GWEN)

        text = await home.core.export_person(SERVER, GWEN.id)

    assert "Priya" not in text
    assert "t1" not in text
    assert "u1" not in text


async def test_it_is_readable_and_in_the_letters_that_were_written(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach("Où est Zoë?", "À Genève.", actor=GWEN)

        text = await home.core.export_person(SERVER, GWEN.id)

    assert "À Genève." in text
    assert text.count("\n") > 10


async def test_after_a_deletion_the_export_is_empty(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(LYRA, "Port 9090.", actor=TEACHER)
        reply = await home.ask(LYRA, actor=TEACHER)
        await home.core.rate(SERVER, TEACHER, reply.id, helpful=True)
        await brought(home, FEES)

        await home.core.delete_person(SERVER, TEACHER.id)

        found = await exported(home, TEACHER)
        kinds = {name for name, value in found.items() if value}
        assert kinds == {"server", "person"}
