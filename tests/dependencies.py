"""What the program depends on, directly and by way of others: under which licence, and for what.

    python -m tests.dependencies

which needs the extra `test`, writes the table in docs/dependencies.md from what is installed here. Whether
there are advisories is for a program that can ask: `pip-audit`, whose last answer stands in the same page.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

try:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
except ImportError:
    sys.exit("This needs packages that are not installed here: pip install -e '.[test]'")

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- written by python -m tests.dependencies -->\n", "<!-- end -->\n"
OWN = "election-bot"
ALWAYS = "always"

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC"),
        *("MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib"),
    }
)
"""Whoever passes the program on may do so under the MIT licence. MPL-2.0 asks only for its own files to stay open."""

USED_AS_IT_IS = {"python-telegram-bot": "LGPL-3.0-only"}
"""LGPL: only a library that is installed beside the program, unchanged, where its user can put another in its place."""

BY_HAND = {"axe-playwright-python": "MIT", "locate": "MIT"}
"""Read in the licence that comes along, where what the package says of itself does not say it."""

NAMES = {
    "apache software license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "bsd license": "BSD",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "isc license (iscl)": "ISC",
}
"""How older packages name their licences."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package as it is installed."""

    name: str
    version: str
    licence: str
    uses: frozenset[str]
    """`always`, or the extras that bring it."""
    direct: bool


def declared() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for, always and by extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {ALWAYS: project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(text) for text in texts] for extra, texts in groups.items()}


def direct(groups: dict[str, list[Requirement]]) -> set[str]:
    """The names of what is asked for, and of what a package brings for the extras that are asked of it."""
    found = set()
    for requirement in (each for group in groups.values() for each in group):
        found.add(canonicalize_name(requirement.name))
        if requirement.extras and canonicalize_name(requirement.name) != OWN:
            found |= {canonicalize_name(each.name) for each in _brought(requirement, only_extras=True)}
    return found - {OWN}


def installed() -> list[Dependency]:
    """All that is installed here and was asked for, by us or by something that was."""
    groups = declared()
    uses: dict[str, set[str]] = {}
    for extra, requirements in groups.items():
        for name in _reached(requirements, groups):
            uses.setdefault(name, set()).add(extra)
    ours = direct(groups)
    return [
        Dependency(name, metadata.version(name), licence_of(name), _uses(extras), name in ours)
        for name, extras in sorted(uses.items())
    ]


def missing() -> list[str]:
    """What is asked for and not installed here."""
    return sorted(name for name in direct(declared()) if not _is_here(name))


def licence_of(name: str) -> str:
    """The licence of an installed package, as an SPDX expression if it can be told."""
    if name in BY_HAND:
        return BY_HAND[name]
    told: Any = metadata.metadata(name)
    if expression := told.get("License-Expression"):
        return str(expression)
    classifiers = told.get_all("Classifier") or []
    classes = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License ::")]
    free = (told.get("License") or "").strip()
    texts = classes or ([free] if free and len(free) < 40 else [])
    return " OR ".join(dict.fromkeys(NAMES.get(text.lower(), text) for text in texts)) or "unknown"


def allowed(name: str, licence: str) -> bool:
    """Whether the program may depend on it: one of the licences to choose from, and all that hold together."""
    if USED_AS_IT_IS.get(name) == licence:
        return True
    bracket = re.search(r"\(([^()]*)\)", licence)
    if bracket:  # what is in it counts as one: a licence that is fine, or one that is not
        one = "MIT" if allowed("", bracket[1]) else "none"
        return allowed("", licence[: bracket.start()] + one + licence[bracket.end() :])
    return any(all(part in ALLOWED for part in each.split(" AND ")) for each in licence.split(" OR "))


def imported(folder: Path) -> set[str]:
    """The top names of what others wrote and a folder's modules import."""
    import ast

    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"bot"}


def packages_of(module: str) -> set[str]:
    """The packages that a module may come from; where it is not installed, the one of its name."""
    found = metadata.packages_distributions().get(module, [module])
    return {canonicalize_name(name) for name in found}


def _reached(requirements: Iterable[Requirement], groups: dict[str, list[Requirement]]) -> set[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        if name == OWN:
            waiting += [each for extra in requirement.extras for each in groups[extra]]
        elif _is_here(name):
            found.add(name)
            waiting += _brought(requirement)
    return found


def _brought(requirement: Requirement, only_extras: bool = False) -> Iterator[Requirement]:
    """What an installed package asks for in turn, with the extras that are asked of it."""
    try:
        texts = metadata.requires(requirement.name) or []
    except metadata.PackageNotFoundError:
        return
    for text in texts:
        each = Requirement(text)
        always = each.marker is None or each.marker.evaluate({"extra": ""})
        asked = each.marker is not None and any(
            each.marker.evaluate({"extra": e}) for e in requirement.extras
        )
        if (always and not only_extras) or (asked and not always):
            yield each


def _is_here(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _uses(extras: set[str]) -> frozenset[str]:
    return frozenset({ALWAYS}) if ALWAYS in extras else frozenset(extras)


def table(found: Iterable[Dependency]) -> str:
    """What is written into the page."""
    today, python = datetime.now(UTC).date(), f"Python {sys.version_info.major}.{sys.version_info.minor}"
    lines = [
        f"Installed on {today} for {python}; what is in **bold** is asked for in `pyproject.toml`.",
        "",
        "| package | version | licence | for |",
        "|---|---|---|---|",
    ]
    for each in found:
        name = f"**{each.name}**" if each.direct else each.name
        lines.append(f"| {name} | {each.version} | {each.licence} | {', '.join(sorted(each.uses))} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; 1 if a licence is not allowed."""
    found = installed()
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{table(found)}{END}{rest.partition(END)[2]}", encoding="utf-8")
    refused = [each for each in found if not allowed(each.name, each.licence)]
    for each in refused:
        sys.stderr.write(f"{each.name} {each.version}: {each.licence}\n")
    for name in missing():
        sys.stderr.write(f"{name} is not installed here, and not in the table\n")
    if missing():
        sys.stderr.write("All of it comes with pip install -e '.[site-test,bench,lint]'\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
