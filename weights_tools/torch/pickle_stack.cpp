// SPDX-License-Identifier: MIT
//
// pickle_stack: what the opcodes do. The rules are those of CPython's Lib/pickletools.py.

#include "torch/pickle_stack.hpp"

#include <thorax/model/json_writer.hpp>  // shown

#include <array>
#include <utility>  // move

namespace thorax::tools {

namespace {

constexpr std::size_t most_values = 1'000'000;  // DenseNet201 has about 30,000
constexpr std::size_t most_marks = 1'000;       // of containers that are being filled, one in the other
constexpr std::uint32_t nothing = 0xffffffffU;  // the number of no value

constexpr std::string_view ordered_dictionary = "collections OrderedDict";

constexpr std::array<std::string_view, 14> known_globals{ordered_dictionary,
                                                         "torch._utils _rebuild_tensor_v2",
                                                         "torch._utils _rebuild_tensor",
                                                         "torch._utils _rebuild_parameter",
                                                         "torch FloatStorage",
                                                         "torch HalfStorage",
                                                         "torch BFloat16Storage",
                                                         "torch DoubleStorage",
                                                         "torch LongStorage",
                                                         "torch IntStorage",
                                                         "torch ShortStorage",
                                                         "torch CharStorage",
                                                         "torch ByteStorage",
                                                         "torch BoolStorage"};

/// Python asks for something with a hash; what is a key in a dictionary of weights has one.
bool may_be_key(pickle_kind kind)
{
  return kind != pickle_kind::list && kind != pickle_kind::dictionary && kind != pickle_kind::call &&
         kind != pickle_kind::reference;
}

}  // namespace

void pickle_stack::refuse(const std::string& what, error_code code) const
{
  throw error{code, where_ + ": byte " + std::to_string(place_) + " of the pickle: " + what};
}

void pickle_stack::push(pickle_value made)
{
  if (values_.size() == most_values || stack_.size() == most_values)
    refuse("has more than " + std::to_string(most_values) + " values; save model.state_dict() and nothing else",
           error_code::limit_exceeded);
  stack_.push_back(static_cast<std::uint32_t>(values_.size()));
  values_.push_back(std::move(made));
}

void pickle_stack::push_global(std::string_view module, std::string_view name)
{
  const std::string global = std::string{module} + ' ' + std::string{name};
  for (const std::string_view known : known_globals)
    if (global == known) return push({pickle_kind::global, 0, known, {}});
  refuse("asks for " + shown(std::string{module} + '.' + std::string{name}) +
         ", only tensors in dictionaries are read" +
         "; nothing in it is executed: load it in PyTorch, if you trust it, and save model.state_dict()");
}

std::uint32_t pickle_stack::top()
{
  if (stack_.size() == (marks_.empty() ? 0 : marks_.back()))
    refuse("takes a value from an empty stack; is it damaged?");
  return stack_.back();
}

pickle_value& pickle_stack::top(pickle_kind kind)
{
  pickle_value& found = values_[top()];
  if (found.kind != kind)
    refuse("expected " + std::string{described(kind)} + ", found " + std::string{described(found.kind)} +
           "; is it damaged?");
  return found;
}

std::uint32_t pickle_stack::pop()
{
  const std::uint32_t popped = top();
  stack_.pop_back();
  return popped;
}

std::uint32_t pickle_stack::pop(pickle_kind kind)
{
  top(kind);
  return pop();
}

std::vector<std::uint32_t> pickle_stack::pop(std::size_t count)
{
  std::vector<std::uint32_t> popped(count);
  for (std::size_t i = count; i > 0; --i) popped[i - 1] = pop();
  return popped;
}

std::vector<std::uint32_t> pickle_stack::pop_to_mark()
{
  if (marks_.empty()) refuse("goes back to a mark that is not there; is it damaged?");
  const auto mark = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<std::uint32_t> popped(mark, stack_.end());
  stack_.erase(mark, stack_.end());
  marks_.pop_back();
  return popped;
}

void pickle_stack::set_mark()
{
  if (marks_.size() == most_marks)
    refuse("opens more than " + std::to_string(most_marks) + " containers in each other",
           error_code::limit_exceeded);
  marks_.push_back(stack_.size());
}

void pickle_stack::append(const std::vector<std::uint32_t>& items)
{
  pickle_value& list = top(pickle_kind::list);
  list.items.insert(list.items.end(), items.begin(), items.end());
}

// Setting items on something else corrupted the memory of another reader (CVE-2026-24747).
void pickle_stack::set_items(const std::vector<std::uint32_t>& items)
{
  pickle_value& dictionary = top(pickle_kind::dictionary);
  if (items.size() % 2 != 0) refuse("sets a key without a value; is it damaged?");
  for (std::size_t i = 0; i < items.size(); i += 2)
    if (const pickle_kind kind = values_[items[i]].kind; !may_be_key(kind))
      refuse("sets " + std::string{described(kind)} + " as a key; is it damaged?");
  dictionary.items.insert(dictionary.items.end(), items.begin(), items.end());
}

void pickle_stack::put(std::size_t place)
{
  // Picklers count up from 0, so a place beyond the number of values is none of theirs.
  if (place >= most_values)
    refuse("puts a value at place " + std::to_string(place) + " of its memo; is it damaged?");
  if (place >= memo_.size()) memo_.resize(place + 1, nothing);
  if (memo_[place] == nothing) ++memoized_;
  memo_[place] = top();
}

void pickle_stack::get(std::size_t place)
{
  if (place >= memo_.size() || memo_[place] == nothing)
    refuse("gets a value from place " + std::to_string(place) + " of its memo, where none is; is it damaged?");
  if (stack_.size() == most_values)
    refuse("has a stack of more than a million values", error_code::limit_exceeded);
  stack_.push_back(memo_[place]);
}

void pickle_stack::push_stack_global()
{
  const std::string_view name = values_[pop(pickle_kind::text)].text;
  push_global(values_[pop(pickle_kind::text)].text, name);
}

void pickle_stack::push_reference()
{
  const std::uint32_t name = pop(pickle_kind::tuple);
  push({pickle_kind::reference, 0, {}, {name}});
}

std::uint32_t pickle_stack::pop_last()
{
  if (!marks_.empty() || stack_.size() != 1)
    refuse("ends with " + std::to_string(stack_.size()) + " values on its stack, expected one; is it damaged?");
  return pop();
}

void pickle_stack::reduce()
{
  const std::uint32_t arguments = pop(pickle_kind::tuple), called = pop(pickle_kind::global);
  const std::string_view name = values_[called].text;
  if (name == ordered_dictionary) return push_ordered_dictionary(values_[arguments].items);
  if (!name.starts_with("torch._utils "))
    refuse("calls " + shown(name) + ", which is no function; is it damaged?");
  push({pickle_kind::call, 0, {}, {called, arguments}});
}

/// Python 3 makes it empty and sets its items, Python 2 makes it of a list of pairs.
void pickle_stack::push_ordered_dictionary(const std::vector<std::uint32_t>& arguments)
{
  std::vector<std::uint32_t> items;
  if (arguments.size() > 1) refuse("makes an OrderedDict of several things; is it damaged?");
  if (arguments.size() == 1) {
    const pickle_value& pairs = values_[arguments[0]];
    if (pairs.kind != pickle_kind::list) refuse("makes an OrderedDict of what is no list; is it damaged?");
    for (const std::uint32_t each : pairs.items) {
      const pickle_value& pair = values_[each];
      if ((pair.kind != pickle_kind::list && pair.kind != pickle_kind::tuple) || pair.items.size() != 2)
        refuse("makes an OrderedDict of what are no pairs; is it damaged?");
      items.insert(items.end(), pair.items.begin(), pair.items.end());
    }
    // One list can be named any number of times; an honest one is used once.
    copied_ += pairs.items.size();
    if (copied_ > most_values) refuse("makes OrderedDicts of the same list again and again; is it damaged?");
  }
  push({pickle_kind::dictionary, 0, {}, {}});
  set_items(items);
}

/// The attributes of a dictionary (PyTorch's `_metadata`) are of no use here; nothing else has any.
void pickle_stack::build()
{
  pop(pickle_kind::dictionary);
  top(pickle_kind::dictionary);
}

}  // namespace thorax::tools
