"""Optional packages, imported on first use."""

from importlib import import_module

from tlcourse.errors import CourseError


def import_for_texts(name):
    """Import a package of the extra `text`.

    Args:
        name: str, name of the module, such as "gensim".

    Returns:
        The module.

    Raises:
        CourseError: if the package is missing; one line with the command that installs it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        missing = (error.name or name).split(".")[0]
        raise CourseError(
            f"This needs the package '{missing}', which is not installed or cannot be imported: "
            "run `pip install 'tlcourse[text]'`."
        ) from error
