"""Category paths and the keys made of them: "Getränke > Wasser" is the key of the category Wasser below Getränke.

A key that people can read needs no second lookup in reports, and an unchanged path keeps its key from import to import.
"""

from __future__ import annotations

from collections.abc import Iterable

from branchgate.catalogue import Category

SEPARATOR = " > "

Path = tuple[str, ...]


def category_key(path: Path) -> str:
    """The key of a path; empty for no category. A ">" inside a name is written as "›", so that no two paths share a key."""
    return SEPARATOR.join(" ".join(name.split()).replace(">", "›") for name in path)


def path_of(key: str) -> Path:
    """The path that a key was made of."""
    return tuple(key.split(SEPARATOR))


def parsed_path(text: str) -> Path:
    """The path that a person means by "A > B"; spaces around ">" do not count."""
    return tuple(" ".join(name.split()) for name in text.split(">") if name.strip())


def folded(path: Iterable[str]) -> Path:
    """The path for comparing: without regard to case and spaces."""
    return tuple(" ".join(name.split()).replace(">", "›").casefold() for name in path)


def category(path: Path) -> Category:
    """The category at a path of at least one level."""
    name = " ".join(path[-1].split())
    return Category(category_key(path), name, level=len(path), parent_key=category_key(path[:-1]))


def with_ancestors(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths and all above them, parents first, each once."""
    return tuple(dict.fromkeys(path[:level] for path in paths for level in range(1, len(path) + 1)))
