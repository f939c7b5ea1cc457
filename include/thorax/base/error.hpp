// SPDX-License-Identifier: MIT
//
// error: the one exception type. Its sentence says what, where, expected, found, cure.

#pragma once

#include <stdexcept>  // runtime_error
#include <string>

namespace thorax {

/// What kind of thing went wrong, for programs that react; people read the sentence.
enum class error_code {
  wrong_usage,       ///< an argument or option makes no sense
  file_unreadable,   ///< missing, no permission, or cut short while reading
  file_unwritable,   ///< a result could not be saved; what stood there before is untouched
  format_refused,    ///< the bytes are not what their format promises
  limit_exceeded,    ///< larger than the stated limit, refused before allocation
  does_not_fit,      ///< shapes, names or classes of two things disagree
  checksum_differs,  ///< the payload is not what was written
  number_not_finite, ///< a loss or weight became infinite or not a number
  no_device          ///< what a backend computes on is not there, or has failed
};

/// Thrown for input, output and user mistakes. `what()` is one sentence for people.
class error : public std::runtime_error {
public:
  error(error_code code, const std::string& sentence) : std::runtime_error{sentence}, code_{code} {}

  [[nodiscard]] error_code code() const noexcept { return code_; }

private:
  error_code code_;
};

}  // namespace thorax
