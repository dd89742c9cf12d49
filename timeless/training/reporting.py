"""Reporting: how far a long run is, how fast, and how long it still takes."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

LINE_SECONDS = 30.0


@contextmanager
def report_progress(start: int, total: int) -> Iterator[Callable[[int, str], None]]:
    """Yield report(epoch, text): a progress bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(start, total)
        return
    with tqdm(total=total, initial=start, unit=" epochs", dynamic_ncols=True) as bar:

        def report(epoch: int, text: str) -> None:
            bar.set_postfix_str(text, refresh=False)
            bar.update(epoch - bar.n)

        yield report


def _lines(start: int, total: int) -> Callable[[int, str], None]:
    """Return report(epoch, text) that prints a plain line at most every `LINE_SECONDS`."""
    began = time.perf_counter()
    printed = began - LINE_SECONDS

    def report(epoch: int, text: str) -> None:
        nonlocal printed
        now = time.perf_counter()
        if now - printed < LINE_SECONDS and epoch < total:
            return
        printed = now
        rate = (epoch - start) / (now - began)
        left = tqdm.format_interval((total - epoch) / rate) if rate else "?"
        line = f"epoch {epoch:,} of {total:,}, {rate:.1f} epochs/s, {left} left: {text}"
        print(line, file=sys.stderr, flush=True)  # noqa: T201 (progress is for the person waiting)

    return report
