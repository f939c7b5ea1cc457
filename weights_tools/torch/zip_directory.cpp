// SPDX-License-Identifier: MIT
//
// zip_directory: the end records and the central directory. Numbers in comments are chapters of PKWARE's APPNOTE,
// version 6.3.

#include "torch/zip_directory.hpp"

#include "torch/little_endian.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>    // min
#include <cstddef>      // size_t
#include <string_view>

namespace thorax::tools {

namespace {

constexpr std::uint32_t central_mark = 0x02014b50, end_mark = 0x06054b50;
constexpr std::uint32_t zip64_end_mark = 0x06064b50, zip64_locator_mark = 0x07064b50;
constexpr std::size_t central_bytes = 46, end_bytes = 22, zip64_end_bytes = 56, locator_bytes = 20;

/// What a 32-bit field holds when the number stands in a ZIP64 record instead.
constexpr std::uint64_t elsewhere = 0xffffffffU;

/// Where the central directory lies, known to end where its end record begins, and how many entries it announces.
struct announced {
  std::uint64_t begin{};
  std::uint64_t end{};
  std::uint64_t entries{};
};

class directory_reader {
public:
  directory_reader(std::span<const std::byte> file, const std::string& name) : file_{file}, name_{name} {}

  [[nodiscard]] zip_directory read() const;

private:
  template<class Number>
  [[nodiscard]] Number at(std::uint64_t place) const
  {
    return little_endian<Number>(file_, place);
  }
  [[noreturn]] void refuse(const std::string& what) const
  {
    throw error{error_code::format_refused, name_ + ": " + what};
  }
  [[noreturn]] void refuse(std::string_view member, const std::string& what) const
  {
    refuse("zip member " + shown(member) + " " + what);
  }
  [[nodiscard]] std::uint64_t find_end() const;
  [[nodiscard]] announced find_directory() const;
  [[nodiscard]] announced find_zip64_directory(std::uint64_t locator) const;
  [[nodiscard]] zip_entry read_entry(std::uint64_t place, std::uint64_t end) const;
  void read_zip64(zip_entry& entry, std::uint64_t place) const;
  void check_name(std::string_view name) const;

