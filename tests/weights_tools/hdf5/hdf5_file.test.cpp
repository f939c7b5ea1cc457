// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_file.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/damaged.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"
#include "weights_tools/hdf5/hdf5_files.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using thorax::error_code;
using thorax::storage;
using thorax::tools::hdf5_file;
using thorax::tools::hdf5_object;

namespace {

using names = std::vector<std::string>;

std::string text_of_file(const std::string& name)
{
  const std::vector<std::byte> bytes = hdf5_bytes_of(name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Everything that can be read of a file is read.
void read_all(std::span<const std::byte> bytes)
{
  const hdf5_file file{bytes, "damaged"};
  for (const hdf5_object& each : file.objects())
    if (!each.is_group && each.refusal.empty()) CHECK(file.tensor(each).numbers.size() <= bytes.size());
}

const hdf5_object& object_at(const hdf5_file& file, const std::string& path)
{
  const hdf5_object* found = file.find(path);
  INFO(path);
  REQUIRE(found != nullptr);
  return *found;
}

void check_layers(const std::string& name, int layers)
{
  INFO(name);
  const auto bytes = hdf5_bytes_of(name);
  const hdf5_file file{bytes, name};
  CHECK(file.objects().size() == 2 + static_cast<std::size_t>(layers));
  CHECK(object_at(file, "layers").texts.at("layer_names") == layer_names(0, layers));
  for (int i = 0; i < layers; ++i) {
    const hdf5_object& layer = object_at(file, "layers/" + layer_name(i));
    CHECK(layer.shape == std::vector<std::size_t>{2});
    CHECK(file.tensor(layer).numbers == numbers_from(i, 2));
  }
  CHECK(std::is_sorted(file.objects().begin(), file.objects().end(),
                       [](const hdf5_object& a, const hdf5_object& b) { return a.path < b.path; }));
}

void check_texts(const std::string& name)
{
  INFO(name);
  const auto bytes = hdf5_bytes_of(name);
  const hdf5_file file{bytes, name};
  const auto& texts = object_at(file, "").texts;
  CHECK(texts.size() == 9);
  CHECK(texts.at("backend") == names{"tensorflow"});
  CHECK(texts.at("bytes") == names{"2.15.0"});
  CHECK(texts.at("model_config") == names{long_text(3000)});
  CHECK(texts.at("nothing") == names{""});
  CHECK(texts.at("names") == layer_names(0, 9));
  names variable = layer_names(0, 9);
  variable.insert(variable.end(), {"", "gr\xc3\xb6\xc3\x9f"
                                       "er"});
  CHECK(texts.at("variable") == variable);
  CHECK(texts.at("table") == names{"a", "bc", "", "d"});
  CHECK(texts.at("no_rows").empty());
  CHECK(texts.at("spaces") == names{"ab"});
}

}  // namespace

TEST_CASE("layers are found in symbol tables, in links and in fractal heaps", "[weights_tools]")
{
  check_layers("layers_earliest", 60);
  check_layers("layers_v108", 6);
  check_layers("layers_v110", 20);
  check_layers("layers_latest", 75);
}

TEST_CASE("texts of every kind are read, whatever version of HDF5 wrote them", "[weights_tools]")
{
  check_texts("texts_earliest");
  check_texts("texts_v108");
  check_texts("texts_latest");
}

TEST_CASE("attributes that do not fit an object header are read", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("many_attributes");
  const hdf5_file file{bytes, "x"};
  const auto& texts = object_at(file, "").texts;
  CHECK(texts.size() == 62);
  for (int i = 0; i < 60; ++i) CHECK(texts.at("layer_names" + std::to_string(i)) == layer_names(i, i + i % 5));
  CHECK(texts.at("variable") == layer_names(0, 9));
  REQUIRE(texts.at("large").size() == 80);
  for (int i = 0; i < 80; ++i) CHECK(texts.at("large")[static_cast<std::size_t>(i)] == long_text(50 + i));
}

TEST_CASE("every format of numbers becomes float, from either order and either layout", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("types");
  const hdf5_file file{bytes, "x"};
  for (const std::string order : {"little", "big"})
    for (const auto& [width, format] :
         {std::pair{"f2", storage::f16}, {"f4", storage::f32}, {"f8", storage::f64}}) {
      const auto tensor = file.tensor(object_at(file, order + width));
      CHECK(tensor.name == order + width);
      CHECK(tensor.format == format);
      CHECK(tensor.shape == std::vector<std::size_t>{2, 3, 2});
      CHECK(tensor.numbers == numbers_from(0, 12));
    }
  CHECK(file.tensor(object_at(file, "compact")).numbers == numbers_from(0, 5));
  CHECK(file.tensor(object_at(file, "scalar")).numbers == std::vector<float>{1.5F});
  CHECK(file.tensor(object_at(file, "scalar")).shape.empty());
  CHECK(file.tensor(object_at(file, "empty")).numbers.empty());
  CHECK(file.tensor(object_at(file, "empty")).shape == std::vector<std::size_t>{3, 0});
}

TEST_CASE("numbers of 64 bits are rounded to the nearest float", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("types");
  const hdf5_file file{bytes, "x"};
  const auto numbers = file.tensor(object_at(file, "rounded")).numbers;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  REQUIRE(numbers.size() == 7);
  CHECK(numbers[0] == 0.1F);
  CHECK(numbers[1] == infinity);
  CHECK(numbers[2] == -infinity);
  CHECK(numbers[3] == std::numeric_limits<float>::max());
  CHECK(numbers[4] == 0);
  CHECK(numbers[5] == infinity);
  CHECK(std::isnan(numbers[6]));
}

TEST_CASE("what cannot be read is listed, and refused by its reason when it is asked for", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("types");
  const hdf5_file file{bytes, "'x.h5'"};
  CHECK(file.name() == "'x.h5'");
  const auto is_refused = [&](const std::string& path, const std::string& words) {
    return refuses(error_code::does_not_fit, "'x.h5': '" + path + "' " + words,
                   [&] { return file.tensor(object_at(file, path)); });
  };
  CHECK(is_refused("integers", "holds whole numbers"));
  CHECK(is_refused("texts", "holds texts"));
  CHECK(is_refused("unwritten", "has no numbers, they were never written"));
  CHECK(is_refused("chunked", "is stored in chunks; rewrite the file with: h5repack"));
  CHECK(is_refused("compressed", "is stored in chunks; rewrite the file with: h5repack"));
  CHECK(is_refused("a_type", "is a datatype, expected a dataset"));
  CHECK(is_refused("", "is a group, expected a dataset"));
  CHECK(file.find("absent") == nullptr);
  CHECK(file.find("/little2") == nullptr);
}

TEST_CASE("a file behind a user block is read", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("user_block");
  CHECK(hdf5_file::looks_like(bytes));
  CHECK(!hdf5_file::looks_like(std::span{bytes}.first(519)));
  const hdf5_file file{bytes, "x"};
  CHECK(file.tensor(object_at(file, "model/kernel:0")).numbers == numbers_from(0, 3));
}

TEST_CASE("a copy and a moved file find what the first one found", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("user_block");
  hdf5_file first{bytes, "x"};
  const hdf5_file copy = first;
  const hdf5_file moved = std::move(first);
  for (const hdf5_file* each : {&copy, &moved})
    CHECK(each->tensor(object_at(*each, "model/kernel:0")).numbers == numbers_from(0, 3));
}

TEST_CASE("numbers are bytes of the file itself", "[weights_tools]")
{
  const auto bytes = hdf5_bytes_of("layers_v108");
  const hdf5_file file{bytes, "x"};
  for (const hdf5_object& each : file.objects()) {
    if (each.is_group) continue;
    CHECK(each.bytes.data() >= bytes.data());
    CHECK(each.bytes.data() + each.bytes.size() <= bytes.data() + bytes.size());
  }
}

TEST_CASE("no beginning of a file is a file", "[weights_tools]")
{
  for (const std::string name : {"layers_v108", "texts_earliest", "texts_latest", "user_block"}) {
    INFO(name);
    CHECK(thorax::tests::accepted_beginnings(text_of_file(name), read_all) == 0);
  }
}

TEST_CASE("whatever is changed in a file, reading it ends with a result or an error", "[weights_tools]")
{
  for (const auto& each : std::filesystem::directory_iterator{"tests/data/files/weights/hdf5"}) {
    const std::string name = each.path().stem().string();
    INFO(name);
    const int accepted = thorax::tests::accepted_changes(text_of_file(name), 2024, 600, read_all);
    CHECK(accepted < 600);
  }
  // A small file without checksums takes every flip.
  hdf5_by_hand file;
  const std::uint64_t numbers = file.place_zeros(2);
  const std::vector<std::byte> bytes = file.finished(
    {link_message("a", numbers), attribute_message("n", text_type(3), scalar_space(), fields{}.text("abc"))});
  const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  CHECK(thorax::tests::is_accepted(text, read_all));
  CHECK(thorax::tests::accepted_flips(text, read_all) < static_cast<int>(8 * text.size()));
}
