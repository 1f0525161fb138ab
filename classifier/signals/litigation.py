"""诉访分离: whether a court, arbitration or reconsideration procedure is pending or concluded.

Something filed counts as pending unless the letter also says how it ended; what is said to be pending now outweighs an end,
because a matter may be concluded in one instance and pending in the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from classifier.letter import LitigationSignal, LitigationState
from classifier.signals.terms import Hit, Quote, quotes

NO_PROCEDURE = LitigationSignal()
ORDER = (LitigationState.PENDING.value, LitigationState.CONCLUDED.value, "filed")


def read_litigation(hits: Sequence[Hit], quote: Quote) -> LitigationSignal:
    """The state that the rows of signal ``litigation`` show, with the words of that state."""
    if not hits:
        return NO_PROCEDURE
    for value in ORDER:
        if found := [hit for hit in hits if hit.value == value]:
            state = LitigationState.PENDING if value == "filed" else LitigationState(value)
            return LitigationSignal(state, quotes(quote, found))
    return NO_PROCEDURE
