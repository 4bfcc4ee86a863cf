"""Exports of other systems, recognised by their columns: what each column becomes.

A preset wins over guesses when at least `NEEDED` of its own columns are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kesher.contacts.imports.mapping import EXTERNAL_ID, SKIP
from kesher.contacts.vocabulary import folded
from kesher.lib.registry import Registry

NEEDED = 3


@dataclass(frozen=True)
class Preset:
    """`marks` are columns that only this system writes; `columns` says what its columns become."""

    key: str
    label: str
    marks: frozenset[str]
    columns: Mapping[str, str]

    def fits(self, headers: Sequence[str]) -> bool:
        names = {folded(header) for header in headers}
        return len(self.marks & names) >= min(NEEDED, len(self.marks))


PRESETS: Registry[Preset] = Registry("import preset")


def _preset(key: str, label: str, marks: str, columns: Mapping[str, str]) -> Preset:
    named = {folded(name): to for name, to in columns.items()}
    return Preset(key, label, frozenset(map(folded, marks.split("|"))), named)


# https://mailchimp.com/help/view-export-contacts/
MAILCHIMP = PRESETS.register(
    _preset(
        "mailchimp", "Mailchimp", "MEMBER_RATING|OPTIN_TIME|CONFIRM_TIME|LEID|EUID|LAST_CHANGED",
        {
            "Email Address": "email", "First Name": "first_name", "Last Name": "last_name",
            "Phone Number": "mobile", "SMS Phone Number": "mobile", "Company": "company",
            "NOTES": "notes", "EUID": EXTERNAL_ID,
        },
    )
)  # fmt: skip
# The names of the fields of a contact in smoove's interface, which its exports carry.
SMOOVE = PRESETS.register(
    _preset(
        "smoove", "smoove",
        "cellPhone|canReceiveEmails|canReceiveSmsMessages|timestampSignup|externalId|dateOfBirth",
        {
            "email": "email", "firstName": "first_name", "lastName": "last_name",
            "cellPhone": "mobile", "phone": "phone", "dateOfBirth": "birthday", "city": "city",
            "company": "company", "position": "role", "externalId": EXTERNAL_ID, "id": SKIP,
        },
    )
)  # fmt: skip
# https://webapi.mymarketing.co.il: the fields of a contact.
ACTIVETRAIL = PRESETS.register(
    _preset(
        "activetrail", "ActiveTrail", "sms_status|is_optin|double_optin|phone1|encryptedext1|ext1",
        {
            "email": "email", "sms": "mobile", "first_name": "first_name", "last_name": "last_name",
            "birthday": "birthday", "phone1": "phone", "city": "city", "id": SKIP, "status": SKIP,
            "sms_status": SKIP,
        },
    )
)  # fmt: skip


def preset_for(headers: Sequence[str]) -> Preset | None:
    return next((preset for preset in PRESETS if preset.fits(headers)), None)