  std::span<const std::byte> file_;
  const std::string& name_;
};

/// returns:  where the end record begins (4.3.16): nothing but its own comment follows
std::uint64_t directory_reader::find_end() const
{
  constexpr std::size_t longest_comment = 0xffff;
  if (file_.size() >= end_bytes) {
    const std::size_t last = file_.size() - end_bytes;
    for (std::size_t comment = 0; comment <= std::min(last, longest_comment); ++comment) {
      const std::size_t place = last - comment;
      if (at<std::uint32_t>(place) == end_mark && at<std::uint16_t>(place + 20) == comment) return place;
    }
  }
  refuse("begins as a ZIP file but does not end as one; was it cut short? Copy it again");
}

announced directory_reader::find_zip64_directory(std::uint64_t locator) const
{
  const auto end = at<std::uint64_t>(locator + 8);
  if (at<std::uint32_t>(locator + 4) != 0 || at<std::uint32_t>(locator + 16) > 1)
    refuse("spans several ZIP disks; save the weights as one file");
  if (end > locator || locator - end < zip64_end_bytes || at<std::uint32_t>(end) != zip64_end_mark ||
      at<std::uint64_t>(end + 4) != locator - end - 12)
    refuse("its ZIP64 end record is not where the locator says; was the file damaged or joined with another?");
  if (at<std::uint32_t>(end + 16) != 0 || at<std::uint32_t>(end + 20) != 0 ||
      at<std::uint64_t>(end + 24) != at<std::uint64_t>(end + 32))
    refuse("spans several ZIP disks; save the weights as one file");
  const auto bytes = at<std::uint64_t>(end + 40), begin = at<std::uint64_t>(end + 48);
  if (begin > end || bytes != end - begin)
    refuse(
      "its ZIP directory is not where the ZIP64 end record says; was the file damaged or joined with another?");
  return {begin, end, at<std::uint64_t>(end + 32)};
}

announced directory_reader::find_directory() const
{
  const std::uint64_t end = find_end();
  if (at<std::uint16_t>(end + 4) != 0 || at<std::uint16_t>(end + 6) != 0 ||
      at<std::uint16_t>(end + 8) != at<std::uint16_t>(end + 10))
    refuse("spans several ZIP disks; save the weights as one file");
  announced found{at<std::uint32_t>(end + 16), end, at<std::uint16_t>(end + 10)};
  const std::uint64_t bytes = at<std::uint32_t>(end + 12);
  if (end >= locator_bytes && at<std::uint32_t>(end - locator_bytes) == zip64_locator_mark) {
    const announced wide = find_zip64_directory(end - locator_bytes);
    if ((found.entries != 0xffff && found.entries != wide.entries) ||
        (found.begin != elsewhere && found.begin != wide.begin) ||
        (bytes != elsewhere && bytes != wide.end - wide.begin))
      refuse("its ZIP end record and its ZIP64 end record disagree; the file was written wrongly");
    found = wide;
  }
  else if (found.begin > end || bytes != end - found.begin)
    refuse("its ZIP directory is not where the end record says; was the file damaged or joined with another?");
  if (found.entries > (found.end - found.begin) / central_bytes)
    refuse("announces " + std::to_string(found.entries) + " ZIP members in a directory of " +
           std::to_string(found.end - found.begin) + " bytes");
  return found;
}

/// Names are only ever compared, never opened. One that leads outside was made to harm somebody else, all the same.
void directory_reader::check_name(std::string_view name) const
{
  bool leads_outside = name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos ||
                       name.find('\0') != std::string_view::npos || (name.size() > 1 && name[1] == ':');
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") leads_outside = true;
    begin = end + 1;
  }
  if (leads_outside) refuse(name, "names a path outside the archive; take the file from a source that you trust");
}

/// accepts:  the place of a central header whose fixed part lies within the directory
zip_entry directory_reader::read_entry(std::uint64_t place, std::uint64_t end) const
{
  if (at<std::uint32_t>(place) != central_mark)
    refuse("expected a ZIP directory entry at byte " + std::to_string(place) + ", found something else");
  const std::uint16_t name_bytes = at<std::uint16_t>(place + 28), extra_bytes = at<std::uint16_t>(place + 30);
  const std::uint16_t comment_bytes = at<std::uint16_t>(place + 32);
  if (end - place - central_bytes < std::uint64_t{name_bytes} + extra_bytes + comment_bytes)
    refuse("a ZIP directory entry at byte " + std::to_string(place) + " is longer than the directory");
  const std::string_view name{reinterpret_cast<const char*>(file_.data()) + place + central_bytes, name_bytes};
  zip_entry entry{std::string{name}, at<std::uint16_t>(place + 8), at<std::uint32_t>(place + 16),
                  at<std::uint32_t>(place + 24), at<std::uint32_t>(place + 42)};
  check_name(name);
  if ((entry.flags & 0x2041U) != 0) refuse(name, "is encrypted; save the weights without a password");
  if (const auto method = at<std::uint16_t>(place + 10); method != 0)
    refuse(name, "is compressed (method " + std::to_string(method) +
                   "), only stored members are read; save the weights again uncompressed, of a TorchScript "
                   "program its state_dict()");
  read_zip64(entry, place);
  return entry;
}

void directory_reader::read_zip64(zip_entry& entry, std::uint64_t place) const
{
  const std::size_t extra_bytes = at<std::uint16_t>(place + 30);
  std::uint64_t packed = at<std::uint32_t>(place + 20);
  if (!take_zip64(file_.subspan(place + central_bytes + entry.name.size(), extra_bytes),
                  {&entry.bytes, &packed, &entry.header}))
    refuse(entry.name, "lacks its ZIP64 numbers; the file was written wrongly");
  if (const auto disk = at<std::uint16_t>(place + 34); disk != 0 && disk != 0xffff)
    refuse(entry.name, "is on another ZIP disk; save the weights as one file");
  if (packed != entry.bytes)
    refuse(entry.name, "is stored, but " + std::to_string(packed) + " bytes for " + std::to_string(entry.bytes) +
                         "; the file was written wrongly");
}

zip_directory directory_reader::read() const
{
  const announced found = find_directory();
  zip_directory directory{found.begin, found.end, {}};
  std::uint64_t place = found.begin;
  for (std::uint64_t i = 0; i < found.entries; ++i) {
    if (found.end - place < central_bytes) refuse("its ZIP directory ends within an entry");
    directory.entries.push_back(read_entry(place, found.end));
    place += std::uint64_t{central_bytes} + at<std::uint16_t>(place + 28) + at<std::uint16_t>(place + 30) +
             at<std::uint16_t>(place + 32);
  }
  if (place != found.end) refuse("its ZIP directory has more bytes than its entries");
  return directory;
}

}  // namespace

zip_directory read_zip_directory(std::span<const std::byte> file, const std::string& name)
{
  return directory_reader{file, name}.read();
}

bool take_zip64(std::span<const std::byte> extra, std::initializer_list<std::uint64_t*> numbers)
{
  std::span<const std::byte> field;
  while (extra.size() >= 4) {
    const std::size_t length = little_endian<std::uint16_t>(extra, 2);
    if (length > extra.size() - 4) break;
    if (little_endian<std::uint16_t>(extra, 0) == 1 && field.empty()) field = extra.subspan(4, length);
    extra = extra.subspan(4 + length);
  }
  for (std::uint64_t* number : numbers) {
    if (*number != elsewhere) continue;
    if (field.size() < 8) return false;
    *number = little_endian<std::uint64_t>(field, 0);
    field = field.subspan(8);
  }
  return true;
}

}  // namespace thorax::tools
