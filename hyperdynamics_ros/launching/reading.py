"""Takes an element's attributes and children one by one; what nobody took is refused by name."""

from __future__ import annotations

from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.xml_reader import Element

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def to_bool(text: str) -> bool:
    """true, 1, false, 0 in any case; as ROS 2 reads a condition.

    Raises:
        ValueError: anything else.
    """
    try:
        return _BOOLEANS[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither true (or 1) nor false (or 0)") from None


class Reading:
    """One element while it is being read."""

    def __init__(self, element: Element) -> None:
        """Start with nothing taken."""
        self.element = element
        self.location = element.location
        self._left = dict(element.attributes)
        self._children = list(element.children)

    def error(self, message: str) -> LaunchError:
        """An error at this element's place."""
        return LaunchError(f"<{self.element.tag}>: {message}", self.location)

    def optional(self, name: str) -> str | None:
        """Take an attribute; None if it is absent."""
        return self._left.pop(name, None)

    def required(self, name: str) -> str:
        """Take an attribute that has to be there."""
        value = self.optional(name)
        if value is None:
            raise self.error(f"attribute {name!r} is missing")
        return value

    def boolean(self, name: str, default: bool) -> bool:
        """Take a literal truth value."""
        text = self.optional(name)
        try:
            return default if text is None else to_bool(text)
        except ValueError as error:
            raise self.error(f"attribute {name!r}: {error}") from None

    def seconds(self, name: str) -> float:
        """Take a literal number of seconds, 0 if it is absent."""
        text = self.optional(name)
        try:
            value = 0.0 if text is None else float(text)
        except ValueError:
            raise self.error(f"attribute {name!r} is {text!r}; expected a number of seconds") from None
        if not 0.0 <= value < float("inf"):
            raise self.error(f"attribute {name!r} is {text!r}; expected 0 or more seconds")
        return value

    def children(self, *tags: str) -> list[Element]:
        """Take the children with one of these tags."""
        taken = [child for child in self._children if child.tag in tags]
        self._children = [child for child in self._children if child.tag not in tags]
        return taken

    def all_children(self) -> list[Element]:
        """Take every child."""
        taken, self._children = self._children, []
        return taken

    def finish(self) -> None:
        """Refuse what was not taken."""
        if self._left:
            name = next(iter(self._left))
            raise self.error(f"attribute {name!r} is not supported here")
        if self._children:
            child = self._children[0]
            raise LaunchError(f"<{child.tag}> is not supported inside <{self.element.tag}>", child.location)
