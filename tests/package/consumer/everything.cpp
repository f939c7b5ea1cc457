// SPDX-License-Identifier: MIT
//
// A program that includes the whole library and meets one of its errors.

#include <thorax/training.hpp>

#include <iostream>

int threads_of_second_file();

int main()
{
  try {
    static_cast<void>(thorax::read_image("there_is_no_such_film.png"));
    return 1;
  }
  catch (const thorax::error& problem) {
    std::cout << "thorax " THORAX_VERSION_STRING ", " << threads_of_second_file() << " threads, "
              << problem.what() << '\n';
    return problem.code() == thorax::error_code::file_unreadable ? 0 : 1;
  }
}
