"""Conclusions: what a sentence concludes from measured values, checked whenever a page is built.

A condition compares values of artifacts with each other and with constants: ``addition.delay >
40 * addition.memorisation_epoch and addition.n_key_freqs <= 9``, or a verdict: ``claims.click ==
"partly"``. It is read as Python is, and only what stands in `_OPERATIONS` is carried out.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from timeless.errors import TimelessError

_PATH = re.compile(
    r"""
      (?P<text>"[^"]*"|'[^']*')
    | \b(?P<path>claims\.[\w-]+ | [A-Za-z_]\w*(?:\.-?\w+)+)
    """,
    re.VERBOSE,
)
_PLACED = re.compile(r"_\d+")  # what stands for a path while Python reads the condition
_CONSTANTS = {"none": None, "true": True, "false": False}
_OPERATIONS: Mapping[type, Callable[..., Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda item, group: item in group,
    ast.NotIn: lambda item, group: item not in group,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}


@dataclass(frozen=True)
class Conclusion:
    """A condition on measured values; ``paths`` are those it compares, in their order."""

    condition: str
    paths: tuple[str, ...]
    tree: ast.expr

    def check(self, find: Callable[[str], Any]) -> None:
        """Raise TimelessError with every value if the condition is not true of them.

        ``find`` returns the value of a path. Also raised if they cannot be compared.
        """
        values = [find(path) for path in self.paths]
        found = ", ".join(f"{path} is {_shown(find(path))}" for path in self.paths)
        try:
            held = _evaluate(self.tree, values)
        except (TypeError, ArithmeticError) as error:
            raise TimelessError(f"cannot decide {self.condition}: {error}; {found}") from None
        if not held:
            raise TimelessError(
                f"the artifacts do not bear out {self.condition}: {found}",
                remedy="say what they do show, or measure again",
            )


def conclusion(condition: str) -> Conclusion:
    """Return a condition as read.

    Raises TimelessError if it is no expression, names no value, does not compare, or does
    anything else than to compare and to calculate.
    """
    paths: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        paths.append(match["path"])
        return f"_{len(paths) - 1}"

    try:
        tree = ast.parse(_PATH.sub(place, condition.strip()), mode="eval").body
    except SyntaxError as error:
        raise TimelessError(f"not a condition: {condition} ({error.msg})") from None
    if not paths or not isinstance(tree, ast.Compare | ast.BoolOp | ast.UnaryOp):
        raise TimelessError(
            f"compares no measured value: {condition}", remedy='try holds("addition.delay > 1000")'
        )
    _refuse_more_than_comparing(tree, condition)
    return Conclusion(condition, tuple(paths), tree)


def _refuse_more_than_comparing(tree: ast.expr, condition: str) -> None:
    known = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Constant, ast.boolop, ast.Load)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            fits = node.id in _CONSTANTS or bool(_PLACED.fullmatch(node.id))
        else:
            fits = isinstance(node, (*known, *_OPERATIONS))
        if not fits:
            named = node.id if isinstance(node, ast.Name) else type(node).__name__
            raise TimelessError(
                f"a condition only compares and calculates: {condition} has {named}",
                remedy='write a value as artifact.key, a text between "quotation marks"',
            )


def _evaluate(node: ast.AST, values: list[Any]) -> Any:
    """Return what an expression comes to; its names _0, _1, … stand for the values."""
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return _CONSTANTS[name] if name in _CONSTANTS else values[int(name[1:])]
        case ast.BoolOp(joint, parts):
            test = all if isinstance(joint, ast.And) else any
            return test(_evaluate(part, values) for part in parts)
        case ast.Compare(first, operations, others):
            return _compare(first, operations, others, values)
        case ast.BinOp(left, operation, right):
            operands = [left, right]
        case ast.UnaryOp(operation, operand):
            operands = [operand]
    return _OPERATIONS[type(operation)](*(_evaluate(each, values) for each in operands))


def _compare(
    first: ast.expr, operations: list[ast.cmpop], others: list[ast.expr], values: list[Any]
) -> bool:
    left = _evaluate(first, values)
    for operation, other in zip(operations, others, strict=True):
        right = _evaluate(other, values)
        if not _OPERATIONS[type(operation)](left, right):
            return False
        left = right
    return True


def _shown(raw: Any) -> str:
    return "null" if raw is None else f'"{raw}"' if isinstance(raw, str) else str(raw)
