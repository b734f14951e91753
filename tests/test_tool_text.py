"""Proves that a tool is read as people write it, and spelled out for moderators."""

import json

import pytest

from bot.lesson_forms import formed
from bot.tool_phrases import asks_first
from learning import tool_parameters, tool_signature
from learning.errors import LessonError
from learning.lesson import LessonKind
from learning.tool import Call
from learning.tool_text import lines, reach, read, statement
from tests.learning_steps import fact, lesson

TEXT = """name: server_status
description: Says whether a game server is up
parameters: region: eu | us | asia - where it is; detail (optional): boolean - numbers
call: GET https://status.example.org/{region}
header: Authorization: Bearer {secret:STATUS_KEY}
answer: {region} is {state}.
confirm: yes
example: Is the EU server up? -> region=eu
example: How is asia doing, in detail? -> region=asia, detail=true"""
EU = Call("server_status", {"region": "eu"})
ASIA = Call("server_status", {"region": "asia", "detail": True})
PLAIN = """name: find
description: Finds a book
parameters: title: text; year (optional): integer; tags (optional): list of words
call: https://books.example.org/find"""


def tool(text=TEXT):
    return read(text)[0]


def parameters(written):
    return tool(f"name: a\ndescription: b\ncall: https://a.example\n{written}")


def call(written, text=PLAIN):
    [(_, found)] = read(f"{text}\nexample: A? -> {written}")[1]
    return found.arguments


def test_a_tool_is_read_from_labelled_lines():
    made, examples = read(TEXT)

    assert made.name == "server_status"
    assert made.properties == {
        "region": {
            "type": "string",
            "enum": ["eu", "us", "asia"],
            "description": "where it is",
        },
        "detail": {"type": "boolean", "description": "numbers"},
    }
    assert made.required == ["region"]
    assert made.endpoint.url == "https://status.example.org/{region}"
    assert made.endpoint.headers == {"Authorization": "Bearer {secret:STATUS_KEY}"}
    assert (made.answer, made.confirm) == ("{region} is {state}.", True)
    assert examples == (
        ("Is the EU server up?", EU),
        ("How is asia doing, in detail?", ASIA),
    )


FIELDS = json.loads(tool().text)
REQUESTS = [
    {"request": "Is the EU server up?", "arguments": {"region": "eu"}},
    {"request": "How is asia doing, in detail?", "call": json.loads(ASIA.text)},
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(reversed(TEXT.split("\n")[:-2])) + "\n" + TEXT[TEXT.index("example: Is") :],
        TEXT.replace("\n", " "),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("name:", "NAME :").replace("call:", "Call:"),
        f"```\n{TEXT}\n```",
        f"```yaml\n{TEXT}\n```",
        TEXT.replace("example: How", "How").replace("example: Is", "examples:\nIs"),
        TEXT.replace("parameters: ", "parameter: ").replace("; ", "\nparameter: "),
        TEXT.replace("parameters: ", "parameters:\n  - ").replace("; ", "\n  - "),
        TEXT.replace(" (optional): boolean", "?: bool"),
        TEXT.replace(" (optional): boolean", ": boolean (optional)"),
        TEXT.replace(" (optional): boolean", ": bool | None"),
        TEXT.replace(" (optional): boolean", ": yes or no, optional"),
        TEXT.replace("eu | us | asia", 'Literal["eu", "us", "asia"]'),
        TEXT.replace("eu | us | asia", '"eu" | "us" | "asia"'),
        TEXT.replace("eu | us | asia", "one of eu, us or asia"),
        TEXT.replace("GET https://status.example.org/{region}", "<https://status.exam"
                     "ple.org/{region}>"),
        json.dumps(FIELDS | {"examples": REQUESTS}),
        json.dumps(FIELDS | {"examples": REQUESTS}, indent=2),
        f"```json\n{json.dumps(FIELDS | {'examples': REQUESTS})}\n```",
    ],
)  # fmt: skip
def test_however_it_is_written_it_is_the_same_tool(text):
    assert read(text) == read(TEXT)


def test_its_own_text_is_read_as_it():
    assert read(tool().text) == (tool(), ())
    assert read(tool().text)[0].text == tool().text


def test_parameters_may_be_a_json_schema():
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}

    made = parameters(f"parameters: {json.dumps(schema, indent=1)}")

    assert made.properties == schema["properties"]


