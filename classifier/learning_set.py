"""What decisions teach: corrections as they come from the service."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.letter import Letter


@dataclass(frozen=True, slots=True)
class Correction:
    """What an officer decided about a stored letter; ``kind`` is ``confirmed``, ``corrected`` or ``upheld``."""

    letter: Letter
    category: str
    department: str | None
    purpose: str | None
    decided_at: str
    kind: str
    matter: str | None
