"""Passages as rows: what asks for a sentence, and how often it is seen."""

from dataclasses import replace

from learning import dataset
from learning.batching import Encoded, batches
from learning.expand import rewordings
from learning.fit_weights import make
from learning.lesson import LessonKind
from learning.passage_expand import CUES_EACH, RESERVED, cues, expand
from learning.rows import Row
from learning.run import RunKind, RunSpec
from learning.sentences import sentences

FIRST = "Priya Raman maintains the Orion staging server in Vienna."
SECOND = "It has 64 processors and sleeps on the last Sunday of March."
TEXT = f"{FIRST} {SECOND}"
WRITTEN = (
    ("Who maintains Orion?", FIRST),
    ("Where does Orion run?", FIRST),
    ("When does it sleep?", SECOND),
    ("How many processors has it?", SECOND),
)
SPEC = RunSpec(
    id="r",
    server="s",
    kind=RunKind.WARM,
    base="",
    base_digest="",
    parent=None,
    lessons=(),
)


def passage(text=TEXT, *, heading="Orion", position=1, written=WRITTEN):
    lesson = make(LessonKind.PASSAGE, text=text, heading=heading)
    return replace(lesson, position=position, written=written)


def test_what_the_model_wrote_is_asked_and_some_of_it_kept_for_the_exam():
    asked, held = expand(passage())

    assert {*asked, *held} >= set(WRITTEN)
    assert len(held) == RESERVED
    assert not {q for q, _ in asked} & {q for q, _ in held}


def test_only_the_passage_that_begins_a_document_tells_about_it():
    first, later = passage(), passage(position=2)

    asked = [[q for q, _ in expand(each)[0]] for each in (first, later)]

    assert "Tell me about Orion." in asked[0]
    assert "Tell me about Orion." not in asked[1]


def test_a_cue_asks_for_its_sentence_with_the_sentences_own_words():
    made = cues(passage())

    assert {sentence for _, sentence in made} == set(sentences(TEXT))
    assert len(made) > CUES_EACH
    for cue, sentence in made:
        *_, last = cue.rstrip("?").split()
        assert cue.endswith("?")
        assert last in sentence


def test_the_same_passage_gives_the_same_cues_and_another_gives_others():
    assert cues(passage()) == cues(passage())
    assert cues(passage()) != cues(passage(SECOND))


def test_moderators_see_what_the_model_wrote_and_no_cues():
    assert rewordings(passage(), lexicon=None) == [q for q, _ in WRITTEN]
    assert rewordings(passage(written=()), lexicon=None) == []


def rows_of(lessons, old=()):
    return dataset.build(lessons, old, lexicon=None)


def test_a_passage_without_questions_is_learned_by_its_cues():
    rows = rows_of([passage(position=2, written=())])

    mine = [row for row in rows if row.lesson]
    assert {row.kind for row in mine} >= {"cue", "note"}
    assert {row.answer for row in mine} <= {*sentences(TEXT)}


def test_beside_passages_cues_and_skills_are_seen_once_and_the_rest_always():
    rows = rows_of([passage()])

    once = {row.kind for row in rows if row.once}
    always = {row.kind for row in rows if not row.once}
    assert once >= {"cue", "note"}
    assert always == {"wording", "note", "replay"}


def test_among_other_lessons_all_but_cues_is_seen_in_every_epoch():
    rule = make(LessonKind.RULE, text="Answer in one sentence.")

    rows = rows_of([passage(), rule])

    assert {row.kind for row in rows if row.once} == {"cue"}


def test_a_known_passage_is_gone_over_with_each_sentence_first():
    old = passage("Ilse keeps the boat keys. Bo paints owls.", heading="Club")

    rows = rows_of([passage()], [replace(old, written=())])

    again = [row for row in rows if row.lesson == old.digest]
    assert 0 < len(again) <= 2 * dataset.OLD_SENTENCE_ROWS
    assert {row.answer for row in again} == set(sentences(old.text))
    assert all(row.once for row in again)


def test_every_run_goes_over_a_known_passage_in_other_words():
    old = passage("Ilse keeps the boat keys. Bo paints owls.", heading="Club")
    runs = [rows_of([passage(f"Owl {n} sleeps.")], [old]) for n in range(2)]

    asked = [{row.key for row in rows if row.lesson == old.digest} for rows in runs]

    assert asked[0] != asked[1]


def test_what_goes_over_old_things_costs_no_more_than_it_may():
    new = passage()
    old = [passage(f"Fact {n} is that owl {n} sleeps in tree {n}.") for n in range(9)]
    rows = rows_of([new], old)
    again = [row for row in rows if row.lesson != new.digest]

    chosen = dataset.limited(again, most_chars=600, epochs=4)

    assert sum(dataset.cost(row, 4) for row in chosen) <= 600
    assert len({row.lesson for row in chosen}) > 3


def test_a_row_that_is_seen_once_is_in_one_epoch_and_any_other_row_in_all():
    spec = replace(SPEC, epochs=3, batch_rows=2)
    rows = [Row((), f"answer {n}", "cue", once=n % 2 == 0) for n in range(20)]
    encoded = [Encoded(row, [1], [2], [True]) for row in rows]

    seen = [
        each.row.answer
        for epoch in range(spec.epochs)
        for batch in batches(encoded, spec, epoch)
        for each in batch
    ]

    assert all(seen.count(row.answer) == (1 if row.once else 3) for row in rows)


def test_a_run_of_passages_takes_more_steps_than_one_of_facts():
    facts = [make(LessonKind.FACT, text=f"Owl {n} is blue.") for n in range(2)]

    assert dataset.recipe(SPEC, [passage()]).batch_rows < SPEC.batch_rows
    assert dataset.recipe(SPEC, facts) == SPEC
    assert dataset.recipe(SPEC, [passage(), *facts]) == SPEC
