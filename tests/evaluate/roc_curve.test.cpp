// SPDX-License-Identifier: MIT

#include <thorax/evaluate/roc_curve.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/largest_difference.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One rounded quotient a point; what is left is the order of a sum of a few hundred of them.
void check_close(double found, double expected)
{
  if (found == expected) return;  // infinite thresholds
  const double allowed = 1e-12 * (1 + std::abs(expected));
  thorax::tests::note_difference("curves to scikit-learn", std::abs(found - expected), allowed);
  CHECK(std::abs(found - expected) < allowed);
}

template<class Point, class Member>
void check_all(const std::vector<Point>& curve, Member Point::*member, const std::vector<double>& expected)
{
  REQUIRE(curve.size() == expected.size());
  for (std::size_t i = 0; i < curve.size(); ++i) check_close(curve[i].*member, expected[i]);
}

template<class Point, class Member>
double sum(const std::vector<Point>& curve, Member Point::*member)
{
  double total = 0;
  for (const Point& point : curve)
    if (std::isfinite(point.*member)) total += point.*member;
  return total;
}

/// The example of scikit-learn's pages.
const std::vector<thorax::scored> example{{0.1F, false}, {0.4F, false}, {0.35F, true}, {0.8F, true}};

}  // namespace

TEST_CASE("the curves of four films are counted by hand", "[evaluate]")
{
  const std::vector<thorax::roc_point> roc = thorax::roc_curve(example).value();
  check_all(roc, &thorax::roc_point::threshold,
            {infinity, double{0.8F}, double{0.4F}, double{0.35F}, double{0.1F}});
  check_all(roc, &thorax::roc_point::false_positive_rate, {0, 0, 0.5, 0.5, 1});
  check_all(roc, &thorax::roc_point::true_positive_rate, {0, 0.5, 0.5, 1, 1});
  const auto curve = thorax::precision_recall_curve(example).value();
  check_all(curve, &thorax::precision_recall_point::threshold,
            {double{0.1F}, double{0.35F}, double{0.4F}, double{0.8F}, infinity});
  check_all(curve, &thorax::precision_recall_point::precision, {0.5, 2.0 / 3, 0.5, 1, 1});
  check_all(curve, &thorax::precision_recall_point::recall, {1, 1, 0.5, 0.5, 0});
  CHECK(std::abs(thorax::average_precision(example).value() - 5.0 / 6) < 1e-15);
}

TEST_CASE("films of one score pass a threshold together", "[evaluate]")
{
  const std::vector<thorax::scored> films{{0.5F, true}, {0.5F, false}, {0.5F, true}, {0.5F, false}};
  const std::vector<thorax::roc_point> roc = thorax::roc_curve(films).value();
  check_all(roc, &thorax::roc_point::threshold, {infinity, 0.5});
  check_all(roc, &thorax::roc_point::true_positive_rate, {0, 1});
  check_all(thorax::precision_recall_curve(films).value(), &thorax::precision_recall_point::precision, {0.5, 1});
  CHECK(thorax::average_precision(films).value() == 0.5);
  CHECK(thorax::roc_curve({{0.0F, true}, {-0.0F, false}}).value().size() == 2);
}

TEST_CASE("a point on the line between its neighbors stays in the ROC curve", "[evaluate]")
{
  const std::vector<thorax::scored> films{{0.9F, true}, {0.8F, true}, {0.7F, true}, {0.1F, false}};
  check_all(thorax::roc_curve(films).value(), &thorax::roc_point::true_positive_rate, {0, 1.0 / 3, 2.0 / 3, 1, 1});
}

TEST_CASE("whole curves are scikit-learn's to 1e-12", "[evaluate]")
{
  const auto expected = golden::lists();
  int compared = 0;
  for (const golden::rule& of : golden::rules())
    for (int finding = 0; finding < static_cast<int>(of.findings.size()); ++finding) {
      const auto list = [&](const std::string& name) {
        return expected.at({of.name, name + " " + std::to_string(finding)});
      };
      if (!expected.contains({of.name, "fpr " + std::to_string(finding)})) continue;
      INFO(of.name << ", finding " << finding);
      const thorax::predictions films = golden::predictions_of(of);
      const std::vector<thorax::roc_point> roc = thorax::roc_curve_ovr(films, finding).value();
      check_all(roc, &thorax::roc_point::threshold, list("thresholds"));
      check_all(roc, &thorax::roc_point::false_positive_rate, list("fpr"));
      check_all(roc, &thorax::roc_point::true_positive_rate, list("tpr"));
      const auto curve = thorax::precision_recall_curve_ovr(films, finding).value();
      std::vector<double> rising = list("rising");
      rising.push_back(infinity);
      check_all(curve, &thorax::precision_recall_point::threshold, rising);
      check_all(curve, &thorax::precision_recall_point::precision, list("precision"));
      check_all(curve, &thorax::precision_recall_point::recall, list("recall"));
      ++compared;
    }
  CHECK(compared == 8);
}

