"""E-29: a lead who does not answer is asked when to call; at that time the salesperson is told. Up to three tries."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import WORKDAYS, Button, Drawn, Json, Kit, Words

LIST = Words("לידים שלא עונים", "Leads that do not answer")
TIMES = (
    ("morning", Words("בבוקר", "In the morning"), "09:00"),
    ("noon", Words("בצהריים", "At noon"), "13:00"),
    ("evening", Words("אחר הצהריים", "In the afternoon"), "17:00"),
)
TRIES = (
    ("P1D", Words("שלום [[first_name|לכם]], ניסינו להתקשר ולא הצלחנו. מתי נוח שנחזור אליכם? כתבו לנו יום ושעה.", "Hello [[first_name|there]], we tried to call you. When may we call back? Reply with a day and an hour.")),
    ("P2D", Words("שלום [[first_name|לכם]], עוד לא מצאנו זמן לדבר. מתי נוח לכם? כתבו לנו יום ושעה, ונתקשר בדיוק אז.", "Hello [[first_name|there]], we have not found a time to talk yet. When suits you? Reply with a day and an hour, and we will call just then.")),
    ("P3D", Words("שלום [[first_name|לכם]], זו ההודעה האחרונה שלנו בנושא. אם עדיין רלוונטי, כתבו מתי להתקשר ונחזור אליכם.", "Hello [[first_name|there]], this is our last message about it. If you are still interested, write when to call and we will.")),
)  # fmt: skip


def draw(kit: Kit) -> list[Drawn]:
    nodes: dict[str, Json] = {
        "room": kit.leave(
            Words("מפנים מקום לפעם הבאה", "Make room for the next time"),
            "unreachable", next="forget",
        ),
        "forget": kit.change(
            Words("שוכחים מועד ישן", "Forget an old time"),
            {"field": "time", "do": "clear"}, {"field": "part", "do": "clear"}, next="text1",
        ),
    }  # fmt: skip
    for number in range(1, len(TRIES) + 1):
        nodes |= _try(kit, number)
    ways = [
        (words, kit.choice("part", key), key) for key, words, _hour in TIMES
    ]  # an exact time, when there is one, goes before the part of the day
    nodes |= {
        "when": kit.split(
            Words("מה ענו?", "What was the answer?"),
            (Words("יום ושעה", "A day and an hour"), kit.is_set("time"), "exact"), *ways,
        ),
        "exact": kit.step(
            "wait", Words("עד המועד שביקשו", "Until the time they asked for"),
            until_field=kit.fields["time"], next="alert",
        ),
        **{
            key: kit.step(
                "wait", Words(f"עד {hour} ביום עבודה", f"Until {hour} on a working day"),
                at=hour, weekdays=WORKDAYS, next="alert",
            )
            for key, _words, hour in TIMES
        },
        "alert": kit.step(
            "alert", Words("להתקשר עכשיו", "Call now"),
            text=kit.say(Words("שיחה שנקבעה לעכשיו: [[first_name|ליד]], [[mobile|המספר בכרטיס]]", "A call that was set for now: [[first_name|a lead]], [[mobile|the number is on the card]]")),
        ),
        "give_up": kit.step(
            "task", Words("לא הצלחנו להשיג", "Could not be reached"),
            title=kit.say(Words("אין תשובה משלוש הודעות: [[first_name|ליד]]. לסגור או לנסות בדרך אחרת", "No answer to three messages: [[first_name|a lead]]. Close, or try another way")),
        ),
    }  # fmt: skip
    return [
        kit.journey(
            Words("ליד שלא עונה", "A lead that does not answer"),
            Words(f"הצטרפות לרשימה ״{LIST.he}״", f"joining the list “{LIST.en}”"),
            nodes,
            kit.joined("unreachable"),
            reentry={"policy": "restart"},
        )
    ]


def _try(kit: Kit, number: int) -> dict[str, Json]:
    patience, text = TRIES[number - 1]
    following = f"text{number + 1}" if number < len(TRIES) else "give_up"
    answered: Json = {"any": [kit.is_set("time"), kit.is_set("part")]}
    listen = f"wait{number}"
    found = {
        f"text{number}": kit.sms(
            Words(f"מתי נוח? ניסיון {number}", f"When suits you? Try {number}"),
            text, next="mail" if number == 1 else listen,
        ),
        listen: kit.until(
            Words("ענו?", "Answered?"), answered, timeout=patience, yes="when", timed_out=following
        ),
    }  # fmt: skip
    return {**found, "mail": _mail(kit, listen)} if number == 1 else found


def _mail(kit: Kit, following: str) -> Json:
    """For those who would rather click."""
    buttons = (
        Button(
            words,
            "https://example.com/thanks",
            {"changes": [{"field": kit.fields["part"], "do": "set", "value": kit.choices[f"part.{key}"]}]},
        )
        for key, words, _hour in TIMES
    )  # fmt: skip
    return kit.mail(
        Words("מתי נוח לכם לדבר?", "When may we call you?"),
        Words(
            "ניסינו להתקשר ולא הצלחנו. בחרו מתי נוח, ונתקשר ביום העבודה הקרוב:",
            "We tried to call you. Choose what suits you, and we will call on the next working day:",
        ),
        *buttons,
        next=following,
    )


RECIPES.register(
    Recipe(
        "unreachable", "phone-off", "plum",
        Words("ליד שלא עונה", "A lead that does not answer"),
        Words(
            "נשלח SMS ששואל מתי נוח, ומייל עם כפתורים. כשעונים, איש המכירות מקבל התראה בדיוק במועד שנקבע. בלי תשובה: עד שלושה ניסיונות, ואז משימה.",
            "An SMS asks when to call, and a mail with buttons. Once they answer, the salesperson is told at that very time. Without an answer: up to three tries, then a task.",
        ),
        draw,
        fields=(
            NewField("time", Words("מועד נוח לשיחה", "When to call"), "date_time"),
            NewField(
                "part", Words("מתי נוח ביום", "Part of the day"), "choice",
                tuple((key, words) for key, words, _hour in TIMES),
            ),
        ),
        lists=(NewList("unreachable", LIST),),
        before=Words(
            "החליפו את הכתובת example.com בכפתורים בעמוד תודה שלכם. תשובה ב־SMS רושמים בכרטיס, בשדה ״מועד נוח לשיחה״, או דרך ה־API.",
            "Put a thank-you page of yours for example.com in the buttons. An answer by SMS is written on the card, into “When to call”, or through the API.",
        ),
    )
)  # fmt: skip
