// SPDX-License-Identifier: MIT
//
// refuses: does something throw the error it should, with the words it should.

#pragma once

#include <thorax/base/error.hpp>  // error, error_code

#include "support/catch.hpp"

#include <string>

/// Runs `work` and checks code and words of the error it throws.
///
/// returns:  whether it threw an error at all
template<class Work>
bool refuses(thorax::error_code code, const std::string& words, Work&& work)
{
  try {
    work();
  }
  catch (const thorax::error& failure) {
    INFO("expected: " << words << "\nfound:    " << failure.what());
    CHECK(failure.code() == code);
    CHECK(std::string{failure.what()}.find(words) != std::string::npos);
    return true;
  }
  return false;
}
