// SPDX-License-Identifier: MIT

#include "torch/pickle_stack.hpp"

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "weights_tools/torch/pickle_cases.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::error_code;
using thorax::tools::pickle_kind;

TEST_CASE("the memo gives back the same value, not a copy", "[weights_tools]")
{
  for (const std::string& opcodes :
       {raw("]q\5h\5h\5\x87"), raw("]r\5\0\0\0j\5\0\0\0h\5\x87"), raw("]\x94h\0h\0\x87")}) {
    const walked read{opcodes};
    CHECK(read.root().items[0] == read.root().items[2]);
  }
  CHECK(walked{raw("]q\0h\0a")}.item(0).kind == pickle_kind::list);  // a list that holds itself
  const walked overwritten{raw("]q\0]q\0h\0\x87")};
  CHECK(overwritten.root().items[0] != overwritten.root().items[1]);
  CHECK(overwritten.root().items[1] == overwritten.root().items[2]);
}

TEST_CASE("an OrderedDict is a dictionary, of Python 2 and of Python 3", "[weights_tools]")
{
  const std::string empty = pickled::ordered_dictionary();
  CHECK(walked{empty}.root().kind == pickle_kind::dictionary);
  CHECK(walked{empty + raw("K\1K\2s}N)sb")}.root().items.size() == 2);  // with attributes, which are dropped
  const std::string pairs = "](](" + raw("K\1K\2e") + raw("K\3K\4\x86") + "e";
  const walked old{pickled::global("collections", "OrderedDict") + pairs + "\x85R"};
  REQUIRE(old.root().items.size() == 4);
  CHECK(old.item(2).integer == 3);
  const std::string name = pickled::global("collections", "OrderedDict");
  CHECK(is_pickle_refused("of several things", name + "]]\x86R"));
  CHECK(is_pickle_refused("of what is no list", name + "}\x85R"));
  CHECK(is_pickle_refused("of what are no pairs", name + "]Na\x85R"));
  CHECK(is_pickle_refused("of what are no pairs", name + "]]Naa\x85R"));
  CHECK(is_pickle_refused("sets a list as a key", name + "]]N\x86"
                                                         "a\x85R"));
}

TEST_CASE("known globals are values, and only functions are called", "[weights_tools]")
{
  const walked named{pickled::global("torch", "FloatStorage")};
  CHECK(named.root().kind == pickle_kind::global);
  CHECK(named.root().text == "torch FloatStorage");
  CHECK(walked{raw("\x8c\5torch\x8c\xbHalfStorage\x93")}.root().text == "torch HalfStorage");
  for (const std::string name : {"_rebuild_tensor_v2", "_rebuild_tensor", "_rebuild_parameter"}) {
    const walked call{pickled::global("torch._utils", name) + ")R"};
    REQUIRE(call.root().kind == pickle_kind::call);
    CHECK(call.item(0).text == "torch._utils " + name);
    CHECK(call.item(1).kind == pickle_kind::tuple);
  }
  CHECK(is_pickle_refused("calls 'torch FloatStorage', which is no function",
                          pickled::global("torch", "FloatStorage") + ")R"));
}

TEST_CASE("every other global is refused by its name, with the cure", "[weights_tools]")
{
  const std::vector<std::vector<std::string>> others{{"os", "system"},
                                                     {"posix", "system"},
                                                     {"builtins", "eval"},
                                                     {"__builtin__", "set"},
                                                     {"torch", "load"},
                                                     {"torch.nn.modules.conv", "Conv2d"},
                                                     {"torchvision.models.densenet", "DenseNet"},
                                                     {"torch.storage", "UntypedStorage"},
                                                     {"torch._utils", "_rebuild_tensor_v3"},
                                                     {"torch._utils", "_rebuild_tensor_v2 "},
                                                     {"collections", "OrderedDict.__init__"},
                                                     {"collections OrderedDict", ""},
                                                     {"", "collections OrderedDict"},
                                                     {"", ""}};
  for (const auto& each : others) {
    CHECK(is_pickle_refused("asks for '" + each[0] + "." + each[1] + "'", pickled::global(each[0], each[1])));
    CHECK(is_pickle_refused("save model.state_dict()", pickled::text(each[0]) + pickled::text(each[1]) + "\x93"));
  }
  CHECK(
    is_pickle_refused("'x': byte 2 of the pickle: asks for 'os.system'", pickled::global("os", "system") + ")R"));
  CHECK(is_pickle_refused("asks for '\\u001b[2J.x'", pickled::global("\x1b[2J", "x")));
  CHECK(is_pickle_refused("a name does not end", "cos"));
  CHECK(is_pickle_refused("expected a text, found None", raw("N\x8c\1n\x93")));
}

