"""A small world in which a random journey runs: three people, a list, a segment, another journey; and what may happen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from kesher.accounts.access import Access
from kesher.contacts.actions import update_contact
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.consent import record_consent
from kesher.contacts.lists import join_list, leave_list
from kesher.contacts.merge import merge_contacts
from kesher.contacts.models import Contact, ContactList
from kesher.journeys import engine
from kesher.journeys.actions import (
    archive_journey,
    enrol,
    move_runs_on,
    pause_journey,
    publish_journey,
    resume_journey,
    save_draft,
    take_out,
    unarchive_journey,
)
from kesher.journeys.catchingup import wake_followers
from kesher.journeys.foreseeing import foresee
from kesher.journeys.matching import match
from kesher.journeys.models import JourneyRun, JourneyVersion, WebhookDelivery
from kesher.journeys.moving import EXIT, KEEP, MOVE, RECOMPUTE, Choice, Plan
from kesher.journeys.sitting import Sitting
from kesher.journeys.tests.conftest import Desk
from kesher.journeys.versions import version_of
from kesher.journeys.walking import advance
from kesher.journeys.webhooks import Answered, Call, write
from kesher.lib import sql
from kesher.segments.actions import create_segment, update_segment

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
PEOPLE = 3
PLANS = (
    None,
    None,
    Plan(others=Choice(MOVE, waits=KEEP)),
    Plan(others=Choice(MOVE, waits=RECOMPUTE)),
    Plan(others=Choice(EXIT)),
)
FANS: tuple[dict[str, Any], ...] = (
    {"field": "score", "op": "gte", "value": 2},
    {"list": "b"},
    {"not": {"list": "b"}},
    {"consent": "sms"},
    {"all": [{"field": "score", "op": "gte", "value": 1}, {"not": {"consent": "sms"}}]},
)
MEANWHILES = ("go", "go", "skip", "exit", "ask")


class Died(Exception):
    """The worker, in the middle of a batch."""


class World:
    def __init__(self, access: Access) -> None:
        self.access, self.desk = access, Desk(access, NOW)
        workspace = access.workspace
        self.list = ContactList.objects.create(workspace=workspace, key="b", name="b")
        self.desk.field("score")
        self.desk.field("born", "date")
        rule = {"field": "score", "op": "gte", "value": 3}
        self.fans = create_segment(access, name="fans", rule=rule, now=NOW)
        self.people = [
            Contact.objects.create(
                workspace=workspace, first_name=str(n), email=f"{n}@example.com", mobile=f"+97250000000{n}",
                fields={"score": 0, "born": f"1990-11-{18 + n}"}, created_at=NOW, updated_at=NOW,
            )
            for n in range(PEOPLE)
        ]  # fmt: skip
        rest = {"rest": {"kind": "wait", "for": "P2D"}}
        self.other = self.desk.publish(rest, name="other", reentry={"policy": "restart"})

    def begin(self, graph: dict[str, Any], edits: list[dict[str, Any]]) -> None:
        """A new journey, in the transaction that is undone after the case."""
        self.desk.now = NOW
        self.edits, self.is_edited = edits, False
        self.given: Counter[int] = Counter()  # points that did not come from the journey
        self.consents = 0  # given by the person
        self.is_merged = self.is_catching_up = False
        nodes, rest = dict(graph["nodes"]), {k: v for k, v in graph.items() if k not in ("nodes", "format")}  # fmt: skip
        self.journey = self.desk.publish(nodes, **rest)

    def act(self, what: str, who: int, much: int) -> None:
        getattr(self, f"_{what}")(self.people[who], much)

    # What people do.

    def _event(self, person: Contact, much: int) -> None:
        self.desk.custom(person)

    def _wait(self, person: Contact, much: int) -> None:
        self.desk.wait(hours=much)

    def _join(self, person: Contact, much: int) -> None:
        pk = self.access.workspace.pk
        join_list(pk, list_id=self.list.pk, contact_ids=[person.pk], now=self.desk.now)

    def _leave(self, person: Contact, much: int) -> None:
        pk = self.access.workspace.pk
        leave_list(pk, list_id=self.list.pk, contact_ids=[person.pk], now=self.desk.now)

    def _score(self, person: Contact, much: int) -> None:
        person.refresh_from_db()
        if person.deleted_at is None:
            score = person.fields.get("score", 0) + 1
            update_contact(self.access, person, values={"score": score}, now=self.desk.now)
            self.given[person.pk] += 1

    def _consent(self, person: Contact, much: int) -> None:
        record_consent(
            self.access.workspace.pk, contact_ids=[person.pk], channel="sms", basis="form", evidence={},
            state="granted" if much % 2 else "withdrawn", now=self.desk.now,
        )  # fmt: skip
        self.consents += 1

    def _answer(self, person: Contact, much: int) -> None:
        """The other side answers the oldest call."""
        call = WebhookDelivery.objects.filter(state="waiting").order_by("pk").first()
        if call is not None:
            taken = Call(call.pk, call.workspace_id, call.contact_id, call.url, call.body, 0, "")
            write([(taken, Answered(200 if much % 2 else 410, "{}"))], now=self.desk.now)

    def _delete(self, person: Contact, much: int) -> None:
        if much > 50:
            delete_contacts(self.access, ids=[person.pk], now=self.desk.now)

    def _merge(self, person: Contact, much: int) -> None:
        """With the next; what the other's runs had added to their own score stays with the card that goes."""
        other = self.people[(self.people.index(person) + much) % PEOPLE]
        for one in (person, other):
            one.refresh_from_db()
        if other == person or person.deleted_at or other.deleted_at or much < 15:
            return
        merge_contacts(self.access, keep=person, remove=other, take={}, now=self.desk.now)
        self.given[person.pk] -= other.fields["score"] - self.given[other.pk]
        self.is_merged = True

    # What happens to the engine.

    def _crash(self, person: Contact, much: int) -> None:
        """Killed at some statement of a batch; what it held is taken up by the next."""
        left = much

        def dying(execute: Any, *arguments: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                raise Died
            return execute(*arguments)

        try:
            with transaction.atomic(), connection.execute_wrapper(dying):
                engine.step(self.desk.now)
                raise Died  # before the commit
        except Died:
            pass

    def _half(self, person: Contact, much: int) -> None:
        """Killed between two commits, with one event and one run."""
        match(self.desk.workspace, now=self.desk.now, limit=1)
        advance(self.desk.workspace, now=self.desk.now, limit=1)

    def _early(self, person: Contact, much: int) -> None:
        """A worker whose clock is behind, and one whose clock is a moment ahead."""
        engine.step(self.desk.now - timedelta(minutes=much))
        engine.step(self.desk.now + timedelta(milliseconds=much))

    def catch_up(self) -> None:
        """The jobs that follow a changed segment."""
        if self.is_catching_up:
            wake_followers(self.access.workspace, ["fans"], now=self.desk.now)
            self.is_catching_up = False

    # What staff do.

    def _segment(self, person: Contact, much: int) -> None:
        """Its rule is another; the job comes at once, or late."""
        self.fans.refresh_from_db()
        rule = FANS[much % len(FANS)]
        update_segment(self.access, self.fans, rule=rule, now=self.desk.now)
        self.is_catching_up = True
        if much % 2:
            self.catch_up()

    @property
    def status(self) -> str:
        self.journey.refresh_from_db()
        return self.journey.status

    def _pause(self, person: Contact, much: int) -> None:
        if self.status == "live":
            pause_journey(self.access, self.journey, now=self.desk.now)

    def _resume(self, person: Contact, much: int) -> None:
        if self.status == "paused":
            meanwhile = MEANWHILES[much % len(MEANWHILES)]
            resume_journey(self.access, self.journey, now=self.desk.now, meanwhile=meanwhile)

    def _edit(self, person: Contact, much: int) -> None:
        if self.status == "archived":
            return
        graph = {**self.edits[much % len(self.edits)], "name": self.journey.name}
        save_draft(
            self.access, self.journey, graph=graph, revision=self.journey.revision, now=self.desk.now
        )  # fmt: skip
        self._publish(much, None)

    def _roll_back(self, person: Contact, much: int) -> None:
        if self.status != "archived":
            versions = JourneyVersion.objects.filter(journey=self.journey).order_by("number")
            self._publish(much, versions[much % len(versions)])

    def _publish(self, much: int, version: JourneyVersion | None) -> None:
        plan = PLANS[much % len(PLANS)]
        publish_journey(
            self.access, self.journey, now=self.desk.now, version=version, people=plan
        )  # fmt: skip
        self.is_edited = True

    def _archive(self, person: Contact, much: int) -> None:
        """Put away, or back and published again."""
        if self.status == "archived":
            unarchive_journey(self.access, self.journey, now=self.desk.now)
            publish_journey(self.access, self.journey, now=self.desk.now)
            self.is_edited = True
        elif much > 40:
            archive_journey(self.access, self.journey, now=self.desk.now)

    def _take_out(self, person: Contact, much: int) -> None:
        take_out(self.access, self.journey, contact_ids=[person.pk], now=self.desk.now)

    def _move_on(self, person: Contact, much: int) -> None:
        for run in self._standing(person)[:1]:
            ports = list(version_of(run.version_id).graph.nodes[run.node].ports)
            if ports:
                port = ports[much % len(ports)]
                move_runs_on(
                    self.access, self.journey, run_ids=[run.pk], port=port, now=self.desk.now
                )  # fmt: skip

    def _standing(self, person: Contact) -> list[JourneyRun]:
        return list(
            JourneyRun.objects.filter(
                journey_id=self.journey.pk, contact_id=person.pk, ended_at=None,
                state__in=("sleeping", "listening"),
            ).order_by("pk")
        )  # fmt: skip

    def _enrol(self, person: Contact, much: int) -> None:
        if self.status == "live":
            enrol(self.access, self.journey, contact_ids=[person.pk], now=self.desk.now)

    def nobody_is_stuck(self) -> None:
        late = sql.value(
            "SELECT count(*) FROM journey_run WHERE workspace_id = %s AND due_at <= %s",
            (self.access.workspace.pk, self.desk.now),
        )
        assert late == 0
        mine = JourneyRun.objects.filter(journey_id=self.journey.pk, ended_at=None)
        assert not mine.filter(due_at=None, state__in=("sleeping", "ready")).exists()
        if self.status == "live":
            assert not mine.filter(state__in=("held", "skipping")).exists()
        if self.status == "archived":
            assert not mine.exists()
        self.nobody_is_missed()

    def nobody_is_missed(self) -> None:
        """Who rests in a live journey would not move if they were asked now."""
        if self.status != "live":
            return
        resting = [run.pk for person in self.people for run in self._standing(person)]
        sitting = Sitting(self.access.workspace, self.desk.now)
        moving = [
            (one.walker, one.outcome)
            for one in foresee(sitting, resting, woken="event")
            if one.ends or one.goes_on
        ]
        assert moving == []
