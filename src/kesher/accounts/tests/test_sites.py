"""Which hosts may learn from a link who comes, as people write them, and what is refused in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.utils import translation

from kesher.accounts.sites import MOST_SITES, host_of, own_hosts, read_sites, shown, sites_of


@dataclass
class Business:
    website: str = ""
    identified_sites: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("shop.example", "shop.example"),
        (" https://www.Shop.example/page?a=1#b ", "shop.example"),
        ("http://blog.shop.example", "blog.shop.example"),
        ("shop.example.", "shop.example"),
        ("ספרים.ישראל", "xn--eebikmu.xn--4dbrk0ce"),
        ("my-shop.myshopify.com", "my-shop.myshopify.com"),
        ("shop.co.il", "shop.co.il"),
    ],
)
def test_a_site_is_taken_as_people_write_it(written: str, host: str) -> None:
    found = read_sites([written, "", written.upper()])

    assert found.hosts == (host,)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("written", "because"),
    [
        ("*.shop.example", "asterisk"),
        ("shop.example:8080", "port"),
        ("shop example", "not the address"),
        ("shop..example", "not the address"),
        ("-shop.example", "not the address"),
        ("a" * 64 + ".example", "not the address"),
        ("@", "not the address"),
        ("shop", "not the name"),
        ("127.0.0.1", "not the name"),
        ("co.il", "shared"),
        ("org.uk", "shared"),
        ("https://www.myshopify.com/", "shared"),
    ],
)
def test_what_is_no_site_of_ones_own_is_refused_by_its_name(written: str, because: str) -> None:
    with translation.override("en"):
        found = read_sites(["shop.example", written])

    assert found.hosts == ("shop.example",)
    (problem,) = found.problems
    assert because in problem
    assert written in problem


def test_there_may_be_so_many_sites_and_no_more() -> None:
    some = [f"s{number}.example" for number in range(MOST_SITES)]

    assert not read_sites(some).problems
    assert str(MOST_SITES) in read_sites([*some, "more.example"]).problems[0]


def test_without_named_sites_it_is_the_web_site_and_with_them_only_they() -> None:
    assert sites_of(Business()) == ()
    assert sites_of(Business("https://www.shop.example/")) == ("shop.example",)
    assert sites_of(Business("https://shop.example/", ["club.example"])) == ("club.example",)


def test_this_installation_always_knows_whom_it_wrote_to() -> None:
    assert own_hosts(Business(), "https://kesher.shop.example") == ("kesher.shop.example",)
    assert own_hosts(Business("https://a.example"), "http://localhost:8000") == (
        "a.example",
        "localhost",
    )


def test_a_hebrew_name_is_kept_as_browsers_send_it_and_shown_as_it_is_read() -> None:
    assert shown(host_of("https://ספרים.ישראל/")) == "ספרים.ישראל"
    assert shown("xn--" + "a" * 80) == "xn--" + "a" * 80
