"""A button or a link leads to what it was made for, as long as the base has it, and to nothing else."""

from __future__ import annotations

import base64
import re

import pytest

from bot.channels.telegram.targets import (
    DATA_BYTES,
    DIRECTORIES_KEPT,
    START_CHARACTERS,
    Start,
    Tap,
    Targets,
    digest,
    is_target,
)
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base, Candidate, Description, Election, Shared, Topic
from tests import invented
from tests.conftest import BUNDLED
from tests.invented import CANDIDATES, FACTS, TOPICS, TOWN

HERE = invented.election()
TARGETS = Targets(invented.base(HERE))
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""What Telegram allows after ?start=."""
LONG = "x" * 62


def every_target(election: Election) -> list[str]:
    """All that a button may lead to: each candidate, topic and fact, and each candidate on each topic."""
    topics = election.all("topics")
    pairs = [f"{candidate}/{topic}" for candidate in election.candidates for topic in topics]
    return [*election.candidates, *topics, *election.all("facts"), *pairs]


def town(identifier: str, *candidates: str, topics: tuple[str, ...] = ("pool",)) -> Election:
    """An election with nothing in it but these ids."""
    description = Description.model_validate({**invented.DESCRIPTION, "includes": [], "starters": []})
    people = {c: Candidate(id=c, name=c.title()) for c in candidates}
    subjects = {t: Topic(id=t, name={"fr": t, "en": t}) for t in topics}
    return Election(identifier, description, people, Shared(topics=subjects))


def pressed(targets: Targets, target: str, election: str = TOWN) -> Tap | None:
    return targets.read(targets.data(Tap("a", election, (target,))))


# --- what must not be opened -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        *("", ".", "a.", "a..", "A", "ab", "1", "é", "a b", " a", "a\n", "a\x00", "/start", "a.b.c.d", "a-b"),
        *("a.pool", "a.messatfa/pool", '{"a": 1}', "a" * 65, "a.12345", "m.c12345", "a.é", "m.c٣", "ａ"),
    ],
)
def test_data_that_no_button_of_ours_has_opens_nothing(data: str) -> None:
    tap = TARGETS.read(data)
    assert tap is None or (tap.election, tap.targets) == ("", ())


def test_data_may_not_be_followed_by_a_line_break() -> None:
    data = TARGETS.data(Tap("a", TOWN, ("pool",)))
    assert TARGETS.read(data) is not None
    assert TARGETS.read(f"{data}\n") is None


@pytest.mark.parametrize(
    "target", ["garrivier", "cameras2", "nobody", "nobody/pool", "oztekin/nothing", "pool/oztekin"]
)
def test_a_button_for_what_the_base_does_not_hold_reads_as_none(target: str) -> None:
    assert pressed(TARGETS, target) is None


def test_a_button_for_an_unknown_election_reads_as_none() -> None:
    there = Targets(invented.base(town("elsewhere-2031", "rose")))
    assert TARGETS.read(there.data(Tap("e", "elsewhere-2031"))) is None


def test_ids_of_another_election_are_not_opened_in_this_one() -> None:
    both = Targets(invented.base(town("here", "rose"), town("there", "thorn")))
    swapped = both.data(Tap("a", "here", ("rose",))).replace(digest("here"), digest("there"))
    assert both.read(swapped) is None


def test_an_id_of_one_kind_is_not_opened_as_another() -> None:
    for kind in "ctf":
        tap = TARGETS.read(f"a.{digest(TOWN)}{kind}{digest('pool')}")
        assert (tap is not None) == (kind == "t")


def test_one_target_that_is_gone_spoils_the_whole_button() -> None:
    data = TARGETS.data(Tap("n", TOWN, ("pool", "gone", "debt")))
    assert TARGETS.read(data) is None


@pytest.mark.parametrize(
    ("removed", "base"),
    [
        ("oztekin", invented.election({k: v for k, v in CANDIDATES.items() if k != "oztekin"})),
        ("oztekin/school", invented.election({k: v for k, v in CANDIDATES.items() if k != "oztekin"})),
        ("harbour", invented.election(topics={k: v for k, v in TOPICS.items() if k != "harbour"})),
        ("oztekin/harbour", invented.election(topics={k: v for k, v in TOPICS.items() if k != "harbour"})),
        ("town-debt", invented.election(facts={k: v for k, v in FACTS.items() if k != "town-debt"})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_button_for_something_since_removed_reads_as_none(removed: str, base: Election) -> None:
    data = TARGETS.data(Tap("a", TOWN, (removed,)))
    assert TARGETS.read(data) is not None
    assert Targets(invented.base(base)).read(data) is None


# --- what must be opened ---------------------------------------------------------------------------------


def test_every_id_of_the_invented_base_comes_back_from_a_button() -> None:
    for target in every_target(HERE):
        assert pressed(TARGETS, target) == Tap("a", TOWN, (target,))


def test_every_id_of_the_bundled_base_comes_back_from_a_button(bundled: Loaded) -> None:
    targets, election = Targets(bundled.base), bundled.base.elections[BUNDLED]
    for target in every_target(election):
        assert pressed(targets, target, BUNDLED) == Tap("a", BUNDLED, (target,))


def test_no_two_targets_of_the_bundled_base_share_a_button(bundled: Loaded) -> None:
    targets, election = Targets(bundled.base), bundled.base.elections[BUNDLED]
    every = every_target(election)
    assert len({targets.data(Tap("a", BUNDLED, (target,))) for target in every}) == len(every)


@pytest.mark.parametrize(
    "tap",
    [
        Tap("x"),
        Tap("l", word="fr"),
        Tap("l", word="auto"),
        Tap("m", word="c", number=3),
        Tap("m", TOWN, word="t"),
        Tap("m", TOWN, (), "c", 12),
        Tap("m", TOWN, ("school",)),
        Tap("e", TOWN),
        Tap("g", TOWN, ("oztekin/school",), "unclear"),
        Tap("g", TOWN, ("town-debt",), "bad"),
        Tap("n", TOWN, ("pool", "debt", "oztekin", "voting-day")),
        Tap("n", TOWN, ("oztekin/pool", "oztekin/school", "oztekin/debt")),
        Tap("e", word="p", number=9_999),
    ],
    ids=str,
)
def test_every_part_of_a_tap_comes_back(tap: Tap) -> None:
    assert TARGETS.read(TARGETS.data(tap)) == tap


def test_a_tap_is_about_its_first_target() -> None:
    assert Tap("n", TOWN, ("pool", "debt")).target == "pool"
    assert Tap("x").target == ""


def test_targets_that_do_not_fit_are_left_out_from_the_end() -> None:
    many = tuple(f"oztekin/{topic}" for topic in TOPICS)
    data = TARGETS.data(Tap("n", TOWN, many, "unclear", 9_999))
    read = TARGETS.read(data)
    assert len(data.encode()) <= DATA_BYTES
    assert read is not None
    assert read.targets == many[: len(read.targets)]
    assert len(read.targets) >= 3
    assert (read.word, read.number) == ("unclear", 9_999)


def test_a_button_survives_another_version_of_the_base_in_another_order() -> None:
    changed = invented.election(
        dict(reversed({**CANDIDATES, "newcomer": {"name": "Nouvel Arrivant"}}.items())),
        dict(reversed({**TOPICS, "roads": {"name": {"fr": "Voirie", "en": "Roads"}}}.items())),
        dict(reversed(FACTS.items())),
    )
    later = Targets(Base({"a-first": town("a-first"), TOWN: changed}, "another version"))
    for target in every_target(HERE):
        assert later.read(TARGETS.data(Tap("a", TOWN, (target,)))) == Tap("a", TOWN, (target,))


def test_a_renamed_candidate_keeps_the_buttons_of_their_id() -> None:
    renamed = invented.election(invented.with_name("oztekin", "Élif Öztekin-Marchand"))
    data = TARGETS.data(Tap("a", TOWN, ("oztekin/school",)))
    assert Targets(invented.base(renamed)).read(data) == Tap("a", TOWN, ("oztekin/school",))


def test_more_elections_than_are_kept_ready_are_all_opened_again_and_again() -> None:
    towns = [town(f"town-{n}", f"rose-{n}") for n in range(DIRECTORIES_KEPT + 3)]
    targets = Targets(invented.base(*towns))
    for _ in range(2):
        for n in range(len(towns)):
            assert pressed(targets, f"rose-{n}", f"town-{n}") == Tap("a", f"town-{n}", (f"rose-{n}",))


# --- links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameter",
    [
        *("nobody", "nobody__pool", "oztekin__nothing", "pool__oztekin", "oztekin__pool__debt", "oztekin__"),
        *("__", "____", "__oztekin", "Oztekin", " oztekin", "oztekin_pool", f"{TOWN}__nobody"),
        *("elsewhere-2031__oztekin", "q_", "q_a"),
        *("q_====", "q_/+", "q_gA", "q_\x00", f"z_{digest('elsewhere')}", "z_%"),
        f"z_{digest(TOWN)}c{digest('pool')}",
    ],
)  # fmt: skip
def test_a_link_to_nothing_we_know_opens_nothing(parameter: str) -> None:
    assert TARGETS.start(parameter) is None


@pytest.mark.parametrize("parameter", ["q_é", "q_\ud800", "q_ａ"])
def test_a_question_link_that_is_not_ascii_opens_nothing(parameter: str) -> None:
    assert TARGETS.start(parameter) is None


@pytest.mark.parametrize("parameter", ["z_", "z_fr", "z_7"])
def test_a_link_by_hash_without_a_hash_opens_nothing(parameter: str) -> None:
    assert TARGETS.start(parameter) is None


@pytest.mark.parametrize(
    ("parameter", "start"),
    [
        ("messatfa", Start(BUNDLED, "messatfa")),
        ("messatfa__video-surveillance", Start(BUNDLED, "messatfa/video-surveillance")),
        ("video-surveillance", Start(BUNDLED, "video-surveillance")),
        (BUNDLED, Start(BUNDLED)),
        (f"{BUNDLED}__messatfa", Start(BUNDLED, "messatfa")),
        (f"{BUNDLED}__video-surveillance", Start(BUNDLED, "video-surveillance")),
        (f"{BUNDLED}__messatfa__video-surveillance", Start(BUNDLED, "messatfa/video-surveillance")),
    ],
)
def test_a_readable_link_opens_what_it_says(parameter: str, start: Start, bundled: Loaded) -> None:
    assert Targets(bundled.base).start(parameter) == start


def test_with_one_election_a_link_names_only_the_entry() -> None:
    assert TARGETS.link(TOWN) == TOWN
    assert TARGETS.link(TOWN, "oztekin") == "oztekin"
    assert TARGETS.link(TOWN, "oztekin/school") == "oztekin__school"


def test_with_several_elections_a_link_names_the_election_too() -> None:
    both = Targets(invented.base(HERE, town("there-2031", "oztekin")))
    assert both.link("there-2031", "oztekin") == "there-2031__oztekin"
    assert both.start("there-2031__oztekin") == Start("there-2031", "oztekin")
    assert both.start(both.link(TOWN, "oztekin/school")) == Start(TOWN, "oztekin/school")


def test_with_several_elections_an_entry_alone_is_nobodys() -> None:
    both = Targets(invented.base(HERE, town("there-2031", "oztekin")))
    assert both.start("oztekin") is None
    assert both.start("there-2031__school") is None


@pytest.mark.parametrize("several", [False, True], ids=["one election", "several"])
def test_every_link_fits_telegram_and_opens_what_it_was_made_for(several: bool, bundled: Loaded) -> None:
    base = invented.base(HERE, bundled.base.elections[BUNDLED]) if several else invented.base(HERE)
    targets = Targets(base)
    for election in base.elections.values():
        for target in ["", *every_target(election)]:
            link = targets.link(election.id, target)
            assert START_PARAMETER.fullmatch(link), link
            assert targets.start(link) == Start(election.id, target)


def test_a_link_too_long_to_be_readable_goes_by_hashes() -> None:
    targets = Targets(invented.base(town("t" + LONG, "c" + LONG, topics=("p" + LONG,))))
    for target in ("c" + LONG + "/p" + LONG, "c" + LONG, "p" + LONG, ""):
        link = targets.link("t" + LONG, target)
        assert START_PARAMETER.fullmatch(link)
        assert targets.start(link) == Start("t" + LONG, target)
    assert targets.link("t" + LONG, "c" + LONG + "/p" + LONG).startswith("z_")
    assert targets.link("t" + LONG, "c" + LONG) == "c" + LONG


def test_a_link_is_readable_up_to_the_last_character_that_fits() -> None:
    candidate = "c" * (START_CHARACTERS - len("__pool"))
    targets = Targets(invented.base(town("here", candidate, f"{candidate}x")))
    assert targets.link("here", f"{candidate}/pool") == f"{candidate}__pool"
    assert targets.link("here", f"{candidate}x/pool").startswith("z_")


@pytest.mark.parametrize("letter", ["q", "z"])
def test_an_id_of_one_letter_has_a_link_too(letter: str) -> None:
    targets = Targets(invented.base(town("here", letter)))
    assert targets.start(targets.link("here", f"{letter}/pool")) == Start("here", f"{letter}/pool")


def test_an_entry_with_the_id_of_its_election_has_a_link_of_its_own() -> None:
    targets = Targets(invented.base(town("rose", "rose")))
    assert targets.start(targets.link("rose", "rose")) == Start("rose", "rose")


@pytest.mark.parametrize("question", ["piscine", "Et la piscine ? 🏊", "a", "€" * 15, "?_-", "<b>&\n"])
def test_a_question_comes_back_from_its_link(question: str) -> None:
    link = "q_" + base64.urlsafe_b64encode(question.encode()).decode().rstrip("=")
    assert START_PARAMETER.fullmatch(link)
    assert TARGETS.start(link) == Start(question=question)


def test_what_is_and_is_not_a_target() -> None:
    assert all(is_target(target, HERE) for target in every_target(HERE))
    for gone in (
        "",
        "/",
        "oztekin/",
        "/pool",
        "pool/oztekin",
        "oztekin/pool/pool",
        "oztekin/voting-day",
        TOWN,
    ):
        assert not is_target(gone, HERE), gone
