"""What is kept of a letter to compare it with others: numbers instead of words, about one and a half kilobytes, storable as bytes.

A profile holds no sentence of the letter and nobody's name as text; ``names`` (places, firms) stay readable because an officer must
see what two letters share. ``sender`` is a number that only tells equal from not equal; it is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.errors import GroupingError
from classifier.grouping.terms import Bytes, Numbers

LAYOUT = 1  # of the bytes; a later layout is refused by older code
CATEGORIES = 4  # kept of a letter's probabilities
SIGNATURE = 32  # numbers of the near-copy signature
SPACES = 7  # parts of the comparison, each with its own length of the letter's terms (see ``profiling.space_of``)

Terms = NDArray[np.uint32]
Halves = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Profile:
    """A letter as it is compared; every array is of its own length and never changed.

    ``terms`` ascending, with ``tf`` (how often, in sixteenths; 128 added in the title) and ``idf`` (how rare, in twelfths; 128
    added where the written letters know the term); ``lengths`` of the seven spaces, (7,); ``keys`` of the index; ``signature``
    (32,); ``categories`` as numbers of their codes with ``likely`` their probabilities in 255ths; ``arrived`` in days since 1970.
    """

    id: str
    terms: Terms
    tf: Bytes
    idf: Bytes
    lengths: NDArray[np.float32]
    keys: Numbers
    name_numbers: Terms
    name_idf: Bytes
    signature: Halves
    digest: int
    categories: Halves
    likely: Bytes
    arrived: float
    sender: int
    size: int
    names: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """The profile without its ``id``: a header and the arrays one after another, numbers in little-endian order."""
        names = "\n".join(self.names).encode()
        counts = (LAYOUT, len(self.terms), len(self.keys), len(self.name_numbers), len(self.categories), len(names), self.size)
        head = np.array(counts, "<u4").tobytes() + np.array([self.digest, self.sender], "<u8").tobytes()
        head += np.array([self.arrived], "<f8").tobytes()
        return head + b"".join(np.asarray(getattr(self, name), kind).tobytes() for name, kind in ARRAYS) + names

    @classmethod
    def from_bytes(cls, id: str, content: bytes) -> Profile:
        """The same profile again. Raises GroupingError for bytes of another layout or length."""
        if len(content) < HEAD:
            raise GroupingError(f"profile of letter {id}: only {len(content)} bytes")
        layout, n_terms, n_keys, n_names, n_categories, n_text, size = np.frombuffer(content, "<u4", 7).tolist()
        if layout != LAYOUT:
            raise GroupingError(f"profile of letter {id}: layout {layout}, expected {LAYOUT}; make it again from the letter")
        counts = [n_terms] * 3 + [SPACES, n_keys, n_names, n_names, SIGNATURE, n_categories, n_categories]
        if len(content) != HEAD + n_text + sum(np.dtype(kind).itemsize * n for (_, kind), n in zip(ARRAYS, counts, strict=True)):
            raise GroupingError(f"profile of letter {id}: {len(content)} bytes do not fit its header")
        digest, sender = np.frombuffer(content, "<u8", 2, 28).tolist()
        at, arrays = HEAD, {}
        for (name, kind), n in zip(ARRAYS, counts, strict=True):
            arrays[name] = np.frombuffer(content, kind, n, at)
            at += n * np.dtype(kind).itemsize
        text = content[at:].decode()
        names = tuple(text.split("\n")) if text else ()
        arrived = float(np.frombuffer(content, "<f8", 1, 44)[0])
        return cls(id=id, **arrays, digest=digest, arrived=arrived, sender=sender, size=size, names=names)


HEAD = 52  # bytes of the header
ARRAYS = (
    ("terms", "<u4"),
    ("tf", "<u1"),
    ("idf", "<u1"),
    ("lengths", "<f4"),
    ("keys", "<u8"),
    ("name_numbers", "<u4"),
    ("name_idf", "<u1"),
    ("signature", "<u2"),
    ("categories", "<u2"),
    ("likely", "<u1"),
)
