"""What moderators find waiting: near-identical questions as one, different ones apart, and nothing settled twice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, timedelta

import pytest

from bot.channels.telegram.targets import is_target
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.query import Query
from bot.knowledge.model import Election, Muted
from bot.moderation.queue import Group, queue
from bot.state.records import FeedbackCount, Unanswered, UnansweredCount
from tests import invented
from tests.invented import CANDIDATES, TOPICS, TOWN

DAY = date(2031, 4, 1)


def question(
    text: str, language: str = "fr", reason: str = "none_of_these", election: str = TOWN
) -> Unanswered:
    return Unanswered(election, language, text, reason)


def row(
    text: str,
    language: str = "fr",
    reason: str = "none_of_these",
    count: int = 1,
    day: int = 0,
    last: int = 0,
) -> UnansweredCount:
    first = DAY + timedelta(days=day)
    return UnansweredCount(
        question(text, language, reason), count, first, max(first, DAY + timedelta(days=last))
    )


def rating(
    entry: str, verdict: str, count: int = 1, language: str = "fr", day: int = 0, election: str = TOWN
) -> FeedbackCount:
    when = DAY + timedelta(days=day)
    return FeedbackCount(election, entry, verdict, language, count, when, when)


def waiting(
    assistant: Assistant,
    rows: Sequence[UnansweredCount] = (),
    rated: Sequence[FeedbackCount] = (),
    dismissed: Sequence[Unanswered] = (),
) -> list[Group]:
    return queue(rows, rated, dismissed, assistant)


def texts(groups: Iterable[Group]) -> list[set[str]]:
    return [{row.question.text for row in group.questions} for group in groups]


def told(text: str) -> tuple[str, str]:
    """The language and the text of `fr: …`."""
    language, _, rest = text.partition(": ")
    return rest, language


def rows_of(several: Sequence[str]) -> list[UnansweredCount]:
    return [row(*told(text), day=day) for day, text in enumerate(several)]


def with_muted(*entries: str) -> Election:
    election = invented.election()
    own = election.own
    changed = type(own)(
        **{f.name: getattr(own, f.name) for f in fields(own)} | {"muted": Muted(questions=[*entries])}
    )
    return Election(election.id, election.description, election.candidates, changed, election.included)


# --- one group ---------------------------------------------------------------------------------------------

SAME = [
    ("fr: une maternité à sablonville", "fr: UNE MATERNITE A SABLONVILLE"),
    ("fr: une patinoire pour les enfants", "fr: une patinoir pour les enfant"),
    ("fr: une tyrolienne dans le parc", "fr: une tyroliene dans le parc"),
    ("fr: le prix de la cantine", "fr: la cantine, son prix ?"),
    ("fr: des composteurs dans les immeubles", "fr: un composteur dans mon immeuble"),
    ("fr: menu bio cantine", "fr: les menus bio de la cantine"),
    (
        "fr: une maternité",
        "fr: bonjour, pourriez-vous me dire s'il y aura une maternité svp ? merci d'avance",
    ),
    ("fr: une maternité", "fr: y aura-t-il une maternité, oui ou non ?"),
    ("fr: une maternité", "fr: pourquoi pas une maternité ?"),
    ("fr: une patinoire", "fr: va-t-on construire une patinoire ?"),
    ("fr: piscine municipale", "fr: piscine"),
    ("fr: öztekin et la patinoire", "fr: que propose Elif Oztekin pour la patinoire ?"),
    ("fr: le maire et la patinoire", "fr: brancaleoni et la patinoire"),
    ("fr: où est la patinoire", "fr: la patinoire c'est où"),
    ("en: will there be a maternity ward", "en: maternity wards please"),
    ("en: dog parks", "en: a park for dogs"),
    ("en: why isn't there a tramway", "en: why is there no tramway"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_question_is_the_same_however_it_is_written(small: Assistant, one: str, other: str) -> None:
    assert len(waiting(small, rows_of([one, other]))) == 1
    assert len(waiting(small, rows_of([other, one]))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fr: öztekin piscine", "en: oztekin swimming pool"),
        ("fr: que dit d'argensolle de la dette ?", "en: what does d'argensolle say about the debt?"),
        ("fr: âge du phare", "en: age of the lighthouse"),
        ("fr: tramway", "en: tramway"),
    ],
)
def test_french_and_english_are_one_where_the_subject_is_plain(
    small: Assistant, one: str, other: str
) -> None:
    (group,) = waiting(small, rows_of([one, other]))
    assert group.languages == ("en", "fr")
    assert len(waiting(small, rows_of([other, one]))) == 1


# --- groups of their own -----------------------------------------------------------------------------------

DIFFERENT = [
    ("fr: öztekin et la patinoire", "fr: brancaleoni et la patinoire"),
    ("fr: öztekin et la patinoire", "fr: la patinoire"),
    ("fr: hugues vauquelain et la patinoire", "fr: zélie vauquelain et la patinoire"),
    ("fr: vauquelain et la patinoire", "fr: zélie vauquelain et la patinoire"),
    ("fr: la patinoire", "fr: la patinoire de grand-vezin"),
    ("fr: la patinoire", "fr: ostrogoff et la patinoire"),
    ("fr: une patinoire", "fr: pas de patinoire"),
    ("fr: une patinoire", "fr: une ville sans patinoire"),
    ("fr: qui veut une patinoire", "fr: qui est contre la patinoire"),
    ("fr: pourquoi pas une patinoire", "fr: pourquoi pas de patinoire"),
    ("en: a tramway", "en: never a tramway"),
    ("fr: plus de patinoires", "fr: moins de patinoires"),
    ("fr: une patinoire", "fr: une tyrolienne"),
    ("fr: ouvrir la patinoire", "fr: fermer la patinoire"),
    ("fr: le prix de la patinoire", "fr: le toit de la patinoire"),
    ("fr: un lycée international", "fr: un lycée professionnel"),
    ("fr: police municipale", "fr: police nationale"),
    ("fr: où est la patinoire", "fr: quand ouvre la patinoire"),
    ("fr: où est la patinoire", "fr: combien coûte la patinoire"),
    ("fr: bus 12 de la patinoire", "fr: bus 14 de la patinoire"),
    ("fr: la poste de la gare", "fr: la piste de la gare"),
    ("fr: piscine", "fr: maîtres-nageurs"),
    ("fr: öztekin piscine", "en: brancaleoni swimming pool"),
    ("fr: öztekin piscine", "en: oztekin against a swimming pool"),
    ("fr: öztekin piscine", "en: oztekin harbour"),
    ("fr: öztekin et la patinoire", "en: oztekin and the swimming pool"),
    ("fr: où est la piscine", "en: the swimming pool"),
    ("fr: que propose … sur la patinoire pour … et …", "fr: la patinoire"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_near_misses_stay_apart(small: Assistant, one: str, other: str) -> None:
    assert len(waiting(small, rows_of([one, other]))) == 2
    assert len(waiting(small, rows_of([other, one]))) == 2


def test_likeness_is_to_the_first_question_and_does_not_go_on_from_one_to_the_next(small: Assistant) -> None:
    chain = ["patinoire tramway", "patinoire tramway lycée", "patinoire tramway lycée musée"]
    assert len(waiting(small, rows_of([f"fr: {text}" for text in chain[:2]]))) == 1
    assert len(waiting(small, rows_of([f"fr: {text}" for text in chain[1:]]))) == 1
    assert texts(waiting(small, rows_of([f"fr: {text}" for text in chain]))) == [{*chain[:2]}, {chain[2]}]


def test_misspelt_words_that_nobody_knows_do_not_go_on_from_one_to_the_next_either(small: Assistant) -> None:
    found = waiting(small, rows_of(["fr: un zorblubax", "fr: un zorblumox", "fr: un zirplumox"]))
    assert texts(found) == [{"un zorblubax", "un zorblumox"}, {"un zirplumox"}]


def test_of_several_parts_of_a_wide_subject_none_is_taken_for_the_translation(
    assistant: Assistant,
) -> None:
    (election,) = assistant.base.elections
    candidate = min(assistant.base.elections[election].candidates)
    surname = assistant.base.elections[election].candidates[candidate].name.split()[-1]
    asked = [("patinoire", "fr"), ("swimming pool", "en"), ("badminton", "fr")]
    rows = [
        UnansweredCount(question(f"{surname} {text}", language, election=election), 1, DAY, DAY)
        for text, language in asked
    ]
    assert len(waiting(assistant, rows)) == 3


def test_in_a_language_that_a_group_has_already_only_the_same_words_join(small: Assistant) -> None:
    asked = [
        "fr: öztekin piscine",
        "en: oztekin swimming pool",
        "en: oztekin lifeguards",
        "en: oztekin swimming pools",
    ]
    found = waiting(small, rows_of(asked))
    assert texts(found) == [
        {"öztekin piscine", "oztekin swimming pool", "oztekin swimming pools"},
        {"oztekin lifeguards"},
    ]


def test_questions_of_two_elections_are_never_one() -> None:
    one = invented.election()
    other = Election("elsewhere-2031", one.description, one.candidates, one.own, one.included)
    assistant = Assistant(invented.base(one, other))
    rows = [row("la patinoire"), UnansweredCount(question("la patinoire", election=other.id), 1, DAY, DAY)]
    groups = waiting(assistant, rows)
    assert {group.election for group in groups} == {one.id, other.id}
    assert len({group.id for group in groups}) == 2


# --- what a group says --------------------------------------------------------------------------------------


def test_a_group_adds_up_counts_days_languages_and_reasons(small: Assistant) -> None:
    rows = [
        row("öztekin piscine", "fr", "no_position", count=2, day=3, last=9),
        row("oztekin et la piscine", "fr", "none_of_these", count=5, day=4, last=12),
        row("oztekin swimming pool", "en", "no_position", count=4, day=5, last=6),
    ]
    (group,) = waiting(small, rows)
    assert group.text == "oztekin et la piscine"
    assert [r.count for r in group.questions] == [5, 4, 2]
    assert group.count == 11
    assert (group.first_day, group.last_day) == (DAY + timedelta(days=3), DAY + timedelta(days=12))
    assert group.languages == ("en", "fr")
    assert group.reasons == ("no_position", "none_of_these")
    assert (group.entry, group.verdicts, group.dismissed) == ("", (), False)


def test_the_most_frequent_come_first_then_the_latest_and_the_dismissed_last(small: Assistant) -> None:
    rows = [
        row("une patinoire", count=3, last=1),
        row("une tyrolienne", count=9, last=1),
        row("un toboggan", count=3, last=8),
        row("un tramway", count=20),
    ]
    groups = waiting(small, rows, [rating("pool", "old", 5)], [question("un tramway")])
    assert [group.text for group in groups] == [
        *("une tyrolienne", "pool", "un toboggan", "une patinoire"),
        "un tramway",
    ]
    assert [group.dismissed for group in groups] == [False, False, False, False, True]


def test_the_order_in_which_rows_come_does_not_matter(small: Assistant) -> None:
    rows = rows_of([text for pair in (*SAME, *DIFFERENT) for text in pair])
    rows = list({(r.question.language, r.question.text): r for r in rows}.values())
    expected = waiting(small, rows)
    for seed in range(3):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert waiting(small, shuffled) == expected
    assert sum(group.count for group in expected) == len(rows)
    assert len({group.id for group in expected}) == len(expected)


def test_an_id_has_eight_characters_and_stays_when_others_join(small: Assistant) -> None:
    (alone,) = waiting(small, [row("une patinoire", day=2)])
    joined = [row("y aura-t-il une patinoire ?", count=9, day=2), row("patinoires", day=1, last=3)]
    more = [row("une patinoir", day=4, count=30), row("PATINOIRE svp", day=3)]
    assert re.fullmatch(r"[A-Za-z0-9_-]{8}", alone.id)
    for others in (joined, more, [*joined, *more]):
        (group,) = waiting(small, [row("une patinoire", day=2), *others])
        assert group.id == alone.id


def test_an_id_stays_when_the_base_changes(small: Assistant) -> None:
    topics = {**TOPICS, "ice": {"name": {"fr": "Glace", "en": "Ice"}, "phrasings": {"fr": ["patinoire"]}}}
    changed = Assistant(invented.base(invented.election(topics=topics)))
    ids = {waiting(assistant, [row("une patinoire")])[0].id for assistant in (small, changed)}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("une piscine à vagues", "pool"),
        ("cantine du port", "canteen"),
        ("âge du phare", "lighthouse-age"),
        ("öztekin piscine", "oztekin/pool"),
        ("veilleurs à l'école", "school"),
    ],
)
def test_the_closest_entries_come_nearest_first(small: Assistant, text: str, nearest: str) -> None:
    (group,) = waiting(small, [row(text)])
    assert group.closest[0] == nearest


def test_who_is_named_is_among_the_closest_with_and_without_a_topic(small: Assistant) -> None:
    (group,) = waiting(small, [row("öztekin et la patinoire de l'école du port avec des caméras")])
    assert {"oztekin/school", "oztekin"} <= set(group.closest)
    assert len(group.closest) <= 5


def test_every_id_among_the_closest_can_be_opened(small: Assistant) -> None:
    election = small.base.elections[TOWN]
    asked = [text for pair in (*SAME, *DIFFERENT) for text in pair]
    groups = waiting(small, rows_of([*dict.fromkeys(asked)]), [rating("trehouart/pool", "bad")])
    assert any(group.closest for group in groups)
    for group in groups:
        assert len(group.closest) == len(set(group.closest)) <= 5
        assert [t for t in group.closest if not is_target(t, election)] == []


def test_a_group_holds_nothing_but_counted_words_and_ids(small: Assistant) -> None:
    names = {
        f.name
        for f in (*fields(Group), *fields(Unanswered), *fields(UnansweredCount), *fields(FeedbackCount))
    }
    expected = (
        "id election questions verdicts entry closest dismissed good dismissals question count first_day"
    )
    assert names == {*expected.split(), "last_day", "language", "text", "reason", "verdict"}


# --- what is left out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["unknown", "no_position"])
def test_what_the_base_answers_by_now_no_longer_waits(small: Assistant, reason: str) -> None:
    assert (
        waiting(small, [row("date du vote", reason=reason), row("zélie vauquelain piscine", reason=reason)])
        == []
    )


def test_what_was_answered_but_not_meant_waits_on(small: Assistant) -> None:
    assert texts(waiting(small, [row("date du vote", reason="none_of_these")])) == [{"date du vote"}]


@pytest.mark.parametrize(
    "text",
    ["une patinoire", "öztekin piscine", "âge du phare", "qui va gagner ?", "bonjour", "vauquelain", "…"],
)
def test_what_comes_to_no_answer_waits_on(small: Assistant, text: str) -> None:
    assert len(waiting(small, [row(text, reason="unknown")])) == 1


def test_a_question_leaves_the_queue_once_the_base_is_extended(small: Assistant) -> None:
    said = CANDIDATES["trehouart"]["positions"]["pool"]
    oztekin = {**CANDIDATES["oztekin"], "positions": {**CANDIDATES["oztekin"]["positions"], "pool": said}}
    extended = Assistant(invented.base(invented.election(candidates={**CANDIDATES, "oztekin": oztekin})))
    asked = [row("öztekin piscine", reason="no_position")]
    assert len(waiting(small, asked)) == 1
    assert waiting(extended, asked) == []


def test_a_question_without_a_word_that_told_who_asked_is_not_taken_for_answered(small: Assistant) -> None:
    assert waiting(small, [row("brancaleoni dette", reason="unknown")]) == []
    assert len(waiting(small, [row("… brancaleoni … dette …", reason="unknown")])) == 1


def test_what_belongs_to_an_election_or_an_entry_that_is_gone_is_left_out(small: Assistant) -> None:
    gone = question("une patinoire", election="gone-2020")
    rated = [
        rating("pool", "bad", election="gone-2020"),
        *(rating(entry, "bad") for entry in ("lake", "nobody", "trehouart/lake", "nobody/pool", "")),
        rating("oztekin/pool", "bad"),
    ]
    assert waiting(small, [UnansweredCount(gone, 1, DAY, DAY)], rated, [gone]) == []


def test_what_is_muted_is_left_out() -> None:
    assistant = Assistant(invented.base(with_muted("casino bonus")))
    asked = [row("le CASINO avec un bonus"), row("un bonus au casino"), row("un casino sur le port")]
    assert {text for group in waiting(assistant, asked) for text in texts([group])[0]} == {
        "un bonus au casino",
        "un casino sur le port",
    }


def test_nothing_waits_where_nothing_was_asked(small: Assistant) -> None:
    assert waiting(small, dismissed=[question("une patinoire"), question("pool", "", "rated")]) == []


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "…", "le la les", "12", "\x00", "東京", "a" * 500, "pas " * 100]
)
def test_any_text_is_a_question(small: Assistant, text: str) -> None:
    (group,) = waiting(small, [row(text)])
    assert group.text == text
    assert waiting(small, [row(text)], dismissed=[question(text)])[0].dismissed


def test_a_language_that_the_election_does_not_speak_is_taken_as_it_is(small: Assistant) -> None:
    groups = waiting(small, [row("una pista de hielo", "es"), row("une patinoire", "fr")])
    assert {group.languages for group in groups} == {("es",), ("fr",)}


# --- dismissed ----------------------------------------------------------------------------------------------


def test_a_dismissed_question_takes_its_whole_group_with_it_and_those_who_join_later(
    small: Assistant,
) -> None:
    rows = [row("une patinoire"), row("une patinoir", day=3), row("un toboggan")]
    for settled in ("une patinoire", "une patinoir"):
        groups = waiting(small, rows, dismissed=[question(settled)])
        assert [(g.text, g.dismissed) for g in groups] == [("un toboggan", False), ("une patinoire", True)]
        assert groups[1].dismissals == (question(settled),)


def test_a_dismissal_holds_for_a_question_whatever_the_reason(small: Assistant) -> None:
    (group,) = waiting(small, [row("une patinoire")], dismissed=[question("une patinoire", reason="unknown")])
    assert group.dismissed


def test_what_was_dismissed_stays_so_though_it_is_asked_in_other_words(small: Assistant) -> None:
    settled = question("bonjour, une patinoire svp")
    (group,) = waiting(small, [row("patinoires ?", day=5)], dismissed=[settled])
    assert group.dismissed
    assert group.dismissals == (settled,)


@pytest.mark.parametrize(
    "settled",
    [
        question("pas de patinoire"),
        question("öztekin et la patinoire"),
        question("une tyrolienne"),
        question("une patinoire", election="gone-2020"),
        question("une patinoire", "", "rated"),
    ],
)
def test_a_near_miss_of_what_was_dismissed_waits(small: Assistant, settled: Unanswered) -> None:
    (group,) = waiting(small, [row("une patinoire")], dismissed=[settled])
    assert not group.dismissed
    assert group.dismissals == ()


def test_dismissing_changes_no_group(small: Assistant) -> None:
    rows = rows_of(["fr: une patinoire", "fr: patinoires", "fr: un toboggan", "en: ice rink"])
    plain = {group.id: group.questions for group in waiting(small, rows)}
    for settled in ("une patinoire", "un grand toboggan", "la patinoire des glaces"):
        found = waiting(small, rows, dismissed=[question(settled)])
        assert {group.id: group.questions for group in found} == plain


# --- rated entries ------------------------------------------------------------------------------------------


def test_an_entry_waits_once_somebody_was_not_content_with_it(small: Assistant) -> None:
    rated = [
        rating("trehouart/pool", "false", 2, "fr", day=1),
        rating("trehouart/pool", "good", 40, "fr"),
        rating("trehouart/pool", "old", 3, "en", day=4),
        rating("voting-day", "good", 9),
    ]
    (group,) = waiting(small, [], rated)
    assert (group.entry, group.text, group.count, group.good) == ("trehouart/pool", "trehouart/pool", 5, 40)
    assert group.reasons == ("old", "false")
    assert group.languages == ("en", "fr")
    assert (group.first_day, group.last_day) == (DAY + timedelta(days=1), DAY + timedelta(days=4))
    assert group.closest == ("trehouart/pool", "pool", "trehouart")
    assert group.questions == ()
    assert re.fullmatch(r"[A-Za-z0-9_-]{8}", group.id)


@pytest.mark.parametrize("entry", ["trehouart/pool", "pool", "trehouart", "voting-day", "school"])
def test_whatever_can_be_rated_can_wait_and_be_dismissed(small: Assistant, entry: str) -> None:
    rated = [rating(entry, "unclear")]
    (group,) = waiting(small, [], rated)
    assert not group.dismissed
    (settled,) = waiting(small, [], rated, [question(entry, "", "rated")])
    assert settled.dismissed
    assert settled.dismissals == (question(entry, "", "rated"),)
    assert settled.id == group.id


def test_dismissing_a_question_that_reads_like_an_id_does_not_dismiss_the_entry(small: Assistant) -> None:
    groups = waiting(small, [row("pool", "en")], [rating("pool", "bad")], [question("pool", "en")])
    assert [(g.entry, g.dismissed) for g in groups] == [("pool", False), ("", True)]


# --- cost ---------------------------------------------------------------------------------------------------


class Counting(Assistant):
    """Counts how often it is asked what a text says."""

    asked = 0

    def understand(self, utterance: Utterance, memory: Memory) -> Query:
        self.asked += 1
        return super().understand(utterance, memory)


def test_a_question_is_read_once_for_each_base() -> None:
    assistant = Counting(invented.base())
    rows = rows_of(["fr: une patinoire", "fr: patinoires", "en: ice rink"])
    first = waiting(assistant, rows, dismissed=[question("un toboggan")])
    assert assistant.asked == 4
    assert waiting(assistant, rows, dismissed=[question("un toboggan")]) == first
    assert assistant.asked == 4
    assert waiting(Counting(invented.base()), rows) == first
