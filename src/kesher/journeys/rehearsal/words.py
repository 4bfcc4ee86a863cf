"""A rehearsal's result in words: reasons for the API, and the summary that the command line prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kesher.contacts.channels import CHANNELS
from kesher.journeys import reasons
from kesher.lib.bidi import isolated
from kesher.messages.reasons import in_words

CUTS: dict[str, Promise] = {
    "circle": gettext_lazy("People go round in a circle at one moment: a wait is missing."),
    "time": gettext_lazy("It took too long: rehearse fewer people or a shorter time."),
}


def with_words(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with the words of each refusal."""
    refused = [{**one, "words": in_words(one["reason"])} for one in result.get("refused", ())]
    return {**result, "refused": refused}


def summary(result: Mapping[str, Any], zone: str) -> Iterator[str]:
    """The result as lines for a person, in the active language."""
    yield _("%(people)s people, from %(start)s to %(end)s") % {
        "people": f"{result['people']:,}",
        "start": _day(result["start"], zone),
        "end": _day(result["until"], zone),
    }
    if result["cut"]:
        yield str(CUTS[result["cut"]])
    yield _(
        "Began: %(begun)s · on the way at the end: %(standing)s · reached the goal: %(goal)s"
    ) % {key: f"{result[key]:,}" for key in ("begun", "standing", "goal")}
    for reason, count in result["ended"].items():
        yield f"  {reasons.in_words(reason)}: {count:,}"
    yield from _steps(result)
    yield from _messages(result, zone)
    yield from _troubles(result)
    yield from _compared(result)


def _day(text: str, zone: str) -> str:
    moment = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return date_format(moment, "SHORT_DATETIME_FORMAT")


def _steps(result: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield _("Steps")
    for node in result["nodes"].values():
        line = _("%(step)s: %(entered)s came, %(waiting)s stand there") % {
            "step": node["title"],
            "entered": f"{node['entered']:,}",
            "waiting": f"{node['waiting']:,}",
        }
        ways = " · ".join(f"{port} {way['count']:,}" for port, way in node["ports"].items())
        yield f"  {line}" + (f" ({ways})" if len(node["ports"]) > 1 else "")


def _messages(result: Mapping[str, Any], zone: str) -> Iterator[str]:
    yield ""
    yield _("Messages")
    if not result["messages"]:
        yield "  " + _("None would leave.")
    for one in result["messages"]:
        sample = one["samples"][0]
        channel = CHANNELS[one["channel"]].label
        about = sample["subject"] or " ".join(sample["text"].split())[:80]
        first = _day(one["first_at"], zone)
        yield f"  {channel} × {one['count']:,} · {first} · {about}"
    for channel, units in result["units"].items():
        yield "  " + _("%(channel)s: %(units)s units to pay") % {
            "channel": CHANNELS[channel].label,
            "units": f"{units:,}",
        }
    if cost := result["cost"]:
        yield "  " + _("Cost: %(amount)s %(currency)s") % cost


def _troubles(result: Mapping[str, Any]) -> Iterator[str]:
    if result["refused"]:
        yield ""
        yield _("Would not be sent")
    for one in result["refused"]:
        step = result["nodes"].get(one["node"], {}).get("title", "")
        about = f"{isolated(step)}: " if step else ""
        yield f"  {one['count']:,} · {about}{in_words(one['reason'])}"
    crowded = result["crowded"]
    if crowded["people"]:
        yield ""
        yield ngettext(
            "%(people)s person gets more than %(most)s messages on one day",
            "%(people)s people get more than %(most)s messages on one day",
            crowded["people"],
        ) % {"people": f"{crowded['people']:,}", "most": crowded["more_than"]}
    for one in result["others"]:
        yield _("Also in “%(name)s”: %(people)s people, %(messages)s messages") % {
            "name": one["name"],
            "people": f"{one['people']:,}",
            "messages": f"{one['messages']:,}",
        }


def _compared(result: Mapping[str, Any]) -> Iterator[str]:
    compared = result.get("compared")
    if not compared:
        return
    yield ""
    yield _("Otherwise than in version %(number)s") % {"number": compared["version"]}
    for one in compared["nodes"].values():
        here, there = (0 if count is None else count for count in one["entered"])
        yield "  " + _("%(step)s: %(here)s came instead of %(there)s") % {
            "step": one["title"],
            "here": f"{here:,}",
            "there": f"{there:,}",
        }
