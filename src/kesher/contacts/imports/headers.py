"""The words that people and programs put over columns, in Hebrew and English, for each field."""

from __future__ import annotations

from kesher.contacts.imports.mapping import EXTERNAL_ID, FULL_NAME, SKIP
from kesher.contacts.vocabulary import folded

_WORDS = {
    "email": """e-mail|email|mail|e mail|email address|e-mail address|mail address|emailaddress|contact email|
        primary email|customer email|billing email|user email|subscriber|email 1|e-mail 1 - value|
        דואל|דוא״ל|דואר אלקטרוני|כתובת דואל|כתובת דוא״ל|כתובת דואר אלקטרוני|אימייל|אי מייל|איימייל|מייל|
        כתובת מייל|כתובת אימייל|מייל לקוח|דואל ראשי|אימייל לקוח|תיבת דואר""",
    "mobile": """mobile|mobile phone|mobile number|cell|cellphone|cell phone|cellular|cell number|sms|sms phone|sms number|
        whatsapp|whatsapp number|mobilephone|phone mobile|mobile no|sms phone number|phone (mobile)|
        נייד|טלפון נייד|טל נייד|מספר נייד|סלולרי|סלולארי|טלפון סלולרי|טלפון סלולארי|פלאפון|פלפון|
        מס נייד|מספר סלולרי|סלולר|וואטסאפ|ווטסאפ|נייד לקוח""",
    "phone": """phone|phone number|telephone|tel|phone 1|phone1|landline|home phone|work phone|business phone|phone no|
        contact phone|billing phone|customer phone|
        טלפון|מספר טלפון|טל|טלפון 1|טלפון קווי|טלפון בבית|טלפון בעבודה|מס טלפון|טלפון ראשי|קווי|טלפון לקוח""",
    "first_name": """first name|firstname|first|given name|forename|fname|billing first name|private name|
        שם פרטי|פרטי|שם הפרטי|שם פרטי לקוח""",
    "last_name": """last name|lastname|last|surname|family name|lname|family|billing last name|
        שם משפחה|משפחה|שם המשפחה|שם משפחה לקוח""",
    FULL_NAME: """name|full name|fullname|contact|contact name|customer|customer name|client|client name|display name|
        subscriber name|שם|שם מלא|שם לקוח|שם הלקוח|שם איש קשר|איש קשר|לקוח|שם ומשפחה|שם פרטי ומשפחה|
        שם פרטי ושם משפחה|שם נרשם""",
    "company": """company|company name|organization|organisation|business|business name|account|account name|billing company|
        חברה|שם חברה|שם החברה|ארגון|עסק|שם העסק|שם עסק|מקום עבודה|בית עסק""",
    "role": """role|job title|title|position|job|occupation|profession|תפקיד|משרה|תואר|מקצוע|עיסוק""",
    "city": """city|town|locality|billing city|shipping city|עיר|ישוב|יישוב|עיר מגורים|מקום מגורים|עיר/ישוב""",
    "birthday": """birthday|birth date|birthdate|date of birth|dob|dateofbirth|bday|
        יום הולדת|תאריך לידה|ת. לידה|ת לידה|תאריך יום הולדת|לידה""",
    "notes": """notes|note|comments|comment|remarks|description|הערות|הערה|הערות כלליות|מלל חופשי""",
    EXTERNAL_ID: """id|external id|externalid|customer id|client id|customer number|customer no|user id|contact id|account id|
        מזהה|מזהה חיצוני|מספר לקוח|מס לקוח|מסלקוח|קוד לקוח|מזהה לקוח|מספר חבר|מס חבר|קוד""",
}
# What other systems write beside people for themselves.
_TECHNICAL = """member_rating|optin_time|optin_ip|confirm_time|confirm_ip|latitude|longitude|gmtoff|dstoff|timezone|
    cc|region|last_changed|leid|euid|timestampsignup|ipsignup|timestamplastedited|is_deleted|is_optin|double_optin|
    ip_address|campaign_name|encryptedext1|encryptedext2|encryptedext3|encryptedext4|ip|unsub_time|unsub_campaign_title|
    unsub_campaign_id|unsub_reason|unsub_reason_other|clean_time|clean_campaign_title|clean_campaign_id|
    canreceiveemails|canreceivesmsmessages|candelete|timestampunsubscribe|blacklisted"""


def _split(words: str) -> list[str]:
    return [folded(word) for word in words.split("|")]


WORDS: dict[str, str] = {word: to for to, words in _WORDS.items() for word in _split(words)}
TECHNICAL = frozenset(_split(_TECHNICAL))


def target_of(header: str) -> str | None:
    """The field that a column head names, "skip" for technical ones; None when it says nothing known."""
    word = folded(header).strip(" :*.?")
    if word in TECHNICAL:
        return SKIP
    return WORDS.get(word) or WORDS.get(word.partition("(")[0].strip())
