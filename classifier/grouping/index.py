"""Where candidates come from: letters that share a telling key, rarest keys first.

``MatterIndex`` is what the linker needs; ``classifier.grouping.memory`` holds it in arrays for a file of letters, the service in
its database. Both must follow the one rule of ``MatterIndex.candidates``, so that both give the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from classifier.grouping.profile import Profile
from classifier.grouping.shelf import Shelf
from classifier.grouping.terms import Ints, Numbers

PER_KEY = 15  # newest letters taken of one key
MOST_CANDIDATES = 60  # letters looked at for one new letter
COMMON = 400  # a key that more letters of the window hold tells nothing: not followed
WINDOW = 180.0  # days without a letter after which a matter rests; see docs/group-cases.md for what 90 would lose
REACH = 270.0  # days; older letters are not looked at, even of a matter that still gets letters


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Letters that may be about the same matter: their ``rows`` on the ``shelf``, and of each its id and its group.

    A letter that stands alone is a group named like itself. ``same`` tells the groups apart by numbers, equal where the group is
    one: names are asked for only where they matter. A database puts the profiles it read on a shelf of their own
    (``shelf.shelve(profiles)``) and names the rows ``numpy.arange(n)``.
    """

    shelf: Shelf
    rows: Ints
    ids: Sequence[str]
    groups: Sequence[str]
    same: Ints


class MatterIndex(Protocol):
    """Profiles that can be found again by their keys, each in a group."""

    def candidates(self, keys: Numbers, since: float) -> Shortlist:
        """The letters that share a key and arrived at or after ``since`` (days since 1970), or whose matter a person keeps open.

        Keys in the order (how many letters hold it, key), those held by more than COMMON letters left out; of each key the PER_KEY
        newest, by arrival and then by entry; until MOST_CANDIDATES different letters are found, in the order found.
        """

    def size(self, group: str) -> int:
        """How many letters are in a group; 0 for one the index does not know."""

    def latest(self, group: str) -> float:
        """When the newest letter of a group arrived, infinity while a person keeps the matter open, minus infinity if unknown."""

    def add(self, profile: Profile, group: str) -> None:
        """Enter a letter into a group, a new one if nobody is in it yet."""

    def merge(self, group: str, into: str) -> None:
        """All letters of ``group`` are from now on in ``into``."""
