"""Data: the files from which the scripts of pages draw, and the tables a reader can download."""

from timeless.claims.ledger import FILE
from timeless.instruments.networks import network_files
from timeless.results.encoding import csv_table, receive_script
from timeless.site.content import Content
from timeless.site.files import Files
from timeless.site.records import csv_name, flat


def data_files(content: Content) -> Files:
    """Return the data of figures and widgets as scripts, every table as CSV, and the ledger."""
    files: Files = {}
    for name, figure in content.figures.items():
        drawing = {"data": figure.data, "layout": figure.layout}
        files[f"data/figure-{name}.js"] = receive_script(f"figure-{name}", drawing).encode()
        files[f"data/figure-{name}.csv"] = csv_table(figure.table).encode()
    if content.ledger.page:
        files[FILE] = content.ledger.document()
    for name, widget in content.widgets.items():
        payloads = {"": widget.data} | {f"-{key}": part for key, part in widget.parts.items()}
        for suffix, payload in payloads.items():
            script = receive_script(f"widget-{name}{suffix}", payload)
            files[f"data/widget-{name}{suffix}.js"] = script.encode()
    wanted = [name for widget in content.widgets.values() for name in widget.networks]
    files |= {path: text.encode() for path, text in network_files(content.results, wanted)}
    for entry in content.shared["downloads"]:
        tables = content.results[entry.experiment].series
        for name in tables:
            if (path := csv_name(entry.experiment, name)) in entry.csv:
                files[path] = csv_table(flat(tables[name])).encode()
    return files
