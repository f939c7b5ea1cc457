#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/files/evaluate: what scikit-learn, statsmodels and NumPy say about sets of predictions.

Run by hand, from the repository's root, with NumPy, SciPy, statsmodels and scikit-learn 1.7 or later:

    python3 tests/golden/evaluate_golden.py

Releases before 1.3 round F1 more than once, and releases before 1.5 call the line of the accuracy "micro avg"
when a finding has neither a film nor a prediction; 1.2.1 and 1.9.1 otherwise write the same reports. Brier
scores of more than two findings came with 1.7.

The predictions themselves are not stored. tests/evaluate/golden_predictions.hpp makes the same ones from a
case's seed by the rule in `predictions`, which uses only integers, one division and one rounding to float.
"""

import pathlib
import warnings

import numpy as np
import sklearn
from scipy.optimize import brentq
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    classification_report,
    f1_score,
    log_loss,
    precision_recall_curve,
    precision_recall_fscore_support,
    precision_score,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.proportion import proportion_confint

from random_stream import Stream

FOLDER = pathlib.Path("tests/data/files/evaluate")

LONG_NAMES = ["NORMAL", "PNEUMONIA_OF_UNKNOWN_BACTERIAL_ORIGIN", "ERGUSS, LINKS (ÄRZTLICH)"]
CHEST = ["BACTERIAL", "NORMAL", "VIRAL"]

# name, seed, films, levels (few make ties), skew (1: rare findings), silent (never predicted, -1: none),
# absent (neither a label nor predicted, -1: none), findings
CASES = [
    ("two", 11, 97, 1000, 0, -1, -1, ["NORMAL", "PNEUMONIA"]),
    ("two_ties", 12, 200, 3, 1, -1, -1, ["NORMAL", "PNEUMONIA"]),
    ("chest", 13, 524, 100000, 0, -1, -1, CHEST),
    ("chest_ties", 14, 311, 2, 0, -1, -1, CHEST),
    ("chest_rare", 15, 250, 50, 1, -1, -1, CHEST),
    ("chest_silent", 16, 120, 20, 1, 2, -1, CHEST),
    ("chest_absent", 17, 60, 20, 0, -1, 1, CHEST),
    ("long_names", 18, 75, 10, 0, -1, -1, LONG_NAMES),
    ("five", 19, 400, 30, 1, -1, -1, ["A", "B", "C", "D", "E"]),
    ("five_few", 20, 9, 4, 0, -1, -1, ["A", "B", "C", "D", "E"]),
    ("eleven", 21, 1000, 6, 0, 4, -1, [f"finding {i}" for i in range(11)]),
]


# Of these, whole curves and bins are kept: they have few different scores. Of the others, sums.
KEPT_WHOLE = ("two_ties", "chest_ties", "five_few")


def predictions(seed, films, levels, skew, silent, absent, findings):
    """Labels, answers and float32 probabilities of every film."""
    k = len(findings)
    labels, answers, rows = [], [], []
    for film in range(films):
        stream = Stream(seed).child(film)
        u = stream.uniform(0)
        label = int(k * (u * u * u if skew else u))
        if label == absent:
            label = 0
        ticks = [1 + stream.below(1 + c, levels) for c in range(k)]
        if stream.uniform(1 + k) < 0.6:
            ticks[label] += levels
        total = sum(ticks)
        row = [np.float32(tick / total) for tick in ticks]
        answer = -1
        for c in range(k):
            if c not in (silent, absent) and (answer < 0 or row[c] > row[answer]):
                answer = c
        labels.append(label)
        answers.append(answer)
        rows.append(row)
    return np.array(labels), np.array(answers), np.array(rows, dtype=np.float32)


def keras_micro_auc(labels, probabilities, thresholds=200):
    """keras.metrics.AUC of flattened one-hot labels: single-precision buckets, then trapezoids."""
    truth = (labels[:, None] == np.arange(probabilities.shape[1])).ravel()
    scaled = probabilities.ravel() * np.float32(thresholds - 1)
    buckets = np.maximum(np.ceil(scaled).astype(int) - 1, 0)
    above = lambda chosen: np.cumsum(np.bincount(buckets[chosen], minlength=thresholds)[::-1])[::-1]
    recall = above(truth) / truth.sum()
    fall_out = above(~truth) / (~truth).sum()
    return float(np.sum((fall_out[:-1] - fall_out[1:]) * (recall[:-1] + recall[1:]) / 2))


def report(labels, answers, findings):
    return classification_report(
        labels, answers, labels=range(len(findings)), target_names=findings, zero_division=0
    )


def numbers(labels, answers, probabilities, findings):
    """Pairs of name and value; None where the area is undefined."""
    k = len(findings)
    yield "accuracy", accuracy_score(labels, answers)
    yield "macro_f1", f1_score(labels, answers, labels=range(k), average="macro", zero_division=0)
    exact = probabilities.astype(np.float64)
    areas = []
    for c in range(k):
        truth = labels == c
        area = roc_auc_score(truth, exact[:, c]) if 0 < truth.sum() < len(truth) else None
        areas.append(area)
        yield f"auc_ovr {c}", area
    yield "macro_auc_ovr", None if None in areas else float(np.mean(areas))
    yield "auc_keras_micro200", keras_micro_auc(labels, probabilities)
    given = np.maximum(exact[np.arange(len(labels)), labels], 2.0**-23)
    loss = float(np.mean(-np.log(given)))
    assert abs(loss - log_loss(labels, exact, labels=range(k))) < 1e-6
    yield "log_loss", loss


def reliability(scores, hits, bins=15):
    """Films, mean score and share of hits of each bin; open below, closed above, and 0 in the first."""
    chosen = [np.digitize(scores, np.arange(1, bins) / bins, right=True) == b for b in range(bins)]
    mean = lambda values: float(np.mean(values)) if len(values) else 0.0
    return [(int(c.sum()), mean(scores[c]), mean(hits[c])) for c in chosen]


def calibration_error(scores, hits):
    return sum(n / len(scores) * abs(mean - share) for n, mean, share in reliability(scores, hits))


def temperature(labels, logits):
    """The temperature at which the mean of -ln softmax(logits / T)[label] is stationary; None if none is."""
    above = logits - logits[np.arange(len(labels)), labels][:, None]

    def slope(inverse):
        weights = np.exp(inverse * (logits - logits.max(axis=1, keepdims=True)))
        return float(np.mean(np.sum(weights * above, axis=1) / np.sum(weights, axis=1)))

    if slope(0.0) >= 0 or above.max() <= 0:
        return None
    return 1 / brentq(slope, 0.0, 1e4, xtol=1e-15, rtol=1e-15)


def calibration_numbers(labels, probabilities):
    k = probabilities.shape[1]
    yield "sklearn_log_loss", log_loss(labels, probabilities, labels=range(k))
    yield "brier", brier_score_loss(labels, probabilities, labels=range(k), scale_by_half=False)
    hits = (np.argmax(probabilities, axis=1) == labels).astype(np.float64)
    yield "ece", calibration_error(np.max(probabilities, axis=1), hits)
    errors = [calibration_error(probabilities[:, c], (labels == c).astype(np.float64)) for c in range(k)]
    yield "classwise_ece", float(np.mean(errors))
    yield "temperature", temperature(labels, 8 * probabilities)


def micro_numbers(labels, probabilities):
    """Every pair of film and finding is one score."""
    truth = (labels[:, None] == np.arange(probabilities.shape[1])).ravel()
    scores = probabilities.ravel()
    yield "micro auc", roc_auc_score(truth, scores)
    yield "micro average_precision", average_precision_score(truth, scores)
    fpr, tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
    yield "micro points", len(fpr)
    yield "micro sum of fpr", np.sum(fpr)
    yield "micro sum of tpr", np.sum(tpr)


def interval_numbers(labels, answers, findings):
    """Wilson's intervals of precision and recall, and both themselves; None without a film to divide by."""
    precision, recall, _, support = precision_recall_fscore_support(
        labels, answers, labels=range(len(findings)), zero_division=0
    )
    for c in range(len(findings)):
        right, called = int(((labels == c) & (answers == c)).sum()), int((answers == c).sum())
        for name, value, whole in (("precision", precision[c], called), ("recall", recall[c], int(support[c]))):
            low, high = proportion_confint(right, whole, method="wilson") if whole else (None, None)
            yield f"{name} {c}", value
            yield f"{name}_low {c}", low
            yield f"{name}_high {c}", high