@pytest.mark.parametrize("label", ["parameters", "signature"])
def test_a_signature_gives_the_name_too(label):
    made = tool(
        "description: Says whether it is up\n"
        f'{label}: server_status(region: Literal["eu", "us"], detail: bool = False)\n'
        "call: https://status.example.org/{region}"
    )

    assert made.name == "server_status"
    assert made.properties == {
        "region": {"type": "string", "enum": ["eu", "us"]},
        "detail": {"type": "boolean", "default": False},
    }
    assert made.required == ["region"]


def test_a_docstring_describes_the_tool():
    made = tool(
        'parameters:\n  def find(\n      title: str,\n      name: str = "x",\n  ):\n'
        '      """Finds a\n      book.\n\n      name: not read"""\n'
        "call: https://books.example.org/find"
    )

    assert (made.name, made.description) == ("find", "Finds a book.")
    assert list(made.properties) == ["title", "name"]


def test_a_parameter_may_be_called_like_a_label():
    made = parameters("parameters:\n  name: text - whose\n  answer: text\nconfirm: yes")

    assert list(made.properties) == ["name", "answer"]
    assert made.confirm


def test_a_description_may_go_on_below():
    made = parameters("parameters: a: text - the\n  longer words\n  b: number")

    assert made.properties["a"]["description"] == "the longer words"
    assert made.properties["b"] == {"type": "number"}


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("", {"type": "string"}),
        ("whole number", {"type": "integer"}),
        ("1 | 2 | 3", {"type": "integer", "enum": [1, 2, 3]}),
        ("new york | paris", {"type": "string", "enum": ["new york", "paris"]}),
        ("true | false", {"type": "boolean"}),
        ("list of strings", {"type": "array", "items": {"type": "string"}}),
        ("int[]", {"type": "array", "items": {"type": "integer"}}),
        (
            "list of eu | us",
            {"type": "array", "items": {"type": "string", "enum": ["eu", "us"]}},
        ),
        ("list[float]", {"type": "array", "items": {"type": "number"}}),
        ("email", {"type": "string", "format": "email"}),
        ("date", {"type": "string", "format": "date"}),
        ('"eu"', {"type": "string", "enum": ["eu"]}),
        ("Optional[int]", {"type": "integer"}),
        ("Union[int, None]", {"type": "integer"}),
        ("Literal[1, -2]", {"type": "integer", "enum": [1, -2]}),
        ("object", {"type": "object", "additionalProperties": True}),
        ("dict[str, int]", {"type": "object", "additionalProperties": True}),
        ('Annotated[str, "whose"]', {"type": "string", "description": "whose"}),
        ("typing.List[str]", {"type": "array", "items": {"type": "string"}}),
        ("int = 5", {"type": "integer", "default": 5}),
        ("text = eu", {"type": "string", "default": "eu"}),
        ("bool = yes", {"type": "boolean", "default": True}),
        ("int = None", {"type": "integer"}),
    ],
)
def test_a_type_is_read_in_peoples_words_and_in_pythons(written, schema):
    assert tool_parameters.read([f"a: {written}"])["properties"] == {"a": schema}


@pytest.mark.parametrize(
    "written",
    [
        *("a: server", "a: int | str", "a: b(c)", "a: Literal[None]", "a: Foo[int]"),
        *("a b: text", "9: text", "a: text; a: text", "a (new): text", "a, b"),
        *("a: list[int | None]", "a: 'x' | 2", "a: int and str", "a: __import__('os')"),
        *("a: " + "x" * 2000, "a: int = many", "a: Literal[0x" + "f" * 4000),
    ],
)  # fmt: skip
def test_a_parameter_that_is_off_is_refused(written):
    with pytest.raises(LessonError):
        parameters(f"parameters: {written}")


@pytest.mark.parametrize(
    "written",
    [
        *("f(a: int", "f(*a)", "f(**a)", "f(a: int): return 1", "f(a=print())"),
        *("f(a: lambda: 1)", "f(a: int)\nimport os", "f(a: 1j)", "f(a: (yield))"),
        *("f(" + "(" * 3000, "f(a: " + "-" * 3900 + "1)", "f(a: int = 1e999)"),
        *("f(a: int = 0x" + "f" * 3900 + ")", "f(\x00)", "f(a: '\ud800')", "f(from: str)"),
    ],
)  # fmt: skip
def test_a_signature_that_is_off_is_refused(written):
    with pytest.raises(LessonError):
        parameters(f"description: d\nparameters: {written}".removeprefix("description"))


