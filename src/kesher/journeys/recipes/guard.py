"""E-27: who has been here already takes another path."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewList, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Kit, Words

INQUIRIES = Words("פניות חדשות", "New inquiries")
KNOWN = Words("קיבלו ברוכים הבאים", "Were welcomed")


def draw(kit: Kit) -> list[Drawn]:
    welcome = kit.mail(
        Words("ברוכים הבאים, שמחים להכיר", "Welcome, good to meet you"),
        Words(
            "תודה שפניתם אלינו, שמחים שהגעתם. כדי שתכירו אותנו קצת, ריכזנו כאן מי אנחנו ומה אפשר לקבל אצלנו.",
            "Thank you for getting in touch, we are glad that you came. Here you can read who we are and what we can do for you.",
        ),
        Button(Words("להכיר אותנו", "Get to know us"), "https://example.com/about", {}),
        Words(
            "יש שאלה? השיבו למייל הזה ונענה ביום העבודה הקרוב.",
            "A question? Reply to this mail and we will answer on the next working day.",
        ),
    )
    again = kit.mail(
        Words("טוב שחזרתם", "Good to have you back"),
        Words(
            "קיבלנו את הפנייה שלכם. אנחנו כבר מכירים, אז נעבור ישר לעניין: במה נוכל לעזור הפעם?",
            "We have your message. We know each other already, so straight to the point: how can we help this time?",
        ),
    )
    nodes = {
        "again_next_time": kit.leave(
            Words("מפנים מקום לפנייה הבאה", "Make room for the next inquiry"),
            "inquiries", next="guard",
        ),
        "guard": kit.ask(
            Words("כבר קיבלו ברוכים הבאים?", "Welcomed already?"),
            kit.in_list("known"), yes="back", no="remember",
        ),
        "remember": kit.join(
            Words("זוכרים שכבר הכרנו", "Remember that we met"), "known", next="welcome"
        ),
        "welcome": welcome,
        "back": again,
    }  # fmt: skip
    return [
        kit.journey(
            Words("פנייה חדשה: מוכרים או חדשים", "New inquiry: known or new"),
            Words(f"הצטרפות לרשימה ״{INQUIRIES.he}״", f"joining the list “{INQUIRIES.en}”"),
            nodes,
            kit.joined("inquiries"),
            reentry={"policy": "always"},
        )
    ]


RECIPES.register(
    Recipe(
        "guard", "shield-check", "moss",
        Words("שומר סף", "Guard at the door"),
        Words(
            "מי שפונה בפעם הראשונה מקבל ברוכים הבאים. מי שכבר קיבל – הולך במסלול אחר, ולא שומע אותו דבר פעמיים.",
            "Who writes for the first time is welcomed. Who was welcomed before takes another path and hears nothing twice.",
        ),
        draw,
        lists=(NewList("inquiries", INQUIRIES), NewList("known", KNOWN)),
        before=Words(
            f"החליפו את example.com בעמוד שמספר עליכם. כל פנייה מצטרפת לרשימה ״{INQUIRIES.he}״: מהכרטיס, בייבוא או ב־API.",
            f"Put a page about you for example.com. Each inquiry joins the list “{INQUIRIES.en}”: from the card, by an import or through the API.",
        ),
    )
)  # fmt: skip
