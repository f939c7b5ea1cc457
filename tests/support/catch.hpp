// SPDX-License-Identifier: MIT
//
// catch: the one place that knows where Catch2 keeps its header; it moved between versions 2 and 3.

#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
