"""`make audit`: a known hole fails it, and no network is no hole."""

import json

from tests import audit


def said(*holes):
    library = {"name": "torch", "version": "2.13.0", "vulns": list(holes)}
    return json.dumps({"dependencies": [library], "fixes": []})


def test_a_known_hole_fails_it():
    hole = {"id": "PYSEC-1", "fix_versions": ["2.13.1"]}

    assert audit.judged(said(hole)) == (
        1,
        ["torch 2.13.0: PYSEC-1, mended in 2.13.1"],
    )


def test_without_a_network_it_is_skipped_with_a_sentence():
    code, [sentence] = audit.judged("")

    assert code == 0
    assert sentence.startswith("Skipped")


def test_without_a_hole_it_passes():
    assert audit.judged(said()) == (0, ["No known hole in 1 libraries."])


def test_what_is_in_no_lock_is_asked_about_too():
    assert audit.torch_pin() == ["torch==2.13.0"]


def test_every_lock_is_there():
    assert all((audit.ROOT / lock).is_file() for lock in audit.LOCKS)
