"""The public names of a module: looked up where they are defined when first asked for, listed, and found when misspelt."""

from collections.abc import Callable, Iterable
from importlib import import_module


def public(module: str, homes: dict[str, str], own: Iterable[str] = ()) -> tuple[Callable, Callable]:
    """`__getattr__` and `__dir__` of a module: `homes` says of each name in which module it stands, `own` are its own names.

    >>> look, listed = public("analysis", {"fan": "analysis.charts"}, ["Page"])
    >>> listed(), look("fan").__name__
    (['fan', 'Page'], 'fan')
    >>> look("fam")
    Traceback (most recent call last):
    ...
    AttributeError: analysis has no 'fam'; did you mean fan? There is: fan, Page
    """
    names = [*homes, *own]

    def look(name: str) -> object:
        if name in homes:
            return getattr(import_module(homes[name]), name)
        from analysis.schema import suggestion  # only now: to import analysis costs nothing

        meant = "." if name.startswith("_") else suggestion(name, names)
        raise AttributeError(f"{module} has no {name!r}{meant} There is: {', '.join(names)}", name=name)

    return look, lambda: names