def test_a_signature_is_never_run():
    signature = "find(a: str = __import__('os').abort())"

    with pytest.raises(LessonError, match="default"):
        tool_signature.read(signature)


@pytest.mark.parametrize(
    "signature",
    [
        "ping()",
        'server_status(region: "eu" | "us", detail: bool = False)',
        "find(a: str, b: int, c: float, d: list[int], e: dict, f: date, g: bool = None)",
        'find(a: 1 | 2 | 3 = 2, b: str = "it\\"s", c: float = -1.5, d: list[str] = [])',
    ],
)
def test_a_signature_is_written_as_it_is_read(signature):
    made = tool(f"signature: {signature}\ndescription: d\ncall: https://a.example/")

    assert tool_signature.written(made) == signature


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("title=Moby Dick", {"title": "Moby Dick"}),
        ("title='Moby Dick', year=1851", {"title": "Moby Dick", "year": 1851}),
        ("year='1851', title=1984", {"title": "1984", "year": 1851}),
        ("title=Red, white, and blue, year=3", {"title": "Red, white, and blue", "year": 3}),
        ('title="a, year=5"', {"title": "a, year=5"}),
        ('title="say \\"hi\\""', {"title": 'say "hi"'}),
        ("title='it\\'s'", {"title": "it's"}),
        ("title=a, year=None", {"title": "a"}),
        ("title=a, tags=x, y", {"title": "a", "tags": ["x", "y"]}),
        ("title=a, tags=[x, y]", {"title": "a", "tags": ["x", "y"]}),
        ('tags=["x, b=1"], title=a', {"title": "a", "tags": ["x, b=1"]}),
        ('find(title="a", year=2)', {"title": "a", "year": 2}),
        ('find("a", 2)', {"title": "a", "year": 2}),
        ("find(title=a b)", {"title": "a b"}),
        ('{"title": "a"}', {"title": "a"}),
        ('{"name": "find", "arguments": {"title": "a"}}', {"title": "a"}),
        ("year=5", {"year": 5}),
        ("find()", {}),
        ("find", {}),
    ],
)  # fmt: skip
def test_an_examples_call_is_read_in_every_way_that_people_write_it(written, arguments):
    assert call(written) == arguments
    assert list(call(written)) == list(arguments)  # in the order of the schema


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("nothing", "calls nothing"),
        ("None.", "calls nothing"),
        ("year=soon", "year must be of type integer"),
        ("titel=a", "titel"),
        ("a book", "write its call like find"),
        ("title=", "value is missing"),
        ("title=a, title=b", "named twice"),
        ("lose(title=a)", "calls lose"),
        ('{"name": "lose", "arguments": {}}', "calls lose"),
        ('{"title": 5}', "title must be of type string"),
        ('{"title": "a", "title": "b"}', "named twice"),
        ('{"title": NaN}', "NaN"),
        ('{"title": ', "no JSON"),
        ("title=" + "x" * 5000, "too long"),
    ],
)
def test_an_example_that_does_not_fit_is_named(written, reason):
    with pytest.raises(LessonError, match=rf"A\?.*{reason}"):
        call(written)


