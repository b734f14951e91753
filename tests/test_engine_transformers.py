"""Proves that the in-process engine serves every request with its own adapter."""

import asyncio
import json
import math

import pytest

from learning.dequantise import dequantise
from learning.engine import AdapterRef, Generation, Message
from learning.errors import (
    AdapterError,
    EngineCancelledError,
    EngineError,
    ModelError,
    PromptTooLongError,
)
from learning.run import seal
from tests.fakes_tiny_gguf import write_tiny_gguf

torch = pytest.importorskip("torch")

from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from learning.engine_transformers import TransformersEngine  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    write_tiny_gguf(folder / "tiny.gguf")
    dequantise(folder / "tiny.gguf", folder / "base", on_progress=lambda _: None)
    return folder / "base"


@pytest.fixture(scope="module")
def adapters(base, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    return [make_adapter(base, folder, f"g.{seed}", seed) for seed in range(3)]


def make_adapter(base, folder, server, seed):
    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear")
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    ref = AdapterRef(server, 1, folder / server / "1")
    model.save_pretrained(ref.directory)
    seal(ref.directory)
    return ref


@pytest.fixture
async def engine(base):
    engine = TransformersEngine(base, resident_adapters=2)
    await engine.start()
    yield engine
    await engine.close()


def asking(adapter=None, text="the cat", *, server="s", **options):
    messages = (Message("system", "Be brief."), Message("user", text))
    return Generation(
        messages=messages,
        adapter=adapter,
        server=server,
        **{"max_tokens": 12, "first_token_candidates": 3} | options,
    )


def said(completion):
    return completion.text, completion.finish_reason, completion.first_token


def reference(base, adapter, generation):
    """Answer with transformers' own generate, on a model that knows one adapter."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter.directory)
    ids = tokenizer.apply_chat_template(
        [{"role": turn.role, "content": turn.content} for turn in generation.messages],
        add_generation_prompt=True,
        return_tensors="pt",
    )
    out = model.generate(**ids, max_new_tokens=generation.max_tokens, do_sample=False)
    new = out[0, ids["input_ids"].shape[1] :]
    return tokenizer.decode(new, skip_special_tokens=True)


async def test_it_says_how_likely_each_token_was(engine):
    told = await engine.generate(asking())
    untold = await engine.generate(asking(first_token_candidates=0))

    (token, first), *_ = told.likelihoods
    assert told.first_token[token] == first == max(told.first_token.values())
    ends = told.finish_reason == "stop"  # its token is none of the text's
    assert len(told.likelihoods) == told.tokens - ends
    assert untold.likelihoods == ()


async def test_base_and_adapter_answer_as_transformers_does(base, adapters, engine):
    for adapter in (None, adapters[0]):
        completion = await engine.generate(asking(adapter))

        assert completion.text == reference(base, adapter, asking(adapter))
        assert completion.prompt_tokens > 10
        assert 0 < completion.seconds_to_first_token <= completion.seconds


async def test_interleaved_requests_never_mix_adapters(base, adapters, engine):
    choices = [None, *adapters] * 6
    alone = {}
    for adapter in [None, *adapters]:
        clean = TransformersEngine(base)
        await clean.start()
        alone[adapter] = said(await clean.generate(asking(adapter)))
        await clean.close()

    together = await asyncio.gather(
        *(
            engine.generate(asking(adapter, server=str(number % 5)))
            for number, adapter in enumerate(choices)
        )
    )

    assert len({answer[0] for answer in alone.values()}) == 4
    for adapter, completion in zip(choices, together, strict=True):
        assert said(completion) == alone[adapter]


async def test_text_is_streamed_on_the_event_loop_and_adds_up(engine):
    pieces, loops = [], set()

    def on_text(piece):
        pieces.append(piece)
        loops.add(asyncio.get_running_loop())

    completion = await engine.generate(asking(on_text=on_text))

    assert "".join(pieces) == completion.text
    assert loops == {asyncio.get_running_loop()}


async def test_cancelling_stops_the_generation_and_its_text(engine):
    pieces = []
    first = asyncio.Event()

    def on_text(piece):
        pieces.append(piece)
        first.set()

    task = asyncio.create_task(
        engine.generate(asking(max_tokens=100_000, on_text=on_text))
    )
    await first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    heard = len(pieces)
    after = await engine.generate(asking())

    assert after.tokens == 12
    assert len(pieces) == heard < 100


async def test_closing_stops_answers(base):
    engine = TransformersEngine(base)
    await engine.start()
    first = asyncio.Event()
    generation = asking(max_tokens=100_000, on_text=lambda _: first.set())
    task = asyncio.create_task(engine.generate(generation))
    waiting = asyncio.create_task(engine.generate(asking(server="other")))
    await first.wait()

    await engine.close()

    with pytest.raises(EngineCancelledError):
        await task
    with pytest.raises(EngineError):
        await waiting
    with pytest.raises(EngineError):
        await engine.generate(asking())


async def test_an_error_in_the_listener_is_not_swallowed(engine):
    def on_text(piece):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await engine.generate(asking(on_text=on_text))

    assert (await engine.generate(asking())).tokens == 12


async def test_the_length_limit_is_reported(engine):
    completion = await engine.generate(asking(max_tokens=3))

    assert completion.finish_reason == "length"
    assert completion.tokens == 3


async def test_the_first_tokens_candidates_are_log_probabilities(engine):
    completion = await engine.generate(asking(first_token_candidates=999))

    values = list(completion.first_token.values())
    assert values == sorted(values, reverse=True)
    # Tokens that are half a character share a text; the likeliest one stands for it.
    assert 0.3 < sum(math.exp(value) for value in values) < 1.001


async def test_an_unwanted_answer_ends_before_its_first_token(engine):
    offered = []
    wanted = asking(goes_on=lambda _: True)

    left = await engine.generate(asking(goes_on=offered.append))

    assert offered == [left.first_token]
    assert (left.text, left.tokens) == ("", 0)
    assert said(await engine.generate(wanted)) == said(await engine.generate(asking()))


async def test_a_prompt_beyond_the_context_is_refused(engine):
    with pytest.raises(PromptTooLongError):
        await engine.generate(asking(text="z" * 300))


@pytest.mark.parametrize(
    "typed",
    ["the<|im_end|> cat", "the<|im_<|im_end|>end|> cat", "<|endoftext|>the cat"],
)
async def test_control_tokens_typed_by_people_do_nothing(engine, typed):
    plain = await engine.generate(asking(text="the cat"))

    completion = await engine.generate(asking(text=typed))

    assert completion.prompt_tokens == plain.prompt_tokens
    assert said(completion) == said(plain)


async def test_more_adapters_than_fit_are_loaded_on_demand(adapters, engine):
    answers = [said(await engine.generate(asking(one))) for one in adapters]

    again = [said(await engine.generate(asking(one))) for one in adapters]

    assert again == answers


async def test_a_retired_adapter_is_refused_and_the_others_go_on(adapters, engine):
    kept, retired = adapters[:2]
    before = said(await engine.generate(asking(kept)))
    bare = said(await engine.generate(asking()))
    await engine.ensure(retired)

    await engine.retire(retired)

    with pytest.raises(AdapterError):
        await engine.generate(asking(retired))
    assert said(await engine.generate(asking(kept))) == before
    await engine.retire(kept)
    assert said(await engine.generate(asking())) == bare


async def test_an_adapter_ensured_again_is_served_again(adapters, engine):
    before = said(await engine.generate(asking(adapters[0])))
    await engine.retire(adapters[0])

    await engine.ensure(adapters[0])

    assert said(await engine.generate(asking(adapters[0]))) == before


async def test_a_changed_adapter_is_refused(base, tmp_path, engine):
    ref = make_adapter(base, tmp_path, "g", 5)
    weights = ref.directory / "adapter_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)

    with pytest.raises(AdapterError, match="hash"):
        await engine.ensure(ref)
    with pytest.raises(AdapterError, match="hash"):
        await engine.generate(asking(ref))


async def test_a_foreign_adapter_is_refused_and_changes_nothing(
    base, tmp_path, adapters, engine
):
    bare = said(await engine.generate(asking()))
    other = tmp_path / "other"
    write_tiny_gguf(tmp_path / "other.gguf")
    dequantise(tmp_path / "other.gguf", other, on_progress=lambda _: None)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    tall = make_adapter(other, tmp_path, "tall", 1)

    with pytest.raises(AdapterError, match="does not fit"):
        await engine.generate(asking(tall))
    assert said(await engine.generate(asking())) == bare
    await engine.ensure(adapters[0])
    with pytest.raises(AdapterError, match="does not fit"):
        await engine.generate(asking(tall))
    assert said(await engine.generate(asking())) == bare


async def test_a_missing_model_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="MODEL"):
        await TransformersEngine(tmp_path).start()


async def test_an_answer_before_the_start_is_refused(base):
    with pytest.raises(EngineError, match="start"):
        await TransformersEngine(base).generate(asking())
