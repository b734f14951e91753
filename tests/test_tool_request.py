"""Proves that an argument never changes where a call goes, nor a secret its host."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from learning.errors import LessonError, ToolError
from learning.tool import from_fields
from learning.tool_request import (
    ToolRequest,
    build,
    check,
    header_values,
    host_of,
    secrets_of,
    warnings,
)
from learning.tool_secret import ToolSecret

HOST = "status.example.org"
SITE = f"https://{HOST}"
KEY = "sk-grelbin-4711"
BEARER = {"Authorization": "Bearer {secret:STATUS_KEY}"}
TEXT = {"type": "string"}
PARAMETERS = {
    "region": TEXT,
    "q": TEXT,
    "count": {"type": "integer"},
    "share": {"type": "number"},
    "tags": {"type": "array", "items": TEXT},
    "open": {"type": "boolean"},
    "where": {"type": "object"},
}
TRAPS = (
    "../admin",
    "..",
    ".",
    "%2e%2e",
    "..%2fadmin",
    "%252e%252e%252f",
    "..;/admin",
    "..\\admin",
    "a/b",
    "/etc/passwd",
    "?key=1",
    "#top",
    "a&b=c",
    "@evil.example",
    "//evil.example/",
    "\r\nHost: evil.example",
    "\x00",
    "\ud800",
    "{q}",
    "+",
    " ",
    "ünïcode",
    "",
)
WRITTEN = st.text(alphabet=st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    TRAPS
)


def tool(
    url=f"{SITE}/{{region}}", method="GET", *, headers=None, body="json", only=None
):
    names = PARAMETERS if only is None else {name: PARAMETERS[name] for name in only}
    return from_fields(
        {
            "name": "status",
            "description": "Says whether a game server is up.",
            "parameters": {"type": "object", "properties": names},
            "endpoint": {
                "method": method,
                "url": url,
                "headers": headers or {},
                "body": body,
            },
        }
    )


def secret(host=HOST, value=KEY):
    return {"STATUS_KEY": ToolSecret("STATUS_KEY", host, value)}


def built(url=f"{SITE}/{{region}}", method="GET", *, secrets=(), **options):
    arguments = options.pop("arguments", {"region": "eu"})
    return build(tool(url, method, **options), arguments, dict(secrets))


def test_a_call_fills_path_and_query_and_puts_the_rest_behind():
    request = built(
        f"{SITE}/{{region}}/players?sort=name&filter={{q}}",
        arguments={"region": "eu west", "q": "a&b", "count": 3, "open": True},
    )

    assert request == ToolRequest(
        "GET",
        f"{SITE}/eu%20west/players?sort=name&filter=a%26b&count=3&open=true",
        {},
        repeatable=True,
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_methods_without_a_body_send_the_rest_in_the_query(method):
    request = built(method=method, arguments={"region": "eu", "q": "x"})

    assert (request.url, request.body) == (f"{SITE}/eu?q=x", None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_methods_with_a_body_send_the_rest_as_json(method):
    request = built(
        method=method,
        arguments={"region": "eu", "q": "Grüße\n", "tags": ["a"], "share": 0.5},
    )

    assert request.url == f"{SITE}/eu"
    assert request.headers == {"Content-Type": "application/json"}
    assert json.loads(request.body) == {"q": "Grüße\n", "tags": ["a"], "share": 0.5}


def test_a_form_is_percent_encoded_and_names_a_list_many_times():
    request = built(
        method="POST",
        body="form",
        arguments={"region": "eu", "q": "a&b=c\nd", "tags": ["x y", "z"]},
    )

    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert request.body == b"q=a%26b%3Dc%0Ad&tags=x%20y&tags=z"


def test_without_a_body_even_a_post_sends_the_rest_in_the_query():
    request = built(method="POST", body="none", arguments={"region": "eu", "q": "x"})

    assert (request.url, request.body) == (f"{SITE}/eu?q=x", None)


def test_a_pair_of_the_query_without_its_argument_is_left_out():
    address = f"{SITE}/?a=1&q={{q}}&at={{count}},{{share}}&tag={{tags}}"

    none = built(address, arguments={})
    half = built(address, arguments={"count": 1, "q": None})
    full = built(address, arguments={"count": 1, "share": 0.5, "tags": ["x", "y"]})

    assert none.url == f"{SITE}/?a=1"
    assert half.url == f"{SITE}/?a=1"
    assert full.url == f"{SITE}/?a=1&at=1,0.5&tag=x&tag=y"


@pytest.mark.parametrize("missing", [{}, {"region": ""}, {"region": None}])
def test_nothing_is_called_without_an_argument_of_the_path(missing):
    with pytest.raises(ToolError, match="without region"):
        built(arguments=missing)


@pytest.mark.parametrize(
    "region",
    [
        ".",
        "..",
        "../admin",
        "..\\admin",
        "a/../admin",
        "a/..",
        "/etc",
        "a//b",
        "..;x/admin",
        "%2e%2e",
        "a%2fb",
        "..%252fadmin",
        "a\r\nb",
        "\x00",
        "\x7f",
        "\x85",
        "\ud800",
    ],
)
def test_an_argument_that_a_server_may_read_as_another_path_is_refused(region):
    with pytest.raises(ToolError, match=r"^region (may not|has hidden)"):
        built(arguments={"region": region})


@pytest.mark.parametrize(
    ("segment", "arguments"),
    [
        ("{region}{q}", {"region": ".", "q": "."}),
        (".{region}", {"region": "."}),
        ("%2e{region}", {"region": "."}),
        ("x%2f{region}", {"region": ".."}),
    ],
)
def test_arguments_make_no_dots_together_with_what_stands_beside_them(
    segment, arguments
):
    with pytest.raises(ToolError, match="another path"):
        built(f"{SITE}/{segment}/x", arguments=arguments)


@pytest.mark.parametrize("text", ["a\nb", "\x00", "\x1b[2J", "\ud800"])
def test_hidden_characters_stay_out_of_the_query_and_broken_ones_of_bodies(text):
    with pytest.raises(ToolError, match="hidden characters"):
        built(f"{SITE}/?q={{q}}", arguments={"q": text})
    with pytest.raises(ToolError):
        built(f"{SITE}/", "POST", arguments={"q": "\ud800"})
    with pytest.raises(ToolError):
        built(f"{SITE}/", "POST", body="form", arguments={"q": "\x00"})


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_number_is_not_sent(number, method):
    with pytest.raises(ToolError):
        built(f"{SITE}/", method, arguments={"share": number})


def test_too_long_an_address_and_too_deep_a_value_are_refused():
    deep = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(ToolError, match="too much"):
        built(arguments={"region": "x" * 4000})
    with pytest.raises(ToolError, match="as JSON"):
        built(f"{SITE}/", "POST", arguments={"tags": deep})
    with pytest.raises(ToolError, match="as JSON"):
        built(f"{SITE}/", arguments={"where": {"a": deep}})


def test_an_argument_that_is_no_parameter_is_refused():
    with pytest.raises(ToolError, match="no parameter called admin"):
        built(arguments={"region": "eu", "admin": "1"})


@given(region=WRITTEN, q=WRITTEN, rest=WRITTEN)
@example(region="a/b", q="../?#&=%2f", rest="&q=evil")
@example(region="%", q="%", rest="%")
def test_no_argument_changes_where_a_call_goes(region, q, rest):
    address = f"{SITE}:8443/v1/x-{{region}}.json/end?q={{q}}&fixed=1"
    taught = tool(address, only=("region", "q", "tags"))
    arguments = {"region": region, "q": q, "tags": [rest]}

    try:
        request = build(taught, arguments, {})
    except ToolError:
        return

    assert request.url.isascii()
    yarled, encoded, split = (
        URL(request.url),
        URL(request.url, encoded=True),
        urlsplit(request.url),
    )
    for url in (yarled, encoded):
        assert (url.scheme, url.raw_host, url.port) == ("https", HOST, 8443)
        assert (url.user, url.password, url.fragment) == (None, None, "")
        assert len(url.raw_path.split("/")) == len("/v1/x/end".split("/"))
    assert (split.scheme, split.hostname, split.port) == ("https", HOST, 8443)
    assert (split.username, split.fragment) == (None, "")
    parts = split.path.split("/")
    assert parts[:2] == ["", "v1"]
    assert parts[3:] == ["end"]
    assert unquote(parts[2], errors="strict") == f"x-{region}.json"
    expected = [("q", q), ("fixed", "1"), ("tags", rest)]
    assert parse_qsl(split.query, keep_blank_values=True) == expected
    assert list(encoded.query.items()) == expected


@given(WRITTEN)
def test_an_argument_round_trips_wherever_it_is_sent_or_is_refused(text):
    for method, body in (("POST", "json"), ("POST", "form"), ("GET", "json")):
        taught = tool(f"{SITE}/", method, body=body, only=("q",))
        try:
            request = build(taught, {"q": text}, {})
        except ToolError:
            continue
        if body == "form":
            [(_, got)] = parse_qsl(request.body.decode(), keep_blank_values=True)
        elif method == "POST":
            got = json.loads(request.body)["q"]
        else:
            [(_, got)] = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
        assert got == text


@given(st.text(alphabet="abcäß -._~!$'()*,;:@/&=?+", max_size=30))
def test_ordinary_words_are_never_refused_in_the_query(text):
    request = built(f"{SITE}/?q={{q}}", arguments={"q": text})

    assert URL(request.url, encoded=True).query["q"] == text


@given(st.text(alphabet="abcäß -_~!$'()*,:@&=?+#", min_size=1, max_size=30))
def test_ordinary_words_are_never_refused_in_the_path(text):
    request = built(arguments={"region": text})

    assert URL(request.url, encoded=True).path == f"/{text}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/", "starts with https"),
        ("file:///etc/passwd", "starts with https"),
        ("javascript:alert(1)", "starts with https"),
        ("example.org/x", "starts with https"),
        ("//example.org/", "starts with https"),
        ("{region}://example.org/", "starts with https"),
        ("https://{region}.example.org/", "host is always the same"),
        ("https://{region}/", "host is always the same"),
        ("https://example.org:{count}/", "host is always the same"),
        ("https://{region}@example.org/", "host is always the same"),
        ("https://example.org{region}/", "host is always the same"),
        ("https://user:pw@example.org/", "secret header"),
        ("https://@example.org/", "secret header"),
        ("https://example.org:0/", "port"),
        ("https://example.org:99999/", "host"),
        ("https://exa%6dple.org/", "host"),
        ("https://example.org\uff0fx/", "host"),
        ("https:///x", "host"),
        ("https://example.org\\@evil.example/", "backslashes"),
        ("https://example.org/a b", "spaces"),
        ("https://example.org/\r\nHost:x", "spaces"),
        ("https://example.org/\u200b", "hidden"),
        ("https://example.org/#x", "#"),
        ("https://example.org/{nothing}", "no parameter"),
        ("https://example.org/?q={nothing}", "no parameter"),
        ("https://example.org/{region", "parameter's name"),
        ("https://example.org/{}", "parameter's name"),
        ("https://example.org/{region.x!}", "parameter's name"),
        ("https://example.org/?{q}=1", "name of its own"),
        ("https://example.org/?{q}", "name of its own"),
        ("https://example.org/?=1", "name of its own"),
        ("https://example.org/{secret:STATUS_KEY}", "never in the address"),
        ("https://example.org/?key={secret:STATUS_KEY}", "never in the address"),
        ("https://example.org/a/../b", "without . and .."),
        ("https://example.org/%2E%2e/b", "without . and .."),
        ("https://example.org/%2{region}", "%25"),
        ("https://example.org/100%", "%25"),
        ("https://example.org/{tags}", "one value"),
        ("https://example.org/{where}", "one value"),
        ("https://example.org/?Q=fixed", "what q is"),
        (f"https://example.org/{'x' * 4000}", "characters"),
    ],
)
def test_an_address_that_is_not_acceptable_is_refused(url, said):
    with pytest.raises(LessonError, match=said):
        check(tool(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/",
        "https://example.org:8443/a/b%2Fc/",
        "http://localhost:8000/{region}",
        "https://[2606:4700::1111]/x?q={q}",
        "https://bücher.example/ü?ö={q}",
        "https://example.org/{region}:{count}/x@{q}?a,b=(c)&at={share},{open}",
    ],
)
def test_an_ordinary_address_is_acceptable_and_sent_as_it_is(url):
    check(tool(url))
    arguments = {"region": "r", "count": 1, "q": "q", "share": 0.5, "open": True}
    wanted = URL(url.format(**{**arguments, "open": "true"}))

    sent = URL(build(tool(url), arguments, {}).url, encoded=True)

    assert (sent.scheme, sent.raw_host, sent.port) == (
        wanted.scheme,
        wanted.raw_host,
        wanted.port,
    )
    assert sent.path == wanted.path
    assert set(wanted.query.items()) <= set(sent.query.items())


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "CONNECTION",
        "Cookie",
        "Upgrade",
        "Expect",
        "Trailer",
        "Accept-Encoding",
        "X-HTTP-Method-Override",
        "Proxy-Authorization",
        "X-Forwarded-For",
        "Sec-Fetch-Site",
        "",
        "A B",
        "A:",
        "A\r\nHost",
        "Ä",
        "A" * 65,
    ],
)
def test_a_header_that_tools_may_not_set_is_refused(name):
    with pytest.raises(LessonError):
        check(tool(headers={name: "x"}))


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nHost: evil.example",
        "a\n",
        "\x00",
        "ü",
        "{region}",
        "{secret:}",
        "x" * 2001,
    ],
)
def test_a_header_whose_value_is_not_one_plain_line_is_refused(value):
    with pytest.raises(LessonError):
        check(tool(headers={"X-Note": value}))


def test_too_many_headers_and_one_that_is_named_twice_are_refused():
    with pytest.raises(LessonError, match="twice"):
        check(tool(headers={"X-Key": "a", "x-key": "b"}))
    with pytest.raises(LessonError, match="16 headers"):
        check(tool(headers={f"X-{number}": "a" for number in range(17)}))


def test_a_tool_may_say_its_own_content_type():
    request = built(method="POST", headers={"content-type": "application/vnd.api+json"})

    assert request.headers == {"content-type": "application/vnd.api+json"}


def test_a_secret_is_put_into_its_header_alone():
    request = built(headers={**BEARER, "X-Plain": "v1"}, secrets=secret())

    assert request.headers == {"Authorization": f"Bearer {KEY}", "X-Plain": "v1"}
    assert request.secrets == (KEY,)
    assert KEY not in request.url
    assert KEY not in repr(request)
    assert secrets_of(tool(headers=BEARER)) == ("STATUS_KEY",)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/{region}",
        "https://status.example.org.evil.example/{region}",
        "https://xstatus.example.org/{region}",
        "https://example.org/{region}",
        "https://status.example.org:8443/{region}",
        "https://status.example.org./{region}",
    ],
)
def test_a_secret_goes_to_no_other_host(url):
    with pytest.raises(
        ToolError, match=r"STATUS_KEY is for status\.example\.org alone"
    ):
        built(url, headers=BEARER, secrets=secret())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://STATUS.Example.org/{region}", HOST),
        ("https://status.example.org:443/{region}", HOST),
        ("https://Bücher.example/{region}", "xn--bcher-kva.example"),
        ("https://\uff53tatus.example.org/{region}", HOST),
        ("https://status.example.org:8443/{region}", f"{HOST}:8443"),
        ("http://[::1]:8000/{region}", "[::1]:8000"),
    ],
)
def test_hosts_are_compared_in_one_spelling(url, host):
    request = built(url, headers=BEARER, secrets=secret(host))

    assert host_of(tool(url)) == host
    assert request.headers["Authorization"] == f"Bearer {KEY}"


def test_a_secret_that_nobody_stored_is_named():
    with pytest.raises(ToolError, match="needs the secret STATUS_KEY"):
        built(headers=BEARER)


def test_a_secret_that_would_begin_another_header_is_not_sent():
    with pytest.raises(ToolError) as refusal:
        built(headers=BEARER, secrets=secret(value=f"{KEY}\r\nHost: evil.example"))

    assert KEY not in str(refusal.value)


def test_an_mcp_server_has_a_fixed_address_and_headers_with_secrets():
    server = tool(f"{SITE}/mcp#its name there", "MCP", headers=BEARER)
    check(server)

    assert host_of(server) == HOST
    assert warnings(server) == []
    assert header_values(server, secret()) == {"Authorization": f"Bearer {KEY}"}
    with pytest.raises(ToolError, match="over MCP"):
        build(server, {}, secret())
    with pytest.raises(LessonError, match="no parameters"):
        check(tool(f"{SITE}/{{region}}", "MCP"))


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("https://example.org/", ()),
        ("https://93.184.216.34:8443/", ()),
        ("http://example.org/", ("over http",)),
        ("http://localhost:8000/", ("over http", "TOOL_PRIVATE_HOSTS")),
        ("https://10.0.0.5/", ("TOOL_PRIVATE_HOSTS",)),
        ("https://[::1]:8000/", ("TOOL_PRIVATE_HOSTS",)),
        ("https://printer.local/", ("TOOL_PRIVATE_HOSTS",)),
        ("https://metadata.google.internal/", ("TOOL_PRIVATE_HOSTS",)),
        ("https://bücher.example/", ("look like others",)),
        ("https://example.org/{region}", ("nothing is called without it",)),
    ],
)
def test_moderators_are_warned_of_what_they_should_think_about(url, warned):
    found = warnings(tool(url))

    assert len(found) == len(warned)
    for sentence, words in zip(found, warned, strict=True):
        assert words in sentence


@pytest.mark.parametrize(
    ("method", "confirm", "repeatable"),
    [("GET", False, True), ("GET", True, False), ("POST", False, False)],
)
def test_only_what_nobody_is_asked_about_may_be_sent_again(method, confirm, repeatable):
    tool = from_fields(
        {
            "name": "gate",
            "description": "Opens a gate.",
            "parameters": {"properties": {}},
            "endpoint": {"method": method, "url": "https://home.example.org/gate"},
            "confirm": confirm,
        }
    )

    assert build(tool, {}, {}).repeatable is repeatable
