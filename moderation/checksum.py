"""Check digits, which tell a card or an account from any other long number."""

import re

IBAN_REMAINDER = 1
LETTER_BASE = 36


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is right by ISO/IEC 7812."""
    values = [int(digit) for digit in reversed(digits)]
    doubled = (sum(divmod(2 * value, 10)) for value in values[1::2])
    return (sum(values[::2]) + sum(doubled)) % 10 == 0


def passes_iban(account: str) -> bool:
    """Say whether an account without spaces is right by ISO 13616."""
    turned = account[4:] + account[:4]
    number = int("".join(str(int(character, LETTER_BASE)) for character in turned))
    return number % 97 == IBAN_REMAINDER


def passes_nir(digits: str) -> bool:
    """Say whether the last two of a French social security number's 15 are right."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def passes_resident(number: str) -> bool:
    """Say whether a Chinese resident's number of 18 is right by ISO 7064 mod 11-2."""
    total = sum(
        int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(number[:17])
    )
    return "10X98765432"[total % 11] == number[17].upper()


def passes_dni(number: str) -> bool:
    """Say whether a Spanish DNI or NIE has the right letter."""
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    digits = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == plain[-1]
