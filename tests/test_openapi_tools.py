"""Proves that an OpenAPI document's operations become tools, and which do not."""

from copy import deepcopy

import pytest

from learning import openapi_tools
from learning.errors import LessonError
from learning.openapi_tools import MOST_OPERATIONS, OpenApiTools
from learning.tool import Call
from learning.tool_text import lines, read

PET = {
    "type": "object",
    "required": ["name", "id"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "pattern": "^(a+)+$", "maxLength": 40},
        "tag": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Tag"},
        "owner": {"$ref": "#/components/schemas/Owner"},
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Pet shop", "version": "1"},
    "servers": [{"url": "https://{zone}.example.org/v1/", "variables": {"zone": {
        "default": "pets"}}}],
    "security": [{"key": []}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "summary": "Lists  the pets",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer",
                     "format": "int32", "minimum": 1}, "description": "How many"},
                    {"name": "kind", "in": "query", "required": True,
                     "schema": {"enum": ["cat", "dog"]}},
                    {"name": "filter[x]", "in": "query", "schema": {"type": "string"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "x-requests": [
                    {"request": "Which cats are there?", "arguments": {"kind": "cat"}}
                ],
            },
            "post": {
                "operationId": "add pet",
                "description": "Adds a pet.",
                "parameters": [{"name": "notify", "in": "query",
                                "schema": {"type": "boolean", "default": False}}],
                "requestBody": {"required": True, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Pet"}}}},
            },
        },
        "/pets/{petId}": {
            "parameters": [{"$ref": "#/components/parameters/PetId"}],
            "get": {"security": []},
            "delete": {"operationId": "remove", "security": [{"query": []}, {"bear": []}]},
        },
    },
    "components": {
        "parameters": {"PetId": {"name": "petId", "in": "path", "required": True,
                                 "schema": {"type": "string"}}},
        "schemas": {"Pet": PET, "Owner": {"allOf": [
            {"type": "object", "properties": {"name": {"type": "string"}}},
            {"required": ["name"]}]}},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            "query": {"type": "apiKey", "in": "query", "name": "key"},
            "bear": {"type": "http", "scheme": "Bearer"},
            "basic": {"type": "http", "scheme": "basic"},
            "login": {"type": "oauth2", "flows": {}},
        },
    },
}  # fmt: skip


def tools(document=DOCUMENT, **options):
    found = openapi_tools.read(document, **options)
    return {tool.name: (tool, examples) for tool, examples in found.tools}


def changed(change):
    """Return the document after a change of a copy of it."""
    document = deepcopy(DOCUMENT)
    change(document)
    return document


def operation(**fields):
    """Return the document with one operation, `GET /x`, of these fields."""
    paths = {"/x": {"get": {"operationId": "x", "security": [], **fields}}}
    return {**DOCUMENT, "paths": paths}


def sends(schema, **fields):
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    fields = {"operationId": "x", "security": [], "requestBody": body, **fields}
    return {**DOCUMENT, "paths": {"/x": {"post": fields}}}


def query(schema, **fields):
    named = {"name": "q", "in": "query", "required": True, "schema": schema, **fields}
    return operation(parameters=[named])


def left_out(document):
    found = openapi_tools.read(document)
    assert not found.tools
    [(_, reason)] = found.left_out
    return reason


def test_every_operation_becomes_a_tool():
    found = openapi_tools.read(DOCUMENT)

    assert [each.name for each, _ in found.tools] == [
        "listPets",
        "add_pet",
        "get_pets_petId",
        "remove",
    ]
    assert found.left_out == ()


def test_a_read_operation_sends_its_parameters_in_the_address():
    tool, examples = tools()["listPets"]

    assert tool.description == "Lists the pets"
    assert tool.properties == {
        "limit": {
            "type": "integer",
            "format": "int32",
            "minimum": 1,
            "description": "How many",
        },
        "kind": {"type": "string", "enum": ["cat", "dog"]},
    }
    assert tool.required == ["kind"]
    assert (tool.endpoint.method, tool.endpoint.url) == (
        "GET",
        "https://pets.example.org/v1/pets",
    )
    assert examples == (("Which cats are there?", Call("listPets", {"kind": "cat"})),)


def test_a_body_becomes_parameters_without_what_only_comes_back():
    tool, _ = tools()["add_pet"]

    assert tool.properties["name"] == {"type": "string", "maxLength": 40}
    assert tool.properties["tag"] == {"type": "string"}
    assert tool.properties["owner"]["properties"] == {"name": {"type": "string"}}
    assert tool.properties["owner"]["required"] == ["name"]
    assert "id" not in tool.properties
    assert tool.required == ["name"]
    assert tool.endpoint.url == "https://pets.example.org/v1/pets?notify={notify}"
    assert tool.endpoint.body == "json"
    assert tool.asks_first


