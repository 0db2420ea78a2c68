"""XML to elements that know their line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from hyperdynamics_ros.launching.errors import LaunchError, Location


@dataclass
class Element:
    """One tag of a launch file."""

    tag: str
    attributes: dict[str, str]
    location: Location
    children: list[Element] = field(default_factory=list)


class _Builder:
    """Collects expat's events into a tree; refuses text and document types, which launch files do not have."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.root: Element | None = None
        self.open: list[Element] = []

    def here(self) -> Location:
        return Location(self.file, self.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, self.here())
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _tag: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        if data.strip():
            raise LaunchError(f"text {data.strip()!r} outside of a tag; launch files use attributes only", self.here())

    def doctype(self, *_declaration: object) -> None:
        raise LaunchError("<!DOCTYPE> is not supported in a launch file; remove it", self.here())


def read_xml(file: Path) -> Element:
    """Read a launch file's root element.

    Raises:
        LaunchError: the file is missing, unreadable, not well-formed, or its root is not ``<launch>``.
    """
    builder = _Builder(file)
    try:
        builder.parser.Parse(file.read_bytes(), True)
    except OSError as error:
        raise LaunchError(f"launch file {file} cannot be read: {error.strerror}") from error
    except expat.ExpatError as error:
        raise LaunchError(
            f"not well-formed XML: {expat.ErrorString(error.code)}", Location(file, error.lineno)
        ) from error
    root = builder.root
    if root is None or root.tag != "launch":
        found = "nothing" if root is None else f"<{root.tag}>"
        raise LaunchError(f"the root of a launch file is <launch>, found {found}", Location(file, 1))
    return root
