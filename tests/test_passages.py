"""Passages: small, whole, said once, and nothing lost that was worth keeping."""

import re
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.document import Document, Section
from learning.passages import Passage, passages

JAPANESE = "\u30ae\u30eb\u30c9\u306f\u6bce\u9031\u91d1\u66dc\u65e5\u306b\u53e4\u3044\u6c34\u8eca\u5c0f\u5c4b\u3067\u96c6\u307e\u308a\u307e\u3059\u3002"
CHINESE = "\u516c\u4f1a\u6bcf\u9031\u4e94\u5728\u820a\u78e8\u574a\u805a\u6703"
HEBREW = "\u05d4\u05d2\u05d9\u05dc\u05d3\u05d4 \u05e0\u05e4\u05d2\u05e9\u05ea \u05d1\u05d9\u05d5\u05dd \u05e9\u05d9\u05e9\u05d9."
ARABIC = "\u0647\u0644 \u062a\u062c\u062a\u0645\u0639 \u0627\u0644\u0646\u0642\u0627\u0628\u0629\u061f \u0646\u0639\u0645\u060c \u064a\u0648\u0645 \u0627\u0644\u062c\u0645\u0639\u0629."
THAI = "\u0e01\u0e34\u0e25\u0e14\u0e4c\u0e1e\u0e1a\u0e01\u0e31\u0e19\u0e17\u0e38\u0e01\u0e27\u0e31\u0e19\u0e28\u0e38\u0e01\u0e23\u0e4c\u0e40\u0e27\u0e25\u0e32"

words = st.text(alphabet="abcdefgh\u00e9\u05d0\u0628", min_size=1, max_size=12)
sentences = st.lists(words, min_size=1, max_size=30).map(lambda w: " ".join(w) + ".")
paragraphs = st.lists(sentences, min_size=1, max_size=6).map(" ".join)
texts = st.lists(paragraphs, min_size=1, max_size=5).map("\n\n".join)
foreign = st.text(alphabet=JAPANESE + CHINESE + THAI + " \n", max_size=400)


def of(*texts: str, **more) -> list[str]:
    document = Document("d", tuple(Section((), text, "") for text in texts))
    return [passage.text for passage in passages(document, **more)]


def letters(texts) -> str:
    return re.sub(r"\s", "", "".join(texts))


@given(st.lists(texts, min_size=1, max_size=4), st.integers(20, 200))
@settings(max_examples=100, deadline=None)
def test_nothing_is_lost_and_no_passage_is_over_the_limit(texts, most):
    # Numbered words make every passage unlike the others, so that none is a duplicate.
    number = count()
    texts = [re.sub(r"\w+", lambda m: f"{m[0]}{next(number)}", text) for text in texts]

    found = of(*texts, most_chars=most)

    assert all(0 < len(passage) <= most for passage in found)
    assert " ".join(found).split() == " ".join(texts).split()


@given(foreign, st.integers(20, 200))
@settings(max_examples=150, deadline=None)
def test_scripts_without_spaces_fit_as_well(text, most):
    found = of(text, most_chars=most)

    assert all(0 < len(passage) <= most for passage in found)
    assert is_subsequence(letters(found), letters([text]))


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


@given(st.text(max_size=800), st.integers(10, 100))
@settings(max_examples=200, deadline=None)
def test_any_text_is_cut_without_an_error(text, most):
    assert all(0 < len(passage) <= most for passage in of(text, most_chars=most))


def test_a_section_that_fits_stays_whole():
    assert of("One rule.\n\nAnother rule.") == ["One rule.\n\nAnother rule."]


def test_a_long_section_is_cut_at_paragraphs():
    first, second = ("The raid begins. " * 20).strip(), ("Bring food. " * 20).strip()

    assert of(f"{first}\n\n{second}", most_chars=400) == [first, second]


def test_a_long_paragraph_is_cut_at_sentences():
    said = [f"Rule {n} of the guild holds for everybody." for n in range(30)]

    found = of(" ".join(said), most_chars=100)

    assert found == [" ".join(said[n : n + 2]) for n in range(0, 30, 2)]


def test_a_long_sentence_is_cut_at_its_clauses():
    assert of("who comes late, waits outside, and pays", most_chars=20) == [
        "who comes late,",
        "waits outside,",
        "and pays",
    ]


def test_an_abbreviation_ends_no_sentence():
    assert of("It costs approx. twenty gold. Pay now.", most_chars=30) == [
        "It costs approx. twenty gold.",
        "Pay now.",
    ]


def test_a_word_is_never_cut():
    text = "Donaudampfschifffahrtsgesellschaft " * 10

    assert set(" ".join(of(text, most_chars=50)).split()) == set(text.split())


def test_an_encoded_string_longer_than_a_passage_is_left_out():
    assert of(f"Before. {'A1b2' * 200} After.") == ["Before. After."]


def test_tiny_passages_are_joined_under_the_same_headings_only():
    document = Document(
        "d",
        (
            Section(("Prices",), "Sword: 20", "row 2"),
            Section(("Prices",), "Shield: 30", "row 3"),
            Section(("Times",), "Friday", "row 4"),
        ),
    )

    assert passages(document) == (
        Passage(("Prices",), "Sword: 20\n\nShield: 30", "row 2"),
        Passage(("Times",), "Friday", "row 4"),
    )


def test_joining_never_makes_a_passage_too_long():
    assert of("a" * 95, "b" * 20, most_chars=100) == ["a" * 95, "b" * 20]


def test_japanese_is_cut_after_its_sentences():
    found = of("".join(f"{n}{JAPANESE}" for n in range(10)), most_chars=30)

    assert len(found) == 10
    assert all(passage.endswith("\u3002") for passage in found)


