"""Whatever people type, Myna reads it or says how to write it; it never breaks."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import examples, marker
from bot.commands import MAX_COMMAND, parse, read_lesson, read_parts, unquote
from bot.server_options import OPTIONS, changed, ids
from bot.vocabulary import USAGE, Ask, Teach
from learning import dialogue
from learning.errors import CommandError, FetchError, LessonError
from learning.web_address import (
    HOST,
    MAX_ADDRESS_CHARS,
    SCHEMES,
    is_public,
    web_address,
)
from storage.servers import ServerSettings
from tests.hostile.corpus import addresses, any_text, texts
from tests.hostile.effort import OFTEN

WORDS = st.sampled_from(
    (
        *("all", "fresh", "document", "pick", "stop", "daily", "memory only", "on"),
        *("question:", "answer:", "text:", "fact:", "rule:", "dialogue:", "example:"),
        *("reason:", "User:", "Myna:", "->", "1-4", "0", "7", "999999999", "v3", "#5"),
        *("https://example.org", "<https://example.org|it>", '"', "“", "”", "--audit"),
    )
)
LINES = st.builds(
    lambda name, rest: f"{name} {' '.join(rest)}",
    st.sampled_from(sorted(USAGE)),
    st.lists(st.one_of(WORDS, any_text(30)), max_size=8),
)


@OFTEN
@given(st.one_of(LINES, any_text()))
def test_a_line_is_a_command_or_a_sentence_that_shows_how_to_write_it(line):
    try:
        command = parse(line)
    except (CommandError, LessonError) as exc:
        assert 0 < len(str(exc)) < 500  # noqa: PT017 - most lines raise none
        return

    assert command is not None
    if not line.strip().startswith("/"):
        assert command == Ask(line.strip())


@OFTEN
@given(any_text())
def test_a_lesson_that_was_read_has_words(text):
    try:
        teach = read_lesson(text)
    except (CommandError, LessonError):
        return

    assert teach.text.strip() or (teach.question.strip() and teach.answer.strip())


def test_an_endless_command_is_refused_at_once():
    with pytest.raises(CommandError, match="the most"):
        parse("/teach fact: " + "x" * MAX_COMMAND)


@OFTEN
@given(any_text())
def test_quotes_come_off_once_and_nothing_else_changes(text):
    inner = unquote(text)

    assert inner in text
    assert inner == inner.strip()


@OFTEN
@given(any_text())
def test_parts_are_positive_numbers(text):
    try:
        parts = read_parts(text)
    except CommandError:
        return

    assert parts
    assert min(parts) > 0


@OFTEN
@given(any_text().map("[Learn] {}".format))
def test_a_marked_message_teaches_something_or_nothing(text):
    try:
        taught = marker.read(text)
    except LessonError:
        return

    assert taught is None or isinstance(taught, Teach)


@OFTEN
@given(st.one_of(any_text(), st.lists(WORDS).map("\n".join)))
def test_examples_are_read_again_as_they_were_written(text):
    try:
        found = examples.read_lines(text)
        again = examples.read_lines(examples.write_lines(found))
    except LessonError:
        return

    assert all(message and reply for message, reply in found)
    assert len(again) <= len(found)


TURNS = st.lists(
    st.tuples(st.sampled_from(("User: ", "Myna: ", "")), any_text(30)), max_size=14
).map(lambda turns: "\n".join(map("".join, turns)))


@OFTEN
@given(st.one_of(any_text(), TURNS))
def test_a_dialogue_is_turns_that_are_read_again_as_they_were_written(text):
    try:
        turns = dialogue.parse(text)
    except LessonError as exc:
        assert str(exc)  # noqa: PT017 - most texts are none
        return

    assert all(turn.words for turn in turns)
    assert len(turns) % 2 == 0
    assert dialogue.parse(dialogue.written(turns)) == turns


@OFTEN
@given(st.sampled_from((*sorted(OPTIONS), "")), any_text())
def test_a_setting_changes_only_itself_or_is_refused(name, value):
    before = ServerSettings("chat:1")
    try:
        after = changed(before, name or value, value)
    except CommandError as exc:
        assert len(str(exc)) < 1000  # noqa: PT017 - most values are none
        return

    differ = [f.name for f in fields(after) if _differs(before, after, f.name)]
    assert after.server == "chat:1"
    assert len(differ) <= 1


@OFTEN
@given(any_text())
def test_ids_hold_no_markup(text):
    assert not any(set(found) & set("<>@#|! ") for found in ids(text))


@OFTEN
@given(
    st.one_of(
        st.sampled_from(addresses()),
        any_text(),
        any_text().map("https://{}".format),
        any_text().map("http://example.org/{}".format),
    )
)
def test_a_web_address_is_plain_or_refused_without_repeating_it(text):
    try:
        url = web_address(text)
    except FetchError as exc:
        assert len(str(exc)) < 200  # noqa: PT017 - most texts are none
        return

    assert url.scheme in SCHEMES
    assert HOST.fullmatch(url.raw_host)
    assert url.user is None
    assert url.password is None
    assert str(url).isprintable()
    if len(str(url)) <= MAX_ADDRESS_CHARS:  # encoding may lengthen it
        assert str(web_address(str(url))) == str(url)


@pytest.mark.parametrize("text", addresses())
def test_no_hostile_address_leads_anywhere_by_its_number(text):
    """Names are judged when they are connected to (tests/test_web.py)."""
    try:
        url = web_address(text)
    except FetchError:
        return

    assert not is_public(url.raw_host, url.port)


@OFTEN
@given(st.one_of(st.ip_addresses().map(str), any_text(40)), st.integers(-1, 2**17))
def test_an_address_is_judged_whatever_it_is(address, port):
    assert is_public(address, port) in (True, False)


def test_the_corpus_says_each_thing_once():
    assert len(set(texts().values())) == len(texts())
    assert len(set(addresses())) == len(addresses())


def _differs(before, after, name):
    return getattr(before, name) != getattr(after, name)
