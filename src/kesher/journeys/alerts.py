"""Alerts to the staff by e-mail, through the installation's own mail."""

from __future__ import annotations

import json
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from kesher.lib import sql

log = structlog.get_logger(__name__)

AT_ONCE = 50

# Marked before it is mailed: an alert is better lost in the mail (it stands in the application) than told for ever.
_TAKE = """
WITH next AS (
    SELECT id FROM staff_alert WHERE mailed_at IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE staff_alert a SET mailed_at = %(now)s FROM next, workspace w
WHERE a.id = next.id AND w.id = a.workspace_id
RETURNING a.id, a.text, a.emails::text, a.contact_id, w.name, w.key, w.language,
          (SELECT j.name FROM journey j WHERE j.workspace_id = a.workspace_id AND j.id = a.journey_id)
"""


def mail_alerts(now: datetime, *, limit: int = AT_ONCE) -> int:
    """Mail what was not mailed yet to those who are to have it; answers how many alerts were taken."""
    taken = sql.rows(_TAKE, {"now": now, "limit": limit})
    for _id, text, emails, contact_id, business, key, language, journey in taken:
        if to := json.loads(emails):
            with translation.override(language):
                subject = _subject(business, journey)
            place = f"contacts/{contact_id}/" if contact_id else "desk/alerts/"
            link = f"{settings.BASE_URL}/w/{key}/{place}"
            try:
                send_mail(subject, f"{text}\n\n{link}\n", None, to)
            except OSError:  # the mail server is away: the alert stands in the application
                log.exception("alert_not_mailed", alert=_id)
    return len(taken)


def _subject(business: str, journey: str | None) -> str:
    if journey is None:
        return _("%(business)s: an alert") % {"business": business}
    return _("%(business)s: an alert from the journey “%(journey)s”") % {
        "business": business,
        "journey": journey,
    }
