// SPDX-License-Identifier: MIT

#include <thorax/evaluate/finding_curves.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace {

thorax::predictions two_films()
{
  thorax::predictions films{{"A", "B, left"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 1, .predicted = 0, .probabilities = {0.5F, 0.5F}});
  return films;
}

}  // namespace

TEST_CASE("micro averages are those of scikit-learn", "[evaluate]")
{
  const auto numbers = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const std::vector<thorax::finding_curve> curves = thorax::finding_curves(golden::predictions_of(of));
    REQUIRE(curves.size() == of.findings.size() + 1);
    const thorax::finding_curve& micro = curves.back();
    const auto expected = [&](const char* key) { return numbers.at({of.name, key}).value(); };
    CHECK(micro.name == thorax::micro_average);
    CHECK(std::abs(*micro.area - expected("micro auc")) < 1e-12);
    CHECK(std::abs(*micro.average_precision - expected("micro average_precision")) < 1e-12);
    CHECK(static_cast<double>(micro.roc.size()) == expected("micro points"));
    double fpr = 0, tpr = 0;
    for (const thorax::roc_point& at : micro.roc) {
      fpr += at.false_positive_rate;
      tpr += at.true_positive_rate;
    }
    CHECK(std::abs(fpr - expected("micro sum of fpr")) < 1e-12 * (1 + fpr));
    CHECK(std::abs(tpr - expected("micro sum of tpr")) < 1e-12 * (1 + tpr));
    for (std::size_t finding = 0; finding < of.findings.size(); ++finding)
      CHECK(curves[finding].area == thorax::auc_ovr_exact(golden::predictions_of(of), static_cast<int>(finding)));
  }
}

TEST_CASE("a curve that is undefined has no point", "[evaluate]")
{
  thorax::predictions films = two_films();
  films.rows.pop_back();
  const std::vector<thorax::finding_curve> curves = thorax::finding_curves(films);
  CHECK(curves[0].roc.empty());
  CHECK(!curves[0].area);
  CHECK(curves[0].precision_recall.size() == 2);
  CHECK(curves[1].precision_recall.empty());
  CHECK(!curves[1].average_precision);
  CHECK(!curves[2].roc.empty());
}

TEST_CASE("the tables of two films are these texts", "[evaluate]")
{
  const std::vector<thorax::finding_curve> curves = thorax::finding_curves(two_films());
  CHECK(thorax::roc_csv(curves) == "finding,threshold,false_positive_rate,true_positive_rate\n"
                                   "A,inf,0,0\nA,0.75,0,1\nA,0.5,1,1\n"
                                   "\"B, left\",inf,0,0\n\"B, left\",0.5,0,1\n\"B, left\",0.25,1,1\n"
                                   "micro average,inf,0,0\nmicro average,0.75,0,0.5\nmicro average,0.5,0.5,1\n"
                                   "micro average,0.25,1,1\n");
  CHECK(thorax::precision_recall_csv(curves).starts_with(
    "finding,threshold,precision,recall\nA,0.5,0.5,1\nA,0.75,1,1\nA,inf,1,0\n"));
}

TEST_CASE("a bin without a film has no accuracy in the table", "[evaluate]")
{
  CHECK(thorax::reliability_csv(thorax::calibration_of(two_films(), 4).top_bins) ==
        "above,to,films,mean_confidence,accuracy\n"
        "0,0.25,0,,\n0.25,0.5,1,0.5,0\n0.5,0.75,1,0.75,1\n0.75,1,0,,\n");
}
