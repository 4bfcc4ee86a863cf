"""An SMTP server that takes and forgets, for machines without Postfix's smtp-sink: `python -m bench.sink PORT`."""

from __future__ import annotations

import signal
import sys

from tests.crash.sink import Sink


class Forgetful(Sink):
    """Keeps nothing, so that a long benchmark does not fill the memory."""

    def _keep(self, recipient: str, raw: bytes, number: int) -> None:
        pass


if __name__ == "__main__":
    with Forgetful(port=int(sys.argv[1])):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
