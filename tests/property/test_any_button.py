"""Buttons and links hold in Telegram's limits whatever the ids, and no client can make them name what is not there."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.targets import DATA_BYTES, START_CHARACTERS, Tap, Targets, digest, is_target
from bot.knowledge.model import Base, Candidate, Description, Election, Fact, Shared, Topic
from tests import invented
from tests.invented import CANDIDATES, FACTS, TOPICS, TOWN
from tests.strategies import ANY_TEXT

HERE = invented.election()
OTHER = "grand-vezin-2031"
BASE = Base({TOWN: HERE, OTHER: Election(OTHER, HERE.description, HERE.candidates, HERE.own)}, "two")
ONE, TWO = Targets(invented.base(HERE)), Targets(BASE)
IDS = [TOWN, OTHER, "", *CANDIDATES, *TOPICS, *FACTS, "nobody", "trees", "proxy"]
DIGESTS = [digest(i) for i in IDS] + ["AAAAAA", "------", "______"]
WORDS = ["good", "bad", "false", "source", "old", "missing", "unfair", "unclear"]

LETTERS = string.ascii_lowercase + string.digits
IDENTIFIER = (
    st.lists(st.text(LETTERS, min_size=1, max_size=30), min_size=1, max_size=4)
    .map(lambda parts: "-".join(parts)[:64].strip("-"))
    .filter(lambda identifier: identifier not in ("q", "z"))
)

LIKE_DATA = st.lists(
    st.sampled_from([*DIGESTS, *"acptfznx", ".", ".", "__", "good", "3", "0", "-", "\n", "é", "\ud800"]),
    max_size=12,
).map("".join)
LIKE_LINKS = st.lists(
    st.sampled_from([*IDS, *DIGESTS, "__", "__", "_", "q_", "z_", "/", "-", "c", "f", "ab", "=", "."]),
    max_size=8,
).map("".join)
ANYTHING = st.one_of(ANY_TEXT, LIKE_DATA, LIKE_LINKS, st.text(max_size=70), st.binary(max_size=64).map(
    lambda raw: raw.decode("latin-1")
))  # fmt: skip


def held(targets: tuple[str, ...], election: str) -> bool:
    return all(is_target(target, BASE.elections[election]) for target in targets)


@given(ANYTHING)
def test_any_text_as_a_buttons_data_names_only_what_the_base_holds(data: str) -> None:
    for targets in (ONE, TWO):
        tap = targets.read(data)
        if tap is None:
            continue
        assert tap.election in ("", *BASE.elections)
        assert not tap.targets or held(tap.targets, tap.election)
        assert len(tap.action) == 1
        assert 0 <= tap.number <= 9_999


@given(ANYTHING)
def test_any_text_as_a_start_parameter_names_only_what_the_base_holds(parameter: str) -> None:
    for targets, elections in ((ONE, [TOWN]), (TWO, [TOWN, OTHER])):
        start = targets.start(parameter)
        if start is None:
            continue
        assert start.election in ("", *elections)
        assert not start.target or held((start.target,), start.election)
        assert not start.question or not start.election


@given(st.text(st.characters(min_codepoint=128), min_size=1, max_size=10))
def test_any_text_as_a_question_of_a_link_is_survived(text: str) -> None:
    assert ONE.start(f"q_{text}") is None


@st.composite
def elections(draw: st.DrawFn) -> Election:
    """An election with any ids that a knowledge folder may have, short or long."""
    ids = draw(st.lists(IDENTIFIER, min_size=3, max_size=12, unique=True))
    kinds = draw(st.lists(st.sampled_from("ctf"), min_size=len(ids), max_size=len(ids)))
    of = {kind: [i for i, k in zip(ids, kinds, strict=True) if k == kind] for kind in "ctf"}
    name = {"fr": "Nom", "en": "Name"}
    own = Shared(
        topics={i: Topic(id=i, name=name) for i in of["t"]}, facts={i: Fact(id=i, name=name) for i in of["f"]}
    )
    description = Description.model_validate({**invented.DESCRIPTION, "includes": [], "starters": []})
    election = draw(IDENTIFIER.filter(lambda identifier: identifier not in ids))
    return Election(election, description, {i: Candidate(id=i, name=i) for i in of["c"]}, own)


def all_targets(election: Election) -> list[str]:
    topics = election.all("topics")
    pairs = [f"{c}/{t}" for c in election.candidates for t in topics]
    return [*election.candidates, *topics, *election.all("facts"), *pairs]


@given(st.data())
def test_data_fits_in_64_bytes_and_comes_back_whatever_the_ids(data: st.DataObject) -> None:
    election = data.draw(elections())
    targets = Targets(invented.base(election))
    chosen = data.draw(st.lists(st.sampled_from(all_targets(election)), max_size=9).map(tuple))
    word = data.draw(st.sampled_from(["", *WORDS]))
    tap = Tap(
        data.draw(st.sampled_from(string.ascii_lowercase)),
        election.id,
        chosen,
        word,
        data.draw(st.integers(0, 9_999)),
    )
    written = targets.data(tap)
    assert len(written.encode()) <= DATA_BYTES
    read = targets.read(written)
    assert read is not None
    assert (read.action, read.election, read.word, read.number) == (
        tap.action,
        tap.election,
        word,
        tap.number,
    )
    rest = iter(chosen)
    assert all(target in rest for target in read.targets), "left out, but never changed or moved"
    assert read.targets[:3] == chosen[:3]


@given(st.data(), st.booleans())
def test_a_link_fits_in_64_characters_and_comes_back_whatever_the_ids(
    data: st.DataObject, alone: bool
) -> None:
    election = data.draw(elections())
    base = invented.base(election) if alone else invented.base(election, HERE)
    targets = Targets(base)
    target = data.draw(st.sampled_from(["", *all_targets(election)]))
    link = targets.link(election.id, target)
    assert 0 < len(link) <= START_CHARACTERS
    assert set(link) <= set(string.ascii_letters + string.digits + "_-")
    start = targets.start(link)
    assert start is not None
    assert (start.election, start.target, start.question) == (election.id, target, "")


@given(st.permutations(list(CANDIDATES)), st.permutations(list(TOPICS)), st.sampled_from(sorted(CANDIDATES)))
def test_the_order_of_files_and_the_removal_of_one_change_no_other_button(
    people: list[str], subjects: list[str], removed: str
) -> None:
    candidates = {c: CANDIDATES[c] for c in people if c != removed}
    later = Targets(
        invented.base(invented.election(candidates, invented.reordered(TOPICS, lambda _: subjects)))
    )
    for candidate in CANDIDATES:
        for target in (candidate, f"{candidate}/pool"):
            tap = Tap("a", TOWN, (target,))
            assert later.read(ONE.data(tap)) == (None if candidate == removed else tap)
