// SPDX-License-Identifier: MIT
//
// version: the library's version, and the only macros a user may test.

#pragma once

#define THORAX_VERSION_MAJOR 0
#define THORAX_VERSION_MINOR 1
#define THORAX_VERSION_PATCH 0
#define THORAX_VERSION_STRING "0.1.0"
