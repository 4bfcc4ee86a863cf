"""Two shops, one in each language: their words, their customers, and the spreadsheet that these come from."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

PASSWORD = "correct horse battery staple"
HEBREW_NAMES = (
    "נועה כהן,דן לוי,יעל בן־דוד,אורן ג׳קסון,רות אברהם,מאיה פרץ,איתי מזרחי,שירה ביטון,עומר דהן,תמר אזולאי,"
    "יונתן פרידמן,הדס שפירא,גיא רוזן,ליאת כץ,אלון סגל,מיכל ברק,עידו גולן,רוני הראל,אסף נחום,דפנה ארד,"
    "ניר צור,ענבל שלו,טל קפלן,ורד מור,זיו עמית,חן לביא"
)
ENGLISH_NAMES = (
    "Nora Cole,Dan Levy,Zoë Ward,Owen O'Brien,Ruth Adams,Maya Perez,Ethan Moss,Shira Bell,Omar Dean,Tamara Ash,"
    "Jonah Freeman,Heidi Shaw,Guy Rosen,Leah Katz,Alan Segal,Mila Brook,Ian Gold,Ronny Hill,Asaph Noble,Daphne Reed,"
    "Neil Stone,Isla Grant,Theo Kaplan,Wendy Moor,Zed Amber,Hannah Lake"
)


@dataclass(frozen=True)
class Customer:
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True)
class Shop:
    """`encoding` of its spreadsheet; `friend` stands in a mail for a name that is not known.

    `told`: how a line of the timeline begins, by what happened.
    """

    language: str
    locale: str
    direction: str
    business: str
    sender_name: str
    domain: str
    encoding: str
    header: tuple[str, ...]
    names: str
    city: str
    friend: str
    consent: str
    list_name: str
    campaign: str
    heading: str
    greeting: str
    subject: str
    subject_after_name: str
    preview_text: str
    button_kind: str
    link_label: str
    button: str
    first_name_label: str
    url: str
    told: dict[str, str]

    @property
    def owner(self) -> str:
        return f"dana@{self.domain.replace('customers', 'shop')}"

    @property
    def sender(self) -> str:
        return f"hello@{self.domain.replace('customers', 'shop')}"

    @property
    def customers(self) -> list[Customer]:
        """Whoever can be written to; the last one's name is not known."""
        named = [name.split(" ", 1) for name in self.names.split(",")]
        found = [
            Customer(first, last, f"reader{number:02}@{self.domain}")
            for number, (first, last) in enumerate(named)
        ]
        return [*found, Customer("", "", f"nameless@{self.domain}")]

    def spreadsheet(self) -> bytes:
        """As Excel saves it: 31 rows, of which one is refused, one joins an earlier one and one has no e-mail."""
        rows = [
            [person.first_name, person.last_name, person.email, _mobile(number), self.city]
            for number, person in enumerate(self.customers)
        ]
        rows[3][3] = rows[3][3].replace("-", "").lstrip("0")  # what Excel makes of a number
        first = self.customers[0]
        rows.append([first.first_name, first.last_name, first.email.upper(), _mobile(0), self.city])
        rows.append([self.friend, "", f"only.a.phone@{self.domain}..", _mobile(90), self.city])
        rows.append([self.friend, "", "not an address", "", self.city])
        rows.append(["", "", "", "", ""])
        text = io.StringIO(newline="")
        csv.writer(text).writerows([self.header, *rows])
        return text.getvalue().encode(self.encoding)

    def expected_subject(self, person: Customer) -> str:
        """The word that the law wants comes first; English behind it keeps its own direction."""
        said = f"{person.first_name or self.friend}{self.subject_after_name}"
        return f"פרסומת: \u2066{said}\u2069" if self.direction == "ltr" else f"פרסומת: {said}"


def _mobile(number: int) -> str:
    return f"050-71234{number:02}"


HEBREW = Shop(
    language="he",
    locale="he-IL",
    direction="rtl",
    business="חנות הספר הירוקה",
    sender_name="דנה מ״הספר הירוק״",
    domain="customers-he.example",
    encoding="windows-1255",
    header=("שם פרטי", "שם משפחה", "אימייל", "טלפון נייד", "עיר"),
    names=HEBREW_NAMES.replace("־", "-"),  # the maqaf is in windows-1255, and on no keyboard
    city="חיפה",
    friend="חברים",
    consent="סימנו את תיבת הדיוור בטופס ההזמנה, 2023–2026",
    list_name="לקוחות 2026",
    campaign="מבצע חורף",
    heading="החורף הזה קוראים יותר, ",
    greeting="שלום",
    subject="[[שם פרטי|חברים]], החורף כאן",
    subject_after_name=", החורף כאן",
    preview_text="שמונה ספרים לערב גשום",
    button_kind="כפתור",
    link_label="קישור",
    button="לחנות",
    first_name_label="שם פרטי",
    url="https://books.example/חורף?from=mail&lang=he",
    told={
        "sent": "נשלח ״",
        "opened": "פתיחה של ״",
        "clicked": "לחיצה על ״לחנות״",
        "unsubscribed": "הסרה מדיוור דרך ״",
    },
)
ENGLISH = Shop(
    language="en",
    locale="en-GB",
    direction="ltr",
    business="The Green Bookshop",
    sender_name="Dana, Green Books",
    domain="customers-en.example",
    encoding="utf-8-sig",
    header=("First name", "Last name", "Email", "Mobile", "City"),
    names=ENGLISH_NAMES,
    city="Haifa",
    friend="friends",
    consent="Ticked the newsletter box on the order form, 2023–2026",
    list_name="Customers 2026",
    campaign="Winter sale",
    heading="Read more this winter, ",
    greeting="Hello",
    subject="[[First name|friends]], winter is here",
    subject_after_name=", winter is here",
    preview_text="Eight books for a rainy evening",
    button_kind="Button",
    link_label="Link",
    button="To the shop",
    first_name_label="First name",
    url="https://books.example/winter?from=mail&lang=en",
    told={
        "sent": "Was sent “",
        "opened": "Opened “",
        "clicked": "Clicked “To the shop”",
        "unsubscribed": "Unsubscribed through “",
    },
)
