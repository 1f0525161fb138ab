"""Group windows: how a list of groups is narrowed, by the API's and the pages' address lines alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from classifier.errors import BadInput
from classifier.grouping.flags import GroupFlags
from service.group_listing import WantedGroups
from service.windows import Blank, Category

Level = Annotated[
    Annotated[str, Field(max_length=40)] | None, Blank, Query(description="群体件级别代码，如 hint、group；按不同来信人数划分")
]
State = Annotated[
    Literal["candidate", "confirmed", "dismissed", "closed"] | None,
    Blank,
    Query(description="candidate 待确认，confirmed 已确认，dismissed 已否定，closed 已办结"),
]
AtLeast = Annotated[
    Annotated[int, Field(ge=1, le=1_000_000)] | None, Blank, Query(description="不同来信人数不少于；不填则从提示级别起")
]


@dataclass(frozen=True, slots=True)
class GroupWindow:
    """The filters as they were sent."""

    state: str | None
    category: str | None
    level: str | None
    at_least: int | None

    def wanted(self, flags: GroupFlags) -> WantedGroups:
        """The choice they make; without another word from the first level up.

        Raises:
            BadInput: no such level.
        """
        tiers = flags.flags  # lowest first
        least, below = self.at_least, None
        if self.level is not None:
            place = next((place for place, flag in enumerate(tiers) if flag.code == self.level), None)
            if place is None:
                raise BadInput(f"应为 {'、'.join(flag.code for flag in tiers)} 之一", field="level")
            least = max(least or 0, tiers[place].senders)
            below = tiers[place + 1].senders if place + 1 < len(tiers) else None
        if least is None:
            least = 1 if self.state == "dismissed" else tiers[0].senders
        return WantedGroups(state=self.state, category=self.category, at_least=least, below=below)


def each_level(flags: GroupFlags) -> dict[str, WantedGroups]:
    """The choice of open groups on each level, by its code."""
    window = {flag.code: GroupWindow(None, None, flag.code, None) for flag in flags.flags}
    return {code: one.wanted(flags) for code, one in window.items()}


def noticed_from(flags: GroupFlags) -> int:
    """From how many different senders a group is announced to who reviews: the second level, where there is one."""
    return flags.flags[min(1, len(flags.flags) - 1)].senders


async def group_window(
    state: State = None, category: Category = None, level: Level = None, at_least: AtLeast = None
) -> GroupWindow:
    """Gather the filters of a list of groups."""
    return GroupWindow(state, category, level, at_least)
