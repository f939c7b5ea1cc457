// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_message.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_message;
using thorax::tools::hdf5_message_kind;

namespace {

/// Kind and first byte of every message.
using seen = std::vector<std::pair<int, int>>;

seen messages_of(const fields& bytes)
{
  space_by_hand file{bytes};
  seen found;
  visit_messages(file.space, 0, [&](hdf5_message message) {
    found.emplace_back(static_cast<int>(message.kind), static_cast<int>(message.body.u8()));
  });
  return found;
}

bool is_refused(const std::string& words, const fields& bytes)
{
  return refuses(error_code::format_refused, words, [&] { messages_of(bytes); });
}

message_by_hand one(std::uint32_t kind, std::uint64_t byte) { return {kind, fields{}.u8(byte).zeros(7)}; }

message_by_hand continuation(std::uint64_t address, std::uint64_t bytes)
{
  return {0x10, fields{}.u64(address).u64(bytes)};
}

fields new_chunk(const std::vector<message_by_hand>& messages)
{
  return fields{}.text("OCHK").add(new_messages(messages)).checksum();
}

}  // namespace

TEST_CASE("an old header gives its messages, those of continuations last", "[weights_tools]")
{
  CHECK(messages_of(old_header({})).empty());
  CHECK(messages_of(old_header({one(1, 10), one(0, 11), one(3, 12)})) == seen{{1, 10}, {3, 12}});
  const std::uint64_t after = 16 + 16 + 24 + 16;
  CHECK(messages_of(old_header({one(1, 10), continuation(after, 40), one(3, 12)}, 3)
                      .add(old_messages({continuation(after + 40, 16), one(8, 13)}))
                      .add(old_messages({one(12, 14)}))) == seen{{1, 10}, {3, 12}, {8, 13}, {12, 14}});
}

TEST_CASE("a new header gives its messages, whatever else it carries", "[weights_tools]")
{
  CHECK(messages_of(new_header({})).empty());
  CHECK(messages_of(new_header({one(1, 10), one(0, 11), one(3, 12)})) == seen{{1, 10}, {3, 12}});
  // Times, limits for attributes, the order of creation, a length of two bytes and a gap of five.
  fields messages;
  messages.u8(1).u16(1).u8(0).u16(77).u8(10).zeros(5);
  const fields head = fields{}.text("OHDR").u8(2).u8(0x35).zeros(16 + 4).u16(messages.bytes.size());
  CHECK(messages_of(fields{head}.add(messages).checksum()) == seen{{1, 10}});
  const std::uint64_t after = new_header({one(1, 10), continuation(0, 0)}).bytes.size();
  const fields more = new_chunk({one(3, 11)});
  CHECK(messages_of(new_header({one(1, 10), continuation(after, more.bytes.size())}).add(more)) ==
        seen{{1, 10}, {3, 11}});
}

TEST_CASE("continuations that lead in circles or to each other are refused", "[weights_tools]")
{
  CHECK(is_refused("linked twice", old_header({continuation(0, 40)})));
  CHECK(is_refused("linked twice", old_header({continuation(16, 24)})));
  CHECK(is_refused(
    "linked twice",
    old_header({continuation(64, 16), continuation(64, 16)}, 2).add(old_messages({one(1, 10), one(1, 11)}))));
  CHECK(
    is_refused("linked twice", old_header({continuation(40, 24)}, 1).add(old_messages({continuation(40, 24)}))));
  CHECK(is_refused("linked twice", new_header({continuation(0, 20)})));
  CHECK(is_refused("before the file's end", old_header({continuation(40, UINT64_MAX)})));
  CHECK(is_refused("before the file's end", old_header({continuation(UINT64_MAX - 1, 8)})));
  CHECK(is_refused("the address of a continuation", old_header({continuation(undefined_address, 8)})));
}

TEST_CASE("an old header is refused where its sizes disagree", "[weights_tools]")
{
  fields large = old_header({one(1, 10)});
  large.bytes[18] = std::byte{9};
  CHECK(is_refused("expected 9 bytes from its byte 8 on, found 8", large));
  CHECK(is_refused("expected 2 messages, found 1", old_header({one(1, 10)}, 1)));
  fields cut = old_header({one(1, 10)});
  cut.bytes.pop_back();
  CHECK(is_refused("before the file's end", cut));
  fields odd = old_header({one(1, 10)}).zeros(4);
  odd.bytes[8] = std::byte{20};
  CHECK(is_refused("expected", odd));
  fields version = old_header({one(1, 10)});
  version.bytes[0] = std::byte{2};
  CHECK(is_refused("expected version 1, found 2", version));
}

TEST_CASE("a new header is refused where it was changed", "[weights_tools]")
{
  const fields header = new_header({one(1, 10), one(3, 11)});
  for (std::size_t place = 0; place < header.bytes.size(); ++place) {
    fields changed = header;
    changed.bytes[place] ^= std::byte{0x40};
    CHECK(refuses(error_code::format_refused, "an object header", [&] { messages_of(changed); }));
  }
  fields chunk = new_chunk({one(3, 11)});
  const std::uint64_t after = new_header({continuation(0, 0)}).bytes.size();
  const fields first = new_header({continuation(after, chunk.bytes.size())});
  chunk.bytes[9] ^= std::byte{1};
  CHECK(is_refused("the continuation of an object header at byte " + std::to_string(after) +
                     ": its checksum is not that of its bytes",
                   fields{first}.add(chunk)));
  CHECK(is_refused("it has no room for a checksum", new_header({continuation(after, 7)}).add(chunk)));
}

TEST_CASE("a message that nobody knows is left out unless it must be understood", "[weights_tools]")
{
  CHECK(messages_of(old_header({one(0x99, 10)})) == seen{{0x99, 10}});
  message_by_hand must = one(0x99, 10);
  must.flags = 0x80;
  CHECK(is_refused("of the unknown kind 153 and says that it must be understood", old_header({must})));
}
