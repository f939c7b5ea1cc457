// SPDX-License-Identifier: MIT
//
// pickle_stack: the stack machine that a pickle is a program for. Every operation checks what it is given.

#pragma once

#include "torch/pickle.hpp"

#include <thorax/base/error.hpp>  // error_code

#include <cstddef>  // size_t
#include <cstdint>  // uint32_t, int64_t
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax::tools {

/// Stack and memo hold numbers of values. All operations throw error{format_refused} for operands that are not there
/// or of another kind, and error{limit_exceeded} above a million values.
class pickle_stack {
public:
  /// `where` begins every sentence.
  explicit pickle_stack(const std::string& where) : where_{where} {}

  /// Where the opcode in progress stands, for sentences.
  void stand_at(std::size_t place) { place_ = place; }
  [[noreturn]] void refuse(const std::string& what, error_code code = error_code::format_refused) const;

  void push(pickle_value made);
  void push_integer(std::int64_t integer) { push({pickle_kind::integer, integer, {}, {}}); }
  void push_text(std::string_view text) { push({pickle_kind::text, 0, text, {}}); }
  void push_tuple(std::vector<std::uint32_t> items) { push({pickle_kind::tuple, 0, {}, std::move(items)}); }
  void push_global(std::string_view module, std::string_view name);
  void push_stack_global();
  void push_reference();

  std::vector<std::uint32_t> pop(std::size_t count);
  std::vector<std::uint32_t> pop_to_mark();
  /// returns:  the only value that is left
  std::uint32_t pop_last();

  void set_mark();
  void append(const std::vector<std::uint32_t>& items);  ///< to the list on top
  void set_items(const std::vector<std::uint32_t>& items);  ///< key, value, …, of the dictionary on top
  void put(std::size_t place);
  void put_next() { put(memoized_); }
  void get(std::size_t place);
  void reduce();
  void build();

  [[nodiscard]] std::vector<pickle_value>& values() { return values_; }

private:
  std::uint32_t top();
  pickle_value& top(pickle_kind kind);
  std::uint32_t pop();
  std::uint32_t pop(pickle_kind kind);
  void push_ordered_dictionary(const std::vector<std::uint32_t>& arguments);

  const std::string& where_;
  std::size_t place_{};
  std::vector<pickle_value> values_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;  // how high the stack was
  std::vector<std::uint32_t> memo_;  // `nothing` where nothing was put
  std::size_t memoized_{};
  std::size_t copied_{};  // items that no opcode of their own has brought
};

}  // namespace thorax::tools
