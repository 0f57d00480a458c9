"""Optional packages, imported on first use."""

from importlib import import_module

from tlcourse.errors import CourseError


def import_for_texts(name):
    """Import a package of the extra `text`.

    Args:
        name: str, the module's name, such as "gensim".

    Returns:
        The module.

    Raises:
        CourseError: in one line, what to type where the package is missing.
    """
    try:
        return import_module(name)
    except ImportError as error:
        missing = (error.name or name).split(".")[0]
        raise CourseError(
            f"This needs the package '{missing}', which is not installed or cannot be imported: "
            "`pip install 'tlcourse[text]'`."
        ) from error