def test_chinese_without_any_full_stop_is_cut_between_characters():
    text = "".join(chr(0x4E00 + n) for n in range(500))

    found = of(text, most_chars=100)

    assert [len(passage) for passage in found] == [100] * 5
    assert "".join(found) == text


def test_thai_vowels_and_marks_stay_with_their_consonants():
    text = "".join(f"{n}{THAI}" for n in range(20))

    found = of(text, most_chars=100)

    assert "".join(found) == text
    assert not any(re.match("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", p) for p in found)
    assert not any(re.search("[\u0e40-\u0e44]$", p) for p in found)


@pytest.mark.parametrize("text", [HEBREW, ARABIC])
def test_text_from_right_to_left_is_cut_at_sentences(text):
    many = [f"{n} {text}" for n in range(10)]

    found = of(" ".join(many), most_chars=60)

    assert letters(found) == letters(many)
    assert all(passage[-1] in ".\u061f" for passage in found)


def test_lines_broken_by_the_width_of_a_page_are_joined():
    text = (
        "The guild meets every Friday in the old mill beside\n"
        "the river, and whoever comes late waits until the exam-\n"
        "ination of the others is over.\n"
        "Rules\n"
        "- Bring food for everybody who comes to the long meeting\n"
        "- Bring torches"
    )

    (found,) = of(text)

    assert found == (
        "The guild meets every Friday in the old mill beside the river, and whoever"
        " comes late waits until the examination of the others is over.\nRules\n"
        "- Bring food for everybody who comes to the long meeting\n- Bring torches"
    )


def test_lines_of_a_table_stay_lines():
    rows = "\n".join(
        f"Item: Sword of kind {n}; Price: {n}0; Seller: Bo" for n in range(4)
    )

    assert of(rows) == [rows]


@pytest.mark.parametrize(
    "notice",
    [
        "We use cookies to improve your experience. Accept all cookies?",
        "This website uses cookies. By staying you agree to our cookie policy.",
        "Wir verwenden Cookies, um Inhalte zu personalisieren.",
        "Nous utilisons des cookies pour am\u00e9liorer votre visite.",
        "Usamos cookies propias y de terceros.",
        "Home\nAbout us\nContact\nLog in",
        "Home | News | Blog | Contact | Imprint",
        "- Startseite\n- Kontakt\n- Impressum\n- Datenschutz",
    ],
)
def test_notices_and_menus_are_left_out(notice):
    assert of(f"{notice}\n\nThe raid is on Friday.") == ["The raid is on Friday."]


@pytest.mark.parametrize(
    "content",
    [
        "Mira bakes cookies for the raid on Friday.",
        "A cookie is a small file that a site stores in the browser of its visitor.",
        "Flour\nSugar\nEggs\nButter\nSalt",
        "Help\nSword\nShield\nTorch\nRope\nFood",
        "Ana | Ben | Cleo | Dora | Emil",
    ],
)
def test_what_only_looks_like_boilerplate_is_kept(content):
    assert of(content) == [content]


def test_headers_and_footers_that_pages_repeat_are_left_out():
    facts = [
        "Mira leads the raid.",
        "Bo sells the swords.",
        "Al guards the gate.",
        "Jo cooks.",
    ]
    document = Document(
        "d",
        tuple(
            Section((), f"Handbook 2024\n{fact}\nPage {n} of 4", f"page {n}")
            for n, fact in enumerate(facts, start=1)
        ),
    )

    found = passages(document, least_chars=0)

    assert [passage.text for passage in found] == facts


def test_lines_that_repeat_within_pages_or_on_two_only_are_kept():
    two = tuple(Section((), f"Note\nFact {n} is told.", f"page {n}") for n in (1, 2))

    assert len(passages(Document("d", two), least_chars=0)) == 2
    assert passages(Document("d", two), least_chars=0)[0].text.startswith("Note")


def words_of(count: int) -> list[str]:
    return [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count)]


def test_a_near_duplicate_is_left_out_and_the_first_one_stays():
    said = words_of(80)
    again = [*said[:-1], "other"]

    assert of(" ".join(said), " ".join(again), most_chars=1000) == [" ".join(said)]


def test_passages_that_differ_in_more_are_kept():
    said = words_of(80)
    other = [word if n % 9 else "other" for n, word in enumerate(said)]

    assert len(of(" ".join(said), " ".join(other), most_chars=1000)) == 2


def test_passages_that_differ_in_a_number_are_kept():
    said = " ".join(words_of(80))

    assert len(of(f"{said} costs 20", f"{said} costs 25", most_chars=1000)) == 2
    assert len(of(f"{CHINESE * 9}\u4e09\u6642", f"{CHINESE * 9}\u56db\u6642")) == 2


def test_the_same_few_words_under_two_headings_are_kept():
    document = Document(
        "d", (Section(("Monday",), "Closed", ""), Section(("Friday",), "Closed", ""))
    )

    assert len(passages(document)) == 2


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=14), max_size=8))
@settings(max_examples=200, deadline=None)
def test_the_quick_search_for_duplicates_finds_what_a_slow_one_does(texts):
    texts = [" ".join(text) for text in texts]
    kept: list[str] = []
    for text in texts:
        if all(likeness(text, other) < 0.9 for other in kept):
            kept.append(text)

    assert of(*texts, least_chars=0) == kept


def likeness(one: str, other: str) -> float:
    sets = []
    for text in (one, other):
        words = text.split()
        starts = range(max(1, len(words) - 2))
        sets.append({tuple(words[at : at + 3]) for at in starts})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_ten_thousand_rows_of_one_template_are_quick():
    rows = tuple(
        Section(
            ("Prices",), f"Item: Sword; Colour: red; Number: {n}; Price: {n % 7}", ""
        )
        for n in range(10_000)
    )

    assert len(passages(Document("d", rows))) == 10_000
