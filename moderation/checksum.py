"""Check digits, which tell a card or an account from any other long number."""

import re
from collections.abc import Iterable

IBAN_REMAINDER = 1
LETTER_BASE = 36
_ODD = "1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"
ITALIAN_ODD = tuple(map(int, _ODD.split()))
"""What a letter at an odd place counts, by the decree that set the tax code's form."""


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
    # Digits of every script, as \d found them; int() reads them all.
    plain = re.sub(r"[^\dA-Z]", "", number.upper())
    digits = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == plain[-1]


def passes_swedish(digits: str) -> bool:
    """Say whether a personnummer of 10 digits, or 12 with the century, is right."""
    return passes_luhn(digits[-10:])


def passes_danish(digits: str) -> bool:
    """Say whether a CPR number is right mod 11, as those before 2007 are."""
    return _weighted(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def passes_norwegian(digits: str) -> bool:
    """Say whether both check digits of a birth number's 11 digits are right."""
    first = _weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return first == second == 0


def passes_finnish(code: str) -> bool:
    """Say whether a personal identity code has the right last character."""
    remainder = int(code[:6] + code[7:10]) % 31
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[remainder] == code[10]


def passes_cpf(digits: str) -> bool:
    """Say whether both check digits of a Brazilian taxpayer's 11 are right."""
    sums = (_weighted(digits, range(at + 1, 1, -1)) for at in (9, 10))
    return [10 * total % 11 % 10 for total in sums] == [int(d) for d in digits[9:]]


def passes_korean(digits: str) -> bool:
    """Say whether a resident number's 13 digits are right, as those before 2020 are."""
    total = _weighted(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5))
    return (11 - total % 11) % 10 == int(digits[12])


def passes_italian(code: str) -> bool:
    """Say whether a tax code's last letter is right."""
    values = [int(c) if c.isdecimal() else ord(c) - ord("A") for c in code]
    total = sum(ITALIAN_ODD[value] for value in values[:15:2]) + sum(values[1:15:2])
    return total % 26 == values[15]


def _weighted(digits: str, weights: Iterable[int]) -> int:
    return sum(
        int(digit) * weight for digit, weight in zip(digits, weights, strict=False)
    )
