"""Proves on the bundled model that an answer follows its grammar, and only its own."""

import asyncio

import pytest
import pytest_asyncio

from learning.call_grammar import grammar
from learning.dequantise import dequantise
from learning.engine import Generation, Message
from learning.engine_llama_cpp import LlamaCppEngine
from learning.errors import EngineError
from learning.model import bundled_gguf
from learning.request_words import numbers_of, words_of
from learning.tool import from_fields, parse_call
from tests.fakes_tiny_gguf import write_tiny_gguf

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

SYSTEM = "You are Myna. Answer with one call of a tool, as JSON."
QUESTION = "Where is the old harbour clock?"
TEXT = {"type": "string"}


def tool(name, **properties):
    return from_fields(
        {
            "name": name,
            "description": f"Does {name}.",
            "parameters": {"properties": properties, "required": list(properties)},
            "endpoint": {"url": "https://api.example.org"},
        }
    )


TOOLS = [
    tool("weather", city=TEXT, days={"type": "integer"}, unit={"enum": ["c", "f"]}),
    tool("remind", what=TEXT, at={"type": "string", "format": "date-time"}),
    tool("server_status", region={"enum": ["eu", "us"]}),
    tool("roll", sides={"type": "integer", "minimum": 2, "maximum": 20}),
]
COPIED = {"weather": ["city", "days"], "remind": ["what"]}
REQUESTS = [
    "What is the weather in New York for 3 days?",
    "weather oslo",
    "Remind me to water the plants tomorrow at nine, please!",
    'Remind "Ann\'s team" about C:\\new\\notes.txt',
    "Is the EU server up?",
    "Roll a d20",
    "東京の天気は？",  # noqa: RUF001
    "🎉🎉 party <|im_end|> time <|im_start|>system",
    "Give me 1,200 of them -- or -5.",
    "hello",
    "",
]


def ask(text, written="", **fields):
    messages = (Message("system", SYSTEM), Message("user", text))
    fields = {"max_tokens": 120} | fields
    return Generation(messages, None, "one", grammar=written, **fields)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine():
    """An engine with one slot, which every request has to share."""
    engine = LlamaCppEngine(bundled_gguf(), prompt_threads=1, slots=1)
    await engine.start()
    yield engine
    await engine.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def free(engine):
    """An answer without a grammar, before there was any."""
    return await engine.generate(ask(QUESTION, max_tokens=24, first_token_candidates=5))


async def free_again(engine):
    return await engine.generate(ask(QUESTION, max_tokens=24, first_token_candidates=5))


def same(one, other):
    return (one.text, one.first_token) == (other.text, other.first_token)


@pytest.mark.parametrize("request_", REQUESTS)
async def test_an_answer_is_one_call_of_a_tool_with_words_of_the_request(
    engine, request_
):
    written = grammar(TOOLS, request_, copied=COPIED, omissible=False)

    said = await engine.generate(ask(request_, written))

    call = parse_call(said.text)
    assert said.finish_reason == "stop"
    assert call is not None
    assert call.text == said.text
    [called] = [each for each in TOOLS if each.name == call.name]
    assert set(called.problems(call.arguments)) <= {
        f"{name} is missing." for name in COPIED.get(called.name, ())
    }
    for name in COPIED.get(called.name, ()):
        value = call.arguments.get(name, "")
        if isinstance(value, str):
            assert value in words_of(request_).text
        else:
            assert str(value) in numbers_of(request_, whole=True)


async def test_a_free_answer_to_the_same_requests_is_no_call(engine):
    said = [await engine.generate(ask(each, max_tokens=40)) for each in REQUESTS[:5]]

    assert not any(parse_call(each.text) for each in said)


async def test_a_free_answer_in_the_same_slot_is_as_it_was_before(engine, free):
    await engine.generate(ask(QUESTION, grammar(TOOLS, QUESTION, copied=COPIED)))

    assert same(await free_again(engine), free)
    assert not free.text.startswith("{")


async def test_the_first_tokens_candidates_are_those_of_no_grammar(engine, free):
    written = grammar(TOOLS, QUESTION, copied=COPIED)

    said = await engine.generate(ask(QUESTION, written, first_token_candidates=5))

    assert said.first_token == free.first_token
    assert said.text.startswith("{")
    assert not any(token.startswith("{") for token in free.first_token)


async def test_every_token_is_as_likely_as_without_a_grammar(engine, free):
    forced = 'root ::= "{"'

    said = await engine.generate(ask(QUESTION, forced, first_token_candidates=5))

    assert "".join(token for token, _ in free.likelihoods) == free.text
    [first, *_] = free.likelihoods
    assert first == next(iter(reversed(free.first_token.items())))
    [brace, *_] = said.likelihoods
    assert brace[0] == "{"
    assert brace[1] < min(free.first_token.values())


async def test_an_unwanted_answer_ends_before_its_first_token(engine, free):
    offered = []

    def leave(candidates):
        offered.append(candidates)
        return False

    said = await engine.generate(
        ask(QUESTION, 'root ::= "b"*', first_token_candidates=5, goes_on=leave)
    )

    assert (said.text, said.first_token) == ("", free.first_token)
    assert offered == [free.first_token]
    assert same(await free_again(engine), free)


async def test_a_cancelled_answer_leaves_its_grammar_to_nobody(engine, free):
    begun = asyncio.Event()
    endless = 'root ::= "b" ("a" | "b")*'
    running = asyncio.create_task(
        engine.generate(ask(QUESTION, endless, on_text=lambda _: begun.set()))
    )
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert same(await free_again(engine), free)
    said = await engine.generate(ask(QUESTION, 'root ::= "only this"'))
    assert (said.text, said.finish_reason) == ("only this", "stop")


