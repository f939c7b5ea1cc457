// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_message.hpp"

#include <cstddef>  // size_t
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

namespace {

constexpr std::string_view header_name = "an object header";
constexpr std::string_view chunk_name = "the continuation of an object header";

class header_walk {
public:
  header_walk(hdf5_space& space, const std::function<void(const hdf5_message&)>& visit)
    : space_{&space}, visit_{&visit}
  {
  }

  void walk(std::uint64_t address)
  {
    hdf5_cursor first = space_->claim(address, 4, header_name);
    const bool is_new = text_of(space_->claimed(address, 4)) == "OHDR";
    if (is_new) walk_new(address);
    else walk_old(first, address);
  }

private:
  struct chunk {
    std::uint64_t address;
    std::uint64_t bytes;
  };

  void walk_old(hdf5_cursor& first, std::uint64_t address)
  {
    first.expect_version(1);
    first.skip(1);
    const std::uint32_t messages = first.u16();
    hdf5_cursor head = space_->claim(address + 4, 12, header_name);
    head.skip(4);  // references
    const std::uint32_t bytes = head.u32();
    read_old(space_->claim(address + 16, bytes, header_name));
    // What a continuation adds is walked after everything before it.
    while (const std::optional<chunk> more = next_chunk())
      read_old(space_->claim(more->address, more->bytes, chunk_name));
    if (messages_ != messages)
      first.refuse("expected " + std::to_string(messages) + " messages, found " + std::to_string(messages_));
  }

  // Reading a continuation may add others.
  std::optional<chunk> next_chunk()
  {
    if (walked_ == more_.size()) return std::nullopt;
    return more_[walked_++];
  }

  void read_old(hdf5_cursor messages)
  {
    while (messages.left() > 0) {
      const std::uint32_t kind = messages.u16();
      const std::uint32_t bytes = messages.u16();
      const std::uint32_t flags = messages.u8();
      messages.skip(3);
      take(kind, flags, messages.piece(bytes, "a message"));
    }
  }

  void walk_new(std::uint64_t address)
  {
    hdf5_cursor head = space_->claim(address + 4, 2, header_name);
    head.expect_version(2);
    const std::uint32_t flags = head.u8();
    has_order_ = (flags & 0x04U) != 0;
    const std::size_t times = (flags & 0x20U) != 0 ? 16 : 0;
    const std::size_t limits = (flags & 0x10U) != 0 ? 4 : 0;
    const std::size_t width = std::size_t{1} << (flags & 3U);
    hdf5_cursor rest = space_->claim(address + 6, times + limits + width, header_name);
    rest.skip(times + limits);
    const std::uint64_t bytes = rest.number(width);
    const std::size_t before = 6 + times + limits + width;
    hdf5_cursor messages = space_->claim(address + before, bytes, header_name);
    hdf5_cursor sum = space_->claim(address + before + bytes, 4, header_name);
    space_->expect_checksum(address, before + bytes, sum.u32(), header_name);
    read_new(messages);
    while (const std::optional<chunk> more = next_chunk()) read_more(*more);
  }

  void read_more(const chunk& each)
  {
    hdf5_cursor cursor = space_->claim(each.address, each.bytes, chunk_name);
    cursor.expect_signature("OCHK");
    if (cursor.left() < 4) cursor.refuse("it has no room for a checksum");
    hdf5_cursor messages = cursor.piece(cursor.left() - 4, chunk_name);
    space_->expect_checksum(each.address, each.bytes - 4, cursor.u32(), chunk_name);
    read_new(messages);
  }

  void read_new(hdf5_cursor messages)
  {
    const std::size_t head_bytes = has_order_ ? 6 : 4;
    while (messages.left() >= head_bytes) {  // less is a gap
      const std::uint32_t kind = messages.u8();
      const std::uint32_t bytes = messages.u16();
      const std::uint32_t flags = messages.u8();
      if (has_order_) messages.skip(2);
      take(kind, flags, messages.piece(bytes, "a message"));
    }
  }

  void take(std::uint32_t number, std::uint32_t flags, hdf5_cursor body)
  {
    ++messages_;
    const auto kind = static_cast<hdf5_message_kind>(number);
    if (kind == hdf5_message_kind::nothing) return;
    if (kind == hdf5_message_kind::continuation) {
      const std::uint64_t address = body.defined_address("a continuation");
      more_.push_back({address, body.length()});
      return;
    }
    constexpr std::uint32_t last_known = 0x18;
    if (number > last_known && (flags & 0x80U) != 0)
      body.refuse("it is of the unknown kind " + std::to_string(number) + " and says that it must be understood");
    (*visit_)({kind, (flags & 2U) != 0, body});
  }

  hdf5_space* space_;
  const std::function<void(const hdf5_message&)>* visit_;
  std::vector<chunk> more_;
  std::size_t walked_{};
  std::uint64_t messages_{};
  bool has_order_{};
};

}  // namespace

void visit_messages(hdf5_space& space, std::uint64_t header, const std::function<void(const hdf5_message&)>& visit)
{
  header_walk{space, visit}.walk(header);
}

}  // namespace thorax::tools
