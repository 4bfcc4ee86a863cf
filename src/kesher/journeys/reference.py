"""docs/reference/journeys.md, written from the registries of nodes and events."""

from __future__ import annotations

from django.utils.translation import override

from kesher.events.kinds import EVENT_KINDS
from kesher.journeys.kinds import NODES, NodeKind
from kesher.journeys.notes import COLORS, MOST, MOST_TEXT
from kesher.journeys.reasons import REASONS
from kesher.journeys.settings import Setting
from kesher.journeys.triggers import HOLIDAYS, MONTHS

_HEAD = """# Journeys as files

{note}
A journey is a graph of nodes that people walk through, started by events. As JSON it is what the canvas draws, what
`GET /journeys/{{id}}` answers, and what a file keeps.

```json
{{"format": 1, "name": "Thanks", "triggers": [{{"kind": "custom", "rule": {{"field": "event.total", "op": "gt", "value": 200}}}}],
 "reentry": {{"policy": "restart"}}, "exit_if": null, "goal": null, "holdout": 0, "start": "wait",
 "nodes": {{
  "wait": {{"kind": "wait", "for": "P25D", "next": "ask"}},
  "ask": {{"kind": "condition", "rule": {{"list": "vip"}}, "yes": "end", "no": "join"}},
  "join": {{"kind": "add_to_lists", "add_to_lists": ["vip"], "next": "end"}},
  "end": {{"kind": "exit"}}
 }}}}
```

Every mistake is named by its path (`nodes.ask.rule.op: “contians” is not an operator of text; did you mean “contains”?`).
A node's key has up to 40 letters, digits, - and _; a `name` and a `note` may stand beside its settings. A way that leads
nowhere ends the journey.

`notes` may stand beside `nodes`: up to {most_notes} notes on the drawing, for the people who draw. They start, change and publish nothing.

```json
{{"notes": [{{"id": "note_1", "text": "Ask Dana before changing this", "by": "ask", "x": 160, "y": 0, "width": 208, "height": 116, "color": "amber"}}]}}
```

`by` is the step that a note stands beside, and goes along with (without it the start): `x` is counted from the step's middle
towards where reading goes, `y` from its top. `text` has up to {most_text} characters. `color` is one of {colors}.

## What starts it

Any of the triggers; one event starts a journey once, however many of them it fits. `rule` may ask about the contact and, as
`event.…`, about the event. Inside the journey, rules may ask about the event that started it in the same words.

| kind | besides `rule` |
| --- | --- |
| `list.joined`, `list.left` | `list`: a key |
| `segment.entered`, `segment.left` | `segment`: a key |
| `contact.updated` | `changed`: field keys, any of them; `even_if_unchanged`: also when a person gave the same value again. `event.before.city`, `event.after.city` are the values |
| `date` | one of `field`, `on` (a day), `holiday`, `hebrew_month` with `hebrew_day`; `offset` (`-P7D` is a week before), `at` an hour (09:00), `every` `year`, `hebrew_year` or `month`; with `field`, `evening` names a yes/no field that says who was born after sunset |
| `manual` | nothing: people come in by hand, from the API or from another journey |
| other events | nothing |

Events: {kinds}.

A rule over a contact's field asks what it holds when the engine looks; to catch each passing value ("the ninth visit"), ask
`event.after.visits`. What machines did (scanners, prefetchers) starts nothing.

29 February comes round on the 28th in years without one; the 31st on the last day of shorter months. An hour that a spring night
leaves out comes an hour later; one that an autumn night has twice is its first. A day missed because nothing ran is made up for, up to a week back.

By the Hebrew year: Adar of a plain year is the second Adar of a leap year; the first Adar of a leap year is Adar in a plain one; a
30th of Cheshvan, Kislev or the first Adar is the first of the next month in years without it. Months: {months}. `adar` is the month
of Purim, `adar_1` the first Adar of a leap year. Holidays, on the days they are kept in Israel: {holidays}.

A wait until a date that has an hour keeps the hour, unless it names `at`; an offset may count hours (`-PT2H`) there.

## Who may come in again

`reentry.policy`: `one_at_a_time` (the default), `never`, `always` (side by side), `restart` (the run before it ends), `after` with `after`: a
duration since the last start. `by` is `contact`, or a subject: `invoice` takes the event's `invoice_id`, so that two invoices of one contact go their own ways.

## Leaving early

`exit_if` is a rule: whoever it holds for leaves, as soon as it does. `goal` is a rule, or `{{"rule": …, "exits": false}}`. `holdout` is a percentage kept
out, to compare with. A message that waits when its run leaves is not sent; the exit rule and a step's `only_if` are asked again at the moment of sending.

Journeys that set each other off are cut after five in a row; a wait of an hour or more begins a new row.

## Nodes
"""


def page(note: str) -> str:
    with override("en"):
        kinds = ", ".join(f"`{kind.key}`" for kind in EVENT_KINDS if kind.starts_journeys)
        nodes = "\n".join(_node(kind) for kind in NODES)
        ends = "\n".join(f"| `{key}` | {words} |" for key, words in REASONS.items())
    words = {
        "most_notes": MOST,
        "most_text": MOST_TEXT,
        "colors": ", ".join(f"`{one}`" for one in COLORS),
        "months": ", ".join(f"`{one.key}`" for one in MONTHS),
        "holidays": ", ".join(f"`{one.key}`" for one in HOLIDAYS),
    }
    head = _HEAD.format(note=note, kinds=kinds, **words)
    return f"{head}\n{nodes}\n## Why runs end\n\n| reason | words |\n| --- | --- |\n{ends}\n"


def _node(kind: NodeKind) -> str:
    ports = [port.key for port in kind.ports({})]
    ways = ", ".join(f"`{port}`" for port in ports) or "none"
    rows = "\n".join(
        f"| `{setting.key}` | {setting.type}{', needed' if setting.required else ''} | {_said(setting)} |"
        for setting in kind.settings
    )
    table = f"\n| setting | type | |\n| --- | --- | --- |\n{rows}\n" if rows else ""
    return f"### `{kind.key}`: {kind.label}\n\n{kind.help}. Ways on: {ways}.\n{table}"


def _said(setting: Setting) -> str:
    choices = ", ".join(f"`{choice.key}`" for choice in setting.choices)
    parts = [str(setting.label), choices, str(setting.help)]
    return "; ".join(part for part in parts if part)
