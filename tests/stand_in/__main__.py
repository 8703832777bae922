"""A stand-in as a process: `python -m tests.stand_in --port 8081 --token 1:a`. Prints its address, then serves."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.stand_in import StandIn


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", required=True)
    parser.add_argument("--username", default="election_bot")
    parser.add_argument("--no-inline", action="store_true")
    parser.add_argument("--no-privacy", action="store_true")
    parser.add_argument("--keep", type=int, default=10_000)
    asked = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with StandIn(
        asked.token,
        asked.username,
        supports_inline=not asked.no_inline,
        privacy=not asked.no_privacy,
        keep=asked.keep,
        port=asked.port,
    ) as stand_in:
        sys.stdout.write(f"listening on {stand_in.url}\n")
        sys.stdout.flush()
        over.wait()


if __name__ == "__main__":
    main()