def test_a_parameter_called_name_is_no_calls_name():
    text = "signature: greet(name: str)\ndescription: d\ncall: https://a.example/"

    assert call('{"name": "Ana"}', text) == {"name": "Ana"}
    assert call('{"name": "greet", "arguments": {"name": "Bo"}}', text) == {
        "name": "Bo"
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write a tool like this"),
        ("hello", "Write a tool like this"),
        ("hello\nname: a", "no label"),
        (TEXT.replace("name: server_status\n", ""), "no name"),
        (TEXT.replace("description:", "confirm:"), "given twice"),
        (TEXT.replace("description: Says whether a game server is up\n", ""), "no desc"),
        (TEXT.replace("call: GET", "call: LOOK AT"), "Say where a call goes"),
        (TEXT.replace("call: GET", "call: TRACE"), "Say where a call goes"),
        (TEXT.replace("https://", "ftp://"), "https://"),
        (TEXT.replace("/{region}", "/{place}"), "place"),
        (TEXT.replace("status.example", "{region}.example"), "host"),
        (TEXT.replace("Bearer {secret:STATUS_KEY}", "Bearer abc"), "secret:NAME"),
        (TEXT.replace("header: Auth", "header: Host: x\nheader: Auth"), "Host"),
        (TEXT.replace("header: Authorization: Bearer", "header: Accept\nheader: A: B"), "Write each header once"),
        (TEXT.replace("confirm: yes", "confirm: maybe"), "confirm: yes"),
        (TEXT.replace(" -> region=eu", ""), "request -> call"),
        (TEXT.replace("EU server", "x" * 500), "1 to 500"),
        (TEXT.replace("game", "\x00"), "nobody can see"),
        (TEXT.replace("game", "\ud800"), "nobody can see"),
        (TEXT + "\nexample: Is the EU server up? -> region=us", "two different calls"),
        ("x" * 50_000, "too long"),
        ("{" * 30_000, "no JSON"),
        ('{"a": ' * 5000, "no JSON"),
        ('{"name": "a", "name": "b"}', "named twice"),
        (json.dumps(FIELDS | {"confirm": float("nan")}), "NaN"),
        (json.dumps(FIELDS).replace('"eu"', "1e999"), "Infinity"),
        (json.dumps(FIELDS).replace('"eu"', "9" * 30), "too large"),
        (json.dumps(FIELDS).replace('"eu"', "9" * 6000), "no JSON"),
        (json.dumps(FIELDS).replace('"eu"', "null"), "texts or numbers"),
        (json.dumps(FIELDS).replace('"eu"', "[" * 20 + "]" * 20), "nested"),
        (json.dumps(FIELDS).replace("eu", "\\ud800"), "nobody can see"),
        (json.dumps(FIELDS | {"__proto__": {}}), "__proto__"),
        (json.dumps(FIELDS).replace('"detail"', '"__proto__"'), "__proto__"),
        (json.dumps(FIELDS).replace('"enum"', '"pattern"'), "pattern"),
        (json.dumps(FIELDS).replace('"boolean"', '["boolean"]'), "which type"),
        (json.dumps(FIELDS).replace('"additionalProperties": false', '"additional'
                                    'Properties": true'), "Name all"),
        (json.dumps(FIELDS | {"examples": 5}), "a list of"),
        (json.dumps(FIELDS | {"examples": [5]}), "Write an example as"),
        (json.dumps(FIELDS | {"examples": [{"request": "a"}]}), "arguments or its call"),
        (json.dumps(FIELDS | {"examples": [REQUESTS[0] | {"request": "a -> b"}]}), "arrow"),
        (json.dumps(FIELDS | {"endpoint": {"url": "https://a.example", "x": 1}}), "no x"),
        (json.dumps(FIELDS | {"description": "x" * 501}), "at most 500"),
    ],
)  # fmt: skip
def test_what_is_off_is_said_in_a_sentence(text, reason):
    with pytest.raises(LessonError, match=reason) as caught:
        read(text)

    assert len(str(caught.value)) <= 800


def test_more_than_forty_examples_are_refused():
    many = "".join(f"\nexample: Number {n}? -> region=us" for n in range(39))

    with pytest.raises(LessonError, match="at most 40"):
        read(TEXT + many)


def test_a_default_must_fit_its_own_type():
    with pytest.raises(LessonError, match="default does not fit"):
        parameters('signature: f(a: "x" | "y" = "z")')


