"""Lazy package faces: import a file when one of its names is first used (PEP 562)."""

from importlib import import_module


def lazy_face(package, homes):
    """Make the module-level `__getattr__` of a package's `__init__`.

    Args:
        package: str, the `__name__` of the `__init__`.
        homes: dict, a public name to the module below the package that holds it; "" is the
            package's own submodule of that name.

    Returns:
        Function `__getattr__` for the `__init__`. It raises AttributeError, with the names that
        the package offers, for any other.
    """
    hidden = [name for name, home in homes.items() if home.split(".")[-1] == name]
    assert not hidden, f"once imported, the files hide what they hold: {hidden}"

    def find(name):
        if name not in homes:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}; it offers {', '.join(homes)}."
            )
        home = homes[name]
        if not home:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{home}"), name)

    return find
