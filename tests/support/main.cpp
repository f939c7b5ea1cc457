// SPDX-License-Identifier: MIT
//
// The one main program of all tests. Catch2 3 brings its own; version 2 has it made here, once, because it
// takes ten seconds to compile.

#define CATCH_CONFIG_MAIN
#include "support/catch.hpp"