def prevalence_numbers(labels, answers, probabilities, findings):
    """Films weighted so that all findings are equally common: what answers are worth there."""
    k = len(findings)
    support = np.bincount(labels, minlength=k)
    if (support == 0).any():
        return
    weights = 1 / support[labels]
    yield "even accuracy", accuracy_score(labels, answers, sample_weight=weights)
    yield "even log_loss", log_loss(labels, probabilities, labels=range(k), sample_weight=weights)
    for c in range(k):
        yield f"even precision {c}", precision_score(labels == c, answers == c, sample_weight=weights, zero_division=0)
    weighed = probabilities * (1 / k) / (support / support.sum())
    weighed = (weighed / weighed.sum(axis=1, keepdims=True)).astype(np.float32).astype(np.float64)
    yield "even corrected log_loss", log_loss(labels, weighed, labels=range(k), sample_weight=weights)


def curve_numbers(labels, probabilities):
    for c in range(probabilities.shape[1]):
        truth = labels == c
        defined = 0 < truth.sum() < len(truth)
        precision = average_precision_score(truth, probabilities[:, c]) if truth.any() else None
        yield f"average_precision {c}", precision
        if c > 0 or not defined:
            continue
        fpr, tpr, thresholds = roc_curve(truth, probabilities[:, c], drop_intermediate=False)
        precision, recall, _ = precision_recall_curve(truth, probabilities[:, c])
        yield "points", len(thresholds)
        named = [("thresholds", thresholds[1:]), ("fpr", fpr), ("tpr", tpr)]
        named += [("precision", precision), ("recall", recall)]
        yield from ((f"sum of {name}", np.sum(values)) for name, values in named)


