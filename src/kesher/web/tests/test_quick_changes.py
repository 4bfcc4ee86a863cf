"""What asks at each change must not lose the last one: of three while an answer is on its way, htmx drops the third."""

from __future__ import annotations

import re
from pathlib import Path

from kesher import web

ASKS = re.compile(r'hx-trigger="[^"]*(?:change|input)[^"]*"(?P<after>[^>]{0,40})')


def test_the_last_of_several_quick_changes_is_asked_about() -> None:
    templates = list(Path(web.__file__).parent.rglob("*.html"))
    asking = [(path.name, found) for path in templates for found in ASKS.finditer(path.read_text())]

    assert asking
    assert not [
        (name, found[0]) for name, found in asking if 'hx-sync="queue last"' not in found["after"]
    ]
