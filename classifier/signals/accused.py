"""The unit or office an accusation (检举控告) complains of, so that the letter never reaches it (《信访工作条例》 Art. 30).

It errs on the side of naming a party in a true accusation: a department too many only costs a detour over the
discipline organ. The words it goes by are rows of ``accused_words.csv`` and ``signal_terms.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from classifier.departments import Department
from classifier.letter import AccusedParty, Purpose
from classifier.signals.accusing import Accusing
from classifier.signals.terms import Hit, Quote, Term, Terms, sentence

_SPEAKING = frozenset({"misconduct", "improper", "inquiry"})  # values of rows that speak of wrongs; the others name departments
BEHIND = 4  # characters between a unit and the wrong that it does: 某局公然套取
_BEFORE = 12  # characters before a name that tell how it is meant
_SERVED = frozenset({"JWJW"})  # whom accusers write to: named alone, it is the addressee


class _Mention(Struct, frozen=True, gc=False):
    """A department's name in the document, with the person named after it (``end`` includes the person)."""

    department: str
    start: int
    end: int
    person: bool


class Parties:
    """Finds accused units under all their names."""

    def __init__(self, departments: Mapping[str, Department], words: Accusing) -> None:
        self._words = words
        self._names = Terms(
            Term(0, "name", code, tuple({department.name, *department.aliases})) for code, department in departments.items()
        )

    def read(self, document: str, hits: Sequence[Hit], purpose: str, quote: Quote) -> tuple[AccusedParty, ...]:
        """The parties an accusation names; none where the letter neither is an accusation nor speaks like one."""
        if purpose != Purpose.ACCUSE and not any(hit.value in _SPEAKING for hit in hits):
            return ()
        further = [hit for hit in hits if hit.value not in _SPEAKING]
        mentions = self._longest([*self._names.find(document).get("name", ()), *further], document)
        telling = _Telling(document, self._words, mentions, hits, accusation=purpose == Purpose.ACCUSE)
        parties: dict[str, _Mention] = {}
        for mention in filter(telling.accused, mentions):
            parties.setdefault(mention.department, mention)
            if mention.person and not parties[mention.department].person:
                parties[mention.department] = mention
        answer = [_party(document, mention, quote) for mention in parties.values()]
        if not answer and (telling.accusation or telling.inquiry):
            answer = list(telling.offices(quote))
        suspected = {m.department: m for m in reversed(mentions) if m.department not in parties and telling.suspected(m)}
        return (*answer, *(_party(document, mention, quote, certain=False) for mention in suspected.values()))

    def _longest(self, hits: Sequence[Hit], document: str) -> list[_Mention]:
        """The names that stand in no longer name, in document order, each with the person named after it."""
        kept: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if not (kept and hit.end <= kept[-1].end):
                kept.append(hit)
        mentions = []
        for hit in kept:
            person = self._words.person_after.match(document, hit.end, hit.end + 14)
            named = (
                person
                or self._words.person_before.search(document, max(0, hit.start - 6), hit.start)
                or self._words.is_person.search(document, hit.start, hit.end)
            )
            mentions.append(_Mention(hit.value, hit.start, person.end() if person else hit.end, named is not None))
        return mentions