def lists(labels, probabilities):
    """Whole curves of every finding, and the bins of the highest probability."""
    for c in range(probabilities.shape[1]):
        truth = labels == c
        if not 0 < truth.sum() < len(truth):
            continue
        fpr, tpr, thresholds = roc_curve(truth, probabilities[:, c], drop_intermediate=False)
        precision, recall, rising = precision_recall_curve(truth, probabilities[:, c])
        named = [("thresholds", thresholds), ("fpr", fpr), ("tpr", tpr)]
        named += [("rising", rising), ("precision", precision), ("recall", recall)]
        yield from ((f"{name} {c}", values) for name, values in named)
    hits = (np.argmax(probabilities, axis=1) == labels).astype(np.float64)
    bins = reliability(np.max(probabilities, axis=1), hits)
    for name, values in zip(("films", "confidence", "accuracy"), zip(*bins)):
        yield f"bin {name}", values


def write(name, text):
    (FOLDER / name).write_bytes(text.encode())


def main():
    if tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 7):
        raise SystemExit(f"scikit-learn {sklearn.__version__} is too old, expected 1.7 or later")
    warnings.simplefilter("ignore", UserWarning)  # findings never predicted, and sums that single precision rounds
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases, values, whole = [], [], []
    for name, seed, films, levels, skew, silent, absent, findings in CASES:
        labels, answers, probabilities = predictions(seed, films, levels, skew, silent, absent, findings)
        cases.append("\t".join(map(str, [name, seed, films, levels, skew, silent, absent, *findings])))
        write(f"{name}.report.txt", report(labels, answers, findings))
        exact = probabilities.astype(np.float64)
        found = [*numbers(labels, answers, probabilities, findings)]
        found += [*calibration_numbers(labels, exact), *curve_numbers(labels, exact), *micro_numbers(labels, exact)]
        found += [*interval_numbers(labels, answers, findings), *prevalence_numbers(labels, answers, exact, findings)]
        for key, value in found:
            values.append(f"{name}\t{key}\t{'none' if value is None else repr(float(value))}")
        for key, value in lists(labels, exact) if name in KEPT_WHOLE else ():
            whole.append("\t".join([name, key, *(repr(float(number)) for number in value)]))

    # The confusion matrix of github.com/kiselyovd/chest-xray-classifier (commit 7fffa09, ConvNeXtV2-Tiny on the
    # official 624 test films), rows labels, columns predictions.
    counts = [[238, 1, 3], [3, 210, 21], [26, 0, 122]]
    pairs = [(t, p) for t in range(3) for p in range(3) for _ in range(counts[t][p])]
    labels, answers = np.array(pairs).T
    write("convnext.report.txt", report(labels, answers, CHEST))

    terms = np.array([Stream(7).uniform(i) for i in range(1003)])
    for n in (1, 7, 8, 15, 16, 127, 128, 129, 136, 255, 257, 1003):
        values.append(f"numpy_sum\t{n}\t{float(np.sum(terms[:n]))!r}")
    write("cases.txt", "\n".join(cases) + "\n")
    write("numbers.txt", "\n".join(values) + "\n")
    write("lists.txt", "\n".join(whole) + "\n")


if __name__ == "__main__":
    main()
