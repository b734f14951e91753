"""What the tests of encryption repeat: keys, and a search for words in every file."""

import json
from base64 import b64encode, urlsafe_b64encode

KEY = urlsafe_b64encode(bytes(range(32))).decode()
LEAST_CHARS = 10
OTHER_KEY = urlsafe_b64encode(bytes(range(1, 33))).decode()


def files_with(root, *texts):
    """List the files under a folder in which a text stands, however it is written."""
    wanted = [form for text in texts for form in forms(text)]
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in wanted)
    }


def forms(text):
    """Return a text as bytes in each way in which a file could hold it."""
    assert len(text) >= LEAST_CHARS, "so short a text may stand in any file"
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield json.dumps(text)[1:-1].encode()
    yield plain.hex().encode()
    for before in range(3):  # it begins anywhere within a group of three bytes
        encoded = b64encode(bytes(before) + plain)
        # The ends share their groups with what stands beside the text.
        yield encoded[4 : len(encoded) // 4 * 4 - 4]
