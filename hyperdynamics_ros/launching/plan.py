"""What is to be started: the result of resolving a launch file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hyperdynamics_ros.launching.errors import Location
from hyperdynamics_ros.launching.parameters import Value, write_parameters, write_text


@dataclass(frozen=True)
class ParameterText:
    """A parameter file whose substitutions were carried out: its new content."""

    content: str


ParameterSet = Mapping[str, Value] | Path | ParameterText
"""Values given in the launch file, or a parameter file as it is or rewritten."""


@dataclass(frozen=True)
class RosArguments:
    """What a node gets behind ``--ros-args``."""

    name: str | None
    """Node name; None: the executable's own."""
    namespace: str | None
    """Absolute namespace; None: the executable's own."""
    parameters: tuple[ParameterSet, ...]
    """In the order given; later ones win."""
    remaps: tuple[tuple[str, str], ...]

    def command(self, folder: Path) -> list[str]:
        """The arguments; values are written to parameter files in folder."""
        if not (self.name or self.namespace or self.parameters or self.remaps):
            return []
        words = ["--ros-args"]
        if self.name is not None:
            words += ["-r", f"__node:={self.name}"]
        if self.namespace is not None:
            words += ["-r", f"__ns:={self.namespace}"]
        for parameters in self.parameters:
            words += ["--params-file", str(self._file(parameters, folder))]
        for source, target in self.remaps:
            words += ["-r", f"{source}:={target}"]
        return words

    def _file(self, parameters: ParameterSet, folder: Path) -> Path:
        if isinstance(parameters, Path):
            return parameters
        if isinstance(parameters, ParameterText):
            return write_text(parameters.content, folder)
        # As in ROS 2: only a node whose name and namespace are both given is addressed by its full name.
        known = self.name is not None and self.namespace is not None
        node = f"{self.namespace}/{self.name}" if known else "/**"
        return write_parameters(parameters, node, folder)


@dataclass(frozen=True)
class ProcessPlan:
    """One process to start."""

    label: str
    """``perception-1``: executable and number, as ROS 2 labels it."""
    command: tuple[str, ...]
    """Program and its own arguments."""
    ros: RosArguments
    environment: Mapping[str, str]
    cwd: str | None
    screen: bool
    """Whether its output is shown, not only logged."""
    respawn: bool
    """Started again when it ends with an error."""
    respawn_delay: float
    """Seconds before that."""
    essential: bool
    """Everything ends when it does."""
    location: Location
