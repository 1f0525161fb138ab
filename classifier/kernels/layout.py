"""How what one glance at a letter finds is laid out in its two arrays: numbers, and whole numbers."""

from __future__ import annotations

MOST = 8  # of a kind: candidates and their domain, reasons, cues

# in the numbers: MOST shares (candidates', then their domain's), parts of reasons, pulls of cues towards the likeliest purpose and
# towards an accusation; the probability of misconduct, the alarm's score; then the probabilities of all columns
SHARES, PARTS, PULLS, PULLS_ACCUSE, MISCONDUCT, ALARM, COLUMNS = 0, 8, 16, 24, 32, 33, 34

# in the whole numbers: how many words, known words, turns, candidates, reasons, cues of either kind; where the loudest stretch is
WORDS, KNOWN, TURNS, CANDIDATES, REASONS, CUES, CUES_ACCUSE, LOUD, LAST = range(9)
# MOST candidates' numbers; start and end of MOST reasons and of MOST cues of either kind; then end, start and number of each word
CANDIDATE_AT, REASON_AT, CUE_AT, CUE_ACCUSE_AT, HITS = 16, 24, 40, 56, 72
