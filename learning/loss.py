"""What a batch of rows costs: answers to be said, and a teacher to be followed."""

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from learning.batching import Encoded
from learning.run import RunSpec

KL_WEIGHT = 1.0
TEACHER_CANDIDATES = 64
"""Tokens of the teacher's distribution that are kept; their probabilities sum to 1."""
LEAST_DOUBT = 0.05
"""What a token still counts for in a focused row that the model is sure of."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """The base model's own next-token probabilities on one answer."""

    tokens: Any  # (answer, candidates)
    probabilities: Any  # (answer, candidates)


def answer_logits(model: Any, prefix: list[int], batch: list[Encoded]) -> Any:
    """Return the logits of every answer token of a batch: (answer tokens, vocab).

    The system prompt runs once and its keys and values are shared by all rows
    (gradients flow back into it); the vocabulary is projected on only where there
    is an answer to compare with.
    """
    device = next(model.parameters()).device
    core = model.get_base_model()
    shared = torch.tensor([prefix], device=device)  # (1, prefix)
    cache = core.model(input_ids=shared, use_cache=True).past_key_values
    cache.batch_repeat_interleave(len(batch))
    longest = max(len(e.prompt) + len(e.answer) - 1 for e in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)  # (batch, time)
    mask = torch.zeros(len(batch), len(prefix) + longest, dtype=torch.long)
    mask[:, : len(prefix)] = 1
    wanted = torch.zeros(len(batch), longest, dtype=torch.bool)
    for i, e in enumerate(batch):
        sequence = e.prompt + e.answer[:-1]
        ids[i, : len(sequence)] = torch.tensor(sequence)
        mask[i, : len(prefix) + len(sequence)] = 1
        wanted[i, len(e.prompt) - 1 : len(sequence)] = True
    positions = torch.arange(len(prefix), len(prefix) + longest).expand(len(batch), -1)
    hidden = core.model(
        input_ids=ids.to(device),
        attention_mask=mask.to(device),
        position_ids=positions.to(device),
        past_key_values=cache,
        use_cache=True,
    ).last_hidden_state  # (batch, time, hidden)
    return core.lm_head(hidden[wanted.to(device)]).float()


def batch_loss(
    model: Any,
    prefix: list[int],
    batch: list[Encoded],
    teachers: dict[str, Teacher],
) -> tuple[Any, list[float]]:
    """Return the loss to descend, and each row's own in nats a token.

    Each row weighs the same, whatever its length; a row with a teacher follows the
    teacher's distribution instead of the one token that was sampled, where the words
    are the teacher's own.
    """
    logits = answer_logits(model, prefix, batch)
    total = torch.zeros((), device=logits.device)
    weights = 0.0
    losses = []
    start = 0
    for e in batch:
        end = start + len(e.answer)
        row = logits[start:end]
        target = torch.tensor(e.answer, device=logits.device)
        each = cross_entropy(row, target, reduction="none")  # (answer,)
        teacher = teachers.get(e.row.key)
        if teacher is not None:
            student = row.log_softmax(-1).gather(1, teacher.tokens)
            kl = teacher.probabilities * (teacher.probabilities.log() - student)
            followed = torch.tensor(e.followed, device=logits.device)
            each = torch.where(followed, KL_WEIGHT * kl.sum(-1), each)
        losses.append(float(each.detach().mean()))
        loss = focused(each) if e.row.focused else each.mean()
        total = total + e.row.weight * loss
        weights += e.row.weight
        start = end
    return total / weights, losses


def focused(each: Any) -> Any:
    """Average token losses (answer,), each weighed by how unsure the model is of it.

    A call is mostly brackets and names that are learned at once: its few values would
    weigh next to nothing. The weights are those of the focal loss with gamma 1 (Lin et
    al., 2017, arXiv:1708.02002), made to sum to 1.
    """
    doubt = (1 - (-each.detach()).exp()).clamp_min(LEAST_DOUBT)
    return (doubt * each).sum() / doubt.sum()


def teach_back(
    model: Any, prefix: list[int], encoded: list[Encoded], spec: RunSpec
) -> dict[str, Teacher]:
    """Ask the bare base for its probabilities on the rows it answered itself."""
    replayed = [e for e in encoded if e.row.teacher == "base"]
    teachers = {}
    model.eval()
    with torch.no_grad(), model.disable_adapter():
        for i in range(0, len(replayed), spec.batch_rows):
            batch = replayed[i : i + spec.batch_rows]
            logits = answer_logits(model, prefix, batch)
            start = 0
            for e in batch:
                end = start + len(e.answer)
                top = logits[start:end].softmax(-1).topk(TEACHER_CANDIDATES)
                values = top.values.clamp_min(1e-9)
                teachers[e.row.key] = Teacher(
                    top.indices, values / values.sum(-1, keepdim=True)
                )
                start = end
    return teachers
