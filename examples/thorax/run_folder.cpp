// SPDX-License-Identifier: MIT

#include "run_folder.hpp"

#include "results.hpp"

#include <thorax/base/error.hpp>  // error

#include <cerrno>
#include <cstring>  // strerror
#include <string>

#include <fcntl.h>     // open
#include <sys/file.h>  // flock

namespace thorax::program {

namespace {

/// A temporary name of write_file or write_kept_file: a dot, the name, a dot, six letters.
bool is_half_written(const std::filesystem::path& path)
{
  const std::string name = path.filename().string();
  for (const char* whole : {"checkpoint.safetensors", "checkpoint.previous.safetensors", "weights.safetensors",
                            "best_by_accuracy.safetensors", "best_by_loss.safetensors", "history.csv", "history.svg",
                            "run.json", "splits.csv", "report.txt", "metrics.json", "predictions.csv", "folds.json",
                            ".checkpoint.safetensors.newest"}) {
    const std::string begin = std::string{"."} + whole + ".";
    if (name.starts_with(begin) && name.size() == begin.size() + 6) return true;
  }
  return false;
}

void remove_half_written(const std::filesystem::path& folder)
{
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry{folder, ignored}, end; entry != end; entry.increment(ignored))
    if (is_half_written(entry->path())) std::filesystem::remove(entry->path(), ignored);
}

void ensure_nothing_is_lost(const std::filesystem::path& folder, bool replaces)
{
  if (replaces || std::filesystem::exists(folder / "checkpoint.safetensors") ||
      !std::filesystem::exists(folder / "weights.safetensors"))
    return;
  throw error{error_code::file_unwritable,
              "'" + folder.string() +
                "' holds the weights of another run and no checkpoint to go on from; choose another --out, or "
                "replace them with --fresh"};
}

int opened(const std::filesystem::path& path)
{
  make_folder(path);
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

run_folder::run_folder(const std::filesystem::path& path, bool replaces) : held_{opened(path)}
{
  if (!held_.is_open())
    throw error{error_code::file_unwritable, "cannot open the folder '" + path.string() + "': " + std::strerror(errno)};
  if (::flock(held_.number(), LOCK_EX | LOCK_NB) != 0 && errno != ENOTSUP && errno != ENOLCK)
    throw error{error_code::file_unwritable,
                "another run is working in '" + path.string() + "'; wait until it ends, or choose another --out"};
  ensure_nothing_is_lost(path, replaces);
  remove_half_written(path);
  std::error_code ignored;
  if (!replaces) return;
  for (const char* name : {"checkpoint.previous.safetensors", "checkpoint.safetensors", "best_by_accuracy.safetensors",
                           "best_by_loss.safetensors"})
    std::filesystem::remove(path / name, ignored);
}

}  // namespace thorax::program
