"""One reading of a document: every signal (信号) with its quoted words."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from classifier.letter import Signals
from classifier.signals.accused import Parties
from classifier.signals.accusing import WORDS_FILE, load_accusing
from classifier.signals.alarm import ALARM_FILE, Alarm, Loudest, load_alarm
from classifier.signals.counts import GATES
from classifier.signals.group import read_group
from classifier.signals.litigation import read_litigation
from classifier.signals.terms import TERMS_FILE, Places, Quote, Term, Terms, load_terms, plain_quote
from classifier.signals.urgency import read_urgency
from classifier.tables import SHIPPED, joint_digest, open_table
from classifier.taxonomy import Taxonomy


class SignalReader:
    """Reads the signals of documents; ``digest`` stands for its terms and its alarm. Safe to share between threads."""

    def __init__(self, terms: Terms, parties: Parties, alarm: Alarm, digest: str) -> None:
        self.words, self._terms, self._parties, self.alarm, self.digest = terms.words, terms, parties, alarm, digest

    def read(
        self,
        document: str,
        *,
        purpose: str,
        quote: Quote | None = None,
        places: Places | None = None,
        loudest: Loudest | None = None,
    ) -> Signals:
        """The signals of one normalised document (title, newline, body).

        Evidence counts characters of ``document`` and its field is "", unless ``quote`` makes it otherwise.

        ``purpose`` is the code of the 信访目的; only an accusation, or words as strong as one, lead to accused parties.
        ``places`` is what ``words`` find in the document and ``loudest`` what ``alarm`` hears, where they are known already.
        """
        quote = plain_quote(document) if quote is None else quote
        hits = self._terms.find(document, places)
        loudest = self.alarm.loudest(document) if loudest is None else loudest
        return Signals(
            read_group(document, hits.get("group", ()), hits.get("gate", ()), quote),
            read_urgency(hits.get("urgency", ()), loudest, quote, partial(self.alarm.near, document), len(document)),
            read_litigation(hits.get("litigation", ()), quote),
            self._parties.read(document, hits.get("accused", ()), purpose, quote),
            "anonymous" in hits and bool(hits["anonymous"]),
        )


def load_reader(taxonomy: Taxonomy, county: Path | None = None) -> SignalReader:
    """The reader for the county's or the shipped ``signal_terms.csv`` and ``accused_words.csv`` and the taxonomy's departments.

    Raises:
        BadDataFile: names file and row.

    >>> from classifier.taxonomy import load_taxonomy
    >>> reader = load_reader(load_taxonomy())
    >>> signals = reader.read("求助\\n我们38名工友联名反映：工地欠薪，仲裁委已受理。", purpose="APPEAL")
    >>> signals.group.level.value, signals.group.petitioner_count, signals.litigation.state.value
    ('likely', 38, 'pending')
    """
    terms, alarm = load_terms(county, taxonomy.departments, Term(0, "gate", "count", GATES)), load_alarm()
    words = load_accusing(county)
    alarm_digest = hashlib.sha256((SHIPPED / ALARM_FILE).read_bytes()).hexdigest()
    digest = joint_digest({TERMS_FILE: open_table(TERMS_FILE, county).digest, WORDS_FILE: words.digest, ALARM_FILE: alarm_digest})
    return SignalReader(terms, Parties(taxonomy.departments, words), alarm, digest)
