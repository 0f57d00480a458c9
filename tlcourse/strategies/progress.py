"""How far a long experiment is: one line that is rewritten in place."""

import sys
import time


def progress(items, label):
    """Yield items and show how many are done: in a notebook one line, in a terminal a bar.

    Where nobody watches (a pipe, a test) it is silent.

    Args:
        items: list.
        label: str, what is being done.

    Yields:
        The items.
    """
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        yield from _in_notebook(items, label)
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        yield from track(items, label, console=Console(stderr=True), transient=True)
    else:
        yield from items


def _in_notebook(items, label):
    from IPython.display import display

    begin = time.perf_counter()
    line = display({"text/plain": f"{label}: …"}, raw=True, display_id=True)
    for done, item in enumerate(items):
        yield item
        seconds = time.perf_counter() - begin
        text = f"{label}: {done + 1} of {len(items)} fits, {seconds:.0f} s"
        line.update({"text/plain": text}, raw=True)
