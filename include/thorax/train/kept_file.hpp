// SPDX-License-Identifier: MIT
//
// kept_file: a file that is replaced while the one before it is kept beside it, so that damage to one of them loses
// little.

#pragma once

#include <thorax/base/file.hpp>  // write_file, descriptor

#include <fcntl.h>   // open
#include <unistd.h>  // fsync, link

#include <cerrno>
#include <cstddef>  // byte
#include <filesystem>
#include <span>
#include <string>
#include <system_error>  // error_code

namespace thorax {

/// returns:  where the one before is kept: `run/checkpoint.previous.safetensors` of `run/checkpoint.safetensors`
inline std::filesystem::path previous_of(const std::filesystem::path& path)
{
  return path.parent_path() / (path.stem().string() + ".previous" + path.extension().string());
}

namespace detail {

inline std::filesystem::path hidden(const std::filesystem::path& path, const std::string& ending)
{
  return path.parent_path() / ("." + path.filename().string() + "." + ending);
}

/// Gives the file a second name, or a second copy where a disk knows no links. `path` is always there.
inline void keep_as(const std::filesystem::path& path, const std::filesystem::path& second)
{
  const std::filesystem::path temporary = hidden(second, "linked");
  std::error_code problem;
  std::filesystem::remove(temporary, problem);
  if (::link(path.c_str(), temporary.c_str()) != 0) {
    if (errno == ENOENT) return;
    std::filesystem::copy_file(path, temporary, problem);
  }
  if (!problem) std::filesystem::rename(temporary, second, problem);
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);  // still there if both names were one file already
  if (problem)
    throw error{error_code::file_unwritable, "cannot keep '" + path.string() + "' as '" + second.string() +
                                               "': " + problem.message()};
}

/// Puts a file in the place of another, on the disk too.
inline void move_onto(const std::filesystem::path& from, const std::filesystem::path& path)
{
  std::error_code problem;
  std::filesystem::rename(from, path, problem);
  if (problem)
    throw error{error_code::file_unwritable, "cannot write '" + path.string() + "': " + problem.message()};
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const descriptor entry{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!entry.is_open() || ::fsync(entry.number()) != 0)
    refuse_file(error_code::file_unwritable, path, "written, but the folder could not be synced:");
}

}  // namespace detail

/// As write_file, and the old file stays under `previous_of(path)`. At every moment a whole file is at `path`, if there
/// was one; if the new one cannot be written, both stay as they are.
///
/// throws:  error{file_unwritable}
inline void write_kept_file(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
  const std::filesystem::path next = detail::hidden(path, "newest");
  write_file(next, bytes);
  detail::keep_as(path, previous_of(path));
  detail::move_onto(next, path);
}

}  // namespace thorax
