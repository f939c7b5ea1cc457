// SPDX-License-Identifier: MIT
//
// zip_archive: the members, compared with the directory that announced them. Numbers in comments are chapters of
// PKWARE's APPNOTE, version 6.3.

#include "torch/zip_archive.hpp"

#include "torch/little_endian.hpp"
#include "torch/zip_directory.hpp"

#include <thorax/base/checksum.hpp>      // crc32
#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>  // sort
#include <cstdint>    // uint16_t, uint32_t, uint64_t

namespace thorax::tools {

namespace {

constexpr std::uint32_t local_mark = 0x04034b50, end_mark = 0x06054b50;
constexpr std::size_t local_bytes = 30;

/// Where a member's local header begins and its bytes end.
struct extent {
  std::uint64_t begin{};
  std::uint64_t end{};
  std::size_t entry{};
};

class member_reader {
public:
  member_reader(std::span<const std::byte> file, const std::string& name, const zip_directory& directory)
    : file_{file}, name_{name}, directory_{directory}
  {
  }

  [[nodiscard]] std::span<const std::byte> bytes_of(const zip_entry& found) const;
  void refuse_overlaps(const std::vector<zip_archive::member>& members) const;
  void check_checksums(const std::vector<zip_archive::member>& members) const;

private:
  template<class Number>
  [[nodiscard]] Number at(std::uint64_t place) const
  {
    return little_endian<Number>(file_, place);
  }
  [[noreturn]] void refuse(const zip_entry& entry, const std::string& what,
                           error_code code = error_code::format_refused) const
  {
    throw error{code, name_ + ": zip member " + shown(entry.name) + " " + what};
  }
  void check_local_numbers(const zip_entry& found, std::span<const std::byte> extra) const;

  std::span<const std::byte> file_;
  const std::string& name_;
  const zip_directory& directory_;
};

/// With bit 3 of the flags, as PyTorch sets it, the numbers follow the bytes (4.3.9) and the header may hold zeros.
void member_reader::check_local_numbers(const zip_entry& found, std::span<const std::byte> extra) const
{
  const std::uint64_t place = found.header;
  const bool may_be_zero = (found.flags & 8U) != 0;
  std::uint64_t bytes = at<std::uint32_t>(place + 22), packed = at<std::uint32_t>(place + 18);
  const auto agrees = [&](std::uint64_t here, std::uint64_t there) {
    return here == there || (may_be_zero && here == 0);
  };
  if (!take_zip64(extra, {&bytes, &packed}) || !agrees(bytes, found.bytes) || !agrees(packed, found.bytes) ||
      !agrees(at<std::uint32_t>(place + 14), found.checksum))
    refuse(found, "has another size or checksum in front of it than in the directory; the file is damaged");
}

/// returns:  the member's bytes, known to lie before the central directory and to have its checksum
std::span<const std::byte> member_reader::bytes_of(const zip_entry& found) const
{
  const std::uint64_t limit = directory_.begin, place = found.header;
  if (place > limit || limit - place < local_bytes || at<std::uint32_t>(place) != local_mark)
    refuse(found, "is not at byte " + std::to_string(place) + ", where the directory says; the file is damaged");
  const std::size_t name_bytes = at<std::uint16_t>(place + 26), extra_bytes = at<std::uint16_t>(place + 28);
  if (limit - place - local_bytes < name_bytes + extra_bytes) refuse(found, "runs into the ZIP directory");
  const std::uint64_t begin = place + local_bytes + name_bytes + extra_bytes;
  const std::string_view here{reinterpret_cast<const char*>(file_.data()) + place + local_bytes, name_bytes};
  if (here != found.name || at<std::uint16_t>(place + 6) != found.flags || at<std::uint16_t>(place + 8) != 0)
    refuse(found, "is called or stored otherwise in front of its bytes than in the directory");
  check_local_numbers(found, file_.subspan(begin - extra_bytes, extra_bytes));
  if (found.bytes > limit - begin)
    refuse(found, "announces " + std::to_string(found.bytes) + " bytes, only " + std::to_string(limit - begin) +
                    " follow; was the file cut short?");
  return file_.subspan(begin, found.bytes);
}

void member_reader::refuse_overlaps(const std::vector<zip_archive::member>& members) const
{
  const std::vector<zip_entry>& entries = directory_.entries;
  std::vector<extent> extents;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto begin = static_cast<std::uint64_t>(members[i].bytes.data() - file_.data());
    extents.push_back({entries[i].header, begin + entries[i].bytes, i});
  }
  std::sort(extents.begin(), extents.end(), [](const extent& a, const extent& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < extents.size(); ++i)
    if (extents[i].begin < extents[i - 1].end)
      refuse(entries[extents[i].entry], "lies over " + shown(entries[extents[i - 1].entry].name) +
                                          "; take the file from a source that you trust");
}

/// One pass over the file and no more, as long as no member lies over another.
void member_reader::check_checksums(const std::vector<zip_archive::member>& members) const
{
  for (std::size_t i = 0; i < members.size(); ++i)
    if (crc32(members[i].bytes) != directory_.entries[i].checksum)
      refuse(directory_.entries[i], "is damaged, its checksum differs; copy the file again",
             error_code::checksum_differs);
}

}  // namespace

zip_archive::zip_archive(std::span<const std::byte> file, std::string name)
{
  const zip_directory directory = read_zip_directory(file, name);
  const member_reader reader{file, name, directory};
  for (const zip_entry& each : directory.entries) {
    if (!places_.emplace(each.name, members_.size()).second)
      throw error{error_code::format_refused, name + ": has two zip members " + shown(each.name) +
                                                "; take the file from a source that you trust"};
    members_.push_back({each.name, reader.bytes_of(each)});
  }
  reader.refuse_overlaps(members_);
  reader.check_checksums(members_);
}

const zip_archive::member* zip_archive::find(std::string_view name) const
{
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &members_[found->second];
}

bool zip_archive::looks_like(std::span<const std::byte> file)
{
  if (file.size() < 4) return false;
  const auto mark = little_endian<std::uint32_t>(file, 0);
  return mark == local_mark || mark == end_mark;
}

}  // namespace thorax::tools
