"""What a User-Agent tells: a program known to fetch mail by itself, a proxy, and the kind of device.

Only what names itself is here. Scanners that pretend to be a browser are found by what they do: `classify`.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Programs that fetch links and pictures with nobody looking.
_SCANNERS = (
    # mail gateways and their link checkers
    "barracuda", "proofpoint", "mimecast", "symantec", "messagelabs", "ironport", "cisco-", "fortiguard",
    "sophos", "trendmicro", "trend micro", "zscaler", "forcepoint", "avanan", "checkpoint", "cloudmark",
    "spamhaus", "vadesecure", "hornetsecurity", "perception-point", "abnormal", "inky", "ironscales",
    "google-safety", "safebrowsing", "bingpreview", "microsoftpreview", "microsoft office existence",
    "microsoft-webdav", "urlscan", "virustotal", "phishtank", "netcraft", "feedfetcher",
    # previews in chats
    "facebookexternalhit", "whatsapp", "telegrambot", "slackbot", "slack-img", "skypeuripreview", "twitterbot",
    "linkedinbot", "discordbot", "viber", "embedly", "iframely", "google-pagerenderer",
    # crawlers and programs
    "bot/", "bot;", "bot)", "crawler", "spider", "headlesschrome", "phantomjs", "puppeteer", "playwright", "selenium",
    "python-requests", "python-urllib", "aiohttp", "httpx", "curl/", "wget/", "go-http-client", "libwww-perl",
    "java/", "apache-httpclient", "node-fetch", "axios/", "guzzlehttp", "ruby", "postmanruntime", "scrapy", "censys", "zgrab", "nmap",
)  # fmt: skip

# Pictures fetched through the provider's servers when the mail is shown: an open, though not seen directly.
_IMAGE_PROXIES = ("googleimageproxy", "ggpht.com", "yahoomailproxy", "yahoo mail proxy")

# Apple Mail Privacy Protection fetches every picture after delivery under exactly this name.
_APPLE_PRIVACY = "Mozilla/5.0"
# Gmail's own fetching ahead (not its image proxy) ends like this, under a browser of 2015.
_GMAIL_PREFETCH = "edge/12.246 mozilla/5.0"

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Kindle|Android(?!.*Mobile)", re.IGNORECASE)
_PHONE = re.compile(r"iPhone|iPod|Mobile|Windows Phone|Opera Mini|BlackBerry|Dalvik", re.IGNORECASE)
_COMPUTER = re.compile(
    r"Windows|Macintosh|Mac OS X|X11|Linux|CrOS|Microsoft Outlook|ms-office|Thunderbird",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def machine_agent(agent: str) -> str:
    """Why this agent is a machine, as a key (see `classify.REASONS`), or "" when it may be a person."""
    if not agent.strip():
        return "no_agent"
    if agent.strip() == _APPLE_PRIVACY:
        return "apple_privacy"
    small = agent.lower()
    if small.endswith(_GMAIL_PREFETCH):
        return "prefetch"
    return "scanner_agent" if any(word in small for word in _SCANNERS) else ""


@lru_cache(maxsize=4096)
def is_image_proxy(agent: str) -> bool:
    """Whether a mail provider fetched the picture on behalf of somebody who looks at the mail."""
    small = agent.lower()
    return any(word in small for word in _IMAGE_PROXIES)


@lru_cache(maxsize=4096)
def device_of(agent: str) -> str:
    """phone, tablet, computer, or "" when the agent does not tell (an image proxy never does)."""
    if not agent or is_image_proxy(agent) or machine_agent(agent):
        return ""
    if _TABLET.search(agent):
        return "tablet"
    if _PHONE.search(agent):
        return "phone"
    return "computer" if _COMPUTER.search(agent) else ""
