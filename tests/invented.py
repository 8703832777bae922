"""A small election made by hand: six invented people, a dozen subjects, every awkward kind of name.

Nothing here is read from a file, so that a test can change any part of it in one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.knowledge.model import (
    Base,
    Candidate,
    Description,
    Election,
    Fact,
    Party,
    Person,
    Places,
    Shared,
    Source,
    Topic,
)

TOWN = "sablonville-2031"
NOW = datetime(2031, 5, 2, 12, tzinfo=UTC)

DESCRIPTION: Mapping[str, Any] = {
    "name": {"fr": "Élection de Sablonville", "en": "Sablonville election"},
    "places": ["Sablonville-les-Flots", "Sablonville", "Sablonvillois"],
    "time_zone": "Europe/Paris",
    "rounds": [
        {"date": "2031-05-11", "opens": "08:00", "closes": "20:00"},
        {"date": "2031-05-18", "opens": "08:00", "closes": "20:00"},
    ],
    "languages": ["fr", "en"],
    "order": "alphabetical",
    "checked": "2031-04-30",
    "includes": ["shared"],
    "starters": ["security", "voting-day", "pool"],
}

SOURCES: Mapping[str, Any] = {
    "gazette": {
        "publisher": "La Gazette des Flots",
        "title": "Ce qu'ils veulent",
        "published": "2031-04-01",
        "url": "https://example.org/gazette",
        "language": "fr",
    },
    "courier": {
        "publisher": "The Sand Courier",
        "title": "Six for a town hall",
        "published": "2031-03",
        "url": "https://example.org/courier",
        "language": "en",
    },
    "leaflet": {"publisher": "Le Varech", "title": "Tract", "language": "fr"},
}

TOPICS: Mapping[str, Any] = {
    "security": {
        "name": {"fr": "Sécurité", "en": "Security"},
        "phrasings": {"fr": ["sécurité", "cambriolages", "délinquance"], "en": ["security", "safety", "burglaries"]},
    },
    "cameras": {
        "name": {"fr": "Vidéosurveillance", "en": "Video surveillance"},
        "parent": "security",
        "phrasings": {
            "fr": ["caméras", "vidéosurveillance", "filmer les rues"],
            "en": ["cameras", "CCTV", "video surveillance"],
        },
    },
    "night-watch": {
        "name": {"fr": "Veilleurs de nuit", "en": "Night watch"},
        "parent": "security",
        "phrasings": {"fr": ["veilleurs de nuit", "ronde de nuit"], "en": ["night watch", "night patrol"]},
    },
    "school": {
        "name": {"fr": "Écoles", "en": "Schools"},
        "phrasings": {"fr": ["école", "instituteurs", "classes surchargées"], "en": ["school", "teachers"]},
    },
    "canteen": {
        "name": {"fr": "Cantine", "en": "School meals"},
        "parent": "school",
        "phrasings": {"fr": ["cantine", "repas des enfants"], "en": ["canteen", "school meals", "lunches"]},
    },
    "pool": {
        "name": {"fr": "Piscine", "en": "Swimming pool"},
        "phrasings": {"fr": ["piscine", "bassin", "maîtres-nageurs"], "en": ["swimming pool", "pool", "lifeguards"]},
    },
    "debt": {
        "name": {"fr": "Dette", "en": "Debt"},
        "phrasings": {"fr": ["dette", "endettement", "emprunts"], "en": ["debt", "borrowing", "loans"]},
    },
    "harbour": {
        "name": {"fr": "Port", "en": "Harbour"},
        "phrasings": {"fr": ["port", "port de pêche", "chalutiers"], "en": ["harbour", "fishing boats", "trawlers"]},
    },
    "windmills": {
        "name": {"fr": "Éoliennes", "en": "Windmills"},
        "phrasings": {"fr": ["éoliennes", "énergie du vent"], "en": ["windmills", "wind turbines"]},
    },
}  # fmt: skip

SHARED_TOPICS: Mapping[str, Any] = {
    "trees": {
        "name": {"fr": "Arbres", "en": "Trees"},
        "phrasings": {
            "fr": ["arbres", "planter des arbres", "végétalisation"],
            "en": ["trees", "planting trees"],
        },
    },
}

FACTS: Mapping[str, Any] = {
    "voting-day": {
        "name": {"fr": "Quand vote-t-on ?", "en": "When is the vote?"},
        "phrasings": {
            "fr": ["date du vote", "quand vote-t-on", "jour du scrutin"],
            "en": ["date of the vote", "when is the vote", "election day"],
        },
        "answer": [
            {
                "claim": {
                    "fr": "On vote les 11 et 18 mai 2031.",
                    "en": "The votes are on 11 and 18 May 2031.",
                },
                "source": "gazette",
            }
        ],
    },
    "town-debt": {
        "name": {"fr": "Montant de la dette", "en": "Amount of the debt"},
        "topic": "debt",
        "phrasings": {"fr": ["montant de la dette"], "en": ["amount of the debt"]},
        "answer": [
            {
                "claim": {"fr": "La ville doit 9 millions d'euros.", "en": "The town owes 9 million euros."},
                "source": "courier",
                "note": {"fr": "Au 31 décembre 2030.", "en": "On 31 December 2030."},
            }
        ],
    },
    "lighthouse-age": {
        "name": {"fr": "Âge du phare", "en": "Age of the lighthouse"},
        "phrasings": {"fr": ["âge du phare"], "en": ["age of the lighthouse"]},
    },
}

SHARED_FACTS: Mapping[str, Any] = {
    "proxy": {
        "name": {"fr": "Voter par procuration", "en": "Voting by proxy"},
        "phrasings": {"fr": ["procuration", "voter à ma place"], "en": ["proxy", "vote on my behalf"]},
        "answer": [
            {
                "claim": {"fr": "Une procuration se demande en ligne.", "en": "A proxy is asked for online."},
                "source": "gazette",
            }
        ],
    },
}

CANDIDATES: Mapping[str, Any] = {
    "argensolle": {"name": "Hippolyte d'Argensolle", "gender": "man"},
    "brancaleoni": {
        "name": "Ottavio Brancaleoni",
        "aliases": ["le maire sortant", "le maire", "the outgoing mayor", "the mayor"],
        "gender": "man",
        "list": "Le Phare allumé",
        "description": {"fr": "Maire depuis 2025.", "en": "Mayor since 2025."},
        "backing": [{"fr": "Parti des Phares", "en": "Lighthouse Party"}],
        "sources": ["gazette"],
        "positions": {
            "cameras": [
                {
                    "claim": {"fr": "Il veut passer de 10 à 64 caméras.", "en": "He wants 64 cameras, up from 10."},
                    "quote": {"fr": "soixante-quatre caméras"},
                    "source": "gazette",
                    "asked_as": {"fr": ["salle de contrôle"], "en": ["control room"]},
                }
            ],
            "debt": [
                {
                    "claim": {
                        "fr": "Il veut rembourser 2 millions par an.",
                        "en": "He wants to repay 2 million a year.",
                    },
                    "source": "courier",
                },
                {
                    "claim": {"fr": "Il refuse tout nouvel emprunt.", "en": "He rules out any new loan."},
                    "source": "gazette",
                },
            ],
        },
    },
    "oztekin": {
        "name": "Élif Öztekin",
        "gender": "woman",
        "backing": [
            {"fr": "Parti des Phares", "en": "Lighthouse Party"},
            {"fr": "sans étiquette", "en": "independent"},
        ],
        "positions": {
            "night-watch": [
                {
                    "claim": {"fr": "Elle veut 8 veilleurs de nuit.", "en": "She wants 8 night watchers."},
                    "source": "leaflet",
                    "note": {"fr": "Le tract n'est pas daté.", "en": "The leaflet is undated."},
                }
            ],
            "school": [
                {
                    "claim": {"fr": "Elle veut ouvrir 3 classes.", "en": "She wants to open 3 classes."},
                    "source": "gazette",
                }
            ],
        },
    },
    "trehouart": {
        "name": "Maud Tréhouart-Kerbiriou",
        "aliases": ["MTK", "Maude Tréhouart-Kerbiriou"],
        "gender": "woman",
        "linked_to": ["garrivier"],
        "positions": {
            "cameras": [
                {
                    "claim": {"fr": "Elle veut retirer les 10 caméras.", "en": "She wants to remove the 10 cameras."},
                    "quote": {"en": "ten cameras too many"},
                    "source": "courier",
                }
            ],
            "school": [
                {
                    "claim": {
                        "fr": "Elle veut repeindre l'école des Dunes.",
                        "en": "She wants to repaint Dunes school.",
                    },
                    "source": "courier",
                }
            ],
            "pool": [
                {
                    "claim": {"fr": "Elle veut un bassin de 50 mètres.", "en": "She wants a 50-metre pool."},
                    "source": "gazette",
                }
            ],
        },
    },
    "vauquelain-hugues": {
        "name": "Hugues Vauquelain",
        "gender": "man",
        "positions": {
            "trees": [
                {
                    "claim": {"fr": "Il veut planter 700 arbres.", "en": "He wants to plant 700 trees."},
                    "source": "gazette",
                }
            ]
        },
    },
    "vauquelain-zelie": {
        "name": "Zélie Vauquelain",
        "gender": "woman",
        "positions": {
            "trees": [
                {
                    "claim": {"fr": "Elle veut planter 90 arbres.", "en": "She wants to plant 90 trees."},
                    "source": "courier",
                }
            ],
            "pool": [
                {
                    "claim": {"fr": "Elle veut la piscine gratuite.", "en": "She wants the pool to be free."},
                    "source": "leaflet",
                }
            ],
        },
    },
}  # fmt: skip

OWN_PEOPLE: Mapping[str, Any] = {"garrivier": {"name": "Anselme Garrivier", "aliases": ["Garrivier"]}}
SHARED_PEOPLE: Mapping[str, Any] = {
    "ostrogoff": {"name": "Bertille Ostrogoff", "aliases": ["Ostrogoff"], "party": "moss"}
}
PARTIES: Mapping[str, Any] = {
    "lighthouse": {
        "name": {"fr": "Parti des Phares", "en": "Lighthouse Party"},
        "aliases": ["PPH", "phariste"],
    },
    "moss": {"name": {"fr": "Union de la Mousse", "en": "Moss Union"}, "aliases": ["UDLM"]},
}
PLACES: Mapping[str, Any] = {
    "towns": ["Grand-Vezin"],
    "beyond": ["Moldoravie"],
    "matters": ["Couronne impériale"],
}


def _each(model: Any, parts: Mapping[str, Any], identified: bool = True) -> dict[str, Any]:
    return {
        name: model.model_validate({**part, **({"id": name} if identified else {})})
        for name, part in parts.items()
    }


def shared() -> Shared:
    """The folder that several elections could include."""
    return Shared(
        topics=_each(Topic, SHARED_TOPICS),
        facts=_each(Fact, SHARED_FACTS),
        parties=_each(Party, PARTIES, False),
        people=_each(Person, SHARED_PEOPLE, False),
        places=Places.model_validate(PLACES),
    )


def election(
    candidates: Mapping[str, Any] = CANDIDATES,
    topics: Mapping[str, Any] = TOPICS,
    facts: Mapping[str, Any] = FACTS,
    included: Shared | None = None,
    **description: Any,
) -> Election:
    """The invented election, or one that differs in what is given."""
    own = Shared(
        topics=_each(Topic, topics),
        facts=_each(Fact, facts),
        sources=_each(Source, SOURCES, False),
        people=_each(Person, OWN_PEOPLE, False),
    )
    return Election(
        TOWN,
        Description.model_validate({**DESCRIPTION, **description}),
        _each(Candidate, candidates),
        own,
        (included or shared(),),
    )


def base(*elections: Election) -> Base:
    """A base of these elections, or of the invented one."""
    held = elections or (election(),)
    return Base({e.id: e for e in held}, "invented")


def with_name(identifier: str, name: str, candidates: Mapping[str, Any] = CANDIDATES) -> dict[str, Any]:
    """The same candidates, one under another name."""
    return {**candidates, identifier: {**candidates[identifier], "name": name}}


def reordered(parts: Mapping[str, Any], order: Callable[[Sequence[str]], Sequence[str]]) -> dict[str, Any]:
    """The same parts, kept in another order."""
    return {name: parts[name] for name in order(list(parts))}


def rounds(*days: str, opens: str = "08:00", closes: str | None = "20:00") -> list[dict[str, Any]]:
    """Days of voting as election.yaml writes them."""
    return [{"date": day, "opens": opens, **({"closes": closes} if closes else {})} for day in days]


def at(text: str) -> datetime:
    """A time in UTC, as 2031-05-02T12:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CHECKED = date(2031, 4, 30)
