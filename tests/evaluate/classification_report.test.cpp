// SPDX-License-Identifier: MIT

#include <thorax/evaluate/classification_report.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

TEST_CASE("the report is scikit-learn's text, byte for byte", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::confusion_matrix counts = thorax::confusion_of(golden::predictions_of(of));
    const std::string expected = thorax::read_file(golden::folder + of.name + ".report.txt");
    CHECK(thorax::classification_report(counts) == expected);
  }
}

TEST_CASE("the report of a published confusion matrix is scikit-learn's text", "[evaluate]")
{
  thorax::confusion_matrix counts{{"BACTERIAL", "NORMAL", "VIRAL"}};
  const int films[3][3] = {{238, 1, 3}, {3, 210, 21}, {26, 0, 122}};
  for (int label = 0; label < 3; ++label)
    for (int predicted = 0; predicted < 3; ++predicted) counts.add(label, predicted, films[label][predicted]);
  CHECK(thorax::classification_report(counts) == thorax::read_file(golden::folder + "convnext.report.txt"));
}

TEST_CASE("a report about no film is refused", "[evaluate]")
{
  const thorax::confusion_matrix counts{{"A", "B"}};
  CHECK_THROWS_AS(thorax::classification_report(counts), thorax::error);
}

TEST_CASE("sums are taken in NumPy's order, to the last bit", "[evaluate]")
{
  const auto expected = golden::numbers();
  const thorax::random_stream stream{7};
  std::vector<double> terms;
  for (std::uint64_t i = 0; i < 1003; ++i) terms.push_back(stream.uniform(i));
  int lengths = 0;
  for (const auto& [key, sum] : expected) {
    if (key.first != "numpy_sum") continue;
    INFO(key.second << " terms");
    CHECK(thorax::detail::sum_in_numpy_order(std::span{terms}.first(std::stoul(key.second))) == sum.value());
    ++lengths;
  }
  CHECK(lengths == 12);
}
