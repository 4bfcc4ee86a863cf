"""Random journeys for the tests of what must hold: each kind of node, trigger, policy and end, small."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kesher.journeys.tests.conftest import mail

Draw = Any
Node = dict[str, Any]

RULE = {"field": "score", "op": "gte", "value": 2}
RULES = (
    RULE,
    {"list": "b"},
    {"not": {"list": "b"}},
    {"consent": "sms"},
    *({"segment": "fans"},) * 3,
)
TEXT = {
    "format": 1, "language": "he", "direction": "rtl",
    "blocks": [{"id": "t", "kind": "sms_text", "text": "שלום"}],
}  # fmt: skip
TRANSACTIONAL = {"document": TEXT, "message_class": "transactional"}
# Those that lead on at once and by one way: what they do is in `effects`.
PLAIN: dict[str, Node] = {
    "send_email": {"subject": "x", "document": mail()},
    "send_sms": TRANSACTIONAL,
    "send_whatsapp": TRANSACTIONAL,
    "update_contact": {"changes": [{"field": "score", "do": "add", "value": 1}]},
    "add_to_lists": {"add_to_lists": ["b"]},
    "remove_from_lists": {"remove_from_lists": ["b"]},
    "consent": {"channel": "sms", "state": "granted"},
    "alert": {"text": "[[first_name]]"},
    "task": {"title": "x"},
    "start_journey": {"journey": "other"},
    "stop_journey": {"journey": "other"},
    "goal": {},
}
KINDS = (
    *PLAIN, "update_contact", "send_email", "webhook", "condition", "split", "random_split", "exit", *("wait", "wait_until") * 3,
)  # fmt: skip
WAITS = ("wait", "wait_until")
TRIGGERS: tuple[Node, ...] = (
    {"kind": "custom"},
    {"kind": "list.joined", "list": "b"},
    {"kind": "contact.updated", "changed": ["score"]},
    {"kind": "consent.granted"},
    {"kind": "segment.entered", "segment": "fans"},
    {"kind": "date", "field": "born", "every": "year", "at": "09:00"},
)
REENTRIES = (
    *({"policy": policy} for policy in ("never", "always", "one_at_a_time", "restart")),
    {"policy": "after", "after": "PT30H"},
)


def draw_node(draw: Draw, later: list[str], anywhere: list[str]) -> Node:
    """A node whose ways lead on; only after a wait they may lead back."""
    kind = draw(st.sampled_from(KINDS))
    on, back = st.sampled_from([*later, None]), st.sampled_from([*anywhere, None])
    if kind in PLAIN:
        return {"kind": kind, **PLAIN[kind], "next": draw(on)}
    match kind:
        case "condition":
            return {
                "kind": kind,
                "rule": draw(st.sampled_from(RULES)),
                "yes": draw(on),
                "no": draw(on),
            }
        case "split":
            ways = [{"between": [None, 1], "to": draw(on)}, {"between": [2, 4], "to": draw(on)}]
            return {"kind": kind, "field": "score", "branches": ways, "otherwise": draw(on)}
        case "random_split":
            return {
                "kind": kind,
                "branches": [{"share": 30, "to": draw(on)}, {"share": 70, "to": draw(on)}],
            }
        case "webhook":
            waits = draw(st.booleans())
            return {
                "kind": kind,
                "url": "https://hooks.example/in",
                "wait_for_answer": waits,
                "next": draw(on),
                "failed": draw(on),
            }
        case "wait":
            how = draw(
                st.sampled_from(
                    ({"for": "?"}, {"for": "?"}, {"until_field": "born", "every": "year"})
                )
            )
            hours = f"PT{draw(st.integers(1, 40))}H"
            given = {key: hours if one == "?" else one for key, one in how.items()}
            return {"kind": kind, **given, "next": draw(back if "for" in how else on)}
        case "wait_until":
            what = draw(
                st.sampled_from(
                    [*({"rule": rule} for rule in RULES), {"event": "custom"}, {"event": "custom"}]
                )
            )
            hours = f"PT{draw(st.integers(1, 40))}H"
            return {"kind": kind, "timeout": hours, "yes": draw(on), "timed_out": draw(on), **what}
        case _:
            return {"kind": "exit"}  # fmt: skip


@st.composite
def graphs(draw: Draw) -> dict[str, Any]:
    keys = [f"n{number}" for number in range(draw(st.integers(1, 6)))]
    nodes = {key: draw_node(draw, keys[place + 1 :], keys) for place, key in enumerate(keys)}
    more = draw(st.lists(st.sampled_from(TRIGGERS), max_size=2, unique_by=lambda one: one["kind"]))
    goal = draw(st.sampled_from([None, None, {"rule": {"field": "score", "op": "gte", "value": 4}, "exits": True},
                                 {"rule": {"field": "score", "op": "gte", "value": 3}, "exits": False}]))  # fmt: skip
    return {
        "format": 1, "name": "x", "start": "n0", "nodes": nodes,
        "triggers": [{"kind": "custom"}, *(one for one in more if one["kind"] != "custom")],
        "reentry": draw(st.sampled_from(REENTRIES)),
        "exit_if": draw(st.sampled_from([None, None, {"field": "score", "op": "gt", "value": 6}])),
        "goal": goal, "holdout": draw(st.sampled_from([0, 0, 0, 50])),
    }  # fmt: skip


ACTS = (
    *("event", "event", "wait", "wait", "wait", "join", "leave", "score", "consent", "answer", "crash", "crash", "half"),
    *("early", "pause", "resume", "edit", "roll_back", "archive", "take_out", "move_on", "enrol", "delete"),
    *("segment", "segment", "merge"),
)  # fmt: skip


def acts(people: int) -> Any:
    """What happens: which act, to whom, and a number that the act reads as it likes."""
    one = st.tuples(st.sampled_from(ACTS), st.integers(0, people - 1), st.integers(1, 60))
    return st.lists(one, max_size=14)
