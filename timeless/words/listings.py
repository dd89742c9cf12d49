"""Listings: functions of this project as pages quote them, read from the source at build time."""

import ast
from html import escape
from pathlib import Path

from timeless.errors import unknown_name
from timeless.results.reading import read_text

PACKAGE = Path(__file__).parent.parent


def listing(path: str, package: Path = PACKAGE) -> str:
    """Return the source of a function as HTML, with the file and the lines where it stands.

    ``path`` is ``folder.module.function``. Raises TimelessError with the closest known name.
    """
    module, _, name = path.rpartition(".")
    files = [file.relative_to(package).as_posix() for file in package.rglob("*.py")]
    modules = {file.removesuffix(".py").replace("/", "."): file for file in files}
    if module not in modules:
        raise unknown_name("module", module or path, modules, where=f'code("{path}")')
    file = modules[module]
    text = read_text(package / file)
    tree = ast.parse(text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name not in functions:
        raise unknown_name("function", name, functions, where=file)
    first = functions[name].lineno
    source = ast.get_source_segment(text, functions[name]) or ""
    last, code = first + source.count("\n"), escape(source, quote=False)
    return (
        f'<figure class="listing"><pre tabindex="0"><code>{code}</code></pre>'
        f"<figcaption><code>{package.name}/{file}</code>, lines {first} to {last}, "
        "as they stand in the project.</figcaption></figure>"
    )