def test_secrets_are_named_after_the_api_and_stand_in_headers():
    found = tools()

    assert found["listPets"][0].endpoint.headers == {
        "X-Api-Key": "{secret:PET_SHOP_KEY}"
    }
    assert found["get_pets_petId"][0].endpoint.headers == {}
    # Its first way is a key in the address, which a tool cannot send.
    assert found["remove"][0].endpoint.headers == {
        "Authorization": "Bearer {secret:PET_SHOP_BEAR}"
    }


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("basic", "Basic {secret:PET_SHOP_BASIC}"),
        ("login", "Bearer {secret:PET_SHOP_LOGIN}"),
    ],
)
def test_each_way_to_prove_oneself_has_its_header(scheme, value):
    [(tool, _)] = openapi_tools.read(operation(security=[{scheme: []}])).tools

    assert tool.endpoint.headers == {"Authorization": value}


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"enum": ["a", None], "default": None}, {"type": "string", "enum": ["a"]}),
        ({"type": ["integer", "null"]}, {"type": "integer"}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True},
         {"type": "number", "minimum": 0}),
        ({"description": "Where  it is"}, {"type": "string", "description": "Where it is"}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"type": "string", "format": "regex"}, {"type": "string"}),
    ],
)  # fmt: skip
def test_a_schema_is_made_plain(schema, plain):
    [(tool, _)] = openapi_tools.read(query(schema)).tools

    assert tool.properties == {"q": plain}


@pytest.mark.parametrize(
    "document",
    [
        sends({}, requestBody={"content": {"text/xml": {}}}),
        operation(requestBody={"content": {"application/json": {}}}),
    ],
)
def test_a_body_that_may_be_left_out_is(document):
    [(tool, _)] = openapi_tools.read(document).tools

    assert (tool.endpoint.body, tool.properties) == ("none", {})


def test_a_form_is_sent_as_one():
    content = {"application/x-www-form-urlencoded": {"schema": PET}}
    document = sends({}, requestBody={"content": content})

    [(tool, _)] = openapi_tools.read(document).tools

    assert tool.endpoint.body == "form"


def test_what_comes_out_can_be_taught_and_shown():
    for tool, examples in tools().values():
        assert read(tool.text)[0] == tool
        assert lines(tool, examples)


@pytest.mark.parametrize("only", ["listPets", "add pet", "add_pet", "get_pets_petId"])
def test_only_what_was_picked_is_read(only):
    assert len(tools(only=[only])) == 1


def test_a_pick_that_is_not_there_is_named():
    with pytest.raises(LessonError, match="no operation fly"):
        openapi_tools.read(DOCUMENT, only=["listPets", "fly"])


DEEP = {"type": "string"}
for _ in range(20):
    DEEP = {"type": "object", "properties": {"a": DEEP}, "required": ["a"]}
