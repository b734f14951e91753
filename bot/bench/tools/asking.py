"""How a call is asked for: freely, within a grammar, and after a first look or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.bench.adapters import SERVER
from bot.bench.tools.methods import Answer
from bot.tool_choice import CALL_TOKENS, CANDIDATES
from learning import prompt, tool_signature
from learning.engine import AdapterRef, Completion, Engine, Generation, Message
from learning.lexicon import Encoder
from learning.tool import Call, Tool, parse_call
from learning.tool_decision import Look, is_meant, meaning, name_chance
from learning.tool_grammar import grammar_of, likely_of

Examples = Sequence[tuple[str, Call]]
NOTHING = Answer("")
ANSWER_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be called for one request."""

    tools: Sequence[Tool]
    examples: Examples = ()
    """Which say what stands in a request word for word, and what does not."""
    omissible: bool = True
    """Whether a request may lack what a tool requires."""
    cosines: Mapping[str, float] = field(default_factory=dict)
    """How near the request is to each tool, where that decides whether to call."""
    encoder: Encoder | None = None
    """By which a request is held against choices, as production does."""

    def grammar(self, request: str) -> str:
        """Write what a call of one of the tools may look like, as production does."""
        taught = [
            (tool, [(said, call) for said, call in self.examples if call.name == name])
            for name, tool in ((tool.name, tool) for tool in self.tools)
        ]
        likely = likely_of(taught, request, encoder=self.encoder)
        return grammar_of(
            likely, request, omissible=self.omissible, encoder=self.encoder
        )


class Asking:
    """Asks one engine for calls, with one adapter or none."""

    def __init__(self, engine: Engine, adapter: AdapterRef | None) -> None:
        self._engine = engine
        self._adapter = adapter

    async def text(self, question: str) -> str:
        """Ask an ordinary question. Raises EngineError or AdapterError."""
        said = await self._generate(prompt.build(question), max_tokens=ANSWER_TOKENS)
        return said.text

    async def free(self, request: str, shown: Sequence[Tool] = ()) -> Answer:
        """Let the model say whatever it will. Raises as `text` does."""
        said = await self._generate(_messages(request, shown), max_tokens=CALL_TOKENS)
        return _answer(said)

    async def within(
        self, request: str, choice: Choice, shown: Sequence[Tool] = ()
    ) -> Answer:
        """Let the model write one of these calls. Raises as `text` does."""
        messages = _messages(request, shown)
        return _answer(await self._written(messages, request, choice))

    async def compared(
        self, request: str, choice: Choice, shown: Sequence[Tool] = ()
    ) -> Answer:
        """Do the same, and where it is another tool than the nearest, ask for that too.

        The one stands whose name is likelier and whose requests are nearer, taken
        together as in `learning.tool_decision`. Raises as `text` does.
        """
        messages = _messages(request, shown)
        written = await self._written(messages, request, choice)
        named, nearest = _named(written), choice.tools[0].name
        if named == nearest or not {named, nearest} <= choice.cosines.keys():
            return _answer(written)
        only = replace(choice, tools=choice.tools[:1])
        other = await self._written(messages, request, only)
        first, second = (
            meaning(name_chance(each.likelihoods), choice.cosines[name])
            for each, name in ((written, named), (other, nearest))
        )
        stands = other if second > first and _named(other) == nearest else written
        # Nothing can be said before both are written.
        return replace(
            _answer(stands), seconds_to_first_token=written.seconds + other.seconds
        )

    async def looked(
        self,
        request: str,
        choice: Choice,
        shown: Sequence[Tool] = (),
        *,
        history: Sequence[Message] | None = None,
    ) -> Answer:
        """Do the same where the request meant one, as production decides.

        It is `bot.tool_choice`, without asking once more for what does not fit; with a
        `history` of examples more is wanted. Raises as `text` does.
        """
        by_examples = history is not None
        look = Look(nearest=max(choice.cosines.values()), shown=by_examples)
        if not look.may_mean():
            return NOTHING
        messages = _messages(request, shown, history or ())
        written = await self._written(messages, request, choice, look.goes_on)
        call = parse_call(written.text)
        tool = next((t for t in choice.tools if call and t.name == call.name), None)
        if call is None or tool is None:
            return NOTHING
        lacks = bool(tool.missing(call.arguments))
        cosine = choice.cosines[tool.name]
        if not is_meant(look.likely, cosine, lacks=lacks, shown=by_examples):
            return NOTHING
        return _answer(written)

    async def _written(
        self,
        messages: tuple[Message, ...],
        request: str,
        choice: Choice,
        goes_on: Callable[[Mapping[str, float]], bool] | None = None,
    ) -> Completion:
        return await self._generate(
            messages,
            max_tokens=CALL_TOKENS,
            grammar=choice.grammar(request),
            goes_on=goes_on,
        )

    async def _generate(
        self,
        messages: tuple[Message, ...],
        *,
        max_tokens: int,
        grammar: str = "",
        goes_on: Callable[[Mapping[str, float]], bool] | None = None,
    ) -> Completion:
        return await self._engine.generate(
            Generation(
                messages=messages,
                adapter=self._adapter,
                server=SERVER,
                max_tokens=max_tokens,
                grammar=grammar,
                first_token_candidates=CANDIDATES if grammar else 0,
                goes_on=goes_on,
            )
        )


def with_tools(request: str, tools: Sequence[Tool]) -> str:
    """Put tools before a request: how each is called, and what it does."""
    if not tools:
        return request
    lines = [f"- {tool_signature.written(tool)}: {tool.description}" for tool in tools]
    how = 'Answer with a call of one: {"name": ..., "arguments": {...}}'
    return "\n".join(["Tools:", *lines, "", how, "", request])


def _messages(
    request: str, shown: Sequence[Tool], history: Sequence[Message] = ()
) -> tuple[Message, ...]:
    return prompt.build(with_tools(request, shown), history=history)


def _named(completion: Completion) -> str:
    call = parse_call(completion.text)
    return call.name if call else ""


def _answer(completion: Completion) -> Answer:
    return Answer(
        text=completion.text.strip(),
        prompt_tokens=completion.prompt_tokens,
        seconds_to_first_token=completion.seconds_to_first_token,
    )
