"""One table of parameters a node: declared with descriptors, checked with clear errors, documented from the table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException

Value = bool | int | float | str | list[float] | list[str]
TYPE_NAMES = {bool: "bool", int: "int", float: "float", str: "string", list: "list"}
OTHER_PARAMETERS = ("use_sim_time", "start_type_description_service", "qos_overrides")
"""Parameters that rclpy itself declares."""


class ParameterRefused(ValueError):
    """A parameter's value breaks its rule, or its name is not known."""


@dataclass(frozen=True)
class Parameter:
    """One line of a node's table."""

    name: str
    """As in YAML, dots between groups."""
    default: Value
    """Its type is the parameter's type."""
    description: str
    """What it does."""
    unit: str = ""
    """SI unit; empty for none."""
    low: float | None = None
    """Least value."""
    high: float | None = None
    """Greatest value."""
    choices: tuple[str, ...] = ()
    """The only values of a string; empty: any."""
    changeable: bool = False
    """True: may change at run time."""

    @property
    def rule(self) -> str:
        """What is allowed, in words."""
        unit = f" {self.unit}" if self.unit else ""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"{_number(self.low)} to {_number(self.high)}{unit}"
        if self.low is not None:
            return f"at least {_number(self.low)}{unit}"
        return "any" if not unit else f"any{unit}"

    def accept(self, value: Any) -> Value:
        """The value in the parameter's type; integers pass for floats.

        Raises:
            ParameterRefused: another type, outside the range, not one of the choices, not finite.
        """
        kind = type(self.default)
        if kind is float and type(value) is int:
            value = float(value)
        if kind is list and not isinstance(value, str):
            value = list(value)
        if type(value) is not kind:
            raise ParameterRefused(
                f"parameter {self.name} is {value!r} ({type(value).__name__}): must be a {TYPE_NAMES[kind]}, "
                f"{self.rule}; correct it in the YAML or launch file"
            )
        self._check_range(value)
        accepted: Value = value
        return accepted

    def _check_range(self, value: Any) -> None:
        wrong = bool(self.choices) and value not in self.choices
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            wrong = not math.isfinite(value)
            wrong = (
                wrong or (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
            )
        if wrong:
            raise ParameterRefused(
                f"parameter {self.name} is {value!r}: must be {self.rule}; correct it in the YAML or launch file"
            )

    def descriptor(self) -> ParameterDescriptor:
        """What `ros2 param describe` shows. Typing is dynamic so that an integer can stand for a float."""
        descriptor = ParameterDescriptor(
            description=f"{self.description} [{self.rule}]",
            read_only=not self.changeable,
            dynamic_typing=isinstance(self.default, float),
        )
        low = -1e308 if self.low is None else self.low
        high = 1e308 if self.high is None else self.high
        if type(self.default) is float:
            descriptor.floating_point_range = [
                FloatingPointRange(from_value=float(low), to_value=float(high), step=0.0)
            ]
        elif type(self.default) is int:
            low, high = max(low, -(2**63)), min(high, 2**63 - 1)
            descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high), step=1)]
        return descriptor


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


class Parameters:
    """The declared values of one node; ``parameters["name"]`` is the value now, in the table's type."""

    def __init__(self, node: Any, table: Sequence[Parameter]) -> None:
        """Declare the table on the node.

        Raises:
            ParameterRefused: a given value breaks its rule, or a given name is not in the table.
        """
        self._node = node
        self._table = {line.name: line for line in table}
        self._refuse_unknown()
        node.add_on_set_parameters_callback(self._on_set)
        for line in table:
            self._declare(line)

    def __getitem__(self, name: str) -> Any:
        return self._table[name].accept(self._node.get_parameter(name).value)

    def _declare(self, line: Parameter) -> None:
        try:
            self._node.declare_parameter(line.name, line.default, line.descriptor())
        except (InvalidParameterTypeException, InvalidParameterValueException) as error:
            line.accept(self._given().get(line.name, line.default))
            raise ParameterRefused(str(error)) from error

    def _given(self) -> dict[str, Any]:
        # rclpy has no public view of the values given on the command line before they are declared.
        overrides = getattr(self._node, "_parameter_overrides", {})
        return {name: parameter.value for name, parameter in overrides.items()}

    def _refuse_unknown(self) -> None:
        for name in self._given():
            if name not in self._table and not name.startswith(OTHER_PARAMETERS):
                raise ParameterRefused(
                    f"parameter {name} is not known: must be one of {', '.join(sorted(self._table))}; "
                    "correct its name in the YAML or launch file"
                )

    def _on_set(self, parameters: list[Any]) -> SetParametersResult:
        for parameter in parameters:
            try:
                if parameter.name in self._table:
                    self._table[parameter.name].accept(parameter.value)
            except ParameterRefused as refusal:
                return SetParametersResult(successful=False, reason=str(refusal))
        return SetParametersResult(successful=True)


def markdown(table: Sequence[Parameter]) -> str:
    """The table as Markdown, for docs/nodes.md."""
    lines = ["| parameter | type | default | allowed | run time | what it does |", "|---|---|---|---|---|---|"]
    for line in table:
        default = repr(line.default) if isinstance(line.default, str) else line.default
        lines.append(
            f"| `{line.name}` | {TYPE_NAMES[type(line.default)]} | `{default}` | {line.rule} | "
            f"{'yes' if line.changeable else 'no'} | {line.description} |"
        )
    return "\n".join(lines)