TEST_CASE("items are set on dictionaries and lists only", "[weights_tools]")
{
  for (const std::string& target :
       {raw("]"), raw(")"), raw("N"), raw("K\1"), pickled::text("a"), pickled::global("torch", "FloatStorage"),
        pickled::stored("0", 1), pickled::tensor(pickled::stored("0", 1), 0, {}, {})}) {
    CHECK(is_pickle_refused("expected a dictionary, found", target + raw("K\1K\2s")));  // CVE-2026-24747
    CHECK(is_pickle_refused("expected a dictionary, found", target + raw("(K\1K\2u")));
    CHECK(is_pickle_refused("expected a dictionary, found", target + "}b"));
    CHECK(is_pickle_refused("expected a dictionary, found", "}" + target + "b"));
  }
  for (const std::string& target : {raw("}"), raw(")"), raw("N"), pickled::ordered_dictionary()}) {
    CHECK(is_pickle_refused("expected a list, found", target + raw("K\1a")));
    CHECK(is_pickle_refused("expected a list, found", target + raw("(K\1K\2e")));
  }
  CHECK(is_pickle_refused("sets a key without a value", raw("}(K\1K\2K\3u")));
  for (const std::string& key : {raw("]"), raw("}"), pickled::stored("0", 1)})
    CHECK(is_pickle_refused("as a key", "}" + key + "Ns"));
}

TEST_CASE("calls and references have operands of the right kind", "[weights_tools]")
{
  const std::string rebuild = pickled::global("torch._utils", "_rebuild_tensor_v2");
  CHECK(is_pickle_refused("expected a tuple, found a list", rebuild + "]R"));
  CHECK(is_pickle_refused("expected a tuple, found None", rebuild + "NR"));
  CHECK(is_pickle_refused("expected a function or class, found a text", pickled::text("eval") + ")R"));
  CHECK(is_pickle_refused("expected a function or class, found a tensor", rebuild + ")R)R"));
  CHECK(is_pickle_refused("expected a tuple, found a text", pickled::text("0") + "Q"));
  CHECK(is_pickle_refused("expected a tuple, found None", "NQ"));
}

TEST_CASE("the stack is never read below its bottom or its mark", "[weights_tools]")
{
  for (const std::string& opcodes : {raw("a"), raw("s"), raw("R"), raw("b"), raw("Q"), raw("\x85"), raw("N\x86"),
                                     raw("NN\x87"), raw("q\0"), raw("\x94"), raw("\x93"), raw("]a"), raw("]Ns")}) {
    CHECK(is_pickle_refused("takes a value from an empty stack", opcodes));
    CHECK(is_pickle_refused("takes a value from an empty stack", "(" + opcodes));
    CHECK(is_pickle_refused("takes a value from an empty stack", "NNN(" + opcodes));
  }
  for (const std::string opcodes : {"t", "e", "u", "Nt", "(tt", "]e"})
    CHECK(is_pickle_refused("goes back to a mark that is not there", opcodes));
  CHECK(is_pickle_refused("takes a value from an empty stack", "(u"));
  CHECK(is_pickle_refused("takes a value from an empty stack", "(e"));
  CHECK(is_pickle_refused("takes a value from an empty stack", "N((u"));
  CHECK(is_pickle_refused("ends with 0 values", ""));
  CHECK(is_pickle_refused("ends with 2 values", "NN"));
  CHECK(is_pickle_refused("ends with 1 values", "N("));
}

TEST_CASE("the memo gives only what was put, and takes no wild places", "[weights_tools]")
{
  CHECK(is_pickle_refused("gets a value from place 0 of its memo", raw("h\0")));
  CHECK(is_pickle_refused("gets a value from place 1 of its memo", raw("Nq\2h\1")));
  CHECK(is_pickle_refused("gets a value from place 3 of its memo", raw("Nq\2h\3")));
  CHECK(is_pickle_refused("gets a value from place 4294967295", raw("j\xff\xff\xff\xff")));
  CHECK(is_pickle_refused("puts a value at place 4294967295", raw("Nr\xff\xff\xff\xff")));
  CHECK(is_pickle_refused("puts a value at place 1000000", raw("Nr\x40\x42\x0f\0")));
}

TEST_CASE("marks, values and copies are bounded", "[weights_tools]")
{
  CHECK(is_pickle_refused("more than 1000 containers", std::string(1'001, '('), error_code::limit_exceeded));
  CHECK(is_pickle_refused("more than 1000000 values", std::string(1'000'001, 'N'), error_code::limit_exceeded));
  CHECK(is_pickle_refused(
    "stack of more than a million",
    "Nq" + std::string(1, '\0') +
      [] {
        std::string gets;
        for (int i = 0; i < 1'000'000; ++i) gets += raw("h\0");
        return gets;
      }(),
    error_code::limit_exceeded));
  // One list of 1,000 pairs, made into a dictionary 1,001 times: a million pairs out of a few thousand bytes.
  std::string pairs = "](";
  for (int i = 0; i < 1'000; ++i) pairs += "NN\x86";
  std::string opcodes = pickled::global("collections", "OrderedDict") + raw("q\0") + pairs + raw("eq\1(");
  for (int i = 0; i < 1'001; ++i) opcodes += raw("h\0h\1\x85R");
  CHECK(is_pickle_refused("of the same list again and again", opcodes + "t"));
}

TEST_CASE("depth costs nothing: tuples in tuples without end are values like others", "[weights_tools]")
{
  const walked read{"N" + std::string(900'000, '\x85')};
  CHECK(read.found.values.size() == 900'001);
}
