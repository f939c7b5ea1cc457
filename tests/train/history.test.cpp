// SPDX-License-Identifier: MIT

#include <thorax/train/history.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using thorax::epoch_record;
using thorax::error_code;
using thorax::history_csv;
using thorax::parse_history;

namespace {

const std::string header = "phase,epoch,learning_rate,loss,accuracy,validation_loss,validation_accuracy,seconds\n";

}  // namespace

TEST_CASE("a history is a table that a spreadsheet can read", "[train]")
{
  CHECK(history_csv({}) == header);
  CHECK(history_csv({{1, 1, 1e-4, 0.75, 0.5, 1.25, 0.25, 12.5}, {2, 12, 1e-5, 2, 1, 0, 0, 100}}) ==
        header + "1,1,1e-04,0.75,0.5,1.25,0.25,12.5\n2,12,1e-05,2,1,0,0,100\n");
}

TEST_CASE("what is to be said of the split stands in every line, and is no hindrance", "[train]")
{
  const std::vector<epoch_record> records{{1, 1, 1e-4, 0.75, 0.5, 1.25, 0.25, 12.5}, {2, 12, 1e-5, 2, 1, 0, 0, 100}};
  const std::string text = history_csv(records, "leaky");
  CHECK(text == header.substr(0, header.size() - 1) + ",split\n" +
                  "1,1,1e-04,0.75,0.5,1.25,0.25,12.5,leaky\n2,12,1e-05,2,1,0,0,100,leaky\n");
  CHECK(parse_history(text, "h") == records);
}

TEST_CASE("every number of a history comes back exactly", "[train]")
{
  std::vector<epoch_record> records;
  for (int i = 0; i < 200; ++i) {
    const double odd = std::pow(10.0, i % 40 - 20) / (3 + i);
    records.push_back({i / 20 + 1, i % 20 + 1, odd, 1 / odd, std::sqrt(odd), odd * 7, std::nextafter(odd, 1.0), -odd});
  }
  records.push_back({2147483647, 2147483647, std::numeric_limits<double>::max(), std::numeric_limits<double>::min(),
                     0.1 + 0.2, 1.0 / 3, 2.0 / 3, 0});
  CHECK(parse_history(history_csv(records), "h") == records);
  CHECK(parse_history(header, "h").empty());
}

TEST_CASE("columns may stand in any order, and others beside them", "[train]")
{
  const std::vector<epoch_record> found = parse_history(
    "note,seconds,epoch,phase,loss,learning_rate,accuracy,validation_accuracy,validation_loss\n"
    "\"a, b\",8,2,1,4,3,5,7,6\n", "h");
  CHECK(found == std::vector<epoch_record>{{1, 2, 3, 4, 5, 6, 7, 8}});
}

TEST_CASE("what is no history is refused with its line", "[train]")
{
  const auto refused = [](const std::string& words, const std::string& text) {
    return refuses(error_code::format_refused, words, [&] { parse_history(text, "h.csv"); });
  };
  const std::string good = "0,1,0.1,1,1,1,1,1\n";
  CHECK(refused("'h.csv', line 1", ""));
  CHECK(refused("'h.csv', line 1: expected a column 'phase'", "a,b\n"));
  CHECK(refused("column 'seconds'", "phase,epoch,learning_rate,loss,accuracy,validation_loss,validation_accuracy\n"));
  CHECK(refused("line 3", header + good + "0,2,0.1,1,1,1,1\n"));
  CHECK(refused("'h.csv', line 3: expected a finite number as loss, found 'x'", header + good + "0,2,0.1,x,1,1,1,1\n"));
  CHECK(refused("line 2: expected a finite number as loss, found ''", header + "0,2,0.1,,1,1,1,1\n"));
  CHECK(refused("as loss, found '1 '", header + "0,2,0.1,1 ,1,1,1,1\n"));
  CHECK(refused("as accuracy, found 'nan'", header + "0,2,0.1,1,nan,1,1,1\n"));
  CHECK(refused("as seconds, found 'inf'", header + "0,2,0.1,1,1,1,1,inf\n"));
  CHECK(refused("as seconds, found '1e999'", header + "0,2,0.1,1,1,1,1,1e999\n"));
  CHECK(refused("expected a whole number as phase, found '0.5'", header + "0.5,2,0.1,1,1,1,1,1\n"));
  CHECK(refused("as phase, found '-1'", header + "-1,2,0.1,1,1,1,1,1\n"));
  CHECK(refused("as epoch, found '1e300'", header + "0,1e300,0.1,1,1,1,1,1\n"));
  CHECK(refused("as epoch, found '2147483648'", header + "0,2147483648,0.1,1,1,1,1,1\n"));
}

TEST_CASE("a history with a number that is none is not written", "[train]")
{
  epoch_record bad;
  bad.validation_loss = std::numeric_limits<double>::quiet_NaN();
  CHECK(refuses(error_code::number_not_finite, "not a number", [&] { history_csv({bad}); }));
}
