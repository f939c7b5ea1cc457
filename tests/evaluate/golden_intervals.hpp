// SPDX-License-Identifier: MIT
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

inline const std::vector<paired_counts> paired{
  {0, 1, 1.0, 0.0, 1.0},
  {1, 5, 0.21875, 1.5, 0.22067136191984324},
  {2, 12, 0.012939453125, 5.785714285714286, 0.016156931261181322},
  {9, 10, 1.0, 0.0, 1.0},
  {15, 16, 1.0, 0.0, 1.0},
  {25, 40, 0.08168153394154003, 3.0153846153846153, 0.08247788747320971},
  {3, 120, 5.835116341662609e-32, 109.39837398373983, 1.3273840191319148e-25},
  {121, 59, 4.4344492637551645e-06, 20.67222222222222, 5.450094825427117e-06},
  {480, 520, 0.2174482932041415, 1.521, 0.21746822614353886},
  {5000, 5200, 0.04878796312682234, 3.8824509803921567, 0.04879327729809471},
  {0, 900, 2.3661043723335494e-271, 898.0011111111111, 2.6690437380752267e-197},
  {100, 1200, 5.327730686538515e-240, 929.0776923076924, 4.685871072420661e-204},
  {49000, 51000, 2.5887160383468943e-10, 39.96001, 2.592157679681924e-10},
  {2000000, 2003000, 0.13388970606000325, 2.2468151386460153, 0.1338897161541491},
};

inline const std::vector<thresholds_of> thresholds{
  {1, 60, 1000, 1.042, 0.6363636363636364, 1.0, 0.649, 0.9545454545454546, 0.5526315789473684},
  {2, 60, 6, 0.6666666666666666, 0.85, 0.675, 0.5, 1.0, 0.475},
  {3, 500, 10000, 0.5288, 0.9895287958115183, 0.5631067961165048, 0.5545, 0.9528795811518325, 0.5728155339805825},
  {4, 500, 20, 0.75, 0.8020304568527918, 0.7623762376237624, 0.55, 0.9593908629441624, 0.5412541254125413},
  {5, 21, 4, 1.25, 0.4, 1.0, 0.5, 1.0, 0.25},
};

/// Accuracy, macro F1, macro AUC.
inline const std::vector<resampled_measure> bootstrap{
  {0.7888888888888889, 0.7083660130718955, 0.8719514013118664},
  {0.7854046288105501, 0.7010583809412925, 0.8689119315290276},
  {0.9118789543789544, 0.8673396019740514, 0.9494174842672671},
};

/// The first films of the bootstrap, from priors .2 .5 .3 to .6 .1 .3.
using three = std::array<double, 3>;
inline const std::vector<three> corrections{
  {0.7478005865018542, 0.0029325513308610324, 0.24926686216728478},
  {0.7107231866554959, 0.0024937655461875286, 0.2867830477983165},
  {0.6111111189602824, 0.037037036709988244, 0.35185184432972944},
  {0.5830388674997069, 0.04593639755982387, 0.3710247349404692},
};

}  // namespace golden
