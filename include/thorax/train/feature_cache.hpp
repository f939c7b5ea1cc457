// SPDX-License-Identifier: MIT
//
// feature_cache: a file of features that films had, so that a frozen part need not be run again. It may be lost or damaged
// at any time: what is missing or does not agree with its checksum is simply made again.

#pragma once

#include <thorax/base/checksum.hpp>     // crc32c
#include <thorax/base/content_key.hpp>  // content_key
#include <thorax/base/file.hpp>         // descriptor

#include <algorithm>  // sort
#include <cerrno>
#include <cstddef>  // byte, size_t
#include <cstdint>  // int64_t, uint32_t
#include <cstring>  // strerror
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>  // pair
#include <vector>

#include <fcntl.h>     // open
#include <sys/file.h>  // flock
#include <sys/stat.h>  // fstat, futimens
#include <unistd.h>    // ftruncate, pread, pwrite

namespace thorax {

/// Whose features: a film's content, and which of its changed views; validation's unchanged one is -1.
struct feature_name {
  content_key film;
  std::int64_t view{};

  friend auto operator<=>(const feature_name&, const feature_name&) = default;
};

/// One file `<key>.features` in a folder that several runs share; a run that finds its file in use goes on without.
class feature_cache {
public:
  static constexpr std::string_view extension = ".features";

  /// Opens the file, or begins it, and removes those of other keys that were used longest ago until all together fit into
  /// `most_bytes`.
  ///
  /// accepts:  a key of all that features depend on besides film and view, and how many floats they are
  /// throws:   error{file_unwritable} if the folder cannot be made or used
  feature_cache(const std::filesystem::path& folder, const content_key& key, std::size_t floats, std::size_t most_bytes)
    : path_{folder / (key.text() + std::string{extension})}, record_{sizeof(head) + floats * sizeof(float)},
      most_bytes_{most_bytes}, file_{opened(folder, path_)}
  {
    if (!file_.is_open()) detail::refuse_file(error_code::file_unwritable, path_, "cannot use");
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
      note_ = "'" + path_.string() + "' is in use by another run; this one makes its features anew";
      file_.close();
      return;
    }
    ::futimens(file_.number(), nullptr);  // it was used now
    others_bytes_ = remove_oldest(folder);
    read_heads();
  }

  /// returns:  whether the features were there; if so `features` holds them, bit for bit
  bool read(const feature_name& name, std::span<float> features)
  {
    const auto found = places_.find(name);
    if (found == places_.end()) return false;
    head said;
    const auto place = static_cast<off_t>(found->second * record_);
    const std::span<std::byte> bytes = std::as_writable_bytes(features);
    const bool is_whole = read_all(place, std::as_writable_bytes(std::span{&said, 1})) &&
                          read_all(place + static_cast<off_t>(sizeof said), bytes) && said.checksum == crc32c(bytes);
    if (!is_whole) places_.erase(found);
    return is_whole;
  }

  /// Keeps them if there is room. What goes wrong is no error: note() tells it.
  void write(const feature_name& name, std::span<const float> features)
  {
    if (!file_.is_open() || places_.contains(name) || !has_room()) return;
    const std::span<const std::byte> bytes = std::as_bytes(features);
    const head said{name, crc32c(bytes), 0};
    const auto place = static_cast<off_t>(records_ * record_);
    const bool is_written = write_all(place + static_cast<off_t>(sizeof said), bytes) &&
                            write_all(place, std::as_bytes(std::span{&said, 1}));  // the head last: it says it is whole
    if (!is_written) {
      note_ = "'" + path_.string() + "' grows no more: " + std::strerror(errno);
      most_bytes_ = 0;
      return;
    }
    places_.emplace(name, records_++);
  }

  [[nodiscard]] bool contains(const feature_name& name) const { return places_.contains(name); }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// returns:  why features are not kept, or empty
  [[nodiscard]] const std::string& note() const { return note_; }

private:
  /// In front of each record; plain data without gaps.
  struct head {
    feature_name name{};
    std::uint32_t checksum{};
    std::uint32_t unused{};
  };
  static_assert(sizeof(head) == 32);

  static int opened(const std::filesystem::path& folder, const std::filesystem::path& path)
  {
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  }

  [[nodiscard]] bool has_room()
  {
    if (others_bytes_ + (records_ + 1) * record_ <= most_bytes_) return true;
    if (note_.empty()) note_ = "'" + path_.string() + "' is full; further features are made anew each time";
    return false;
  }

  /// returns:  bytes of the other files that stay
  std::size_t remove_oldest(const std::filesystem::path& folder) const
  {
    struct other {
      std::filesystem::file_time_type used;
      std::filesystem::path path;
      std::size_t bytes;
    };
    std::vector<other> others;
    std::error_code problem;
    std::size_t all = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder, problem}) {
      if (entry.path().extension() != extension || entry.path() == path_ || !entry.is_regular_file(problem)) continue;
      others.push_back({entry.last_write_time(problem), entry.path(), entry.file_size(problem)});
      all += others.back().bytes;
    }
    std::sort(others.begin(), others.end(), [](const other& a, const other& b) { return a.used < b.used; });
    for (const other& each : others) {
      if (all <= most_bytes_ / 2) break;  // half of the room is for this run
      if (std::filesystem::remove(each.path, problem)) all -= each.bytes;
    }
    return all;
  }

  /// Finds what is there; a record that was being written when its run ended is cut off.
  void read_heads()
  {
    struct ::stat status{};
    ::fstat(file_.number(), &status);
    const std::size_t whole = static_cast<std::size_t>(status.st_size) / record_;
    for (std::size_t i = 0; i < whole; ++i) {
      head said;
      if (!read_all(static_cast<off_t>(i * record_), std::as_writable_bytes(std::span{&said, 1}))) break;
      places_.insert_or_assign(said.name, i);
      records_ = i + 1;
    }
    static_cast<void>(::ftruncate(file_.number(), static_cast<off_t>(records_ * record_)));
  }

  [[nodiscard]] bool read_all(off_t place, std::span<std::byte> bytes) const
  {
    while (!bytes.empty()) {
      const ssize_t some = ::pread(file_.number(), bytes.data(), bytes.size(), place);
      if (some <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(some));
      place += some;
    }
    return true;
  }

  [[nodiscard]] bool write_all(off_t place, std::span<const std::byte> bytes) const
  {
    while (!bytes.empty()) {
      const ssize_t some = ::pwrite(file_.number(), bytes.data(), bytes.size(), place);
      if (some < 0 && errno == EINTR) continue;
      if (some <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(some));
      place += some;
    }
    return true;
  }

  std::filesystem::path path_;
  std::size_t record_;
  std::size_t most_bytes_;
  detail::descriptor file_;
  std::size_t others_bytes_{};
  std::size_t records_{};
  std::map<feature_name, std::size_t> places_;
  std::string note_;
};

}  // namespace thorax
