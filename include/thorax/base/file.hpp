// SPDX-License-Identifier: MIT
//
// file: whole files in, whole files out. What is written replaces the old file only when it is complete
// and on the disk; devices and pipes are written into, for nothing can replace them.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <fcntl.h>     // open
#include <sys/mman.h>  // mmap
#include <sys/stat.h>  // fstat
#include <unistd.h>    // fsync, close

#include <cerrno>
#include <cstddef>  // byte, size_t
#include <cstdio>   // rename
#include <cstdlib>  // mkostemp
#include <cstring>  // strerror
#include <filesystem>
#include <span>
#include <string>
#include <system_error>  // error_code
#include <utility>       // exchange

namespace thorax {

namespace detail {

[[noreturn]] inline void refuse_file(error_code code, const std::filesystem::path& path,
                                     const std::string& what)
{
  throw error{code, what + " '" + path.string() + "': " + std::strerror(errno)};
}

/// A file descriptor that closes itself.
class descriptor {
public:
  explicit descriptor(int number) : number_{number} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  int close() { return number_ < 0 ? 0 : ::close(std::exchange(number_, -1)); }

private:
  int number_;
};

inline bool write_all(int file, std::span<const std::byte> bytes)
{
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Writes into what stands at `path`. A pipe is waited for until somebody reads it.
inline void write_into(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
  descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file.is_open() || !write_all(file.number(), bytes) || file.close() != 0)
    refuse_file(error_code::file_unwritable, path, "cannot write");
}

/// Puts a new file of that mode where `path` is, or nothing.
inline void replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes, mode_t mode)
{
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (!file.is_open()) refuse_file(error_code::file_unwritable, path, "cannot write");
  const bool whole = write_all(file.number(), bytes) && ::fchmod(file.number(), mode) == 0 &&
                     ::fsync(file.number()) == 0 && file.close() == 0 &&
                     std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!whole) {
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    refuse_file(error_code::file_unwritable, path, "cannot write");
  }
  const descriptor entry{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!entry.is_open() || ::fsync(entry.number()) != 0)
    refuse_file(error_code::file_unwritable, path, "written, but the folder could not be synced:");
}

}  // namespace detail

/// A file mapped into memory, read-only; pages are loaded when they are touched.
class mapped_file {
public:
  /// throws:  error{file_unreadable} when the file is missing, no regular file, or not readable
  explicit mapped_file(const std::filesystem::path& path)
  {
    const detail::descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.is_open()) detail::refuse_file(error_code::file_unreadable, path, "cannot open");
    struct ::stat status{};
    if (::fstat(file.number(), &status) != 0)
      detail::refuse_file(error_code::file_unreadable, path, "cannot inspect");
    if (!S_ISREG(status.st_mode))
      throw error{error_code::file_unreadable, "'" + path.string() + "' is a folder or device, expected a file"};
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;
    void* start = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (start == MAP_FAILED) detail::refuse_file(error_code::file_unreadable, path, "cannot map");
    start_ = static_cast<const std::byte*>(start);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;
  mapped_file(mapped_file&& other) noexcept
    : start_{std::exchange(other.start_, nullptr)}, size_{std::exchange(other.size_, 0)}
  {
  }
  mapped_file& operator=(mapped_file&& other) noexcept
  {
    std::swap(start_, other.start_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~mapped_file()
  {
    if (start_ != nullptr) ::munmap(const_cast<std::byte*>(start_), size_);
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return {start_, size_}; }

  /// Says that a part of the file will not be read again soon: the process need not hold its pages. They come back when
  /// they are touched.
  void set_aside(std::span<const std::byte> part) const
  {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }

private:
  const std::byte* start_{};
  std::size_t size_{};
};

/// Replaces `path` by `bytes` as one step: a temporary file in the same folder is written, synced, renamed,
/// and the folder synced. Whatever fails, `path` holds either its old content or all of the new one.
/// A new file has mode 0644, a replaced one keeps its own; of a link to a file that file is replaced. What is no
/// regular file, such as a pipe or a device, is written into.
///
/// throws:  error{file_unwritable}
inline void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
  struct ::stat old{};
  if (::stat(path.c_str(), &old) != 0) return detail::replace_file(path, bytes, 0644);
  if (!S_ISREG(old.st_mode)) return detail::write_into(path, bytes);
  // Only permissions are kept: the owner may be another one now, and must not lend a file its rights (04000).
  const mode_t mode = old.st_mode & 0777U;
  std::error_code problem;
  if (!std::filesystem::is_symlink(path, problem)) return detail::replace_file(path, bytes, mode);
  const std::filesystem::path target = std::filesystem::canonical(path, problem);
  if (problem)
    throw error{error_code::file_unwritable, "cannot follow the link '" + path.string() + "': " + problem.message()};
  detail::replace_file(target, bytes, mode);
}

inline void write_file(const std::filesystem::path& path, const std::string& text)
{
  write_file(path, std::as_bytes(std::span{text}));
}

/// returns:  all bytes of the file as text
/// throws:   error{file_unreadable}; error{limit_exceeded} above `most_bytes`
inline std::string read_file(const std::filesystem::path& path, std::size_t most_bytes = std::size_t{1} << 30)
{
  const mapped_file file{path};
  const std::span<const std::byte> bytes = file.bytes();
  if (bytes.size() > most_bytes)
    throw error{error_code::limit_exceeded, "'" + path.string() + "' has " + std::to_string(bytes.size()) +
                                              " bytes, at most " + std::to_string(most_bytes) + " are read"};
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace thorax
