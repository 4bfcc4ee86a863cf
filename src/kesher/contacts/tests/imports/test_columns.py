from __future__ import annotations

import pytest

from kesher.contacts.fields import ParseContext
from kesher.contacts.imports.columns import Parser, read_phone, split_name
from kesher.contacts.imports.guess import guess, look_at
from kesher.contacts.imports.mapping import Entry
from kesher.contacts.imports.report import safe
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.lib.addresses import normalise_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("050-1234567", "+972501234567"),
        ("501234567", "+972501234567"),
        ("501234567.0", "+972501234567"),
        ("+972-50-123-4567", "+972501234567"),
        ("972501234567", "+972501234567"),
        ("00972501234567", "+972501234567"),
        ("0972501234567", "+972501234567"),
        ("+9720501234567", "+972501234567"),
        ("050-1234567 / 03-1234567", "+972501234567"),
        ("03-5551234, 0521111111", "+97235551234"),
        ("31234567", "+97231234567"),
        ("+1 212 555 0100", "+12125550100"),
    ],
)
def test_phones_are_repaired(written: str, number: str) -> None:
    phone = read_phone(written, "IL")

    assert phone is not None
    assert phone.number == number


@pytest.mark.parametrize("written", ["050-1234567", "0501234567", "501234567", "521234567"])
def test_the_fast_way_reads_phones_as_the_careful_one(written: str) -> None:
    assert read_phone(written, "IL") == normalise_phone(written, "IL")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("נועה כהן לוי", ("נועה", "כהן לוי")),
        ("Cohen, Noa", ("Noa", "Cohen")),
        ("נועה", ("נועה", "")),
    ],
)
def test_a_full_name_is_split(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_a_landline_among_mobiles_goes_to_the_phone_and_the_reverse() -> None:
    parser = Parser(
        [Entry("mobile", "נייד"), Entry("phone", "טלפון")], DEFAULT_FIELDS, ParseContext()
    )

    values = dict(
        zip(parser.columns, parser.parse(["03-5551234", "0501234567"]).values, strict=True)
    )

    assert (values["mobile"], values["phone"]) == ("+972501234567", "+97235551234")


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (["שם פרטי", "שם משפחה", 'דוא"ל', "טל' נייד", "עיר מגורים"],
         ["first_name", "last_name", "email", "mobile", "city"]),
        (["Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID"],
         ["email", "first_name", "last_name", "skip", "skip", "skip", "external_id"]),
        (["email", "cellPhone", "canReceiveEmails", "timestampSignup", "externalId", "dateOfBirth"],
         ["email", "mobile", "skip", "skip", "external_id", "birthday"]),
        (["email", "sms", "sms_status", "is_optin", "double_optin", "first_name"],
         ["email", "mobile", "skip", "skip", "skip", "first_name"]),
    ],
)  # fmt: skip
def test_the_columns_of_people_and_of_other_systems_are_recognised(
    header: list[str], targets: list[str]
) -> None:
    row = ["x"] * len(header)
    row[targets.index("email")] = "a@b.co"

    entries = guess(look_at(header, [row], "IL"), DEFAULT_FIELDS)

    assert [entry.to for entry in entries] == targets


def test_columns_without_a_known_head_are_recognised_by_what_they_hold() -> None:
    rows = [
        [f"a{n}@b.co", f"50{n:07d}", f"{n % 27 + 1}/1/1980", "כן", str(n), "ab"[n % 2] * 3]
        for n in range(40)
    ]

    entries = guess(look_at(["w", "x", "y", "z", "q", "p"], rows, "IL"), DEFAULT_FIELDS)

    assert [entry.to for entry in entries] == ["email", "mobile", "new", "new", "new", "new"]
    assert [entry.type for entry in entries[2:]] == ["date", "yes_no", "number", "choice"]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1"])
def test_formulas_are_defused_in_the_report(cell: str) -> None:
    assert safe(cell).startswith("'")


@pytest.mark.parametrize("cell", ["+972501234567", "-12.5", "נועה", "a@b.co"])
def test_phones_and_numbers_stay_as_they_are_in_the_report(cell: str) -> None:
    assert safe(cell) == cell
