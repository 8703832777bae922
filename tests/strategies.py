"""What voters may type, and what nobody should: questions with their mistakes, and text to torture a program with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from bot.dialogue.memory import Memory
from bot.dialogue.reply import Line, Reply, plain
from bot.knowledge.model import Election
from tests.invented import NOW

TEMPLATES = {
    "fr": [
        "{name} {topic}",
        "Que propose {name} pour {topic} ?",
        "{topic}, {name} ?",
        "et {name} sur {topic}",
        "bonjour je voudrais savoir ce que dit {name} sur {topic} svp",
        "{name} est pour ou contre {topic} ?",
    ],
    "en": [
        "{name} {topic}",
        "What does {name} want for {topic}?",
        "{topic}: {name}?",
        "and {name} on {topic}",
        "hi could you tell me what {name} says about {topic} please",
        "is {name} for or against {topic}?",
    ],
}

TORTURE = [
    "",
    " ",
    "\n\n\n",
    "\x00",
    "\x00" * 50,
    "\ud800",
    "\udfff piscine",
    "\ufeff",
    "\u202episcine\u202c",
    "\u200b" * 4_100,
    "a" * 5_000,
    "é" * 4_097,
    "piscine " * 1_000,
    "?" * 4_096,
    "piscine? " * 600,
    "ﷺ" * 4_096,
    "🇫🇷" * 3_000,
    "👨‍👩‍👧‍👦🏳️‍🌈",
    "p̷̧̛̘i̴͓̔s̶c̸i̵n̷e̴",
    "рiscine",
    "ｐｉｓｃｉｎｅ",
    "𝓹𝓲𝓼𝓬𝓲𝓷𝓮",
    "²³¹ ½ ⅷ ①",
    "٣٤٥ ۱۲۳",
    "١,٠٠٠",
    "مسبح من؟",
    "בריכה",
    "プールについて",
    "수영장",
    "ประชาชน",
    "हिन्दी में",
    "İstanbul ıslak",
    "ǆ ß ŉ ﬀ",
    "l'l'l'l'l'l'",
    "''''''",
    "&&&&",
    "--------",
    "{name} {0} {topic}",
    "%s %d %n",
    "<b>piscine</b> &amp;",
    "/start",
    "/" * 4_096,
    "@candidate piscine",
    "@candidate-role",
    "(((((((((((((((((((",
    "[^\\]+(",
    "\\\\\\",
    "'; DROP TABLE votes; --",
    "1e999",
    "-0",
    "NaN",
    "null",
    "1 000 000 000 000 000",
    "9" * 4_000,
    "1 " * 3_000,
    "x'" * 2_000,
    "a\u0301" * 3_000,
    "…" * 4_000,
    "M. " * 1_500,
    "Vauquelain " * 500,
    "brancaleoni" * 300,
    "et " * 2_000,
    "pourquoi " * 450,
    "ki ke koi kan kom " * 200,
    "vote pour " * 450,
    "dis que " * 500,
    "\t".join("piscine" for _ in range(500)),
    "a b c d e f g h i j k l m " * 100,
]

ANY_TEXT = st.one_of(
    st.sampled_from(TORTURE),
    st.text(max_size=300),
    st.text(st.characters(categories=["L", "M", "N", "Z", "C", "S"]), max_size=80),
    st.text(st.sampled_from("abcdeéèàœ'’-?!. \n0123456789&"), max_size=200),
    st.lists(st.sampled_from(TORTURE), max_size=4).map(" ".join),
    st.lists(
        st.sampled_from(
            [
                "et",
                "les",
                "autres",
                "piscine",
                "Vauquelain",
                "lui",
                "elle",
                "qui",
                "le",
                "maire",
                "Brancaleoni",
            ]
        )
        | st.sampled_from(
            ["the", "mayor", "and", "what", "about", "Grand-Vezin", "PPH", "procuration", "vote", "?", "."]
        )
        | st.sampled_from(
            ["Ostrogoff", "dette", "autre", "tout", "dis", "oublie", "tes", "règles", "pour", "contre"]
        ),
        max_size=12,
    ).map(" ".join),
)


@dataclass(frozen=True)
class Asked:
    """A question about one candidate and one topic, as it may be typed."""

    text: str
    candidate: str
    topic: str


@st.composite
def typo(draw: st.DrawFn, text: str) -> str:
    """A text with one letter of one of its longer words doubled, dropped, replaced, or swapped with the next."""
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if len(w) >= 7]
    if not long:
        return text
    which = draw(st.sampled_from(long))
    word = words[which]
    at = draw(st.integers(1, len(word) - 2))
    kind = draw(st.sampled_from(["double", "drop", "replace", "swap"]))
    letter = draw(st.sampled_from("aeiorstnl"))
    words[which] = {
        "double": word[:at] + word[at] * 2 + word[at + 1 :],
        "drop": word[:at] + word[at + 1 :],
        "replace": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[kind]
    return " ".join(words)


def own_names(election: Election) -> dict[str, list[str]]:
    """By candidate, the names that mean nobody else: the full one and, if no other shares it, the surname."""
    surnames = {c.id: c.name.partition(" ")[2] or c.name for c in election.candidates.values()}
    shared = [s.split()[-1].lower() for s in surnames.values()]
    return {
        c.id: [c.name, *([surnames[c.id]] if shared.count(surnames[c.id].split()[-1].lower()) == 1 else [])]
        for c in election.candidates.values()
    }


@st.composite
def questions(draw: st.DrawFn, election: Election, mistakes: bool = True) -> Asked:
    """A question about one candidate and one topic of an election, in one of its languages, perhaps misspelt."""
    names = own_names(election)
    candidate = draw(st.sampled_from(sorted(names)))
    code = draw(st.sampled_from(election.languages))
    topics = {t.id: t for t in election.all("topics").values() if t.phrasings.get(code)}
    topic = draw(st.sampled_from(sorted(topics)))
    name, phrasing = (
        draw(st.sampled_from(names[candidate])),
        draw(st.sampled_from(topics[topic].phrasings[code])),
    )
    if mistakes and draw(st.booleans()):
        name = draw(typo(name))
    if mistakes and draw(st.booleans()):
        phrasing = draw(typo(phrasing))
    change = draw(st.sampled_from([str, str.lower, str.upper, str.title])) if mistakes else str
    return Asked(
        change(draw(st.sampled_from(TEMPLATES[code])).format(name=name, topic=phrasing)), candidate, topic
    )


def memories(election: Election, stale: bool = False) -> st.SearchStrategy[Memory]:
    """What may be remembered of a conversation; `stale` adds what the base no longer holds."""
    gone = ["gone", "", "gone/away"] if stale else []
    people = st.lists(st.sampled_from([*sorted(election.candidates), *gone]), max_size=6, unique=True).map(
        tuple
    )
    topics = st.lists(st.sampled_from([*sorted(election.all("topics")), *gone]), max_size=3, unique=True).map(
        tuple
    )
    return st.builds(
        Memory,
        candidates=people,
        recent=people,
        topics=topics,
        fact=st.none() | st.sampled_from([*sorted(election.all("facts")), *gone]),
        language=st.none() | st.sampled_from([*election.languages, *(["xx"] if stale else [])]),
        at=st.none() | st.sampled_from([NOW, NOW - timedelta(minutes=29), NOW - timedelta(days=9)]),
    )


def honest(reply: Reply, election: Election) -> None:
    """Fail unless every statement is word for word its owner's, below the owner's name, with its source after it."""
    names = {c.name: c.id for c in election.candidates.values()}
    owner = next((names[n] for n in names if reply.understood.startswith(n)), None)
    for part in reply.parts:
        if isinstance(part, Line):
            headed = [names[n] for n in names if part.heading and part.text.startswith(n)]
            owner = headed[0] if headed else owner
            continue
        candidate, slash, topic = part.id.partition("/")
        if slash:
            claims = election.candidates[candidate].positions[topic]
            assert candidate == owner, f"{part.id} stands below {owner}"
            assert candidate in reply.candidates
        else:
            claims = election.fact(part.id).answer
            assert part.id in reply.facts
        assert any(part.text == c.claim[reply.language] and part.source == c.source for c in claims)
        assert election.source(part.source).publisher in part.source_line
    sourced(reply)


def sourced(reply: Reply) -> None:
    """Fail unless in plain text too the first source below each statement is its own, with nothing in between."""
    written = plain(reply).splitlines()
    sources = {f"  {s.source_line}" for s in reply.statements}
    at = 0
    for statement in reply.statements:
        at = written.index(f"• {statement.text}", at) + 1
        below = next(i for i in range(at, len(written)) if written[i] in sources)
        assert written[below] == f"  {statement.source_line}"
        assert all(line.startswith(("• ", "  ")) for line in written[at:below])
        assert not statement.url or written[below + 1] == f"  {statement.url}"
        assert not statement.quote or written[at] == f"  {statement.quote}"


def leaves(reply: Reply) -> set[str]:
    """Whom a reply speaks of, by what it shows and says."""
    return set(reply.candidates) | {claim.partition("/")[0] for claim in reply.claims}
