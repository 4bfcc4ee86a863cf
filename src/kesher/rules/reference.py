"""docs/reference/rules.md, written from the registry of operators."""

from __future__ import annotations

from django.utils.translation import override

from kesher.rules.operators import FAMILIES, OPERATORS
from kesher.rules.operators.base import EVERY, Operator
from kesher.rules.parse import MOST_LEAVES, MOST_LEVELS

_EXAMPLES = {
    "text": '"Haifa"', "number": "4", "date": '"2027-03-26"', "duration": '"P30D"', "month": '"this"',
    "month_day": '"03-26"', "choice": '"red"', "yes_no": "true", "none": "",
}  # fmt: skip
_PAIRS = {"number": "[50, 60]", "date": '["2027-03-01", "2027-03-31"]'}
_LISTS = {"text": '["Haifa", "Acre"]', "choice": '["red", "blue"]', "choices": '["red", "blue"]'}
_HEAD = """# Rules

{note}
A rule is a small JSON tree that says who or what is meant: a segment, an audience, whether a block is shown, a
journey's condition, a filter of the API. The same rule means the same everywhere.

| form | meaning |
| --- | --- |
| `{{"all": [rule, …]}}` | every part is true; an empty list is always true |
| `{{"any": [rule, …]}}` | some part is true; an empty list is never true |
| `{{"not": rule}}` | the part is not true: the only negation there is |
| `{{"field": "city", "op": "equals", "value": "Haifa"}}` | a field of the contact, by its key; operators below |
| `{{"list": "vip"}}` | is in the list, by key or id; with `"joined": {{"within": "P30D"}}` joined it then (`since` and `until` too) |
| `{{"segment": "lapsed"}}` | is in the segment now |
| `{{"consent": "email"}}` | has agreed to `email`, `sms` or `whatsapp` |
| `{{"identified": true}}` | the visitor of the page is known |
| `{{"did": "purchase.made", …}}` | an event of this kind happened; see below |

At most {levels} levels and {leaves} conditions.

## What is always so

- A comparison with a missing value, or with a value of another type, is **false**. A rule and its negation
  together are exactly everybody: who has no score is not "less than 4", and is "not (less than 4)".
- Text is compared after Unicode's NFC and in lower case, letter by letter. Niqqud, spaces and signs count. A final
  sigma is another letter than a sigma, and ß is not ss. An empty text is a missing one.
- Numbers are decimals. `gt` is more than, `gte` is that or more. Both ends of `between` are included.
- Days are the workspace's days; an instant is asked by the day it is there. `in_last` and `in_next` include today.
  A month before 31 March is the last day of February.
- A day of the year ignores the year. Who was born on 29 February has the anniversary on 28 February in years
  without one; `month_is` takes the month as written.
- `hebrew_on`, `hebrew_in` ask when a date comes round by the Hebrew calendar, of dates up to 150 years back. Adar of a
  plain year is the second Adar of a leap year; the first Adar of a leap year is Adar in a plain one. A 30th of
  Cheshvan, Kislev or the first Adar is the first of the next month in years without it. `hebrew_eve_on` is for what
  happened after sunset, when the next Hebrew day had begun.
- Choices are compared by their keys, as they are written.

## Operators
"""
_DID = """
## What somebody did

```json
{"did": "purchase.made", "where": {"total": {"op": "gt", "value": 200}, "product.category": "diapers"},
 "times": {"at_least": 2}, "within": "P30D"}
```

| key | meaning |
| --- | --- |
| `where` | what the event's data must be, all of it on one event; a bare value means equals; a dot steps into an object |
| `where.message` | for messages: the key of one, or `"previous"`: the journey's previous message to this contact |
| `times` | `at_least`, `at_most`, both, or `exactly`; once or more when it is left out |
| `within` | a duration back from now, up to now |
| `since`, `until` | a day or an instant; a day given as `until` is in whole, an instant is left out |
| `by` | `human` (when left out) passes over what a machine did; `any` does not |

Durations are ISO 8601 (`PT2H`, `P25D`, `P1M`): months and days are counted on the calendar of the workspace.
"""


def page(note: str = "") -> str:
    """The page in Markdown. `note` says that it is written from the code."""
    with override("en"):
        parts = [_HEAD.format(note=note, levels=MOST_LEVELS, leaves=MOST_LEAVES)]
        for family in FAMILIES:
            types = ", ".join(f"`{one}`" for one in family.types)
            own = [one for one in OPERATORS if one.family == family.key]
            if own:
                parts.append(f"\n### {types}\n\n{_table(own)}")
        parts.append(f"\n### Every type\n\n{_table([o for o in OPERATORS if o.family == EVERY])}")
        return "".join(parts) + _DID


def _table(operators: list[Operator]) -> str:
    rows = "".join(
        f"| `{one.name}` | {_code(_example(one))} | {_sentence(one)} |\n" for one in operators
    )
    return f"| op | value | in words |\n| --- | --- | --- |\n{rows}"


def _example(operator: Operator) -> str:
    editor = operator.operand.editor
    if editor == "pair":
        return _PAIRS[operator.family]
    return _LISTS[operator.family] if editor in ("tags", "choices") else _EXAMPLES[editor]


def _code(text: str) -> str:
    return f"`{text}`" if text else "none"


def _sentence(operator: Operator) -> str:
    return str(operator.sentence) % {"field": "*field*", "value": "*value*"}
