"""How sure the model may be is asked of every writer alike."""

from __future__ import annotations

import numpy as np

from classifier.calibration import ENOUGH, calibrate, cautious


def scored(letters: int, right: float, lead: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Held-out scores of letters in two classes, the first ahead by ``lead``; the share ``right`` belongs to it."""
    scores = np.tile([lead, 0.0], (letters, 1))
    return scores, np.where(np.arange(letters) < right * letters, 0, 1)


def sure(found: tuple[float, float, float], lead: float = 2.0) -> float:
    temperature, slope, lift = found
    return float(1 / (1 + np.exp(-(lift + slope * lead / temperature))))


def both(*parts: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    writers = np.concatenate([np.full(len(codes), number) for number, (_, codes) in enumerate(parts)])
    return np.vstack([scores for scores, _ in parts]), np.concatenate([codes for _, codes in parts]), writers


def test_a_busy_writer_counts_no_more_than_another():
    scores, codes, writers = both(scored(10 * ENOUGH, 0.9), scored(ENOUGH, 0.7))
    assert abs(sure(calibrate(scores, codes, writers)) - 0.8) < 0.01


def test_a_writer_of_a_few_letters_is_not_asked():
    scores, codes, writers = both(scored(ENOUGH, 0.8), scored(ENOUGH // 2, 0.5))
    assert abs(sure(calibrate(scores, codes, writers)) - 0.8) < 0.01


def test_where_nothing_was_held_out_nothing_is_changed():
    assert calibrate(np.full((5, 2), np.nan), np.zeros(5, np.int64)) == (1.0, 1.0, 0.0)


def test_the_best_class_and_the_others_are_each_as_likely_as_they_came_true():
    dice = np.random.default_rng(5)
    best, second = np.array([4.0, 1.0, 0.0, 0.0]), 0.6  # of those where the best class is wrong, six in ten are the second's
    scores = np.tile(best, (4000, 1))
    codes = np.where(dice.random(4000) < 0.7, 0, np.where(dice.random(4000) < second, 1, dice.integers(2, 4, 4000)))
    temperature, slope, lift = calibrate(scores, codes)
    p = cautious(best[None] / temperature, slope, lift)[0]
    assert np.abs(p - np.bincount(codes, minlength=4) / 4000).max() < 0.02


def test_a_class_unseen_when_its_row_was_held_out_only_makes_more_modest():
    scores, codes = scored(2 * ENOUGH, 0.9)
    unseen = np.column_stack([scores, np.full(len(scores), -np.inf)])
    modest = calibrate(unseen, np.where(codes == 1, 2, codes))
    assert abs(sure(modest) - 0.9) < 0.01
