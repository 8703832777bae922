"""Pages as a test reads them: a small tree of elements, and what leads where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from posixpath import dirname, join, normpath

VOID = {"meta", "link", "br", "hr", "img", "input"}
LEADING = {"a": "href", "link": "href", "script": "src", "img": "src", "iframe": "src", "form": "action"}


@dataclass
class Element:
    """An element with its attributes, and what stands in it."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element of a tag with these attributes (`class_` may be one of several)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            e for e in self.walk() if e.tag == (tag or e.tag) and all(e.has(*pair) for pair in wanted.items())
        ]

    def has(self, name: str, value: str) -> bool:
        held = self.attributes.get(name)
        return held is not None and (value in held.split() if name == "class" else value == held)

    def one(self, tag: str = "", **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        parts = (child.text if isinstance(child, Element) else child for child in self.children)
        return " ".join(" ".join(parts).split())

    @property
    def exact(self) -> str:
        """The words, letter for letter."""
        return "".join(child.exact if isinstance(child, Element) else child for child in self.children)

    @property
    def skeleton(self) -> object:
        """The elements without their words."""
        return self.tag, [child.skeleton for child in self.children if isinstance(child, Element)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"<{self.open[-1].tag}> is closed by </{tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(text: str) -> Element:
    """The tree of a page, of which every element must be closed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, [element.tag for element in reader.open]
    return reader.open[0]


def addresses(page: Element) -> list[tuple[str, str]]:
    """Every address that a page leads to or fetches, as (tag, address)."""
    return [(e.tag, e.attributes[LEADING[e.tag]]) for e in page.walk() if LEADING.get(e.tag) in e.attributes]


def leading_nowhere(pages: Mapping[str, Element], others: set[str]) -> list[str]:
    """The links between pages that lead to no page, or to no place in it."""
    broken = []
    for path, page in pages.items():
        for _, address in addresses(page):
            if address.startswith(("http://", "https://", "data:")):
                continue
            file, _, anchor = address.partition("#")
            target = normpath(join(dirname(path), file)) if file else path
            ids = {e.attributes.get("id") for e in pages[target].walk()} if target in pages else set()
            if (target not in pages and target not in others) or (anchor and anchor not in ids):
                broken.append(f"{path}: {address}")
    return broken


def external(page: Element) -> list[str]:
    """The addresses elsewhere that a page leads to."""
    return [address for _, address in addresses(page) if ":" in address and not address.startswith("data:,")]
