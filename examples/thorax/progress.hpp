// SPDX-License-Identifier: MIT
//
// progress: one line on a terminal that says how far it is and how long it will take; nothing elsewhere.

#pragma once

#include <unistd.h>  // isatty

#include <chrono>
#include <cstdio>
#include <string>

namespace thorax::program {

class progress_line {
public:
  /// Shows `label 12/40  30 s left`; at most ten times a second, and only on a terminal.
  void show(const std::string& label, int done, int all)
  {
    if (!on_terminal_) return;
    const clock::time_point now = clock::now();
    if (done < all && now - shown_ < std::chrono::milliseconds{100}) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const double left = done > 0 ? seconds / done * (all - done) : 0;
    std::fprintf(stderr, "\r%s  %d/%d  %.0f s left \033[K", label.c_str(), done, all, left);
    std::fflush(stderr);
  }

  void clear() const
  {
    if (on_terminal_) std::fprintf(stderr, "\r\033[K");
  }

  void restart() { begin_ = clock::now(); }

private:
  using clock = std::chrono::steady_clock;

  bool on_terminal_{isatty(STDERR_FILENO) != 0};
  clock::time_point begin_{clock::now()};
  clock::time_point shown_{};
};

}  // namespace thorax::program
