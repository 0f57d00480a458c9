"""Find out whether there is somebody who could draw."""

from importlib.util import find_spec


def why_no_pad():
    """Say why no pad can be shown here.

    Nothing is sent and waited for: a notebook that runs by itself (`tlcourse run`, nbclient, nbval,
    nbconvert) must not hang. What asks for a cell to be run says with it whether it can put a
    question to a person, by Jupyter's messaging protocol: JupyterLab can, those cannot.

    Returns:
        str, a reason to read after a colon; "" if a pad can be shown.
    """
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or not kernel.get_parent("shell").get("content", {}).get("allow_stdin"):
        return "nobody can draw where this runs"
    if find_spec("anywidget") is None:
        return "the pad needs anywidget (pip install 'tlcourse[widgets]')"
    return ""
