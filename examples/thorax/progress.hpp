// SPDX-License-Identifier: MIT
//
// progress: one line on a terminal that says how far it is and how long it will take; nothing elsewhere.

#pragma once

#include <unistd.h>  // isatty

#include <chrono>
#include <cstdio>
#include <string>

namespace thorax::program {

/// returns:  "12 s", "3 min" or "2.5 h"
inline std::string duration_text(double seconds)
{
  char text[32];
  if (seconds < 100) std::snprintf(text, sizeof text, "%.0f s", seconds);
  else if (seconds < 6000) std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
  else std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

class progress_line {
public:
  /// Shows `label 12/40  30 s left`; at most ten times a second, and only on a terminal.
  void show(const std::string& label, int done, int all)
  {
    if (!on_terminal_) return;
    const double seconds = std::chrono::duration<double>(clock::now() - begin_).count();
    const double left = done > 0 ? seconds / done * (all - done) : 0;
    char rest[64];
    std::snprintf(rest, sizeof rest, "  %d/%d  %.0f s left ", done, all, left);
    show_text(label + rest, done >= all);
  }

  /// Shows a text, the `last` one even if less than a tenth of a second has passed.
  void show_text(const std::string& text, bool last)
  {
    if (!on_terminal_) return;
    const clock::time_point now = clock::now();
    if (!last && now - shown_ < std::chrono::milliseconds{100}) return;
    shown_ = now;
    std::fprintf(stderr, "\r%s\033[K", text.c_str());
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
