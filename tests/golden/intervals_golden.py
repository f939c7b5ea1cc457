#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/evaluate/golden_intervals.hpp: what SciPy, statsmodels, scikit-learn and NumPy say about paired
counts, thresholds, prior corrections and resampled patients.

Run by hand, from the repository's root, with scikit-learn 1.5, SciPy 1.11 and statsmodels 0.14 or later:

    python3 tests/golden/intervals_golden.py

Films are made by the rules of `scores` and `films`, here and in the tests, from integers and one division.
"""

import pathlib
import warnings

import numpy as np
import scipy.stats
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score, roc_curve
from statsmodels.stats.contingency_tables import mcnemar

from random_stream import Stream

HEADER = pathlib.Path("tests/evaluate/golden_intervals.hpp")


def paired():
    """Discordant counts: exact p of SciPy, statistic and p of statsmodels (which has no number for 0 and 0)."""
    for a, b in [(0, 1), (1, 5), (2, 12), (9, 10), (15, 16), (25, 40), (3, 120), (121, 59), (480, 520), (5000, 5200),
                 (0, 900), (100, 1200), (49000, 51000), (2000000, 2003000)]:
        exact = float(scipy.stats.binomtest(a, a + b, 0.5).pvalue)
        corrected = mcnemar([[0, a], [b, 0]], exact=False, correction=True)
        yield f"{{{a}, {b}, {exact!r}, {float(corrected.statistic)!r}, {float(corrected.pvalue)!r}}}"


def scores(seed, films, levels):
    """A film's label, and a score in 1/levels that is a little higher if it is positive."""
    stream = Stream(seed)
    labels = [stream.below(2 * i, 10) < 4 for i in range(films)]
    raised = [stream.below(2 * i + 1, levels) + (levels // 2 if labels[i] else 0) for i in range(films)]
    return np.array(labels), np.array(raised) / levels


def thresholds():
    for seed, films, levels in [(1, 60, 1000), (2, 60, 6), (3, 500, 10000), (4, 500, 20), (5, 21, 4)]:
        labels, values = scores(seed, films, levels)
        fall_out, recall, cuts = roc_curve(labels, values, drop_intermediate=False)
        heights = recall - fall_out
        best = int(np.flatnonzero(heights > heights.max() - 1e-12)[0])  # of equals the highest threshold
        assert best > 0
        wanted = int(np.flatnonzero(recall >= 0.95)[0])
        yield "{" + ", ".join(
            repr(v) if isinstance(v, int) else repr(float(v))
            for v in [seed, films, levels, cuts[best], recall[best], 1 - fall_out[best], cuts[wanted], recall[wanted],
                      1 - fall_out[wanted]]) + "}"


def films(seed):
    """Labels, answers, float32 probabilities and patients of 90 films of three findings; one in five has none."""
    stream = Stream(seed)
    labels, answers, rows, patients = [], [], [], []
    for i in range(90):
        patient = stream.below(5 * i, 40)
        label = patient % 3
        ticks = [1 + stream.below(5 * i + 1 + c, 20) for c in range(3)]
        ticks[label] += 8
        row = [np.float32(tick / sum(ticks)) for tick in ticks]
        labels.append(label)
        answers.append(int(np.argmax(row)))
        rows.append(row)
        patients.append(i + 1000 if stream.below(5 * i + 4, 5) == 0 else patient)
    return np.array(labels), np.array(answers), np.array(rows, dtype=np.float32), patients


def resampled(labels, patients, seed, count):
    """Film numbers of each resample: as many patients of each finding, with replacement, in draws numbered on."""
    groups = {}
    for i, patient in enumerate(patients):
        groups.setdefault(patient, []).append(i)
    strata = [[g for g in groups.values() if labels[g[0]] == k] for k in range(3)]
    for r in range(count):
        stream, draws, drawn = Stream(seed).child(r), 0, []
        for stratum in strata:
            for _ in stratum:
                drawn += stratum[stream.below(draws, len(stratum))]
                draws += 1
        yield drawn


def macro_auc(labels, rows):
    return np.mean([roc_auc_score(labels == k, rows[:, k].astype(np.float64)) for k in range(3)])


def bootstrap():
    labels, answers, rows, patients = films(21)
    chosen = list(resampled(labels, patients, 77, 300))
    measures = [
        lambda i: accuracy_score(labels[i], answers[i]),
        lambda i: f1_score(labels[i], answers[i], labels=range(3), average="macro", zero_division=0),
        lambda i: macro_auc(labels[i], rows[i]),
    ]
    for measure in measures:
        low, high = np.quantile([measure(i) for i in chosen], [0.025, 0.975])
        yield f"{{{float(measure(list(range(90))))!r}, {float(low)!r}, {float(high)!r}}}"


def corrections():
    old, new = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    for row in films(21)[2][:4]:
        weighed = row.astype(np.float64) * new / old
        yield "{" + ", ".join(repr(float(p)) for p in weighed / weighed.sum()) + "}"


def array(kind, name, lines):
    return f"inline const std::vector<{kind}> {name}{{\n" + "".join(f"  {line},\n" for line in lines) + "};\n"


TEXT = """// SPDX-License-Identifier: MIT
//
// golden_intervals: written by tests/golden/intervals_golden.py, which says what the numbers are. Not to be edited.

#pragma once

#include <array>
#include <cstdint>  // int64_t, uint64_t
#include <vector>

namespace golden {

/// scipy.stats.binomtest, and statsmodels' mcnemar with correction.
struct paired_counts {
  std::int64_t only_first, only_second;
  double exact_p, chi_square, chi_square_p;
};

/// sklearn.metrics.roc_curve of drawn scores, at Youden's threshold and at a sensitivity of .95.
struct thresholds_of {
  std::uint64_t seed, films, levels;
  double youden, youden_sensitivity, youden_specificity, wanted, wanted_sensitivity, wanted_specificity;
};

/// A measure by scikit-learn and numpy.quantile of 300 resamples.
struct resampled_measure {
  double value, low, high;
};

"""


def main():
    warnings.simplefilter("error")
    text = TEXT
    text += array("paired_counts", "paired", paired()) + "\n"
    text += array("thresholds_of", "thresholds", thresholds()) + "\n"
    text += "/// Accuracy, macro F1, macro AUC.\n" + array("resampled_measure", "bootstrap", bootstrap()) + "\n"
    text += "/// The first films of the bootstrap, from priors .2 .5 .3 to .6 .1 .3.\n"
    text += "using three = std::array<double, 3>;\n" + array("three", "corrections", corrections())
    HEADER.write_text(text + "\n}  // namespace golden\n")


if __name__ == "__main__":
    main()