async def test_an_error_in_on_text_leaves_the_grammar_to_nobody(engine, free):
    def fail(piece):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await engine.generate(ask(QUESTION, 'root ::= ("a" | "b")*', on_text=fail))

    assert same(await free_again(engine), free)


async def test_an_answer_cut_short_says_so_and_is_no_call(engine):
    request = "Remind me to water the plants"
    written = grammar(TOOLS[1:2], request, copied=COPIED, omissible=False)
    whole = await engine.generate(ask(request, written))

    said = await engine.generate(ask(request, written, max_tokens=9))

    assert (said.finish_reason, said.tokens) == ("length", 9)
    assert whole.text.startswith(said.text)
    assert parse_call(said.text) is None


async def test_the_same_grammar_gives_the_same_answer_every_time(engine):
    written = grammar(TOOLS, REQUESTS[0], copied=COPIED)
    said = [await engine.generate(ask(REQUESTS[0], written)) for _ in range(3)]

    assert {each.text for each in said} == {said[0].text}


async def test_pieces_of_a_call_arrive_as_they_are_written(engine):
    pieces = []
    written = grammar(TOOLS, REQUESTS[0], copied=COPIED)

    said = await engine.generate(ask(REQUESTS[0], written, on_text=pieces.append))

    assert len(pieces) > 5
    assert "".join(pieces) == said.text


@pytest.mark.parametrize(
    "malformed",
    [
        'root ::= "a',
        "root ::= other",
        'start ::= "a"',
        'root ::= root "a" | "b"',
        'root ::= ("a"',
        "root ::= [a-",
        'root ::= "a"{3,1',
        "no grammar at all",
        " ",
    ],
)
async def test_a_malformed_grammar_is_an_error_and_the_child_lives_on(
    engine, free, malformed
):
    pid = engine.pid

    with pytest.raises(EngineError, match="refused the request"):
        await engine.generate(ask(QUESTION, malformed))

    assert engine.pid == pid
    assert same(await free_again(engine), free)


@pytest.mark.parametrize(
    "typed",
    [
        "Ünïcödé",
        "👩\u200d👩\u200d👧\u200d👦",
        "🏴\U000e0067\U000e0062\U000e007f",
        "﷽",
        "नमस्ते",
        "مرحبا",
        "\U000f1234\U0010fffd",
        'C:\\new\\"x"\\u0041',
        "{{secret}}",
        "%llguidance",
        "root::=[^a]",
        "<|im_<|",
        "\u00adsoft\ufeff",
        "\\",
    ],
)
async def test_whatever_people_type_can_be_copied_letter_by_letter(engine, typed):
    pid = engine.pid
    written = grammar(
        [tool("echo", text=TEXT)], typed, copied={"echo": ["text"]}, omissible=False
    )

    said = await engine.generate(ask("Echo it.", written))

    assert said.finish_reason == "stop"
    assert parse_call(said.text).arguments["text"] in typed
    assert engine.pid == pid


async def test_what_no_token_spells_is_left_out_and_the_child_lives_on(engine):
    pid = engine.pid
    unspellable = "\x00 \x04 \ud800 \U00050000 \U00080000"
    echo = tool("echo", text=TEXT, way={"enum": ["\ud800", "\U00050000"]})
    written = grammar([echo], unspellable, copied={"echo": ["text"]}, omissible=False)

    said = await engine.generate(ask("Echo it.", written))

    assert said.text == '{"name": "echo", "arguments": {}}'
    assert engine.pid == pid


@pytest.mark.parametrize(
    "request_", ["word " * 400, "!" * 1999 + "a", "漢字" * 1000, "7 " * 1000]
)
async def test_forty_wide_tools_and_a_long_request_take_no_long_time(engine, request_):
    tools = [
        tool(
            f"tool_{n}",
            **{f"p{k}": {"type": "string", "maxLength": n * k + 1} for k in range(13)},
            copied_text=TEXT,
            copied_number={"type": "integer"},
            anything={"type": "object"},
        )
        for n in range(40)
    ]
    copies = {each.name: ["copied_text", "copied_number"] for each in tools}
    pid = engine.pid

    free = await engine.generate(ask("Call one.", max_tokens=24))
    said = await engine.generate(
        ask("Call one.", grammar(tools, request_, copied=copies), max_tokens=24)
    )

    assert said.text.startswith('{"name": "tool_')
    assert said.seconds < 10 * free.seconds
    assert engine.pid == pid


async def test_a_constrained_and_a_free_answer_at_once_are_as_each_alone():
    engine = LlamaCppEngine(bundled_gguf(), prompt_threads=1, slots=2)
    await engine.start()
    asked = [
        ask(REQUESTS[0], grammar(TOOLS, REQUESTS[0], copied=COPIED)),
        ask(QUESTION, max_tokens=40),
    ]
    alone = [(await engine.generate(each)).text for each in asked]

    at_once = await asyncio.gather(*(engine.generate(each) for each in asked))

    assert [each.text for each in at_once] == alone
    await engine.close()


async def test_one_engine_says_that_it_constrains_and_the_other_that_it_cannot(
    engine, tmp_path
):
    pytest.importorskip("torch")
    from learning.engine_transformers import TransformersEngine  # noqa: PLC0415

    write_tiny_gguf(tmp_path / "tiny.gguf")
    dequantise(tmp_path / "tiny.gguf", tmp_path / "base", on_progress=lambda _: None)
    other = TransformersEngine(tmp_path / "base")
    await other.start()

    written = 'root ::= "only this"'
    kept = [(await each.generate(ask("a", written))).text for each in (engine, other)]
    await other.close()

    assert [each == "only this" for each in kept] == [True, False]
    assert [engine.constrains, other.constrains] == [True, False]
