// SPDX-License-Identifier: MIT
//
// pickle: the opcodes, a whitelist. Their operands are those of CPython's Lib/pickletools.py.

#include "torch/pickle.hpp"

#include "torch/little_endian.hpp"
#include "torch/pickle_stack.hpp"

#include <utility>  // move

namespace thorax::tools {

namespace {

class pickle_walker {
public:
  pickle_walker(std::span<const std::byte> bytes, const std::string& where) : bytes_{bytes}, stack_{where} {}

  pickle walk();

private:
  void run(unsigned code);
  void run_on_containers(unsigned code);
  void run_constant(unsigned code);

  std::span<const std::byte> take(std::size_t count);
  template<class Number>
  Number number()
  {
    return little_endian<Number>(take(sizeof(Number)), 0);
  }
  std::string_view text(std::size_t length);
  std::string_view line();
  void check_frame();
  void push_global();
  void push_float();
  void push_long(std::size_t length);

  std::span<const std::byte> bytes_;
  std::size_t place_{};  // of the next byte
  pickle_stack stack_;
};

pickle pickle_walker::walk()
{
  if (bytes_.empty() || bytes_[0] != std::byte{0x80}) stack_.refuse("expected a pickle of protocol 2 to 5");
  take(1);
  if (const auto protocol = number<std::uint8_t>(); protocol < 2 || protocol > 5)
    stack_.refuse("expected a pickle of protocol 2 to 5, found " + std::to_string(protocol));
  while (true) {
    stack_.stand_at(place_);
    const unsigned code = number<std::uint8_t>();
    if (code == '.') break;  // STOP
    run(code);
  }
  const std::uint32_t root = stack_.pop_last();
  return {std::move(stack_.values()), root, place_};
}

void pickle_walker::run(unsigned code)
{
  switch (code) {
    case 0x95: return check_frame();  // FRAME
    case 'q': return stack_.put(number<std::uint8_t>());  // BINPUT
    case 'r': return stack_.put(number<std::uint32_t>());  // LONG_BINPUT
    case 0x94: return stack_.put_next();  // MEMOIZE
    case 'h': return stack_.get(number<std::uint8_t>());  // BINGET
    case 'j': return stack_.get(number<std::uint32_t>());  // LONG_BINGET
    case 'c': return push_global();  // GLOBAL
    case 0x93: return stack_.push_stack_global();  // STACK_GLOBAL
    case 'R': return stack_.reduce();  // REDUCE
    case 'b': return stack_.build();  // BUILD
    case 'Q': return stack_.push_reference();  // BINPERSID
    default: return run_on_containers(code);
  }
}

void pickle_walker::run_on_containers(unsigned code)
{
  switch (code) {
    case '(': return stack_.set_mark();  // MARK
    case ')': return stack_.push_tuple({});  // EMPTY_TUPLE
    case 't': return stack_.push_tuple(stack_.pop_to_mark());  // TUPLE
    case 0x85: return stack_.push_tuple(stack_.pop(1));  // TUPLE1
    case 0x86: return stack_.push_tuple(stack_.pop(2));  // TUPLE2
    case 0x87: return stack_.push_tuple(stack_.pop(3));  // TUPLE3
    case ']': return stack_.push({pickle_kind::list, 0, {}, {}});  // EMPTY_LIST
    case 'a': return stack_.append(stack_.pop(1));  // APPEND
    case 'e': return stack_.append(stack_.pop_to_mark());  // APPENDS
    case '}': return stack_.push({pickle_kind::dictionary, 0, {}, {}});  // EMPTY_DICT
    case 's': return stack_.set_items(stack_.pop(2));  // SETITEM
    case 'u': return stack_.set_items(stack_.pop_to_mark());  // SETITEMS
    default: return run_constant(code);
  }
}

void pickle_walker::run_constant(unsigned code)
{
  switch (code) {
    case 'N': return stack_.push({});  // NONE
    case 0x88: return stack_.push({pickle_kind::boolean, 1, {}, {}});  // NEWTRUE
    case 0x89: return stack_.push({pickle_kind::boolean, 0, {}, {}});  // NEWFALSE
    case 'J': return stack_.push_integer(number<std::int32_t>());  // BININT
    case 'K': return stack_.push_integer(number<std::uint8_t>());  // BININT1
    case 'M': return stack_.push_integer(number<std::uint16_t>());  // BININT2
    case 0x8a: return push_long(number<std::uint8_t>());  // LONG1
    case 'G': return push_float();  // BINFLOAT
    case 'X': return stack_.push_text(text(number<std::uint32_t>()));  // BINUNICODE
    case 0x8c: return stack_.push_text(text(number<std::uint8_t>()));  // SHORT_BINUNICODE
    case 'T': return stack_.push_text(text(number<std::uint32_t>()));  // BINSTRING, a text of Python 2
    case 'U': return stack_.push_text(text(number<std::uint8_t>()));  // SHORT_BINSTRING, too
    default:
      stack_.refuse("opcode " + std::to_string(code) +
                    " is none that tensors in dictionaries need; nothing in the pickle is executed: load it in "
                    "PyTorch, if you trust it, and save model.state_dict()");
  }
}

std::span<const std::byte> pickle_walker::take(std::size_t count)
{
  if (count > bytes_.size() - place_) stack_.refuse("the pickle ends too early; was the file cut short? Copy it again");
  const auto taken = bytes_.subspan(place_, count);
  place_ += count;
  return taken;
}

std::string_view pickle_walker::text(std::size_t length)
{
  return {reinterpret_cast<const char*>(take(length).data()), length};
}

std::string_view pickle_walker::line()
{
  const std::string_view rest{reinterpret_cast<const char*>(bytes_.data()) + place_, bytes_.size() - place_};
  const std::size_t length = rest.find('\n');
  if (length == std::string_view::npos) stack_.refuse("a name does not end; was the file cut short? Copy it again");
  place_ += length + 1;
  return rest.substr(0, length);
}

void pickle_walker::check_frame()
{
  if (number<std::uint64_t>() > bytes_.size() - place_)
    stack_.refuse("announces a frame that is longer than the pickle; was the file cut short? Copy it again");
}

void pickle_walker::push_global()
{
  const std::string_view module = line();
  stack_.push_global(module, line());
}

void pickle_walker::push_float()
{
  take(8);
  stack_.push({pickle_kind::real, 0, {}, {}});
}

void pickle_walker::push_long(std::size_t length)
{
  const std::string_view digits = text(length);
  if (length > 8) return stack_.push({pickle_kind::wide_integer, 0, digits, {}});
  std::uint64_t integer =
    length > 0 && (static_cast<unsigned char>(digits.back()) & 0x80U) != 0 ? ~std::uint64_t{} : 0;
  for (std::size_t i = length; i > 0; --i) integer = integer << 8 | static_cast<unsigned char>(digits[i - 1]);
  stack_.push_integer(static_cast<std::int64_t>(integer));
}

}  // namespace

pickle walk_pickle(std::span<const std::byte> bytes, const std::string& where)
{
  return pickle_walker{bytes, where}.walk();
}

std::string_view described(pickle_kind kind)
{
  switch (kind) {
    case pickle_kind::none: return "None";
    case pickle_kind::boolean: return "a boolean";
    case pickle_kind::integer:
    case pickle_kind::wide_integer: return "an integer";
    case pickle_kind::real: return "a float";
    case pickle_kind::text: return "a text";
    case pickle_kind::tuple: return "a tuple";
    case pickle_kind::list: return "a list";
    case pickle_kind::dictionary: return "a dictionary";
    case pickle_kind::global: return "a function or class";
    case pickle_kind::call: return "a tensor";
    case pickle_kind::reference: return "a storage";
  }
  return "something else";
}

}  // namespace thorax::tools
