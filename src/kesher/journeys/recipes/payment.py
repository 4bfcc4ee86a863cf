"""E-17: on the billing date a mail with a link to pay; who does not open it gets an SMS with the link."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Words

PAY = "https://example.com/pay"


def draw(kit: Kit) -> list[Drawn]:
    paid: Json = {"field": kit.fields["paid"], "op": "is", "value": True}
    amount = kit.tag("amount", Words("כמפורט בחשבונית", "as on the invoice"), "money")
    opened: Json = {"did": "message.opened", "where": {"message": "previous"}}
    demand: Json = {"message_class": "transactional"}
    remind = kit.journey(
        Words("תזכורת תשלום", "Payment reminder"),
        Words("תאריך החיוב, בשעה 09:00, למי שלא שילם", "the billing date, at 09:00, for those who have not paid"),
        {
            "mail": kit.mail(
                Words("היום מועד התשלום", "Your payment is due today"),
                Words(f"היום מועד התשלום. סכום לתשלום: <strong>{amount.he}</strong>", f"Your payment is due today. Amount: <strong>{amount.en}</strong>"),
                Button(Words("לתשלום מאובטח", "Pay securely"), PAY, {}),
                Words("כבר שילמתם? תודה, אפשר להתעלם מההודעה הזו.", "Paid already? Thank you, please ignore this mail."),
                next="opened", **demand,
            ),
            "opened": kit.until(
                Words("נפתח?", "Opened?"), opened, timeout="P2D", yes="end", timed_out="text"
            ),
            "text": kit.sms(
                Words("SMS עם הקישור", "An SMS with the link"),
                Words(f"שלום [[first_name|לכם]], התשלום שלכם ממתין. לתשלום מאובטח: {PAY}", f"Hello [[first_name|there]], your payment is waiting. Pay securely: {PAY}"),
                **demand,
            ),
        },
        {"kind": "date", "field": kit.fields["billing"], "at": "09:00", "rule": {"not": paid}},
        reentry={"policy": "restart"},
        exit_if=paid,
    )  # fmt: skip
    dated: Json = {"field": f"event.after.{kit.fields['billing']}", "op": "is_set"}
    paid_with_it: Json = {"field": f"event.after.{kit.fields['paid']}", "op": "is", "value": True}
    again = kit.journey(
        Words("תשלום: מועד חדש", "Payment: a new date"),
        Words("תאריך החיוב השתנה", "the billing date has changed"),
        {
            "unpaid": kit.change(
                Words("עוד לא שולם", "Not paid yet"), {"field": "paid", "do": "set", "value": False}
            )
        },
        kit.changed("billing", {"all": [dated, {"not": paid_with_it}]}),
        reentry={"policy": "always"},
    )
    return [remind, again]


RECIPES.register(
    Recipe(
        "payment", "credit-card", "moss",
        Words("תזכורת תשלום", "Payment reminder"),
        Words(
            "בתאריך החיוב נשלח מייל עם קישור לתשלום. מי שלא פתח אותו ביומיים מקבל SMS עם הקישור. מי ששילם לא שומע עוד, ותאריך חיוב חדש מתחיל מחדש.",
            "On the billing date a mail brings a link to pay. Who does not open it within two days gets the link by SMS. Who has paid hears no more, and a new billing date begins anew.",
        ),
        draw,
        fields=(
            NewField("billing", Words("תאריך חיוב", "Billing date"), "date"),
            NewField("amount", Words("סכום לתשלום", "Amount due"), "number", options={"decimals": 2}),
            NewField("paid", Words("שולם", "Paid"), "yes_no"),
        ),
        before=Words(
            "החליפו את example.com/pay, במייל וב־SMS, בקישור התשלום שלכם. ״שולם״ ותאריך החיוב מתעדכנים בכרטיס, בייבוא או ב־API.",
            "Put your own link for example.com/pay, in the mail and in the SMS. “Paid” and the billing date are told on the card, by an import or through the API.",
        ),
    )
)  # fmt: skip
