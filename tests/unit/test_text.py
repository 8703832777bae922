"""Any text becomes the same comparable words, whoever typed it and on whatever keyboard."""

from __future__ import annotations

import pytest

from bot.language.text import CHARACTERS, WORDS, Word, clean, fold, stem, words


def written(text: str, *elisions: str) -> list[str]:
    return [word.written for word in words(text, elisions)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("CAMERA", "camera"),
        ("Élève", "eleve"),
        ("E\u0301le\u0300ve", "eleve"),
        ("garçon", "garcon"),
        ("Œuvre", "oeuvre"),
        ("œuvre", "oeuvre"),
        ("ex æquo", "ex aequo"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("Öztürk", "ozturk"),
        ("Đoàn", "đoan"),
        ("l\u2019école", "l'ecole"),
        ("l\u00b4école", "l'ecole"),
        ("ﬁnances", "finances"),
        ("ＰＩＳＣＩＮＥ", "piscine"),
        ("½", "1\u20442"),
        ("Ǽ", "ae"),
        ("Ω", "ω"),
        ("МЭР", "мэр"),
        ("٣", "٣"),
        ("🗳", "🗳"),
    ],
)
def test_folding_drops_case_accents_and_ligatures(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("sécurité", "sécurité"),
        ("se\u0301curite\u0301", "sécurité"),
        ("vidéo\u00adsurveillance", "vidéosurveillance"),
        ("zero\u200bwidth\u200d\ufeff", "zerowidth"),
        ("\u202eleft\u202c", "left"),
        ("a\x00b\x07c\x7fd", "a b c d"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\rb", "a b"),
        ("a\u00a0b\u202fc", "a b c"),
        ("œufs ` ´ ‘ ’ ʼ", "oeufs ' ' ' ' '"),
        ("\ud800", " "),
        ("\ue000", " "),
        ("…", "..."),
        ("ŉ", "'n"),
    ],
)
def test_cleaning_leaves_nothing_invisible(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["a" * (CHARACTERS + 1), "ﷺ" * CHARACTERS, "é" * 9_999, "\u200b" * 9_999])
def test_no_text_is_longer_than_a_message_once_cleaned(text: str) -> None:
    assert len(clean(text)) <= CHARACTERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n\t", []),
        ("!?… — « »", []),
        ("🗳️🗳️", []),
        ("la piscine", ["la", "piscine"]),
        ("Anne-Marie", ["anne", "marie"]),
        ("l'école", ["l", "école"]),
        ("l’école", ["l", "école"]),
        ("L'ÉCOLE", ["l", "école"]),
        ("qu'est-ce", ["qu", "est", "ce"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("jusqu'à l'île", ["jusqu", "à", "l", "île"]),
        ("the mayor's plan", ["the", "mayor", "plan"]),
        ("don't you'll we've", ["dont", "you", "we"]),
        ("R&D", ["r&d"]),
        ("bed & breakfast", ["bed", "&", "breakfast"]),
        ("5G", ["5g"]),
        ("8h30", ["8h30"]),
        ("1 200 caméras", ["1200", "caméras"]),
        ("1\u202f200 caméras", ["1200", "caméras"]),
        ("1,200 cameras", ["1200", "cameras"]),
        ("1.200.000", ["1200000"]),
        ("12 34", ["12", "34"]),
        ("2,5 millions", ["2", "5", "millions"]),
        ("piscineeeee", ["piscinee"]),
        ("ouiiii", ["ouii"]),
        ("under_score", ["under", "score"]),
        ("écoles/crèches", ["écoles", "crèches"]),
        ("#piscine @maire", ["piscine", "maire"]),
        ("x\u0302y", ["xy"]),
        ("vidéo\u00adsurveillance", ["vidéosurveillance"]),
        ("ŒUVRE", ["oeuvre"]),
        ("œuvre", ["oeuvre"]),
        ("une œuvre", ["une", "oeuvre"]),
        ("l'œuvre", ["l", "oeuvre"]),
        ("ouiii non", ["ouii", "non"]),
        ("'quoted'", ["quoted"]),
        ("мэр города", ["мэр", "города"]),
        ("رئيس البلدية", ["رئيس", "البلدية"]),
        ("市长", ["市长"]),
    ],
)
def test_a_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert written(text, "l", "d", "qu", "jusqu") == expected


def test_a_word_keeps_its_accents_beside_what_is_compared() -> None:
    assert words("Ça, l'ÉTÉ", ["l"]) == [Word("ça", "ca", 0), Word("l", "l", 0), Word("été", "ete", 0)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("un deux", [0, 0]),
        ("un. deux", [0, 1]),
        ("un ! deux", [0, 1]),
        ("un\ndeux", [0, 1]),
        ("un\n\n\ndeux", [0, 1]),
        ("un... deux", [0, 1]),
        ("un… deux", [0, 1]),
        ("un.deux", [0, 0]),
        ("... un", [0]),
        ("M. Untel", [0, 0]),
        ("A. B. Untel. deux", [0, 0, 0, 1]),
        ("2.5 deux", [0, 0, 0]),
    ],
)
def test_sentences_are_numbered(text: str, sentences: list[int]) -> None:
    assert [word.sentence for word in words(text)] == sentences


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("un ?", [True]),
        ("un?", [True]),
        ("un ?!", [True]),
        ("un !?", [True]),
        ("un ??? deux", [True, False]),
        ("un. deux ?", [False, True]),
        ("un", [False]),
        ("un？", [True]),
    ],
)
def test_a_question_mark_marks_its_sentence(text: str, asks: list[bool]) -> None:
    assert [word.asks for word in words(text)] == asks


def test_a_flood_of_words_is_cut_short() -> None:
    assert len(words("oui " * 2_000)) == WORDS
    assert len(words("oui. " * 2_000)) == WORDS


@pytest.mark.parametrize(
    ("one", "other", "stemmer"),
    [
        ("caméras", "caméra", "french"),
        ("écoles", "école", "french"),
        ("municipales", "municipale", "french"),
        ("proposer", "proposé", "french"),
        ("sécurité", "sécurités", "french"),
        ("cameras", "camera", "english"),
        ("schools", "school", "english"),
        ("building", "builds", "english"),
    ],
)
def test_endings_do_not_matter_to_the_stem(one: str, other: str, stemmer: str) -> None:
    assert stem(one, stemmer) == stem(other, stemmer)


@pytest.mark.parametrize(
    ("one", "other", "stemmer"), [("dette", "débat", "french"), ("pool", "police", "english")]
)
def test_different_words_keep_different_stems(one: str, other: str, stemmer: str) -> None:
    assert stem(one, stemmer) != stem(other, stemmer)


def test_a_stem_has_no_accents() -> None:
    assert stem("sécurité", "french").isascii()
