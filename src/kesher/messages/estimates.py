"""What texts will cost before they are sent: by the account that they will leave by, and the law's frame around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kesher.accounts.models import Workspace
from kesher.channels.accounts import default_account, plain_settings, provider_of
from kesher.channels.policies import frame_of
from kesher.content.plan import Plan
from kesher.content.text_sizes import NO_FRAME, Sizes, Where, sizes
from kesher.content.texts import Frame

# Who may get a text of each channel, over alias c: whom to count before an audience is chosen.
REACHABLE: dict[str, Where] = {
    "sms": ("c.sms_consent = 'granted' AND c.mobile <> ''", {}),
    "whatsapp": ("c.whatsapp_consent = 'granted' AND c.mobile <> ''", {}),
}


@dataclass(frozen=True)
class Estimate:
    """`cost` None: the account knows no price of a unit."""

    sizes: Sizes
    cost: Decimal | None
    currency: str

    def to_json(self) -> dict[str, Any]:
        cost = None if self.cost is None else {"amount": str(self.cost), "currency": self.currency}
        return {**self.sizes.to_json(), "cost": cost}


def frame_for(workspace: Workspace, channel: str, message_class: str) -> Frame:
    """What stands around a text of this class."""
    if message_class != "advertising":
        return NO_FRAME
    return Frame(*frame_of(workspace, channel))


def estimate(
    workspace: Workspace,
    plan: Plan,
    where: Where,
    *,
    channel: str,
    message_class: str = "advertising",
    now: datetime,
) -> Estimate:
    """The parts, units and cost of a text for an audience (SQL over alias c). Raises patience.TooSlow."""
    account = default_account(workspace, channel)
    found = sizes(
        workspace,
        plan,
        where,
        now=now,
        frame=frame_for(workspace, channel, message_class),
        units=provider_of(account).units,
        channel=channel,
    )
    price = _price(plain_settings(account).get("price"))
    cost = None if price is None else (price * found.units).quantize(Decimal("0.01"))
    return Estimate(found, cost, workspace.currency)


def _price(text: Any) -> Decimal | None:
    """Of a unit, as written in the account's settings; None when there is none or it is no number."""
    try:
        price = Decimal(str(text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None
