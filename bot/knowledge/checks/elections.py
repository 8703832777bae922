"""Checks of elections themselves: their days, who stands, and in what order."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.checks.references import unknown
from bot.knowledge.checks.statements import AFTER
from bot.knowledge.checks.walking import Spot, elections
from bot.knowledge.document import Place, Problem, file_name
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Order, Source


def dates(loaded: Loaded) -> Iterator[Problem]:
    """A vote that closes before it opens, or a source from the future, is a slip of the pen."""
    for election, spot in elections(loaded):
        rounds = election.description.rounds
        for index, day in enumerate(rounds):
            at = spot.at("rounds", index)
            if index and day.date <= rounds[index - 1].date:
                yield at.at("date").problem("this round must come after the one before it")
            if day.closes is not None and day.closes <= day.opens:
                yield at.at("closes").problem("polls must close after they open")
        for identifier, source in election.own.sources.items():
            at = Spot(loaded, election.id, "sources", identifier)
            yield from _source_dates(source, at, election.description.checked.isoformat())


def _source_dates(source: Source, at: Spot, checked: str) -> Iterator[Problem]:
    published, retrieved = source.published, source.retrieved and source.retrieved.isoformat()
    if published and not retrieved and published > checked[: len(published)]:
        yield at.at("published").notice(AFTER.format(checked))
    if retrieved and retrieved > checked:
        yield at.at("retrieved").notice(AFTER.format(checked))
    if published and retrieved and retrieved[: len(published)] < published:
        yield at.at("retrieved").problem(f"this is before the source was published, {published}")


def candidates(loaded: Loaded) -> Iterator[Problem]:
    """An election that nobody stands in can only disappoint whoever asks about it."""
    for election, _ in elections(loaded):
        folder = loaded.root / election.id / "candidates"
        if election.candidates:
            continue
        if not folder.is_dir():
            message = "this election has no candidates; add a candidates/ folder, with a file for each"
            yield Problem(Place(file_name(folder.parent, loaded.root)), message)
        elif not any(folder.glob("*.yaml")):
            message = "this folder is empty; add a file for each candidate"
            yield Problem(Place(file_name(folder, loaded.root)), message)


def ballots(loaded: Loaded) -> Iterator[Problem]:
    """The order of the ballot treats candidates equally only if each of them is in it, once."""
    for election, spot in elections(loaded):
        ballot = election.description.ballot
        for index, candidate in enumerate(ballot):
            yield from unknown(election, spot.at("ballot", index), candidate, "candidates")
            if candidate in ballot[:index]:
                yield spot.at("ballot", index).problem(f"candidate '{candidate}' is already in the ballot")
        if ballot or election.description.order is Order.BALLOT:
            for candidate in election.candidates:
                if candidate not in ballot:
                    yield spot.at("ballot").problem(f"candidate '{candidate}' is missing from the ballot")


def includes(loaded: Loaded) -> Iterator[Problem]:
    """A folder read twice would make everything in it belong to two places."""
    for election, spot in elections(loaded):
        folders = election.description.includes
        for index, folder in enumerate(folders):
            if folder in (election.id, *folders[:index]):
                yield spot.at("includes", index).problem(f"'{folder}' is already part of this election")
