"""Human or machine: a table of cases, and the pattern of scanners."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.messages.receipts.agents import device_of
from kesher.messages.receipts.classify import REASONS, Clicks, Verdict, clicks_of, judge
from kesher.messages.receipts.hits import HONEYPOT, Hit

SENT = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
LATER = SENT + timedelta(minutes=5)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_AHEAD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
ANDROID_TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


def hit(kind: str = "open", *, after: float = 300, link: int | None = None, agent: str = IPHONE,
        method: str = "GET", ip: str = "203.0.113.9") -> Hit:  # fmt: skip
    return Hit(1, kind, 1, link, SENT + timedelta(seconds=after), ip, agent, method)


def verdict_of(one: Hit, *others: Hit, links: int = 5) -> Verdict:
    clicks = Clicks(clicks_of([one, *others]), links)
    return judge(
        one, sent_at=SENT, clicks=clicks, own_clicks=clicks.by_visitor().get((one.ip, one.agent))
    )


@pytest.mark.parametrize(
    ("one", "reason", "is_machine"),
    [
        (hit(), "", False),
        (hit(agent=OUTLOOK), "", False),
        (hit(agent=GMAIL), "image_proxy", False),
        (hit(agent="YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy"), "image_proxy", False),
        (hit(agent="Mozilla/5.0"), "apple_privacy", True),
        (hit(agent=GMAIL_AHEAD), "prefetch", True),
        (hit(agent=""), "no_agent", True),
        (hit(agent="Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"), "scanner_agent", True),
        (hit(agent="facebookexternalhit/1.1"), "scanner_agent", True),
        (hit("click", link=0, agent="WhatsApp/2.24"), "scanner_agent", True),
        (hit("click", link=0, agent="python-requests/2.32"), "scanner_agent", True),
        (hit("click", link=0, agent="Mozilla/5.0 HeadlessChrome/131.0"), "scanner_agent", True),
        (hit(method="HEAD"), "head", True),
        (hit("click", link=0, method="PREFETCH"), "prefetch", True),
        (hit(after=1.9), "too_soon", True),
        (hit(after=-1), "too_soon", True),
        (hit(after=2), "", False),
        (hit("click", link=0, after=1), "too_soon", True),
        (hit("click", link=0), "", False),
        (hit("click", link=HONEYPOT), "honeypot", True),
    ],
)  # fmt: skip
def test_a_hit_is_judged_by_what_it_says_of_itself(one: Hit, reason: str, is_machine: bool) -> None:
    assert verdict_of(one) == Verdict(is_machine, reason)


def test_a_message_not_known_as_sent_yet_is_not_too_soon() -> None:
    assert judge(hit(), sent_at=None) == Verdict(False)


def test_three_different_links_within_two_seconds_are_a_scanner() -> None:
    burst = [hit("click", link=number, after=300 + number * 0.9) for number in range(3)]

    for one in burst:
        assert verdict_of(one, *(other for other in burst if other is not one)).reason == "burst"


def test_a_person_who_clicks_two_links_quickly_or_one_often_stays_a_person() -> None:
    two = [hit("click", link=0), hit("click", link=1, after=301)]
    often = [hit("click", link=0, after=300 + n * 0.1) for n in range(20)]

    assert not verdict_of(two[0], two[1]).is_machine
    assert not verdict_of(often[7], *often).is_machine


def test_both_links_of_a_mail_with_two_at_once_are_a_scanner_but_its_only_one_is_not() -> None:
    both = [hit("click", link=0), hit("click", link=1, after=300.5)]

    assert verdict_of(both[0], both[1], links=2).reason == "burst"
    assert not verdict_of(hit("click", link=0), links=1).is_machine


def test_every_link_of_a_mail_within_seconds_is_a_scanner_that_takes_its_time() -> None:
    slow = [hit("click", link=number, after=300 + number * 1.5) for number in range(5)]

    assert verdict_of(slow[0], *slow[1:], links=5).reason == "sweep"
    assert not verdict_of(slow[0], *slow[1:], links=6).is_machine


def test_a_scanner_with_many_addresses_is_still_one_burst() -> None:
    burst = [hit("click", link=n, after=300 + n * 0.3, ip=f"198.51.100.{n}") for n in range(4)]

    assert verdict_of(burst[0], *burst[1:], links=9).is_machine


def test_whoever_followed_the_hidden_link_is_a_machine_with_all_clicks_around() -> None:
    assert (
        verdict_of(hit("click", link=2), hit("click", link=HONEYPOT, after=304)).reason
        == "honeypot"
    )


def test_an_open_by_the_visitor_of_a_burst_is_a_machine_and_that_of_somebody_else_is_not() -> None:
    burst = [
        hit("click", link=n, after=300 + n * 0.3, agent=CHROME, ip="198.51.100.7") for n in range(3)
    ]

    scanner = verdict_of(hit(agent=CHROME, ip="198.51.100.7", after=299), *burst)
    person = verdict_of(hit(agent=IPHONE, after=299), *burst)

    assert scanner == Verdict(True, "burst")
    assert person == Verdict(False)


def test_a_click_long_after_a_burst_is_a_person() -> None:
    burst = [hit("click", link=n, after=300 + n * 0.3) for n in range(4)]

    assert not verdict_of(hit("click", link=0, after=330), *burst, links=9).is_machine


_click = st.builds(
    lambda link, after, ip: hit("click", link=link, after=after, ip=ip),
    st.integers(0, 6),
    st.floats(10, 60),
    st.sampled_from(["198.51.100.1", "198.51.100.2"]),
)


@given(st.lists(_click, min_size=1, max_size=40), st.integers(1, 7))
def test_the_spans_of_a_burst_agree_with_counting_by_hand(clicks: list[Hit], links: int) -> None:
    """The sliding window against the definition: a stretch of two seconds that holds the click and enough links."""
    wanted = 2 if links == 2 else 3
    found = Clicks(clicks_of(clicks), links)
    for one in clicks:
        crowded = any(
            start.at <= one.at <= start.at + timedelta(seconds=2)
            and len(
                {
                    other.link_number
                    for other in clicks
                    if start.at <= other.at <= start.at + timedelta(seconds=2)
                }
            )
            >= wanted
            for start in clicks
        )
        assert (found.pattern(one.at) == "burst") == crowded


def test_every_reason_has_words() -> None:
    given_reasons = {"head", "prefetch", "no_agent", "scanner_agent", "apple_privacy", "honeypot",
                     "too_soon", "burst", "sweep", "image_proxy"}  # fmt: skip
    assert set(REASONS) == given_reasons


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, "phone"),
        (ANDROID, "phone"),
        (ANDROID_TABLET, "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"),
        (CHROME, "computer"),
        (OUTLOOK, "computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:131.0) Gecko/20100101 Thunderbird/128.0", "computer"),
        (GMAIL, ""),
        ("Mozilla/5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_an_agent_tells_its_device(agent: str, device: str) -> None:
    assert device_of(agent) == device
