"""Actions and arguments to the processes to start: conditions decided, substitutions carried out, files checked."""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hyperdynamics_ros.launching.actions import (
    Action,
    AnyAction,
    Arg,
    Executable,
    Group,
    Include,
    Let,
    Node,
    Param,
    ParamFile,
    Process,
    PushNamespace,
    SetEnv,
)
from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.packages import executable_command
from hyperdynamics_ros.launching.parameters import Value, merge, typed_value
from hyperdynamics_ros.launching.parsing import parse_file
from hyperdynamics_ros.launching.plan import ParameterSet, ParameterText, ProcessPlan, RosArguments
from hyperdynamics_ros.launching.reading import to_bool
from hyperdynamics_ros.launching.substitutions import Scope, substitute

_OUTPUTS = {"screen": True, "both": True, "log": False}
_DEEPEST_INCLUDE = 20
_T = TypeVar("_T")


def resolve(file: Path, arguments: Mapping[str, str]) -> list[ProcessPlan]:
    """Processes that a launch file asks for with these arguments.

    Raises:
        LaunchError: anything wrong in the file, an argument missing, unknown or not among its choices.
    """
    resolver = _Resolver(file.resolve(), dict(arguments), dict(os.environ))
    resolver.run(parse_file(resolver.file))
    for name in arguments:
        if name not in resolver.declared:
            raise LaunchError(f"{file.name} has no argument {name!r}{_hint(name, resolver.declared)}")
    return resolver.processes


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(known) or 'none'}"


