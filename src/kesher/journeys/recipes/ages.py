"""E-31: content by the age of each child; of several children each has a birth date of its own."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Kit, Words

CHILDREN = {
    "first": Words("תאריך לידה ילד ראשון", "First child born on"),
    "second": Words("תאריך לידה ילד שני", "Second child born on"),
    "third": Words("תאריך לידה ילד שלישי", "Third child born on"),
}
AGES = (
    (
        1, Words("גיל שנה", "Age one"), Words("שנה ראשונה, צעדים ראשונים", "The first year, the first steps"),
        Words("בגיל שנה הכול מתחיל לזוז. הנה מה שכדאי להכין בבית.", "At one everything begins to move. Here is what to get ready at home."),
    ),
    (
        3, Words("גיל שלוש", "Age three"), Words("הולכים לגן", "Off to nursery school"),
        Words("גיל שלוש הוא גיל של התחלות. הנה מה שעוזר לילדים להיכנס לגן בשמחה.", "Three is an age of beginnings. Here is what helps a child to begin nursery school gladly."),
    ),
    (
        6, Words("גיל שש", "Age six"), Words("עולים לכיתה א׳", "Off to school"),
        Words("עוד מעט כיתה א׳. הנה רשימה קצרה של מה שבאמת צריך.", "School is near. Here is a short list of what is really needed."),
    ),
)  # fmt: skip
MORE = Words("להמלצות שלנו", "Our advice")


def draw(kit: Kit) -> list[Drawn]:
    return [
        kit.journey(
            Words(f"תוכן לפי גיל: {name.he}", f"Content by age: {name.en}"),
            Words(f"כשאחד הילדים מגיע ל{name.he}, בשעה 10:00", f"a child reaches {name.en.lower()}, at 10:00"),
            {
                "mail": kit.mail(
                    subject, text, Button(MORE, f"https://example.com/age-{years}", {}),
                    message_class="advertising", next="twins",
                ),
                # Whoever has two children of one age on one day gets one mail.
                "twins": kit.wait(Words("יום, בשביל תאומים", "A day, for twins"), "P1D", next="end"),
            },
            *(
                {"kind": "date", "field": kit.fields[child], "offset": f"P{years}Y", "at": "10:00"}
                for child in CHILDREN
            ),
        )
        for years, name, subject, text in AGES
    ]  # fmt: skip


RECIPES.register(
    Recipe(
        "ages", "mood-smile", "coral",
        Words("תוכן לפי גיל הילדים", "Content by the children's ages"),
        Words(
            "תאריך לידה לכל ילד, עד שלושה. כשילד מגיע לגיל שנה, שלוש או שש נשלח מייל שמתאים לגיל. לתאומים נשלח מייל אחד.",
            "A birth date for each child, up to three. At the ages of one, three and six a mail that fits goes out. Twins bring one mail.",
        ),
        draw,
        fields=tuple(NewField(name, label, "date") for name, label in CHILDREN.items()),
        before=Words(
            "התוכן הוא פרסומת ונשלח רק למי שהסכים. החליפו את example.com בעמודי ההמלצות שלכם.",
            "This is advertising and goes only to those who agreed. Put your own pages of advice for example.com.",
        ),
    )
)  # fmt: skip
