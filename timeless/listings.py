"""Listings: functions of this project as pages quote them, read from the source at build time."""

import ast
from html import escape
from pathlib import Path

from timeless.names import unknown_name

PACKAGE = Path(__file__).parent


def listing(path: str, package: Path = PACKAGE) -> str:
    """Return the source of a function as HTML, with the file and the lines where it stands.

    ``path`` is ``module.function``. Raises TimelessError with the closest known name.
    """
    module, _, name = path.rpartition(".")
    modules = [file.stem for file in package.glob("*.py")]
    if module not in modules:
        raise unknown_name("module", module or path, modules, where=f'code("{path}")')
    text = (package / f"{module}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name not in functions:
        raise unknown_name("function", name, functions, where=f"{module}.py")
    first = functions[name].lineno
    source = ast.get_source_segment(text, functions[name]) or ""
    last, code = first + source.count("\n"), escape(source, quote=False)
    return (
        f'<figure class="listing"><pre tabindex="0"><code>{code}</code></pre>'
        f"<figcaption><code>{package.name}/{module}.py</code>, lines {first} to {last}, "
        "as they stand in the project.</figcaption></figure>"
    )
