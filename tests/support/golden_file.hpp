// SPDX-License-Identifier: MIT
//
// golden_file: reads what tests/golden/network_golden.py has written, and compares with it.

#pragma once

#include <thorax/base/error.hpp>   // error
#include <thorax/base/random.hpp>  // random_stream

#include "support/catch.hpp"
#include "support/golden_weights.hpp"      // golden_seed
#include "support/largest_difference.hpp"  // note_difference

#include <algorithm>  // max
#include <cmath>      // abs, isfinite, sqrt
#include <cstddef>    // size_t
#include <fstream>
#include <limits>  // infinity
#include <map>
#include <span>
#include <string>
#include <vector>

namespace thorax::tests {

/// A tensor that was computed elsewhere: some or all of its numbers, and what is known of all.
struct golden_record {
  std::string source;  ///< the file
  std::string name;
  std::size_t size{};
  double mean{};
  double norm{};                ///< square root of the sum of all squares
  double largest{};             ///< absolute value
  std::vector<double> numbers;  ///< all, or those at position(0), position(1), …

  /// returns:  what kind of numbers these are: "gradient" for "gradient/features.conv0.weight", "parts" for the maps of a part
  [[nodiscard]] std::string kind() const
  {
    const std::string first = name.substr(0, name.find('/'));  // for maps of a part it is the number of the film
    return first == "0" || first == "1" || first.find('.') != std::string::npos ? "parts" : first;
  }

  [[nodiscard]] bool is_complete() const { return numbers.size() == size; }

  /// returns:  where in the tensor number `i` of `numbers` stands
  [[nodiscard]] std::size_t position(std::size_t i) const
  {
    if (is_complete()) return i;
    return static_cast<std::size_t>((random_stream{golden_seed} / 2'000'000).below(i, size));
  }

  /// returns:  the largest difference of `found` from the golden's numbers; infinite if one is not finite
  [[nodiscard]] double distance_of(std::span<const float> found) const
  {
    double most = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double difference = std::abs(double{found[position(i)]} - numbers[i]);
      most = std::isfinite(difference) ? std::max(most, difference) : std::numeric_limits<double>::infinity();
    }
    return most;
  }
};

/// All records of a file, in their order.
class golden_file {
public:
  /// Opens a committed file by its name, or another by its whole path.
  ///
  /// throws:  error{file_unreadable} or error{format_refused}
  explicit golden_file(const std::string& name) : name_{name}
  {
    std::ifstream text{name.starts_with('/') ? name : "tests/data/files/golden/" + name};
    if (!text) throw error{error_code::file_unreadable, "cannot read golden " + name};
    std::string line;
    while (text.peek() == '#') std::getline(text, line);
    golden_record record;
    record.source = name;
    std::size_t count = 0;
    while (text >> record.name >> record.size >> record.mean >> record.norm >> record.largest >> count) {
      record.numbers.resize(count);
      for (double& number : record.numbers) text >> number;
      if (!text) throw error{error_code::format_refused, "golden " + name + ": " + record.name + " is cut short"};
      index_[record.name] = records_.size();
      records_.push_back(record);
    }
    if (records_.empty() || !text.eof()) throw error{error_code::format_refused, "golden " + name + " is damaged"};
  }

  [[nodiscard]] std::span<const golden_record> records() const { return records_; }

  /// throws:  error{does_not_fit} if there is no record of that name
  [[nodiscard]] const golden_record& operator[](const std::string& record) const
  {
    const auto found = index_.find(record);
    if (found == index_.end()) throw error{error_code::does_not_fit, "golden " + name_ + " has no " + record};
    return records_[found->second];
  }

private:
  std::string name_;
  std::vector<golden_record> records_;
  std::map<std::string, std::size_t> index_;
};

/// Checks numbers, mean and norm of a tensor. `tolerance` is what one number may differ by; a mean of many may
/// differ by no more, and neither may the norm, spread over all numbers.
inline void check_golden(const golden_record& expected, std::span<const float> found, double tolerance)
{
  INFO(expected.name << ", largest number " << expected.largest);
  REQUIRE(found.size() == expected.size);
  double sum = 0;
  double squares = 0;
  for (const float number : found) {
    sum += double{number};
    squares += double{number} * double{number};
  }
  const auto size = static_cast<double>(found.size());
  const double distance = expected.distance_of(found);
  note_difference(expected.source + ", " + expected.kind(), distance, tolerance);
  CHECK(distance <= tolerance);
  CHECK(std::abs(sum / size - expected.mean) <= tolerance);
  CHECK(std::abs(std::sqrt(squares) - expected.norm) <= tolerance * std::sqrt(size));
}

}  // namespace thorax::tests
