"""E-mail addresses and phone numbers, brought to the one form in which they are stored and compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

# A practical subset of RFC 5321 §4.1.2: what mail providers accept today, Unicode domains included.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]$"
)
# Israeli mobile prefixes: 050-058 with seven digits after (Ministry of Communications numbering plan);
# `phonenumbers.is_valid_number` refuses blocks of 050/054 that are in use.
_IL_MOBILE = re.compile(r"\+9725[0-9]\d{7}$")
_IL_LANDLINE = re.compile(r"\+972(?:[23489]\d{7}|7[1-9]\d{7})$")


@dataclass(frozen=True)
class Phone:
    """`number` is E.164. `repaired` says that digits were guessed (a zero that Excel had dropped)."""

    number: str
    is_mobile: bool
    repaired: bool = False


def normalise_email(text: str) -> str | None:
    """The address in lower case without surrounding space, or None when it is not an address."""
    address = text.strip().strip("<>").lower()
    if len(address) > 254 or ".." in address or not _EMAIL.match(address):
        return None
    local = address.partition("@")[0]
    return None if local.startswith(".") or local.endswith(".") else address


def normalise_phone(text: str, country: str = "IL") -> Phone | None:
    """E.164 from what people write: 050-1234567, 972501234567, 00972…, 0972…, 501234567 (Excel's lost zero).

    None when it cannot be a number.
    """
    digits = re.sub(r"[^\d+]", "", text.split("x")[0])
    if not 6 <= len(digits.lstrip("+")) <= 17:
        return None
    if country == "IL":
        return _israeli(digits) or _foreign(digits, country)
    return _foreign(digits, country)


def _israeli(digits: str) -> Phone | None:
    bare = digits.lstrip("+")
    national, repaired = None, False
    for prefix in ("00972", "0972", "972"):
        if bare.startswith(prefix) and 8 <= len(bare) - len(prefix) <= 10:
            national, repaired = bare[len(prefix) :].lstrip("0"), prefix == "0972"
            break
    else:
        if digits.startswith("+"):
            return None
        if bare.startswith("0") and not bare.startswith("00"):
            national = bare[1:]
        elif len(bare) in (8, 9):
            national, repaired = bare, True
    number = f"+972{national}" if national else ""
    if _IL_MOBILE.match(number):
        return Phone(number, is_mobile=True, repaired=repaired)
    if _IL_LANDLINE.match(number):
        return Phone(number, is_mobile=False, repaired=repaired)
    return None


def _foreign(digits: str, country: str) -> Phone | None:
    text = "+" + digits[2:] if digits.startswith("00") else digits
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed) or parsed.country_code == 972:
        return None
    kind = phonenumbers.number_type(parsed)
    mobile = kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return Phone(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), mobile)


def show_phone(number: str) -> str:
    """E.164 as people here read it: 050-123-4567 for Israel, international form for others."""
    if not number.startswith("+972"):
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return number
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = "0" + number[4:]
    if len(national) == 10:
        return f"{national[:3]}-{national[3:6]}-{national[6:]}"
    return f"{national[:2]}-{national[2:5]}-{national[5:]}"
