"""Show a message: rich in a notebook, plain text elsewhere."""

import sys

__all__ = ["show"]


def show(text, rich):
    """Show `text`, or in a notebook its richer form.

    Args:
        text: str, for terminals and logs.
        rich: {mime type: str}, such as {"text/html": "<b>...</b>"}.
    """
    ipython = sys.modules.get("IPython")  # who runs inside IPython has imported it
    if ipython is None or ipython.get_ipython() is None:
        print(text)
    else:
        from IPython.display import display

        display({"text/plain": text, **rich}, raw=True)
