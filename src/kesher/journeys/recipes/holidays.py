"""E-33: greetings before the holidays of the Hebrew calendar, each a journey of its own."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit, Words

# The holiday, how long before, its name, when, the subject and the words.
GREETINGS = (
    (
        "rosh_hashana_eve", "-P3D", Words("ראש השנה", "Rosh Hashana"),
        Words("שלושה ימים לפני ערב ראש השנה, בשעה 10:00", "three days before Rosh Hashana eve, at 10:00"),
        Words("שנה טובה ומתוקה!", "A good and sweet year!"),
        Words("שנה נגמרת ושנה חדשה מתחילה. תודה שהייתם איתנו, ושתהיה לכם שנה של בריאות, שלווה והצלחה.", "One year ends and another begins. Thank you for being with us, and may your year be one of health, calm and success."),
    ),
    (
        "hanukkah", "-P1D", Words("חנוכה", "Hanukkah"),
        Words("ערב הדלקת נר ראשון, בשעה 10:00", "the day of the first candle, at 10:00"),
        Words("חג אורים שמח!", "Happy Hanukkah!"),
        Words("הערב מדליקים נר ראשון. שיהיה לכם חג מלא באור, בשמחה ובסופגניות טובות.", "Tonight is the first candle. May your holiday be full of light, joy and good doughnuts."),
    ),
    (
        "purim", "-P1D", Words("פורים", "Purim"),
        Words("יום לפני פורים, בשעה 10:00", "the day before Purim, at 10:00"),
        Words("פורים שמח!", "Happy Purim!"),
        Words("משנכנס אדר מרבין בשמחה. חג שמח לכם ולכל המחופשים בבית!", "A month for joy. Happy Purim to you and to all who dress up at home!"),
    ),
    (
        "passover_eve", "-P3D", Words("פסח", "Passover"),
        Words("שלושה ימים לפני ערב פסח, בשעה 10:00", "three days before Passover eve, at 10:00"),
        Words("חג פסח כשר ושמח!", "Happy Passover!"),
        Words("רגע לפני ליל הסדר, רצינו לאחל לכם ולכל המשפחה חג של חירות, אביב וחיבורים טובים.", "Just before Seder night we wish you and all the family a holiday of freedom, spring and good company."),
    ),
    (
        "independence_day", "-P2D", Words("יום העצמאות", "Independence Day"),
        Words("יומיים לפני יום העצמאות (גם כשהוא מוקדם או נדחה), בשעה 10:00", "two days before Independence Day, also when it is moved, at 10:00"),
        Words("חג עצמאות שמח!", "Happy Independence Day!"),
        Words("מאחלים לכם חג עצמאות שמח, עם אנשים שאוהבים ומדורה טובה.", "We wish you a happy Independence Day, with people you love and a good fire."),
    ),
)  # fmt: skip


def draw(kit: Kit) -> list[Drawn]:
    return [
        kit.journey(
            Words(f"ברכה לחג: {name.he}", f"Greeting: {name.en}"),
            starts,
            {"mail": kit.mail(subject, words, message_class="advertising")},
            {
                "kind": "date", "holiday": holiday, "offset": offset, "at": "10:00",
                "rule": {"consent": "email"},
            },
            reentry={"policy": "always"},
        )
        for holiday, offset, name, starts, subject, words in GREETINGS
    ]  # fmt: skip


RECIPES.register(
    Recipe(
        "holidays", "flame", "blue",
        Words("ברכות לחגים", "Holiday greetings"),
        Words(
            "ברכה לפני ראש השנה, חנוכה, פורים, פסח ויום העצמאות, כל שנה מחדש לפי הלוח העברי, גם כשיום העצמאות מוקדם או נדחה.",
            "A greeting before Rosh Hashana, Hanukkah, Purim, Passover and Independence Day, every year by the Hebrew calendar, also when Independence Day is moved.",
        ),
        draw,
        before=Words(
            "כל חג הוא מסע נפרד: פרסמו רק את אלה שאתם רוצים. הברכות הן פרסומת ונשלחות רק למי שהסכים.",
            "Each holiday is a journey of its own: publish those you want. Greetings are advertising and go only to those who agreed.",
        ),
    )
)  # fmt: skip
