"""`python -m benchmarks.faults`: bring about every fault, print what was kept; exit status 1 if anything was not.

Without --quick, what could not be tried counts as not kept, unless it needs atheris, which is optional.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.faults import FAULTS, brought_about
from benchmarks.faults.trial import Trial, counted, missed, shown


def main(arguments: list[str]) -> int:
    """Print the table, and before it each row's verdict as soon as it is known."""
    parser = argparse.ArgumentParser("python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that all works")
    parser.add_argument("--only", action="append", choices=FAULTS, metavar="NAME", help=", ".join(FAULTS))
    options = parser.parse_args(arguments)
    trials = brought_about(options.only or (), quick=options.quick, told=_tell)
    print(shown(trials))
    print(counted(trials), file=sys.stderr)
    return 1 if missed(trials, quick=options.quick) else 0


def _tell(trial: Trial) -> None:
    print(f"{trial.verdict}: {trial.fault}: {trial.seen}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
