// SPDX-License-Identifier: MIT

#include <thorax/evaluate/score_intervals.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstddef>

namespace {

thorax::predictions chest() { return golden::predictions_of(golden::rules()[2]); }

}  // namespace

TEST_CASE("intervals of scores hold what is measured of the films as they are", "[evaluate]")
{
  const thorax::predictions films = chest();
  const thorax::calibration trusted = thorax::calibration_of(films);
  const thorax::score_intervals found = thorax::score_intervals_of(films, {.seed = 5, .resamples = 200});
  REQUIRE(found.auc.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(*found.auc[k].value == *thorax::auc_ovr_exact(films, static_cast<int>(k)));
    CHECK(found.auc[k].range->low < *found.auc[k].value);
    CHECK(*found.auc[k].value < found.auc[k].range->high);
    CHECK(*found.average_precision[k].value == *thorax::average_precision_ovr(films, static_cast<int>(k)));
  }
  CHECK(std::abs(*found.log_loss.value - trusted.log_loss) < 1e-12);
  CHECK(std::abs(*found.brier->value - trusted.brier) < 1e-12);
  CHECK(*found.ece->value == trusted.ece);
  CHECK((found.brier->range->low < trusted.brier && trusted.brier < found.brier->range->high));
}

TEST_CASE("the same draws are those of the measure taken of whole predictions", "[evaluate]")
{
  const thorax::predictions films = chest();
  const thorax::bootstrap_settings settings{.seed = 9, .resamples = 50};
  const auto slow = thorax::patient_bootstrap(
    films, [](const thorax::predictions& drawn) { return thorax::auc_ovr_exact(drawn, 1); }, settings);
  const thorax::score_intervals found = thorax::score_intervals_of(films, settings);
  CHECK(found.auc[1].range->low == slow.range->low);
  CHECK(found.auc[1].range->high == slow.range->high);
}

TEST_CASE("behind a sigmoid there is no calibration of a highest probability", "[evaluate]")
{
  thorax::predictions films = chest();
  films.findings_exclude_each_other = false;
  const thorax::score_intervals found = thorax::score_intervals_of(films, {.resamples = 20});
  CHECK((!found.brier && !found.ece));
  CHECK(found.log_loss.range.has_value());
}