class _Telling:
    """One document with its mentions and what it says of wrongs."""

    def __init__(
        self, document: str, words: Accusing, mentions: Sequence[_Mention], hits: Sequence[Hit], *, accusation: bool
    ) -> None:
        self.document, self.words, self.mentions, self.accusation = document, words, mentions, accusation
        self.wrongs = [hit for hit in hits if hit.value == "misconduct"]
        self.improper = [*self.wrongs, *(hit for hit in hits if hit.value == "improper")]
        self.inquiry = any(hit.value == "inquiry" for hit in hits)

    def accused(self, mention: _Mention) -> bool:
        """Whether the letter accuses the mentioned unit or somebody of it."""
        words, left, before, after = self.words, *self._around(mention)
        if words.label_before.search(before):
            return True
        if words.against_before.search(before):
            return self.accusation or self._wronged(left, mention.end)
        served = mention.department in _SERVED
        if self.accusation and words.not_to_before.search(before) and (not served or mention.person):
            return True
        if self.accusation and words.not_passed_before.search(before):
            return True
        met = words.met_before.search(before) and not mention.person
        if words.asked_before.search(before) or words.addressed_after.match(after) or met:
            return False
        if self.accusation:
            return mention.person or not served or self._does_wrong(mention, self.wrongs) or self._is_told_of(mention)
        return mention.person and (self.inquiry or self._wronged(left, mention.end))

    def suspected(self, mention: _Mention) -> bool:
        """Whether misconduct is told in the unit's sentence, or of "that unit" later, and it is not asked to look into it."""
        _, before, after = self._around(mention)
        wrong = self._beside(mention) or self._meant(mention)
        if not wrong:
            return False
        if self.words.not_passed_before.search(before):
            return True
        asked = self.words.asked_before.search(before)
        if mention.department in _SERVED:
            if asked or self.words.looks_into.search(self.document, mention.start, mention.end):
                return False
            met = self.words.met_before.search(before) and not self.words.complains_after.search(after)
            told = self._does_wrong(mention, self.improper) or self._is_told_of(mention) or self._meant(mention)
            return bool(mention.person or met) or told
        return mention.person or not (asked or self.words.addressed_after.match(after))

    def offices(self, quote: Quote) -> Iterator[AccusedParty]:
        """The public office named in a sentence that tells of a wrong, where no department of ours is named."""
        words = self.words
        for wrong in self.wrongs:
            left, right = sentence(self.document, wrong.start, wrong.end)
            found = (one for one in words.bare_office.finditer(self.document, left, right))
            office = next((one for one in found if not words.greeted.search(one[0]) and not words.private.search(one[0])), None)
            if office and (self.accusation or self._wronged(wrong.start, wrong.end)):
                yield AccusedParty(office[0], None, (quote(*office.span()), quote(wrong.start, wrong.end)))
                return

    def _around(self, mention: _Mention) -> tuple[int, str, str]:
        """Where its sentence begins, and the sentence's words before and after it."""
        left, right = sentence(self.document, mention.start, mention.end)
        return left, self.document[max(left, mention.start - _BEFORE) : mention.start], self.document[mention.end : right]

    def _beside(self, mention: _Mention) -> bool:
        """Whether a wrong stands in the unit's sentence."""
        left, right = sentence(self.document, mention.start, mention.end)
        return any(wrong.start < right and left < wrong.end for wrong in self.improper)  # what it stands near may be further ahead

    def _meant(self, mention: _Mention) -> bool:
        """Whether a later sentence tells of a wrong of "that unit", and no other unit was named in between."""
        for wrong in self.improper:
            left, right = sentence(self.document, wrong.end - 1, wrong.end)  # what must stand near it may have drawn it far ahead
            back = self.words.back.search(self.document, left, right) if left >= mention.end else None
            if back and not any(mention.end <= other.start < back.start() for other in self.mentions):
                return True
        return False

    def _does_wrong(self, mention: _Mention, wrongs: Sequence[Hit]) -> bool:
        """Whether a wrong is told of the unit itself, in the words right behind its name."""
        return any(0 <= wrong.start - mention.end <= BEHIND for wrong in wrongs)

    def _is_told_of(self, mention: _Mention) -> bool:
        """Whether its sentence goes on to a wrong with nobody else named and nothing asked of it in between."""
        _, right = sentence(self.document, mention.start, mention.end)
        wrong = next((wrong.start for wrong in self.improper if mention.end <= wrong.start < right), None)
        if wrong is None:
            return False
        others = any(mention.end <= other.start < wrong for other in self.mentions)
        asked = self.words.complains_after.search(self.document, mention.end, wrong)
        offices = (office[0] for office in self.words.bare_office.finditer(self.document, mention.end, wrong))
        return not (others or asked or any(not self.words.staff.search(one) and not self.words.back.search(one) for one in offices))

    def _wronged(self, start: int, end: int) -> bool:
        """Whether the sentence around tells of a wrong, and does not merely ask or wonder about one."""
        left, right = sentence(self.document, start, end)
        if not any(wrong.start < right and left < wrong.end for wrong in self.wrongs):
            return False
        return self.words.wondering.search(self.document, left, right + 1) is None


def _party(document: str, mention: _Mention, quote: Quote, *, certain: bool = True) -> AccusedParty:
    place = mention.start, mention.end
    return AccusedParty(document[slice(*place)], mention.department, (quote(*place),), certain)
