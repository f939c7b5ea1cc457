// SPDX-License-Identifier: MIT
//
// The second file of the program `everything`.

#include <thorax/training.hpp>

int threads_of_second_file()
{
  return thorax::available_threads();
}
