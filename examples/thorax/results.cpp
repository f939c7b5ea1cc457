// SPDX-License-Identifier: MIT

#include "results.hpp"

#include <thorax/base/error.hpp>  // error
#include <thorax/base/file.hpp>   // write_file

#include <fcntl.h>   // AT_EACCESS
#include <unistd.h>  // faccessat

#include <algorithm>     // mismatch
#include <cerrno>        // errno
#include <cstddef>       // size_t
#include <iostream>      // cout
#include <system_error>  // generic_category

namespace thorax::program {

void make_folder(const std::filesystem::path& folder)
{
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw error{error_code::file_unwritable,
                "cannot make the folder '" + folder.string() + "': " + failure.message()};
}

void ensure_outside(const std::filesystem::path& results, const std::filesystem::path& data)
{
  const std::filesystem::path inner = std::filesystem::weakly_canonical(std::filesystem::absolute(results));
  const std::filesystem::path outer = std::filesystem::weakly_canonical(std::filesystem::absolute(data));
  if (std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first != outer.end()) return;
  throw error{error_code::wrong_usage, "'" + results.string() + "' lies among the films of '" + data.string() +
                                         "', where results would be taken for a finding; choose a folder outside"};
}

void ensure_has_place(const std::string& target)
{
  if (target.empty() || target == "-") return;
  const auto refuse = [&](const std::string& why) {
    throw error{error_code::file_unwritable, "cannot write '" + target + "': " + why};
  };
  std::error_code unknown;
  const std::filesystem::path there = std::filesystem::weakly_canonical(target, unknown);  // behind all links
  const std::filesystem::path folder = (unknown ? std::filesystem::path{target} : there).parent_path();
  const std::filesystem::file_status status = std::filesystem::status(target, unknown);
  if (std::filesystem::is_directory(status)) refuse("it is a folder; give the name of a file");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return;  // a device or a pipe
  if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
    refuse("there is no folder '" + std::filesystem::path{target}.parent_path().string() + "'");
  if (::faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    refuse("nothing can be written into the folder '" + (folder.empty() ? "." : folder.string()) +
           "': " + std::generic_category().message(errno));
}

void ensure_apart(const std::vector<std::string>& targets, const std::vector<std::filesystem::path>& inputs)
{
  const auto refuse = [](const std::string& target, const std::string& why) {
    throw error{error_code::wrong_usage, "'" + target + "' " + why + "; choose another name for the result"};
  };
  const auto place_of = [](const std::string& target) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(target));
  };
  std::error_code unknown;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    std::error_code missing;
    const std::filesystem::file_status status = std::filesystem::status(targets[i], missing);
    const bool holds_nothing = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    if (targets[i].empty() || holds_nothing) continue;  // a device or a pipe
    for (std::size_t k = 0; k < i; ++k)
      if (!targets[k].empty() && place_of(targets[i]) == place_of(targets[k])) refuse(targets[i], "would hold two results");
    for (const std::filesystem::path& input : inputs)
      if (std::filesystem::equivalent(targets[i], input, unknown)) refuse(targets[i], "is read by this command");
  }
}

void write_result(const std::string& target, const std::string& text)
{
  if (target == "-") std::cout << text;
  else write_file(target, text);
}

}  // namespace thorax::program
