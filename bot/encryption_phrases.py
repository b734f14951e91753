"""What `myna check` says about encryption at rest."""


def encrypted() -> str:
    return "The data are encrypted; what adapters' weights hold is not."


def not_yet_encrypted() -> str:
    return "ENCRYPTION_KEY is set: the next start encrypts the data."


def not_encrypted() -> str:
    return "The data are not encrypted: ENCRYPTION_KEY is empty."
