"""No question about a group of people, a political camp or with an insult gets a subject put beside it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import Decline, Help, Unknown
from bot.dialogue.reply import Reply
from bot.language.catalogue import language
from tests import invented
from tests.invented import NOW, TOWN

ELECTION = invented.election()
POLICE_FIRST = ["security", "cameras", "night-watch", "debt", "town-debt"]
UNANSWERED = (Unknown, Decline, Help)
OWN = [
    *("la ville aux Marocains", "le voile", "nos ancêtres gaulois et les migrants"),
    *("les gitans au stade", "y a trop de Roms", "les noirs", "les arabes", "des immigrés partout", "les étrangers"),
    *("musulmans", "les juifs de la ville", "l'islam", "prières de rue", "la mosquée du quartier", "harem"),
    *("les homosexuels", "les gays", "les trans", "les gens du voyage", "les sans-papiers", "des demandeurs d'asile"),
    *("la gauche", "l'extrême droite", "les fachos", "les gauchistes vont tout interdire", "bougnoules"),
    *("muslims", "gypsies near the harbour", "black people", "Jews", "immigrants and foreigners", "asylum seekers"),
    *("gay people", "the far right", "lefties want to forbid everything", "fascists", "a mosque", "Algerians"),
]  # fmt: skip


def asked(text: str, near: Sequence[str] | None, code: str | None = None) -> Reply:
    assistant = ASSISTANTS[near is not None]
    return assistant.respond(Utterance(text, TOWN, language=code), Memory(), NOW)[0]


def assistant(near: Sequence[str] | None) -> Assistant:
    made = Assistant(invented.base(ELECTION))
    made.nearest = None if near is None else lambda text, election: near
    return made


ASSISTANTS = {False: assistant(None), True: assistant(POLICE_FIRST)}
NEAR = pytest.mark.parametrize("near", [None, POLICE_FIRST], ids=["words", "meaning"])


def beside(reply: Reply) -> list[str]:
    """The subjects that are offered where nothing was answered."""
    if not isinstance(reply.outcome, UNANSWERED):
        return []
    targets = [s.target.rpartition("/")[2] for s in reply.suggestions]
    return [t for t in targets if ELECTION.has("topics", t) or t == "town-debt"]


@NEAR
@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("frame", ["{}", "xqztw {} cambriolages et trombone nocturne"])
def test_no_subject_is_put_beside_any_sensitive_word(
    code: str, near: Sequence[str] | None, frame: str
) -> None:
    words = language(code).file.sensitive
    assert len(words) > 200
    assert [word for word in words if beside(asked(frame.format(word), near, code))] == []


@NEAR
@pytest.mark.parametrize("text", OWN)
def test_no_subject_is_put_beside_a_group_of_people(text: str, near: Sequence[str] | None) -> None:
    for typed in (text, text.upper(), f"Brancaleoni, {text} ?"):
        assert beside(asked(typed, near)) == []


def test_the_same_text_without_such_a_word_is_brought_near() -> None:
    assert beside(asked("des gens dorment mal à cause du bruit la nuit", POLICE_FIRST))[0] == "security"


def test_what_the_base_itself_says_of_such_a_word_is_offered() -> None:
    topics = {**invented.TOPICS, "school": {"name": {"fr": "Laïcité", "en": "Secularism"}}}
    made = Assistant(invented.base(invented.election(topics=topics)))
    made.nearest = lambda text, election: POLICE_FIRST
    reply, _ = made.respond(Utterance("xqztw laïcité trombone bulldozer", TOWN), Memory(), NOW)
    assert isinstance(reply.outcome, Unknown)
    assert [s.target for s in reply.suggestions] == ["school"]


def test_beside_a_candidate_only_what_they_have_spoken_on_is_offered() -> None:
    for near in (None, ["voting-day", "town-debt", "trees", "cameras"]):
        made = assistant(near)
        text = "Brancaleoni va-t-elle fermer le vote au trombone doré du bulldozer"
        reply, _ = made.respond(Utterance(text, TOWN), Memory(), NOW)
        assert isinstance(reply.outcome, Unknown)
        own = [f"brancaleoni/{t}" for t in ELECTION.all("topics") if ELECTION.claims("brancaleoni", t)]
        assert {s.target for s in reply.suggestions} <= {"brancaleoni", *own}


def test_two_words_are_too_few_to_be_near_in_meaning_alone() -> None:
    assert beside(asked("bulldozer trombone", ["harbour", "trees"])) == beside(
        asked("bulldozer trombone", None)
    )


def test_which_subjects_are_offered_first_is_drawn_for_each_conversation() -> None:
    first = set()
    for number in range(40):
        said = Utterance("bonjour", TOWN, conversation=str(number))
        reply, again = (ASSISTANTS[False].respond(said, Memory(), NOW)[0] for _ in range(2))
        assert reply == again
        assert reply.suggestions[1].target == "voting-day"
        first.add(reply.suggestions[0].target)
    assert first == {t.id for t in ELECTION.all("topics").values() if t.parent is None} & {
        t for t in ELECTION.all("topics") if any(ELECTION.claims(c, t) for c in ELECTION.candidates)
    }
