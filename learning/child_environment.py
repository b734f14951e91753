"""What a child process inherits: the environment, but none of the secrets in it."""

import os
import re

_SECRET = re.compile(r"(?:_TOKEN|_SECRET|_KEY|_PASSWORD|_PERMISSION)$", re.IGNORECASE)


def child_environment(**more: str) -> dict[str, str]:
    """Return the environment without secrets, with some values of the child's own."""
    kept = {
        name: value for name, value in os.environ.items() if not _SECRET.search(name)
    }
    return {**kept, **more}
