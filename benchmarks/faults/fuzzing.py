"""Texts led by the code they reach, with atheris where it is installed: `python -m benchmarks.faults.fuzzing 10000`."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LED_BY = ("bot.language", "bot.matching", "bot.dialogue", "bot.channels.telegram.formatting")
"""Whose code leads; nothing above may have imported any of it."""
MARK = "WRONG: "


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """How many texts were tried, and what went wrong; nothing if nothing did."""

    tried: int
    said: str


def fuzzed(folder: Path, count: int, seconds: int) -> Fuzzed:
    """Try so many texts, or for so long, in a process of its own: atheris ends the one it runs in."""
    command = [sys.executable, "-m", "benchmarks.faults.fuzzing", str(folder), str(count), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    printed = done.stdout + done.stderr
    tried = [int(number) for number in re.findall(r"^(?:#|Done )(\d+)", printed, re.M)]
    wrong = [line.removeprefix(MARK) for line in printed.splitlines() if line.startswith(MARK)]
    if not wrong and done.returncode:
        wrong = [printed.strip().splitlines()[-1] if printed.strip() else f"status {done.returncode}"]
    return Fuzzed(max(tried, default=0), "; ".join(wrong[:3]))


def main(folder: Path, count: int, seconds: int) -> None:
    """Fuzz; never returns."""
    import atheris

    with atheris.instrument_imports(include=list(LED_BY)):
        from benchmarks.faults.listening import Listener

    listener = Listener()
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, text in enumerate(listener.known[:400]):
        (corpus / f"{number}").write_bytes(text.encode("utf-8", "surrogatepass"))

    def one(raw: bytes) -> None:
        listener.hear([_text(raw)])
        if listener.wrong:
            print(f"{MARK}{next(iter(listener.wrong))} for {raw[:300]!r}", flush=True)
            raise SystemExit(1)

    options = [f"-runs={count}", f"-max_total_time={seconds}", "-max_len=4096", "-seed=1", "-rss_limit_mb=0"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={folder}/", *options], one)
    atheris.Fuzz()


def _text(raw: bytes) -> str:
    """Any bytes as a text; halves of characters, which JSON can bring, stay halves."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
