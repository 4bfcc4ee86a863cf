"""E-30: booked, before the flight, on arrival, on return: by two date fields, whose moves move everything."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Words

BOOKED = Words("הזמינו נסיעה", "Booked a journey")
OPINIONS = (
    ("great", Words("היה נהדר", "It was great")),
    ("fair", Words("היה בסדר", "It was all right")),
    ("poor", Words("פחות", "Not so good")),
)


def draw(kit: Kit) -> list[Drawn]:
    day = kit.tag("departure", Words("יישלח בנפרד", "to be sent separately"))
    advertising: Json = {"message_class": "advertising"}
    buttons = (
        Button(
            words,
            "https://example.com/thanks",
            {"changes": [{"field": kit.fields["opinion"], "do": "set", "value": kit.choices[f"opinion.{key}"]}]},
        )
        for key, words in OPINIONS
    )  # fmt: skip
    nodes = {
        "room": kit.change(
            Words("נסיעה חדשה", "A new journey"), {"field": "opinion", "do": "clear"}, next="leave"
        ),
        "leave": kit.leave(
            Words("מפנים מקום להזמנה הבאה", "Make room for the next booking"), "booked", next="info"
        ),
        "info": kit.mail(
            Words("הנסיעה שלכם: כל הפרטים", "Your journey: all the details"),
            Words(f"איזה כיף שהזמנתם! תאריך היציאה: <strong>{day.he}</strong>.", f"How good that you booked! You leave on <strong>{day.en}</strong>."),
            Words("כדאי לבדוק כבר עכשיו שהדרכונים בתוקף לחצי שנה לפחות.", "Please check now that your passports are valid for at least half a year."),
            message_class="transactional", next="week",
        ),
        "week": kit.step(
            "wait", Words("עד שבוע לפני הטיסה", "Until a week before the flight"),
            until_field=kit.fields["departure"], offset="-P7D", at="10:00",
            past="arrival", no_date="end", next="offers",
        ),
        "offers": kit.mail(
            Words("שבוע לטיסה: ביטוח, רכב וכל השאר", "A week to go: insurance, a car and the rest"),
            Words("עוד שבוע יוצאים. יש ביטוח נסיעות? רכב שמחכה בשדה? השיבו למייל הזה ונסדר הכול.", "You leave in a week. Have you travel insurance? A car at the airport? Reply to this mail and we will see to it."),
            next="arrival", **advertising,
        ),
        "arrival": kit.step(
            "wait", Words("עד הבוקר הראשון שם", "Until the first morning there"),
            until_field=kit.fields["departure"], offset="P1D", at="09:00",
            past="back", no_date="end", next="tips",
        ),
        "tips": kit.mail(
            Words("הגעתם! כמה טיפים להתחלה", "You are there! A few tips"),
            Words("ברוכים הבאים! ריכזנו בשבילכם את המקומות שאנחנו הכי אוהבים. צריכים משהו בדרך? השיבו למייל הזה, ואנחנו איתכם.", "Welcome! Here are the places we like best. Do you need anything on the way? Reply to this mail, and we are there."),
            Button(Words("למקומות שלנו", "Our places"), "https://example.com/tips", {}),
            next="back",
        ),
        "back": kit.step(
            "wait", Words("עד היום שאחרי החזרה", "Until the day after the return"),
            until_field=kit.fields["return"], offset="P1D", at="10:00",
            past="survey", no_date="end", next="survey",
        ),
        "survey": kit.mail(
            Words("ברוכים השבים! איך היה?", "Welcome back! How was it?"),
            Words("לחיצה אחת, ואנחנו יודעים מה לשפר:", "One click tells us what to do better:"),
            *buttons,
            next="answer",
        ),
        "answer": kit.until(
            Words("ענו?", "Answered?"), kit.is_set("opinion"),
            timeout="P7D", yes="coupon", timed_out="end",
        ),
        "coupon": kit.mail(
            Words("תודה, והנה משהו לנסיעה הבאה", "Thank you, and here is something for the next journey"),
            Words("תודה שסיפרתם. להזמנה הבאה: 5% הנחה. קוד: <strong>NEXT5</strong>", "Thank you for telling us. For your next booking: 5% off. Code: <strong>NEXT5</strong>"),
            **advertising,
        ),
    }  # fmt: skip
    return [
        kit.journey(
            Words("ליווי נסיעה", "A journey abroad"),
            Words(f"הצטרפות לרשימה ״{BOOKED.he}״", f"joining the list “{BOOKED.en}”"),
            nodes,
            kit.joined("booked"),
            reentry={"policy": "restart"},
        )
    ]


RECIPES.register(
    Recipe(
        "travel", "world", "blue",
        Words("נסיעה לחו״ל", "A journey abroad"),
        Words(
            "מי שהזמין מקבל את הפרטים מיד, הצעות שבוע לפני הטיסה, טיפים בבוקר הראשון, ושאלה עם הטבה ביום שאחרי החזרה. תאריך שהשתנה מזיז הכול.",
            "Who booked gets the details at once, offers a week before the flight, tips on the first morning, and a question with a coupon the day after the return. A date that moves moves everything.",
        ),
        draw,
        fields=(
            NewField("departure", Words("תאריך יציאה", "Departure"), "date"),
            NewField("return", Words("תאריך חזרה", "Return"), "date"),
            NewField("opinion", Words("איך הייתה הנסיעה", "How the journey was"), "choice", OPINIONS),
        ),
        lists=(NewList("booked", BOOKED),),
        before=Words(
            "מלאו את תאריכי היציאה והחזרה בכרטיס, ואז צרפו לרשימה. החליפו את הכתובות example.com בעמוד טיפים ובעמוד תודה שלכם, ואת הקוד NEXT5 בקוד שלכם.",
            "Fill in departure and return on the card, then add to the list. Put your page of tips and your thank-you page for example.com, and your own code for NEXT5.",
        ),
    )
)  # fmt: skip
