// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_writer.hpp"

#include "hdf5/hdf5_file.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <numeric>
#include <string>
#include <vector>

using namespace thorax::tools;

namespace {

std::vector<std::byte> written()
{
  hdf5_writer file;
  file.add_group("/a");
  file.add_texts("/a", "names", {"short", "a longer one"});
  file.add_texts("/a", "none", {});
  file.add_text("/", "backend", "tensorflow");
  std::vector<float> numbers(6);
  std::iota(numbers.begin(), numbers.end(), 1.0F);
  file.add_floats("/a/b/c/kernel", {2, 3}, numbers);
  for (int i = 0; i < 700; ++i) file.add_floats("/many/" + std::to_string(i), {1}, {numbers.data() + i % 6, 1});
  return file.bytes();
}

}  // namespace

TEST_CASE("what libhdf5 writes is what the reader of our own reads", "[weights_tools]")
{
  const std::vector<std::byte> bytes = written();
  const hdf5_file file{bytes, "'file'"};
  CHECK(file.find("")->texts.at("backend") == std::vector<std::string>{"tensorflow"});
  CHECK(file.find("a")->texts.at("names") == std::vector<std::string>{"short", "a longer one"});
  const foreign_tensor kernel = file.tensor(*file.find("a/b/c/kernel"));
  CHECK(kernel.shape == std::vector<std::size_t>{2, 3});
  CHECK(kernel.numbers == std::vector<float>{1, 2, 3, 4, 5, 6});
  for (int i = 0; i < 700; ++i) {
    const foreign_tensor each = file.tensor(*file.find("many/" + std::to_string(i)));
    CHECK(each.numbers == std::vector<float>{static_cast<float>(i % 6 + 1)});
  }
}

TEST_CASE("the same calls give the same bytes", "[weights_tools]") { CHECK(written() == written()); }

TEST_CASE("what libhdf5 refuses is an error, and the file goes on", "[weights_tools]")
{
  hdf5_writer file;
  hdf5_writer other;  // at the same time
  file.add_group("/a");
  CHECK(refuses(thorax::error_code::file_unwritable, "libhdf5", [&] { file.add_group("/a"); }));
  CHECK(refuses(thorax::error_code::file_unwritable, "libhdf5", [&] { file.add_text("/b", "x", "y"); }));
  file.add_group("/b");
  const std::vector<std::byte> bytes = file.bytes();
  CHECK(hdf5_file{bytes, "'file'"}.find("b") != nullptr);
  CHECK(other.bytes() != bytes);
}
