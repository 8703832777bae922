"""The questions that are known to be missed today, kept in known-misses.yaml; run this to write the list anew.

    python -m tests.questions.misses

Reasons already given are kept, mended questions are taken off, new misses get what was amiss as their reason. A
question answered with somebody else's words is never put on the list: that one has to be mended.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.dialogue.assistant import Assistant
from bot.evaluation.bank import Question, read_bank
from bot.evaluation.scoring import Result, Verdict, ask, score
from bot.knowledge.loading import load

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIST = HERE / "known-misses.yaml"
HEAD = """\
# Questions of the banks that are not answered as they should be yet, and why.
# A question on this list must fail; once it is mended, the tests say so: write the list anew with
#     python -m tests.questions.misses
"""


@dataclass(frozen=True)
class Bank:
    """A file of questions about one election, and the time at which they are asked."""

    name: str
    election: str
    now: datetime

    def questions(self) -> list[Question]:
        questions, problems = read_bank(
            KNOWLEDGE[self.election] / self.election / "questions" / f"{self.name}.yaml"
        )
        assert not problems, "\n".join(map(str, problems))
        return questions


BUNDLED, FICTIONAL = "levallois-perret-2026", "villebois-2032"
KNOWLEDGE = {BUNDLED: ROOT / "knowledge", FICTIONAL: ROOT / "tests" / "fixtures" / "knowledge"}
BANKS = [
    Bank("fr", BUNDLED, datetime(2026, 11, 23, 12, tzinfo=UTC)),
    Bank("en", BUNDLED, datetime(2026, 11, 23, 12, tzinfo=UTC)),
    Bank("villebois", FICTIONAL, datetime(2032, 3, 1, 12, tzinfo=UTC)),
]


def assistants() -> dict[str, Assistant]:
    """One assistant for each election of the banks."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "knowledge" / "common", root / "common")
        shutil.copytree(KNOWLEDGE[FICTIONAL] / FICTIONAL, root / FICTIONAL)
        return {BUNDLED: Assistant(load(KNOWLEDGE[BUNDLED]).base), FICTIONAL: Assistant(load(root).base)}


def result(bank: Bank, question: Question, assistant: Assistant) -> Result:
    """What came of one question."""
    reply = ask(assistant, question, bank.election, bank.now)
    return score(question, reply, assistant.base.elections[bank.election])


def known() -> dict[str, str]:
    """The reasons on the list, by the question's id."""
    return yaml.safe_load(LIST.read_text(encoding="utf-8")) or {} if LIST.exists() else {}


def missed() -> Iterator[Result]:
    """Every question that is not answered as it should be."""
    ready = assistants()
    for bank in BANKS:
        for question in bank.questions():
            found = result(bank, question, ready[bank.election])
            if found.verdict is not Verdict.RIGHT:
                yield found


def listed(misses: list[Result], before: Mapping[str, str]) -> dict[str, str]:
    """The new list: the reasons already given, else what was amiss and the question."""
    return {
        miss.question.id: before.get(miss.question.id)
        or f"{miss.verdict}, {miss.reason or 'no reason'}: {' '.join(miss.question.text.split())}"
        for miss in misses
        if miss.verdict is not Verdict.MISATTRIBUTED
    }


def main() -> int:
    """Write the list anew, say what changed, and fail if words were given to somebody else."""
    before = known()
    misses = list(missed())
    after = listed(misses, before)
    text = yaml.safe_dump(after, allow_unicode=True, sort_keys=False, width=1_000) if after else ""
    LIST.write_text(HEAD + text, encoding="utf-8")
    mended, added = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    print(f"{len(after)} known misses; mended: {' '.join(mended) or '-'}; new: {' '.join(added) or '-'}")
    astray = [miss.question.id for miss in misses if miss.verdict is Verdict.MISATTRIBUTED]
    if astray:
        print(f"misattributed, to be mended: {' '.join(astray)}", file=sys.stderr)
    return 1 if astray else 0


if __name__ == "__main__":
    raise SystemExit(main())
