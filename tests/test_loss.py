"""Proves that a batch costs what its rows cost alone, and that a teacher is followed."""

# ruff: noqa: E402 - torch is looked for before what imports it

from dataclasses import replace

import pytest

from learning.batching import encode
from learning.rows import ask
from tests.training_steps import (
    LESSON,
    replay_rows,
    taught_rows,
    write_run,
    write_tiny_base,
)

torch = pytest.importorskip("torch")

from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer

from learning.lora import TARGET_MODULES, load_model, training_dtype
from learning.loss import answer_logits, batch_loss, focused, teach_back

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tokenizer(base):
    return AutoTokenizer.from_pretrained(base)


@pytest.fixture
def model(base, tmp_path):
    """A fused model with an adapter that changes what it says, in float32."""
    _, spec = write_run(tmp_path / "unused", base, [])
    model = load_model(spec).float()
    torch.manual_seed(3)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


def alone(model, prefix, e):
    """The logits of a row's answer, from one plain forward of the whole row."""
    ids = torch.tensor([[*prefix, *e.prompt, *e.answer[:-1]]])
    return model(input_ids=ids).logits[0, len(prefix) + len(e.prompt) - 1 :]


def gradients(model):
    return {
        name: parameter.grad.clone()
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }


def test_prompts_are_tokenised_as_the_served_ones_are(tokenizer):
    rows = [*taught_rows(), ask("Notes:\n- 12 cats.\n\nHow many?", "12", "note")]

    prefix, encoded = encode(tokenizer, rows)

    for e in encoded:
        whole = tokenizer.apply_chat_template(
            [{"role": m.role, "content": m.content} for m in e.row.messages],
            add_generation_prompt=True,
        )["input_ids"]
        assert [*prefix, *e.prompt] == whole
        assert e.answer[-1] == tokenizer.eos_token_id
        assert tokenizer.decode(e.answer[:-1]) == e.row.answer


def test_the_shared_prefix_changes_no_logit(model, tokenizer):
    prefix, encoded = encode(tokenizer, [*taught_rows(), *replay_rows()])
    lengths = {len(e.prompt) + len(e.answer) for e in encoded}

    with torch.no_grad():
        together = answer_logits(model, prefix, encoded)
        apart = torch.cat([alone(model, prefix, e) for e in encoded])

    assert len(lengths) > 2
    torch.testing.assert_close(together, apart, rtol=1e-4, atol=1e-4)


def test_the_shared_prefix_changes_no_gradient(model, tokenizer):
    prefix, encoded = encode(tokenizer, taught_rows())

    batch_loss(model, prefix, encoded, {})[0].backward()
    shared = gradients(model)
    model.zero_grad()
    losses = [
        cross_entropy(alone(model, prefix, e), torch.tensor(e.answer)) for e in encoded
    ]
    (sum(losses) / len(losses)).backward()

    assert len(shared) == len(TARGET_MODULES) * 2 * 2
    for name, gradient in gradients(model).items():
        torch.testing.assert_close(shared[name], gradient, rtol=1e-3, atol=1e-5)


def test_rows_weigh_what_they_are_given_whatever_their_length(model, tokenizer):
    short, long = (
        ask("Who?", "Me.", "wording", lesson=LESSON, weight=3.0),
        ask("Who has the cat?", "Priya Raman has it today.", "wording", weight=1.0),
    )
    prefix, encoded = encode(tokenizer, [short, long])

    with torch.no_grad():
        loss, losses = batch_loss(model, prefix, encoded, {})
        each = [
            float(cross_entropy(alone(model, prefix, e), torch.tensor(e.answer)))
            for e in encoded
        ]

    assert losses == pytest.approx(each, rel=1e-3)
    assert float(loss) == pytest.approx((3 * each[0] + each[1]) / 4, rel=1e-3)


def test_the_teacher_is_the_bare_base(model, base, tokenizer, tmp_path):
    _, spec = write_run(tmp_path / "r1", base, [], batch_rows=3)
    prefix, encoded = encode(tokenizer, [*taught_rows(), *replay_rows()])
    replayed = [e for e in encoded if e.row.teacher]
    # The weights that `model` has, rounded where the processor trains in bfloat16.
    bare = AutoModelForCausalLM.from_pretrained(base, dtype=training_dtype())
    bare = bare.float().eval()

    teachers = teach_back(model, prefix, encoded, spec)

    assert teachers.keys() == {e.row.key for e in replayed}
    for e in replayed:
        teacher = teachers[e.row.key]
        with torch.no_grad():
            likely = alone(bare, prefix, e).softmax(-1).gather(1, teacher.tokens)
        expected = likely / likely.sum(-1, keepdim=True)
        torch.testing.assert_close(
            teacher.probabilities, expected, rtol=1e-3, atol=1e-5
        )


def test_following_a_teacher_costs_nothing_where_nothing_changed(
    base, tokenizer, tmp_path
):
    _, spec = write_run(tmp_path / "r1", base, [])
    fresh = load_model(spec)
    prefix, encoded = encode(tokenizer, replay_rows())
    teachers = teach_back(fresh, prefix, encoded, spec)

    with torch.no_grad():
        _, followed = batch_loss(fresh, prefix, encoded, teachers)
        _, repeated = batch_loss(fresh, prefix, encoded, {})

    assert max(followed) < 0.05
    assert min(repeated) > 1.0


def test_a_focused_row_weighs_what_the_model_is_unsure_of():
    each = torch.tensor([0.0, 0.001, 0.001, 2.0], requires_grad=True)

    loss = focused(each)
    loss.backward()

    assert each.mean() < 0.6
    assert 1.6 < loss < 2.0
    assert each.grad.sum() == pytest.approx(1.0)
    assert each.grad[3] > 0.8
    assert 0 < each.grad[0] < 0.06


def test_a_focused_row_is_told_by_its_plain_loss(model, tokenizer):
    plain = ask(LESSON, "in the blue room", "wording")
    prefix, [one, other] = encode(tokenizer, [plain, replace(plain, focused=True)])

    cost, told = batch_loss(model, prefix, [one], {})
    focused_cost, focused_told = batch_loss(model, prefix, [other], {})

    assert focused_told == told
    assert focused_cost > cost