def test_a_tool_is_spelled_out_for_a_moderator():
    assert lines(*read(TEXT)) == (
        "server_status: Says whether a game server is up",
        'Called as server_status(region: "eu" | "us" | "asia", detail: bool = None)',
        "region: where it is",
        "detail: numbers",
        "It reaches GET status.example.org/{region}, and nothing else.",
        "It sends detail behind the address.",
        "It sends Authorization: Bearer {secret:STATUS_KEY}",
        "It uses the secret STATUS_KEY.",
        "Myna asks before each call.",
        "It answers: {region} is {state}.",
        'Is the EU server up? -> server_status(region="eu")',
        'How is asia doing, in detail? -> server_status(region="asia", detail=true)',
    )


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        (("status.example.org", "münchen.example"), "xn--mnchen-3ya.example/{region}"),
        (
            ("status.example.org", "xn--mnchen-3ya.example"),
            "letters that may look like",
        ),
        (("status.example.org", "status.example.org:8443"), "example.org:8443/"),
        (("https://", "http://"), "over http"),
        (("{region}\n", "{region}?v=2&d={detail}\n"), "{region}?v=2&d={detail}"),
        (("GET", "POST"), "It sends detail as JSON."),
        (("GET", "POST"), "asks before each call, because POST may change"),
        (("confirm: yes", "confirm: no"), "without asking: it only reads"),
        (("confirm: yes", "confirm: no\nbody: form"), "without asking"),
        (("GET", "body: form\ncall: PUT"), "It sends detail as a form."),
        (
            ("header: A", "header: X-Key: {secret:B}\nheader: A"),
            "secrets B, STATUS_KEY",
        ),
        (("answer: {region} is {state}.\n", ""), "It shows what comes back."),
    ],
)
def test_where_a_call_goes_and_what_it_carries_is_shown(changed, shown):
    text = TEXT.replace(*changed).replace("call: body", "body")

    assert shown in "\n".join(lines(*read(text)))


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("https://mcp.example.org/mcp#delete_all", "delete_all"),
        ("https://mcp.example.org/mcp", "list_events"),
    ],
)
def test_what_an_mcp_tool_is_called_there_is_shown_whatever_it_is_called_here(
    address, there
):
    text = f"name: list_events\ndescription: b\ncall: MCP {address}\nconfirm: no"

    tool, _ = read(text)

    assert reach(tool) == f"MCP {there} at mcp.example.org/mcp"
    said = "\n".join(lines(tool, ()))
    assert f"It reaches MCP {there} at" in said
    assert "it is said to read only" in said
    asked = asks_first(tool, Call(tool.name, {}), "mcp.example.org")
    assert (f"called {there} there" in asked) is (there != tool.name)


@pytest.mark.parametrize(
    "header", ["X_API_KEY", "X-Auth", "Auth", "X-Access-Key", "apikey", "Password"]
)
def test_what_proves_who_calls_is_never_written_out(header):
    text = f"name: a\ndescription: b\ncall: GET https://example.org/\nheader: {header}: abc"

    with pytest.raises(LessonError, match="secret"):
        read(text)


def test_a_header_that_only_sounds_alike_may_be_written_out():
    text = (
        "name: a\ndescription: b\ncall: GET https://example.org/\nheader: X-Author: Bo"
    )

    assert read(text)[0].endpoint.headers == {"X-Author": "Bo"}


def test_a_tool_of_an_mcp_server_is_spelled_out():
    text = "name: a\ndescription: b\ncall: MCP https://mcp.example.org/mcp#tool.one"

    shown = "\n".join(lines(*read(text)))

    assert "MCP tool.one at mcp.example.org/mcp, and nothing else" in shown
    assert "Myna asks before each call." in shown


def test_a_tool_is_cited_in_one_line():
    assert statement(tool()) == "server_status: Says whether a game server is up"


def test_a_lesson_is_stored_as_json_with_whole_calls():
    stored = formed(lesson(LessonKind.TOOL, text=TEXT))

    assert stored.text == tool().text
    assert stored.examples == (
        ("Is the EU server up?", EU.text),
        ("How is asia doing, in detail?", ASIA.text),
    )
    assert formed(stored) == stored


def test_a_lessons_own_examples_are_read_with_its_tool():
    own = (("And the US?", "region=us"), ("Is the EU server up?", "region=asia"))

    stored = formed(lesson(LessonKind.TOOL, text=TEXT, examples=own))

    # The text's own call of a request is the newer one.
    assert dict(stored.examples)["Is the EU server up?"] == EU.text
    assert dict(stored.examples)["And the US?"] == Call(EU.name, {"region": "us"}).text


@pytest.mark.parametrize(
    ("text", "examples"),
    [
        ("", ()),
        ("It is up.", ()),
        (TEXT, (("Up?", "yes"),)),
        (TEXT, (("Up?", "region=mars"),)),
        (TEXT, tuple((f"Up {n}?", "region=eu") for n in range(41))),
        (TEXT, tuple((f"Up {n}?", "region=eu") for n in range(39))),
    ],
)
def test_a_broken_tool_is_not_stored(text, examples):
    with pytest.raises(LessonError):
        formed(lesson(LessonKind.TOOL, text=text, examples=examples))


def test_only_rules_and_tools_have_examples():
    with pytest.raises(LessonError, match="rule or a tool"):
        formed(fact("It is up.", examples=(("a", "b"),)))