@dataclass
class _Resolver:
    """Walks the actions in order with the variables, environment and namespace that hold at each."""

    file: Path
    variables: dict[str, str]
    environment: dict[str, str]
    namespace: str = ""
    depth: int = 0
    declared: list[str] = field(default_factory=list)
    processes: list[ProcessPlan] = field(default_factory=list)

    def run(self, actions: Sequence[AnyAction]) -> None:
        for action in actions:
            if self.applies(action):
                self.act(action)

    def applies(self, action: Action) -> bool:
        if action.if_ is not None:
            return self.at(action, lambda: to_bool(self.text(action.if_ or "")))
        if action.unless is not None:
            return not self.at(action, lambda: to_bool(self.text(action.unless or "")))
        return True

    def text(self, value: str) -> str:
        return substitute(value, Scope(self.variables, self.environment, self.file))

    def at(self, action: Action, compute: Callable[[], _T]) -> _T:
        """Compute; an error gets the action's place."""
        try:
            return compute()
        except LaunchError:
            raise
        except (ValueError, OSError) as error:
            raise LaunchError(str(error), action.location) from error

    def act(self, action: AnyAction) -> None:
        if isinstance(action, Arg):
            self.declare(action)
        elif isinstance(action, Let):
            self.variables[action.name] = self.at(action, lambda: self.text(action.value))
        elif isinstance(action, SetEnv):
            self.set_environment(action)
        elif isinstance(action, PushNamespace):
            self.namespace = self.at(action, lambda: join_namespace(self.namespace, self.text(action.namespace)))
        elif isinstance(action, Group):
            self.group(action)
        elif isinstance(action, Include):
            self.include(action)
        else:
            self.processes.append(self.at(action, lambda: self.process(action)))

    def declare(self, arg: Arg) -> None:
        if arg.name not in self.declared:
            self.declared.append(arg.name)
        if arg.name not in self.variables:
            if arg.default is None:
                raise LaunchError(f"argument {arg.name!r} has no default; give {arg.name}:=VALUE", arg.location)
            default = arg.default
            self.variables[arg.name] = self.at(arg, lambda: self.text(default))
        value = self.variables[arg.name]
        if arg.choices and value not in arg.choices:
            rule = f"expected {'' if len(arg.choices) == 1 else 'one of '}{', '.join(arg.choices)}"
            raise LaunchError(f"{arg.name} is {value!r}; {rule}. {arg.description}".rstrip(" ."), arg.location)

    def set_environment(self, action: SetEnv) -> None:
        name = self.at(action, lambda: self.text(action.name))
        if action.value is None:
            self.environment.pop(name, None)
        else:
            value = action.value
            self.environment[name] = self.at(action, lambda: self.text(value))

    def group(self, group: Group) -> None:
        before = dict(self.variables), dict(self.environment), self.namespace
        self.run(group.actions)
        if group.scoped:
            self.variables, self.environment, self.namespace = before

    def include(self, include: Include) -> None:
        if self.depth >= _DEEPEST_INCLUDE:
            raise LaunchError(
                f"includes nested deeper than {_DEEPEST_INCLUDE}; does a file include itself?", include.location
            )
        file = Path(self.at(include, lambda: self.text(include.file))).resolve()
        if file.suffix != ".xml":
            raise LaunchError(f"include of {file.name}: only launch files in XML are supported", include.location)
        if not file.is_file():
            raise LaunchError(f"included file {file} does not exist", include.location)
        for argument in include.arguments:
            self.act(argument)
        outer, self.file, self.depth = self.file, file, self.depth + 1
        self.run(parse_file(file))
        self.file, self.depth = outer, self.depth - 1

    def process(self, action: Node | Executable) -> ProcessPlan:
        if isinstance(action, Node):
            command = executable_command(self.text(action.package), self.text(action.executable))
            command += shlex.split(self.text(action.arguments))
            return self.plan(action, self.text(action.executable), command, self.ros_arguments(action))
        command = shlex.split(self.text(action.command))
        if not command:
            raise ValueError("cmd is empty")
        name = self.text(action.name) if action.name else Path(command[0]).name
        return self.plan(action, name, command, RosArguments(None, None, (), ()))

    def plan(self, action: Process, name: str, command: Sequence[str], ros: RosArguments) -> ProcessPlan:
        output = self.text(action.output)
        if output not in _OUTPUTS:
            raise ValueError(f"output is {output!r}; expected one of {', '.join(_OUTPUTS)}")
        own = {self.text(variable.name): self.text(variable.value) for variable in action.environment}
        return ProcessPlan(
            label=f"{name}-{len(self.processes) + 1}",
            command=tuple(command),
            ros=ros,
            environment={**self.environment, **own},
            cwd=None if action.cwd is None else self.text(action.cwd),
            screen=_OUTPUTS[output],
            respawn=to_bool(self.text(action.respawn)),
            respawn_delay=action.respawn_delay,
            essential=action.on_exit == "shutdown",
            location=action.location,
        )

    def ros_arguments(self, node: Node) -> RosArguments:
        namespace = join_namespace(self.namespace, self.text(node.namespace))
        return RosArguments(
            name=self.text(node.name) if node.name else None,
            namespace=namespace or None,
            parameters=tuple(self.at(p, lambda p=p: self.parameters(p)) for p in node.parameters),  # type: ignore[misc]
            remaps=tuple((self.text(remap.source), self.text(remap.target)) for remap in node.remaps),
        )

    def parameters(self, param: Param | ParamFile) -> ParameterSet:
        if isinstance(param, Param):
            return self.values(param)
        file = Path(self.text(param.file)).resolve()
        if not file.is_file():
            raise ValueError(f"parameter file {file} does not exist")
        if to_bool(self.text(param.substitute)):
            return ParameterText(self.text(file.read_text()))
        return file

    def values(self, param: Param) -> dict[str, Value]:
        name = self.text(param.name)
        if param.value is None:
            return {name: merge([self.values(child) for child in param.children])}
        try:
            return {name: typed_value(self.text(param.value), param.type, param.separator)}
        except ValueError as error:
            raise ValueError(f"parameter {name!r}: {error}") from error


def join_namespace(base: str, namespace: str) -> str:
    """Absolute namespace of a name inside another; empty when neither says anything."""
    if namespace.startswith("/"):
        return namespace
    joined = "/".join(part.strip("/") for part in (base, namespace) if part.strip("/"))
    return f"/{joined}" if joined else ""
