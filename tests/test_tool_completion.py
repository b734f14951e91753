"""Whether a message gives what was asked for, or leaves the call."""

import pytest

from bot.tool_completion import completes
from tests.test_tool_expand import EVENT


@pytest.mark.parametrize(
    ("text", "missing", "gives"),
    [
        ("No Man's Sky", "title", True),
        ("Stop Making Sense", "title", True),
        ("Nothing Else Matters!", "title", True),
        ("Never mind, thanks.", "title", False),
        ("no", "title", False),
        ("No, thank you.", "title", False),
        ("cancel that please", "title", False),
        ("forget it", "title", False),
        ("stop", "title", False),
        ("What is the capital of France?", "title", False),
        ("no", "public", True),
        ("Yes, everybody may see it", "public", True),
        ("never mind", "public", False),
        ("about 40", "seats", True),
        ("many", "seats", False),
    ],
)
def test_a_title_may_begin_with_no_and_a_switch_is_answered_by_it(text, missing, gives):
    assert completes(text, EVENT, missing) is gives
