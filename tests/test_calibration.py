"""How sure the model may be is asked of every writer alike."""

from __future__ import annotations

import numpy as np

from classifier.calibration import ENOUGH, even_caution


def scored(letters: int, right: float, lead: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Held-out scores of letters in two classes, the first ahead by ``lead``; the share ``right`` belongs to it."""
    scores = np.tile([lead, 0.0], (letters, 1))
    return scores, np.where(np.arange(letters) < right * letters, 0, 1)


def sure(pair: tuple[float, float], lead: float = 2.0) -> float:
    return float(1 / (1 + np.exp(-(pair[1] + pair[0] * lead))))


def both(*parts: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    writers = np.concatenate([np.full(len(codes), number) for number, (_, codes) in enumerate(parts)])
    return np.vstack([scores for scores, _ in parts]), np.concatenate([codes for _, codes in parts]), writers


def test_a_busy_writer_counts_no_more_than_another():
    scores, codes, writers = both(scored(10 * ENOUGH, 0.9), scored(ENOUGH, 0.7))
    assert abs(sure(even_caution(scores, codes, writers)) - 0.8) < 0.01


def test_a_writer_of_a_few_letters_is_not_asked():
    scores, codes, writers = both(scored(ENOUGH, 0.8), scored(ENOUGH // 2, 0.5))
    assert abs(sure(even_caution(scores, codes, writers)) - 0.8) < 0.01


def test_where_nothing_was_held_out_nothing_is_changed():
    assert even_caution(np.full((5, 2), np.nan), np.zeros(5, np.int64), None) == (1.0, 0.0)