TEST_CASE("long curves have as many points as scikit-learn's and the same sums", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::predictions films = golden::predictions_of(of);
    const auto number = [&](const std::string& key) { return expected.at({of.name, key}).value(); };
    const std::vector<thorax::roc_point> roc = thorax::roc_curve_ovr(films, 0).value();
    CHECK(static_cast<double>(roc.size()) == number("points"));
    check_close(sum(roc, &thorax::roc_point::threshold), number("sum of thresholds"));
    check_close(sum(roc, &thorax::roc_point::false_positive_rate), number("sum of fpr"));
    check_close(sum(roc, &thorax::roc_point::true_positive_rate), number("sum of tpr"));
    const auto curve = thorax::precision_recall_curve_ovr(films, 0).value();
    CHECK(curve.size() == roc.size());
    check_close(sum(curve, &thorax::precision_recall_point::precision), number("sum of precision"));
    check_close(sum(curve, &thorax::precision_recall_point::recall), number("sum of recall"));
  }
}

TEST_CASE("average precision is scikit-learn's to 1e-12, and undefined without a film of the finding",
          "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules())
    for (int finding = 0; finding < static_cast<int>(of.findings.size()); ++finding) {
      INFO(of.name << ", finding " << finding);
      const auto found = thorax::average_precision_ovr(golden::predictions_of(of), finding);
      const auto known = expected.at({of.name, "average_precision " + std::to_string(finding)});
      REQUIRE(found.has_value() == known.has_value());
      if (found) check_close(*found, *known);
    }
}

TEST_CASE("the area below the ROC curve is the exact area", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::predictions films = golden::predictions_of(of);
    const std::vector<thorax::roc_point> roc = thorax::roc_curve_ovr(films, 0).value();
    double area = 0;
    for (std::size_t i = 1; i < roc.size(); ++i)
      area += (roc[i].false_positive_rate - roc[i - 1].false_positive_rate) *
              (roc[i].true_positive_rate + roc[i - 1].true_positive_rate) / 2;
    CHECK(std::abs(area - thorax::auc_ovr_exact(films, 0).value()) < 1e-12);
  }
}

TEST_CASE("a curve without a film of one side is undefined", "[evaluate]")
{
  CHECK_FALSE(thorax::roc_curve({}).has_value());
  CHECK_FALSE(thorax::precision_recall_curve({}).has_value());
  CHECK_FALSE(thorax::average_precision({}).has_value());
  CHECK_FALSE(thorax::roc_curve({{0.3F, true}}).has_value());
  CHECK_FALSE(thorax::roc_curve({{0.3F, false}}).has_value());
  CHECK_FALSE(thorax::precision_recall_curve({{0.3F, false}}).has_value());
  CHECK_FALSE(thorax::average_precision({{0.3F, false}}).has_value());
}

TEST_CASE("one film of the finding alone has precision 1 at every threshold", "[evaluate]")
{
  const std::vector<thorax::scored> films{{0.3F, true}};
  const auto curve = thorax::precision_recall_curve(films).value();
  check_all(curve, &thorax::precision_recall_point::precision, {1, 1});
  check_all(curve, &thorax::precision_recall_point::recall, {1, 0});
  CHECK(thorax::average_precision(films).value() == 1);
}

TEST_CASE("scores of 0 and 1 only make a ROC curve of one corner", "[evaluate]")
{
  const std::vector<thorax::scored> films{{1, true}, {1, true}, {1, false}, {0, true}, {0, false}};
  const std::vector<thorax::roc_point> roc = thorax::roc_curve(films).value();
  check_all(roc, &thorax::roc_point::false_positive_rate, {0, 0.5, 1});
  check_all(roc, &thorax::roc_point::true_positive_rate, {0, 2.0 / 3, 1});
}

TEST_CASE("curves of scores without an order and of findings that are none are refused", "[evaluate]")
{
  const std::vector<thorax::scored> films{{0.5F, true}, {std::numeric_limits<float>::quiet_NaN(), false}};
  const auto code = thorax::error_code::number_not_finite;
  CHECK(refuses(code, "ROC curve: score 1 is infinite or not a number; expected numbers that have an order; check",
                [&] { thorax::roc_curve(films); }));
  CHECK(refuses(code, "precision-recall curve: score 1 is", [&] { thorax::precision_recall_curve(films); }));
  CHECK(refuses(code, "average precision: score 1 is", [&] { thorax::average_precision(films); }));
  CHECK(refuses(thorax::error_code::does_not_fit, "one finding against the rest: finding 2, expected 0 to 1",
                [] { thorax::roc_curve_ovr(golden::predictions_of(golden::rules().front()), 2); }));
}
