"""Tests that the bench's rules, new prompts and corrections are what they claim."""

from learning.dataset import replayed
from tests.learning_steps import bench_lessons, read_bench


def test_no_run_trains_on_the_new_prompts_and_no_example_asks_them():
    prompts = [line["prompt"] for line in read_bench("new_prompts")]
    trained = {prompt.lower() for prompt, _ in replayed()}
    shown = {
        said.lower() for rule in read_bench("rules") for said, _ in rule["examples"]
    }

    assert len(set(prompts)) == 40
    assert not {prompt.lower() for prompt in prompts} & (trained | shown)


def test_each_rule_has_five_examples():
    assert all(len(rule["examples"]) == 5 for rule in read_bench("rules"))


def test_each_correction_has_another_value_than_the_lesson_it_corrects():
    lessons = {lesson.id: lesson for lesson in bench_lessons()}
    keys = {row["id"]: (row["key"], *row["aliases"]) for row in read_bench("lessons")}
    corrections = read_bench("corrections")

    assert [each["lesson"] for each in corrections] == list(range(1, 21))
    for each in corrections:
        old = lessons[each["lesson"]]
        new = each.get("answer") or each["text"]
        assert each["key"] in new.lower()
        assert not any(key in new.lower().split() for key in keys[old.id])
