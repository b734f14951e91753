"""API-Bank and TorchHub for `myna bench tools`: read, split, refused."""

import json
import random

import pytest

from bot.bench.tools import apibank, torchhub
from bot.bench.tools.normalised import same
from bot.bench.tools.scoring import invented
from bot.bench.tools.tasks import few
from bot.settings import development_data
from learning.errors import CommandError
from learning.tool import Call


def apibank_row(dialogue, name="AddAlarm", **arguments):
    history = [{"role": "User", "text": f"Please: {dialogue}"}]
    row = {"dialogue": dialogue, "history": history, "api_name": name}
    return row | {"param_dict": arguments}


def described(name, signature="(token: str, time: datetime)", info=""):
    return {"类名": name, "input_parameters": signature, "api_info": info}


def torchhub_row(instruction, model="resnet18", domain="Classification"):
    call = f"torch.hub.load(repo_or_dir='pytorch/vision', model='{model}')"
    row = {"instruction": instruction, "api_call": call, "domain": domain}
    return row | {"description": f"{model} looks at pictures."}


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_apis(tmp_path, *apis):
    path = tmp_path / "apis.json"
    path.write_text(json.dumps(apis), encoding="utf-8")
    return path


def development(*names):
    paths = [development_data() / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("MYNA_DATA does not name the folder of development data")
    return paths


def test_a_dialogue_goes_to_one_side_whatever_the_order_of_the_file(tmp_path):
    found = [apibank_row(f"d{i // 2}", time=f"{i}:00", who="t") for i in range(60)]
    apis = write_apis(tmp_path, described("AddAlarm"))
    first = apibank.load(write_rows(tmp_path / "a.jsonl", found), apis)
    random.Random(1).shuffle(found)  # noqa: S311

    again = apibank.load(write_rows(tmp_path / "b.jsonl", found), apis)

    train, test = ({c.group for c in part} for part in (first.train, first.test))
    assert train
    assert test
    assert not train & test
    assert {c.group for c in again.test} == test


def test_with_a_second_file_the_first_is_trained_on_and_the_second_tested(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [apibank_row(f"d{i}") for i in range(5)])
    other = [apibank_row("d1"), apibank_row("d2", "DeleteAlarm")]
    eval_data = write_rows(tmp_path / "b.jsonl", other)
    apis = write_apis(tmp_path, described("AddAlarm"), described("DeleteAlarm"))

    found = apibank.load(data, apis, eval_data=eval_data)

    assert len(found.train) == 5
    assert [(c.call.name, c.seen) for c in found.test] == [
        ("AddAlarm", True),
        ("DeleteAlarm", False),
    ]


def test_a_tool_has_the_parameters_it_is_taught_by_or_else_those_of_its_description(
    tmp_path,
):
    data = write_rows(
        tmp_path / "a.jsonl",
        [apibank_row("d", date="May 5", name_="x"), apibank_row("e", date="May 6")],
    )
    info = "description = 'Adds one.'\ninput_parameters = {'date': {'type': 'str', 'description': 'The day.'}}\n"
    signature = "(count: int, far: float, who: List[str], time: datetime)"
    apis = write_apis(
        tmp_path,
        described("AddAlarm", info=info),
        described("QueryHotel", signature, info="."),
        described(
            "GetToday",
            None,
            info="description = 'Today.'\ninput_parameters = {\n None\n}",
        ),
    )

    taught, other, bare = apibank.load(data, apis, eval_data=data).tools

    assert taught.description == "Adds one."
    assert taught.properties == {
        "date": {"type": "string", "description": "The day."},
        "name_": {"type": "string"},
    }
    assert list(taught.required) == ["date"]
    assert other.description == "Query hotel."
    assert [schema["type"] for schema in other.properties.values()] == [
        "integer",
        "number",
        "array",
        "string",
    ]
    assert list(other.required) == list(other.properties)
    assert (bare.properties, bare.description) == ({}, "Today.")


def test_a_dialogue_is_rendered_as_its_last_turns_with_what_calls_gave():
    result = {"api_name": "GetToken", "param_dict": {"password": "p"}, "output": "t1"}
    history = [
        {"role": "User", "text": "x" * 50},
        {"role": "AI", "text": "Who\nare you?"},
        {"role": "API", "text": json.dumps(result)},
    ]

    assert apibank.rendered(history, 60) == 'AI: Who are you?\nAPI: GetToken gave "t1"'
    assert apibank.rendered(history).startswith("User: xxx")
    assert apibank.rendered(history[:1], 10) == "x" * 10
    assert apibank.rendered([{"role": "API", "text": "down"}]) == "API: down"


@pytest.mark.parametrize(
    ("rows", "apis", "said"),
    [
        ([], [], "is empty"),
        ([{"dialogue": 1}], [], "line 1: it should have dialogue, of type str"),
        ([["a"]], [], "line 1: it should have dialogue"),
        ([apibank_row("d")], {}, "should be a list of APIs"),
        ([apibank_row("d")], [{}], "API 1: it should have 类名"),
        ([apibank_row("d")], [described("Other")], "does not describe AddAlarm"),
        (
            [apibank_row("d") | {"history": ["hi"]}],
            [described("AddAlarm")],
            "d: a turn should have role and text",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_a_sentence(tmp_path, rows, apis, said):
    path = write_rows(tmp_path / "a.jsonl", rows)
    described_in = tmp_path / "apis.json"
    described_in.write_text(json.dumps(apis), encoding="utf-8")

    with pytest.raises(CommandError, match=said):
        apibank.load(path, described_in)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1 is no JSON"),
        (b"\xff\xfe", "is no text"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_json_or_not_there_is_refused(tmp_path, content, said):
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        torchhub.load(path)


def test_api_bank_is_read_and_what_is_taught_fits_its_tool():
    data, apis = development(apibank.DATA, apibank.APIS)

    found = apibank.load(data, apis)

    tools = {tool.name: tool for tool in found.tools}
    assert len(tools) == 101
    assert max(len(tool.description) for tool in found.tools) <= 500
    assert len(found.train) + len(found.test) == 194
    assert 0.2 < len(found.test) / 194 < 0.4
    assert {case.seen for case in found.test} == {True, False}
    taught = {case.call.name for case in found.train}
    assert all(case.seen == (case.call.name in taught) for case in found.test)
    for case in (*found.train, *(case for case in found.test if case.seen)):
        assert not invented(case.call, found.tools), case
    assert all(not tools[c.call.name].problems(c.call.arguments) for c in found.train)


def test_torchhub_is_read_with_its_list_of_94_calls():
    (data,) = development(torchhub.DATA)

    found, apis = torchhub.load(data), torchhub.apis(data)

    assert len(apis) == 94
    assert len(found.train) + len(found.test) == 837
    assert 0.15 < len(found.test) / 837 < 0.25
    (tool,) = found.tools
    assert all(not tool.problems(c.call.arguments) for c in (*found.train, *found.test))
    assert all(torchhub.gorilla(api.call, api.call, apis).correct for api in apis)
    assert sum(same(api.call, other.call) for api in apis for other in apis) == 94


def test_instructions_are_split_by_their_words_and_taught_by_call(tmp_path):
    found = [torchhub_row(f'"Do {i}!"', f"resnet{i % 3}") for i in range(50)]
    first = torchhub.load(write_rows(tmp_path / "a.jsonl", found))
    random.Random(1).shuffle(found)  # noqa: S311

    again = torchhub.load(write_rows(tmp_path / "b.jsonl", found))

    assert {case.request for case in again.test} == {
        case.request for case in first.test
    }
    assert first.test[0].request.startswith("Do ")
    assert len(few(first, 2).train) == 6


def test_with_a_second_file_models_of_it_are_offered_and_unseen(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [torchhub_row("See.")])
    eval_data = write_rows(tmp_path / "b.jsonl", [torchhub_row("Look!", "vgg11")])

    found = torchhub.load(data, eval_data=eval_data)

    assert [case.seen for case in found.test] == [False]
    assert found.tools[0].properties["model"]["enum"] == ["resnet18", "vgg11"]
    assert [a.call.arguments["model"] for a in torchhub.apis(data, eval_data)] == [
        "resnet18",
        "vgg11",
    ]


def test_an_instruction_whose_call_is_none_is_refused(tmp_path):
    row = torchhub_row("See.") | {"api_call": "print(1)"}

    with pytest.raises(CommandError, match=r"is no call of torch\.hub\.load"):
        torchhub.load(write_rows(tmp_path / "a.jsonl", [row]))


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (
            "torch.hub.load(repo_or_dir='a/b', model='m', pretrained=True)",
            {"repo_or_dir": "a/b", "model": "m", "pretrained": True},
        ),
        (
            "torch.hub.load('a/b', 'm', n=3)",
            {"repo_or_dir": "a/b", "model": "m", "n": 3},
        ),
        (
            "torch.hub.load(repo_or_dir='a/b', 'e', model='m,(x')",
            {"repo_or_dir": "a/b", "model": "m,(x", "entry": "e"},
        ),
        (
            "torch.hub.load('a/b', model='m', **{'top': 6, 'on': 'cpu'}, gpu=use_gpu)",
            {
                "repo_or_dir": "a/b",
                "model": "m",
                "top": 6,
                "on": "cpu",
                "gpu": "use_gpu",
            },
        ),
        ("torch.hub.load()", {}),
    ],
)
def test_a_call_in_python_is_read_even_where_python_refuses_it(text, arguments):
    assert torchhub.call_of(text) == Call("torch.hub.load", arguments)


@pytest.mark.parametrize("text", ["", "torch.load('m')", "use torch.hub.load('a')"])
def test_what_is_no_call_in_python_is_none(text):
    assert torchhub.call_of(text) is None
