"""What Slack refuses in blocks and views, counted the way its documentation does."""

from collections.abc import Iterator

BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
MESSAGE_TEXT = 40_000
MARKDOWN_TEXT = 12_000

_BLOCK_TYPES = frozenset(
    "actions alert card carousel context context_actions data_table divider file"
    " header image input markdown plan rich_text section table task_card video".split()
)
_TEXT_OF_BLOCK = {"section": 3000, "header": 150, "markdown": MARKDOWN_TEXT}
_ELEMENTS_OF_BLOCK = {"actions": 25, "context": 10, "context_actions": 5}
_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
_NOT_IN_MESSAGES = {"file_input", "number_input", "email_text_input", "url_text_input"}


def message_problems(blocks: list[dict]) -> list[str]:
    """Say what makes these blocks impossible in a message; nothing when they fit."""
    problems = list(_blocks(blocks, BLOCKS_PER_MESSAGE))
    markdown = sum(len(b.get("text", "")) for b in blocks if b["type"] == "markdown")
    if markdown > MARKDOWN_TEXT:
        problems.append(f"markdown blocks hold {markdown} characters")
    problems += [
        f"{element['type']} does not belong in a message"
        for element in elements(blocks)
        if element.get("type") in _NOT_IN_MESSAGES
    ]
    return problems


def view_problems(view: dict) -> list[str]:
    """Say what makes this view impossible; nothing when it fits."""
    problems = list(_blocks(view.get("blocks", []), BLOCKS_PER_VIEW))
    problems += _too_long("callback_id", view.get("callback_id"), 255)
    problems += _too_long("private_metadata", view.get("private_metadata"), 3000)
    if view.get("type") not in {"modal", "home"}:
        problems.append(f"no view is of type {view.get('type')!r}")
    if view.get("type") == "modal":
        for name in ("title", "submit", "close"):
            problems += _plain(name, view.get(name), 24)
        if "title" not in view:
            problems.append("a modal needs a title")
        inputs = [b for b in view.get("blocks", []) if b.get("type") == "input"]
        if inputs and not view.get("submit"):
            problems.append("a modal with inputs needs submit")
    return problems


def elements(blocks: list[dict]) -> Iterator[dict]:
    """Yield every interactive element, with the id of the block that holds it."""
    for block in blocks:
        held = [
            *block.get("elements", []),
            block.get("accessory"),
            block.get("element"),
        ]
        if block.get("type") in {"context", "rich_text"}:
            continue
        for element in held:
            if element and element.get("type") != "image":
                yield {"block_id": block.get("block_id"), **element}


def _blocks(blocks: list[dict], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks; at most {most}"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    yield from (f"block_id {each!r} twice" for each in ids if ids.count(each) > 1)
    for block in blocks:
        yield from _block(block)


def _block(block: dict) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCK_TYPES:
        yield f"no block is of type {kind!r}"
    yield from _too_long("block_id", block.get("block_id"), 255)
    if kind in _TEXT_OF_BLOCK:
        yield from _texts(block)
    most = _ELEMENTS_OF_BLOCK.get(str(kind))
    if most and not 1 <= len(block.get("elements", [])) <= most:
        yield f"{kind} has {len(block.get('elements', []))} elements; 1 to {most}"
    if kind == "context":
        for element in block.get("elements", []):
            yield from _sized("context text", element.get("text"), 3000)
    if kind == "input":
        yield from _plain("label", block.get("label"), 2000)
        yield from _plain("hint", block.get("hint"), 2000)
        if "element" not in block:
            yield "an input needs an element"
    yield from _held(block)


def _texts(block: dict) -> Iterator[str]:
    kind, text, fields = block["type"], block.get("text"), block.get("fields", [])
    if not text and not fields:
        yield f"a {kind} needs text"
    yield from _sized(f"{kind} text", text, _TEXT_OF_BLOCK[kind])
    if kind == "header":
        yield from _plain("header text", text, 150)
    if len(fields) > 10:
        yield f"{len(fields)} fields; at most 10"
    for each in fields:
        yield from _sized("field", each, 2000)


def _held(block: dict) -> Iterator[str]:
    held = list(elements([block]))
    ids = [each["action_id"] for each in held if "action_id" in each]
    yield from (f"action_id {each!r} twice" for each in ids if ids.count(each) > 1)
    for element in held:
        yield from _element(element)


def _element(element: dict) -> Iterator[str]:
    kind = element.get("type", "")
    yield from _too_long("action_id", element.get("action_id"), 255)
    yield from _plain("placeholder", element.get("placeholder"), 150)
    if kind == "button":
        yield from _plain("button text", element.get("text"), 75)
        yield from _too_long("button value", element.get("value"), 2000)
        if element.get("style", "primary") not in {"primary", "danger"}:
            yield f"a button has no style {element['style']!r}"
        if not element.get("text"):
            yield "a button needs text"
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            button = element.get(name, {})
            yield from _plain(f"{name} text", button.get("text"), 75)
            yield from _too_long(f"{name} value", button.get("value"), 2000)
    if "options" in element:
        yield from _options(kind, element["options"])
    if kind == "plain_text_input":
        yield from _too_long("initial_value", element.get("initial_value"), 3000)
        if element.get("max_length", 1) > 3000:
            yield "max_length is at most 3000"


def _options(kind: str, options: list[dict]) -> Iterator[str]:
    most = _OPTIONS.get(kind, 100)
    if not 1 <= len(options) <= most:
        yield f"{kind} has {len(options)} options; 1 to {most}"
    for option in options:
        yield from _sized("option text", option.get("text"), 75)
        yield from _too_long("option value", option.get("value"), 150)
        yield from _sized("option description", option.get("description"), 75)


def _plain(name: str, text: dict | None, most: int) -> Iterator[str]:
    if text is not None and text.get("type") != "plain_text":
        yield f"{name} must be plain_text"
    yield from _sized(name, text, most)


def _sized(name: str, text: dict | str | None, most: int) -> Iterator[str]:
    if isinstance(text, dict):
        if text.get("type") not in {"plain_text", "mrkdwn"}:
            yield f"{name} is no text object"
        text = text.get("text", "")
        if not text:
            yield f"{name} is empty"
    yield from _too_long(name, text, most)


def _too_long(name: str, value: str | None, most: int) -> Iterator[str]:
    if value is not None and len(value) > most:
        yield f"{name} has {len(value)} characters; at most {most}"