HOLDS_ITSELF = {"type": "object"}
HOLDS_ITSELF["allOf"] = [HOLDS_ITSELF]
WIDE = {"properties": {f"p{n}": {"type": "string"} for n in range(40)}}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (operation(parameters=[
            {"name": "q", "in": "query", "required": True},
            {"name": "q", "in": "path"}]), "in its path and in its query"),
        (operation(deprecated=True), "deprecated"),
        (operation(security=[{"query": []}]), "not sent in a header"),
        (operation(security=[{"nowhere": []}]), "security nowhere"),
        (operation(security=5), "malformed"),
        (operation(security=[5]), "malformed"),
        (operation(parameters=5), "malformed"),
        (operation(parameters=[5]), "malformed"),
        (operation(servers=[{"url": "/v1"}]), "no whole address"),
        (operation(servers=[{"url": "https://{z}.org"}]), "no default for z"),
        (operation(servers=[5]), "malformed"),
        (operation(servers=[{"url": "ftp://a.example"}]), "https://"),
        (query({"type": "object"}), "an object in its address"),
        (query({"oneOf": [{"type": "string"}, {"type": "integer"}]}), "several kinds"),
        (query({"type": ["string", "integer"]}), "several"),
        (query({"type": "file"}), "file"),
        (query({"$ref": "https://evil.example/x"}), "not fetched"),
        (query({"$ref": "#/components/schemas/None"}), "nowhere"),
        (query({"$ref": 5}), "another document"),
        (query({"type": "string", "default": 5}), "default does not fit"),
        (query({"enum": [float("nan")]}), "NaN"),
        (query({"type": "string"}, **{"in": "header"}), "needs q in a header"),
        (query({"type": "string"}, name="q[]"), "no name for a parameter"),
        (operation(**{"x-requests": 5}), "no list"),
        (operation(**{"x-requests": [{"request": "a"}]}), "arguments or its call"),
        (operation(**{"x-requests": [{"request": "a", "arguments": {"z": 1}}]}), "z"),
        (operation(requestBody={"required": True, "content": {}}), "sends none"),
        (sends({"type": "array", "items": {}}), "no object"),
        (sends(DEEP), "nested too deeply"),
        (sends({"allOf": 5}), "malformed"),
        (sends(HOLDS_ITSELF), "holds itself"),
        (sends({"properties": 5}), "malformed"),
        (sends(WIDE | {"required": list(WIDE["properties"])}), "more than 16"),
        (sends({}, requestBody={"content": {"text/xml": {}}, "required": True}), "JSON"),
        (sends({}, requestBody={"content": 5}), "malformed"),
        (sends({"properties": {"q": {"type": "string"}}}, parameters=[
            {"name": "q", "in": "query"}]), "in its address and in its body"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_tool_is_left_out_with_its_reason(document, reason):
    assert reason in left_out(document)


def test_a_document_without_a_server_gives_no_tool():
    document = operation()
    del document["servers"]

    assert left_out(document) == "It names no server."


def test_an_operation_may_send_nothing():
    paths = {"/x": {"post": {"security": []}}}

    [(tool, _)] = openapi_tools.read({**DOCUMENT, "paths": paths}).tools

    assert (tool.endpoint.method, tool.endpoint.body) == ("POST", "none")


def test_a_path_that_nothing_explains_is_left_out():
    document = {**DOCUMENT, "paths": {"/x/{id}": {"get": {"security": []}}}}

    assert "{id}" in left_out(document)


def test_a_reference_in_a_circle_is_left_out():
    schemas = {"A": {"$ref": "#/components/schemas/B"}}
    schemas |= {"B": {"$ref": "#/components/schemas/A"}}
    document = query({"$ref": "#/components/schemas/A"}) | {
        "components": {"schemas": schemas}
    }

    assert "circle" in left_out(document)


def test_a_schema_that_grows_without_end_is_left_out():
    """Each level names the next one forty times: 40 ** 5 schemas, were they read."""
    schemas = {
        f"S{n}": {
            "type": "object",
            "required": [f"p{k}" for k in range(40)],
            "properties": {
                f"p{k}": {"$ref": f"#/components/schemas/S{n + 1}"} for k in range(40)
            },
        }
        for n in range(5)
    }
    schemas["S5"] = {"type": "string"}
    document = sends({"$ref": "#/components/schemas/S0"})

    reason = left_out({**document, "components": {"schemas": schemas}})

    assert reason == "Its schema is too large."


def test_a_tree_of_itself_keeps_what_does_not_repeat():
    node = {"type": "object", "properties": {"name": {"type": "string"}}}
    node["properties"]["next"] = {"$ref": "#/components/schemas/Node"}
    document = sends({"$ref": "#/components/schemas/Node"})

    [(tool, _)] = openapi_tools.read(
        {**document, "components": {"schemas": {"Node": node}}}
    ).tools

    assert tool.properties["name"] == {"type": "string"}


def test_what_a_tool_has_no_room_for_is_left_out_unless_needed():
    [(tool, _)] = openapi_tools.read(sends(WIDE | {"required": ["p39"]})).tools

    assert len(tool.properties) == 16
    assert "p39" in tool.properties


def test_two_operations_of_one_name_are_one_tool():
    paths = {
        path: {"get": {"operationId": "a", "security": []}} for path in ("/a", "/b")
    }

    found = openapi_tools.read({**DOCUMENT, "paths": paths})

    assert len(found.tools) == 1
    assert found.left_out == (("a", "Another operation is called a, too."),)


@pytest.mark.parametrize(
    "document",
    [
        *(None, 5, [], {}, {"openapi": "3.0.0"}, {"openapi": "3.0.0", "paths": []}),
        {"swagger": "2.0", "paths": {}},
        changed(lambda d: d.update(openapi="2.0")),
        changed(lambda d: d["paths"].update({"pets": {}})),
        changed(lambda d: d["paths"].update({"/a": 5})),
        changed(lambda d: d["paths"].update({5: {}})),
        changed(lambda d: d["paths"].update({"/a": {"$ref": "https://b.example"}})),
    ],
)
def test_a_malformed_document_is_refused(document):
    with pytest.raises(LessonError):
        openapi_tools.read(document)


def test_more_operations_than_anybody_reviews_are_refused_unless_picked():
    paths = {
        f"/p{n}": {"get": {"operationId": f"p{n}", "security": []}}
        for n in range(MOST_OPERATIONS + 1)
    }
    document = {**DOCUMENT, "paths": paths}

    with pytest.raises(LessonError, match="are the most"):
        openapi_tools.read(document)
    assert len(tools(document, only=["p7"])) == 1


def test_a_document_without_operations_gives_nothing():
    document = {**DOCUMENT, "paths": {"/a": {"summary": "b"}, "x-note": 1}}

    assert openapi_tools.read(document) == OpenApiTools((), ())
