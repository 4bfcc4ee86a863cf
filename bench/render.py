"""Rendering one mail for many contacts: Kesher's plan beside bare minijinja, Jinja2 and Django templates.

The work of Kesher is the whole of it: subject, HTML and text, 12 merge tags (escaped, isolated), 10 targeted
blocks, 51 tracked links, unsubscribe, pixel. The others only fill the same HTML with autoescape, the
links' token among the values. Turns alternate; medians are printed. What rendering reads from the database,
values and truths, is measured in `render_values`.
"""

# ruff: noqa: E402  (Django is set up before its modules are imported)

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")
os.environ.setdefault(
    "DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"
)  # nothing is asked of it

import django

django.setup()

import jinja2
import minijinja
from django.template import engines

from bench import place
from bench.result import Figure, Options, Result
from kesher.contacts.vocabulary import FieldInfo
from kesher.content.compile import compile_document
from kesher.content.plan import Address, LinkTo, Part, Plan, Span, Value
from kesher.content.render import Constants, Renderer

TAGS = [f"field_{number}" for number in range(12)]
FIELDS = [FieldInfo(key, key, "text") for key in TAGS]
ROUNDS = 5
KESHER = "kesher"


def document() -> dict[str, object]:
    """A mail of about 13 KB: 40 plain links in text, 10 targeted blocks with one each, one button."""
    blocks: list[dict[str, object]] = [
        {"id": "h", "kind": "heading", "text": "שלום [[field_0|חברים]]"},
    ]
    paragraphs = "".join(
        f'<p>המדף מספר {n} מחכה ל<a href="https://shop.example/p/{n}">ספר</a> [[field_{n}|שלכם]].</p>'
        for n in range(1, 9)
    )
    links = "".join(f'<li><a href="https://shop.example/i/{n}">ספר {n}</a></li>' for n in range(32))
    blocks.append({"id": "t", "kind": "text", "html": paragraphs + f"<ul>{links}</ul>"})
    for n in range(10):
        tag = f" [[field_{9 + n % 3}]]" if n < 3 else ""
        blocks.append(
            {
                "id": f"s{n}",
                "kind": "text",
                "html": f'<p>רק לכם{tag}: <a href="https://shop.example/s/{n}">הצעה {n}</a>.</p>',
                "show_if": {"field": "score", "op": "gt", "value": n},
            }
        )
    blocks.append({"id": "b", "kind": "button", "text": "לחנות", "url": "https://shop.example/"})
    return {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}


def people(count: int) -> list[tuple[str, tuple[str, ...]]]:
    """(token, values and truths): names repeat as they do among people, truths are even chances."""
    chance = random.Random(7)
    names = ["נועה", "דן", "יעל", "אורן", "Maya", "O'Brien & Co", "<b>", "תמר", ""] + [
        f"שם {n}" for n in range(400)
    ]
    made = []
    for number in range(count):
        values = tuple(chance.choice(names) for _ in TAGS)
        truths = tuple(chance.choice(("1", "")) for _ in range(10))
        made.append((f"tok{number:012d}", values + truths))
    return made


def template_of(parts: Sequence[Part], plan: Plan, style: str) -> str:
    """The same HTML as a template of the others. Django spells `or` differently."""
    written = []
    for part in parts:
        match part:
            case str():
                written.append(part)
            case Value():
                name = plan.fields[part.index]
                if not part.fallback:
                    written.append(f"<bdi>{{{{ {name} }}}}</bdi>")
                elif style == "django":
                    written.append(f'<bdi>{{{{ {name}|default:"{part.fallback}" }}}}</bdi>')
                else:
                    written.append(f'<bdi>{{{{ {name} or "{part.fallback}" }}}}</bdi>')
            case LinkTo():
                written.append(f"https://m.example/c/{{{{ token }}}}/{part.number}")
            case Address():
                written.append(f"https://m.example/{part.key}/{{{{ token }}}}")
            case Span():
                inner = template_of(part.parts, plan, style)
                written.append(f"{{% if t{part.truth} %}}{inner}{{% endif %}}")
    return "".join(written)


