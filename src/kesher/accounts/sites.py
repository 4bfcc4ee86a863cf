"""Which sites may learn from a link who comes: the hosts of a workspace, and what may be one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from kesher.lib.bidi import isolated

MOST_SITES = 20
LONGEST_HOST = 253
_READ_OTHERWISE = re.compile(r"[\\\s\x00-\x1f\x7f]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_DOTTED_FIGURES = re.compile(r"[0-9.]+")
# Below these everybody may have a site: whoever allowed one would tell strangers who comes.
_SECOND_LEVEL = ("co", "com", "org", "net", "ac", "gov", "muni", "k12", "idf", "edu")
_SHARED = frozenset(
    [
        "myshopify.com",
        "wixsite.com",
        "editorx.io",
        "wordpress.com",
        "blogspot.com",
        "weebly.com",
        "squarespace.com",
        "webflow.io",
        "github.io",
        "gitlab.io",
        "netlify.app",
        "vercel.app",
        "pages.dev",
        "web.app",
        "herokuapp.com",
        "azurewebsites.net",
        "amazonaws.com",
        "cloudfront.net",
        "google.com",
        "facebook.com",
        "instagram.com",
        "linktr.ee",
        "notion.site",
        "carrd.co",
    ]
)


class _HasSites(Protocol):
    website: str
    identified_sites: list[str]


@dataclass(frozen=True)
class Sites:
    """The hosts that were understood, each once and in order, and what is wrong with the others, in words."""

    hosts: tuple[str, ...]
    problems: tuple[str, ...]


def read_sites(written: Iterable[str]) -> Sites:
    """Hosts as people write them: with https:// and www., in capitals, in Hebrew, one of them twice."""
    hosts, problems = dict[str, None](), list[str]()
    for text in filter(None, (one.strip() for one in written)):
        host = host_of(text)
        if problem := _problem(text, host):
            problems.append(problem)
        else:
            hosts[host] = None
    if len(hosts) > MOST_SITES:
        problems.append(_("At most %(count)s sites.") % {"count": MOST_SITES})
    return Sites(tuple(hosts), tuple(problems))


def host_of(text: str) -> str:
    """The host in an address or a bare name, as browsers send it, without "www."; empty when there is none."""
    try:
        found = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
        return found.rstrip(".").encode("idna").decode().lower().removeprefix("www.")
    except ValueError:  # also what the name system cannot hold
        return ""


def shown(host: str) -> str:
    """As people read it: a Hebrew name in Hebrew letters."""
    try:
        return host.encode().decode("idna")
    except ValueError:
        return host


def _problem(text: str, host: str) -> str:
    return _refusal(text, host) % {"text": isolated(text)}


def _refusal(text: str, host: str) -> str:
    labels = host.split(".")
    if "*" in text:
        return _("“%(text)s”: without the asterisk; what lies below a site is included.")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > LONGEST_HOST:
        return _("“%(text)s” is not the address of a site. Write it like shop.example.")
    if _has_port(text):
        return _("“%(text)s”: without a port.")
    if len(labels) == 1 or _DOTTED_FIGURES.fullmatch(host):
        return _("“%(text)s” is not the name of a site, like shop.example.")
    if _is_shared(host, labels):
        return _("“%(text)s” is shared by many sites. Write your own below it.")
    return ""


def _has_port(text: str) -> bool:
    try:
        return urlsplit(text if "://" in text else f"https://{text}").port is not None
    except ValueError:
        return True


def _is_shared(host: str, labels: list[str]) -> bool:
    return host in _SHARED or (
        len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL
    )


def sites_of(workspace: _HasSites) -> tuple[str, ...]:
    """The hosts that may learn who comes: those that were named, else the one of the web site."""
    named = tuple(workspace.identified_sites) or (host_of(workspace.website),)
    return tuple(host for host in named if host)


def is_own_site(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address lies on one of these hosts or below it, by https or on this machine.

    What browsers read otherwise than we do is nobody's: "https://evil.example\\@shop.example/" leads to the former.
    """
    if _READ_OTHERWISE.search(url):
        return False
    parts, host = urlsplit(url), host_of(url)
    if parts.scheme != "https" and host not in ("localhost", "127.0.0.1"):
        return False
    return any(host == own or host.endswith(f".{own}") for own in hosts)


def own_hosts(workspace: _HasSites, base_url: str) -> tuple[str, ...]:
    """The hosts that may learn who comes: the business's sites and what lies below them, and this installation."""
    here = (urlsplit(base_url).hostname or "").lower()
    return tuple(dict.fromkeys(host for host in (*sites_of(workspace), here) if host))
