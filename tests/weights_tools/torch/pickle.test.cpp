// SPDX-License-Identifier: MIT

#include "torch/pickle.hpp"

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "weights_tools/damaged.hpp"
#include "weights_tools/torch/pickle_cases.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::error_code;
using thorax::tools::pickle;
using thorax::tools::pickle_kind;
using thorax::tools::pickle_value;
using thorax::tools::walk_pickle;

TEST_CASE("integers are those that Python wrote, in every form", "[weights_tools]")
{
  CHECK(walked{raw("K\xff")}.root().integer == 255);
  CHECK(walked{raw("M\xff\xfe")}.root().integer == 0xfeff);
  CHECK(walked{raw("J\xff\xff\xff\xff")}.root().integer == -1);
  CHECK(walked{raw("J\x01\x00\x00\x80")}.root().integer == -2147483647);
  CHECK(walked{raw("\x8a\x00")}.root().integer == 0);
  CHECK(walked{raw("\x8a\x01\xff")}.root().integer == -1);
  CHECK(walked{raw("\x8a\x02\xff\x00")}.root().integer == 255);
  CHECK(walked{raw("\x8a\x06\x00\x00\x00\x00\x00\x01")}.root().integer == std::int64_t{1} << 40);
  CHECK(walked{raw("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f")}.root().integer == INT64_MAX);
  CHECK(walked{raw("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80")}.root().integer == INT64_MIN);
  const walked wide{raw("\x8a\x09"
                        "123456789")};
  CHECK(wide.root().kind == pickle_kind::wide_integer);
  CHECK(wide.root().text == "123456789");
}

TEST_CASE("texts are those of Python 2 and 3", "[weights_tools]")
{
  for (const std::string& opcodes : {raw("X\x03\x00\x00\x00"
                                         "abc"),
                                     raw("\x8c\x03"
                                         "abc"),
                                     raw("U\x03"
                                         "abc"),
                                     raw("T\x03\x00\x00\x00"
                                         "abc")}) {
    const walked read{opcodes};
    CHECK(read.root().kind == pickle_kind::text);
    CHECK(read.root().text == "abc");
  }
  CHECK(walked{raw("\x8c\x00")}.root().text.empty());
}

TEST_CASE("constants and containers are values", "[weights_tools]")
{
  CHECK(walked{"N"}.root().kind == pickle_kind::none);
  CHECK(walked{"\x88"}.root().integer == 1);
  CHECK(walked{"\x89"}.root().kind == pickle_kind::boolean);
  CHECK(walked{raw("G\x3f\xf0\0\0\0\0\0\0")}.root().kind == pickle_kind::real);
  CHECK(walked{")"}.root().kind == pickle_kind::tuple);
  CHECK(walked{raw("K\1K\2K\3\x87")}.item(2).integer == 3);
  CHECK(walked{raw("K\1K\2\x86")}.item(0).integer == 1);
  CHECK(walked{raw("N\x85")}.item(0).kind == pickle_kind::none);
  CHECK(walked{raw("(K\1K\2K\3K\4t")}.root().items.size() == 4);
  CHECK(walked{raw("]K\7a")}.item(0).integer == 7);
  CHECK(walked{raw("](K\7K\10e")}.item(1).integer == 8);
  CHECK(walked{raw("]((K\7te")}.root().kind == pickle_kind::list);
  const walked dictionary{raw("}K\1K\2s(NK\3)K\4u")};
  REQUIRE(dictionary.root().items.size() == 6);
  CHECK(dictionary.item(0).integer == 1);
  CHECK(dictionary.item(3).integer == 3);
  CHECK(dictionary.item(4).kind == pickle_kind::tuple);
}

TEST_CASE("a frame is looked at and passed by", "[weights_tools]")
{
  CHECK(walked{raw("\x95\x02\0\0\0\0\0\0\0N")}.root().kind == pickle_kind::none);
  CHECK(is_pickle_refused("announces a frame that is longer", raw("\x95\x03\0\0\0\0\0\0\0N")));
  CHECK(is_pickle_refused("announces a frame that is longer", raw("\x95\xff\xff\xff\xff\xff\xff\xff\xffN")));
}

TEST_CASE("the pickle ends at its STOP, whatever follows", "[weights_tools]")
{
  const std::string bytes = pickled::whole("N") + "more";
  CHECK(walk_pickle(bytes_in(bytes), "'x'").bytes == 4);
}

TEST_CASE("opcodes beyond those of weights are refused by number", "[weights_tools]")
{
  // NEWOBJ, EXT1, EMPTY_SET, NEXT_BUFFER, PROTO again, 0; OBJ, INST, PERSID, INT, POP, DUP, DICT, LIST, BINBYTES
  for (const char code : raw("\x81\x82\x8f\x97\x80\0oiPI02dlB"))
    CHECK(is_pickle_refused("byte 4 of the pickle: opcode " + std::to_string(static_cast<unsigned char>(code)) +
                              " is none that",
                            std::string{"NN"} + code + "N"));
}

TEST_CASE("a pickle of another protocol is refused", "[weights_tools]")
{
  for (const std::string bytes : {"", "N.", "(lp0\n.", "PK\3\4", "\x80", "\x80\x01N.", "\x80\x06N."})
    CHECK(refuses(error_code::format_refused,
                  "'x': byte 0 of the pickle:", [&] { walk_pickle(bytes_in(bytes), "'x'"); }));
  for (const char protocol : {'\2', '\3', '\4', '\5'}) {
    const std::string bytes = std::string{"\x80"} + protocol + "N.";
    CHECK(walk_pickle(bytes_in(bytes), "'x'").root == 0);
  }
}

TEST_CASE("what is announced longer than the file is refused", "[weights_tools]")
{
  for (const std::string& opcodes : {raw("X\xff\xff\xff\xff"
                                         "a"),
                                     raw("T\xff\xff\xff\xff"
                                         "a"),
                                     raw("U\xff"
                                         "a"),
                                     raw("\x8c\xff"
                                         "a"),
                                     raw("\x8a\xff"
                                         "a"),
                                     raw("X\1\0"), raw("J\1"), raw("M"), raw("G\0"), raw("\x95\0")})
    CHECK(is_pickle_refused("the pickle ends too early", opcodes));
}

TEST_CASE("no beginning of a pickle is accepted, and damage ends in values or an error", "[weights_tools]")
{
  const std::string bytes =
    pickled::whole(pickled::dictionary({{"a", pickled::tensor(pickled::stored("0", 6), 0, {2, 3}, {3, 1})},
                                        {"b", pickled::list({"N", "\x88", raw("G\0\0\0\0\0\0\0\0"), raw("K\1")})},
                                        {"c", pickled::ordered_dictionary() + raw("q\1\x94}bh\1}b\x86")}}));
  const auto read = [](std::span<const std::byte> part) {
    const pickle found = walk_pickle(part, "'x'");
    REQUIRE(found.root < found.values.size());
    for (const pickle_value& each : found.values)
      for (const std::uint32_t item : each.items) REQUIRE(item < found.values.size());
  };
  REQUIRE(is_accepted(bytes, read));
  CHECK(accepted_beginnings(bytes, read) == 0);
  accepted_flips(bytes, read);
  accepted_changes(bytes, 1, 5'000, read);
}