def contexts(batch: list[tuple[str, tuple[str, ...]]]) -> list[dict[str, object]]:
    return [
        {
            "token": token,
            **dict(zip(TAGS, values[:12], strict=True)),
            **{f"t{n}": truth for n, truth in enumerate(values[12:])},
        }
        for token, values in batch
    ]


def candidates(
    plan: Plan, batch: list[tuple[str, tuple[str, ...]]]
) -> dict[str, Callable[[], int]]:
    constants = Constants(
        "https://m.example", business_name="חנות הספר", business_address="הרצל 12"
    )
    html = tuple(
        part for part in plan.html if isinstance(part, str | Value | LinkTo | Address | Span)
    )
    given = contexts(batch)
    jinja = jinja2.Environment(autoescape=True).from_string(template_of(html, plan, "jinja"))
    mini = minijinja.Environment(templates={"m.html": template_of(html, plan, "jinja")})
    plain = engines["django"].from_string(template_of(html, plan, "django"))

    def kesher() -> int:
        renderer = Renderer(plan, constants)
        return sum(len(made.html) for made in renderer.render_many(batch))

    return {
        KESHER: kesher,
        "minijinja": lambda: sum(len(mini.render_template("m.html", **values)) for values in given),
        "jinja2": lambda: sum(len(jinja.render(values)) for values in given),
        "django": lambda: sum(len(plain.render(values)) for values in given),
    }


def measure(count: int, *, rounds: int = ROUNDS) -> tuple[dict[str, float], Plan]:
    """Mails a second by candidate, medians of alternating turns. The slow ones do a share of the contacts."""
    plan = compile_document(
        document(), subject="[[field_0|חברים]], חדש על המדף", preheader="", fields=FIELDS
    )
    batch = people(count)
    shares = {
        name: batch if name == KESHER else batch[: max(500, count // 10)]
        for name in candidates(plan, batch[:1])
    }
    runs = {name: candidates(plan, share)[name] for name, share in shares.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    gc.collect()
    gc.disable()
    for _round in range(rounds):
        for name, run_one in runs.items():
            begun = time.perf_counter()
            run_one()
            times[name].append((time.perf_counter() - begun) / len(shares[name]))
    gc.enable()
    return {name: 1 / statistics.median(found) for name, found in times.items()}, plan


def values(count: int, *, rounds: int) -> dict[str, float]:
    """Contacts a second whose values and truths are read, in a database of its own."""
    from django.db import connection

    name = "kesher_bench_render"
    before = connection.settings_dict["NAME"]
    with place.database(name):
        connection.settings_dict["NAME"] = name
        try:
            from bench import render_values

            return render_values.measure(TAGS, document(), count, rounds=rounds)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def run(options: Options) -> Result:
    count = options.sized(full=100_000, small=2_000)
    rates, plan = measure(count, rounds=options.turns(full=ROUNDS, small=3))
    made = Renderer(plan, Constants("https://m.example")).render(*people(1)[0])
    kesher = rates.pop(KESHER)
    ratio = kesher / rates["jinja2"]
    read = values(count, rounds=options.turns(full=3, small=3))
    return Result(
        "render",
        f"{count:,} contacts: subject, {len(made.html) / 1000:.0f} kB of HTML and {len(made.text) / 1000:.0f} kB of text,"
        f" {len({*plan.fields})} merge tags, {len(plan.rules)} targeted blocks, {len(plan.links)} tracked links;"
        " the others fill only the HTML.",
        [
            Figure(
                "mails", kesher, "a second", beside=rates, ratio=f"{ratio:.2f} × jinja2",
                target="1.5 × jinja2", met=ratio >= 1.5,
            ),
            Figure(
                "values and truths", read["kesher"], "contacts a second", beside={"sql": read["sql"]},
                ratio=f"{read['kesher'] / read['sql']:.2f} × hand-written SQL",
            ),
        ],
    )  # fmt: skip
