// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_display.hpp>

#include "image/dicom_films.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <string>

namespace {

using thorax::detail::dicom_window;

const std::string film_name = "x";

struct shown {
  std::vector<std::uint8_t> grays;  ///< of the six pixels
  std::vector<std::string> remarks;
};

shown show(const dicom_film& film)
{
  const std::vector<std::byte> bytes = film.bytes();
  const auto file = thorax::detail::read_dicom_elements(bytes, film_name);
  const auto samples = thorax::detail::samples_of(file.attributes, {});
  const auto pixels = thorax::detail::bits_of(file, samples, {});
  shown out;
  const auto grays = thorax::detail::grays_of(file.attributes, samples, pixels, out.remarks);
  for (const std::uint16_t bits : pixels) out.grays.push_back(grays[bits]);
  return out;
}

bool is_refused(const std::string& words, const dicom_film& film)
{
  return refuses(thorax::error_code::format_refused, words, [&] { show(film); });
}

std::string table(std::uint32_t count, std::uint32_t first, std::uint32_t bits, const std::string& entries)
{
  return item_bytes(element_bytes(0x0028'3002, "US", bytes_of_number(count, 2) + bytes_of_number(first, 2) +
                                                       bytes_of_number(bits, 2)) +
                    element_bytes(0x0028'3006, "OW", entries));
}

dicom_film without_window() { return dicom_film{}.without(0x0028'1050).without(0x0028'1051); }

constexpr double bound = 1e-15;

}  // namespace

TEST_CASE("a linear window follows the formula of the standard", "[image]")
{
  const dicom_window window{.center = 2'048, .width = 4'096, .curve = dicom_window::shape::linear};
  CHECK(window(0) == 0);
  CHECK(window(-5) == 0);
  CHECK(window(4'095) == 1);
  CHECK(window(9'999) == 1);
  CHECK(std::abs(window(1'000) - 1'000 / 4'095.0) < bound);
  const dicom_window exact{.center = 2'048, .width = 4'096, .curve = dicom_window::shape::linear_exact};
  CHECK(std::abs(exact(1'000) - 1'000 / 4'096.0) < bound);
  CHECK(exact(4'096) == 1);
}

TEST_CASE("a window of width 1 is a step and divides by nothing", "[image]")
{
  const dicom_window window{.center = 100, .width = 1, .curve = dicom_window::shape::linear};
  CHECK(window(99) == 0);
  CHECK(window(99.5) == 0);
  CHECK(window(99.75) == 1);
}

TEST_CASE("a sigmoid window is a half at its center and reaches no end", "[image]")
{
  const dicom_window window{.center = 100, .width = 50, .curve = dicom_window::shape::sigmoid};
  CHECK(window(100) == 0.5);
  CHECK(std::abs(window(125) - 1 / (1 + std::exp(-2.0))) < bound);
  CHECK(window(-1e300) == 0);
  CHECK(window(200) < 1);
}

TEST_CASE("percentiles are interpolated between the neighbors in the order of the values, not of the bits", "[image]")
{
  std::vector<double> values(256);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = -static_cast<double>(i);
  thorax::detail::dicom_bits pixels;
  for (std::uint16_t i = 0; i <= 50; ++i) pixels.push_back(i);
  const auto [low, high] = thorax::detail::percentiles_of(values, pixels);
  CHECK(std::abs(low - -49.5) < 1e-12);
  CHECK(std::abs(high - -0.5) < 1e-12);
}

TEST_CASE("a film without a usable window is spread between its percentiles, which is remarked", "[image]")
{
  const shown found = show(without_window());
  CHECK(found.grays.front() == 0);
  CHECK(found.grays.back() == 255);
  CHECK(found.remarks == std::vector<std::string>{"has neither window nor look-up table of interest; grays are spread "
                                                  "from the 1st to the 99th percentile of its values"});
  const shown of_another_shape = show(dicom_film{}.set(0x0028'1056, "CS", "CUBIC"));
  CHECK(of_another_shape.remarks.at(0).starts_with("has a window of an unknown shape"));
  CHECK(show(dicom_film{}.set(0x0028'1051, "DS", "0")).remarks.at(0).starts_with("has a window without a width"));
  CHECK(show(dicom_film{}.set(0x0028'1051, "DS", "0.5")).remarks.size() == 1);
  CHECK(show(dicom_film{}.set(0x0028'1051, "DS", "0.5").set(0x0028'1056, "CS", "SIGMOID")).remarks.empty());
}

TEST_CASE("a film of one value without a window is gray", "[image]")
{
  CHECK(show(without_window().set(0x7fe0'0010, "OB", "aaaaaa")).grays == std::vector<std::uint8_t>(6, 128));
}

TEST_CASE("a table of interest comes before a window, and clamps to its ends", "[image]")
{
  const dicom_film film = dicom_film{}.set(
    0x0028'3010, "SQ", table(3, 102, 10, bytes_of_number(0, 2) + bytes_of_number(341, 2) + bytes_of_number(1'023, 2)));
  CHECK(show(film).grays == std::vector<std::uint8_t>{0, 0, 0, 255, 255, 255});
  dicom_film inside = film;
  CHECK(show(inside.set(0x7fe0'0010, "OB", "\x65\x66\x67\x68\x69\x67")).grays ==
        std::vector<std::uint8_t>{0, 0, 85, 255, 255, 85});
}

TEST_CASE("a table of eight bits may be packed, one byte an entry", "[image]")
{
  const dicom_film film = dicom_film{}.set(0x0028'3010, "SQ", table(3, 50, 8, "\x0a\x14\x1e"));
  CHECK(show(film).grays == std::vector<std::uint8_t>{10, 20, 30, 30, 30, 30});
}

TEST_CASE("the modality's table or line comes before the window", "[image]")
{
  const dicom_film line = dicom_film{}.set(0x0028'1053, "DS", "2").set(0x0028'1052, "DS", "-51");
  CHECK(show(line).grays == std::vector<std::uint8_t>{0, 51, 153, 255, 255, 255});
  const dicom_film table_first =
    dicom_film{line}.set(0x0028'3000, "SQ", table(2, 102, 16, bytes_of_number(7, 2) + bytes_of_number(9, 2)));
  CHECK(show(table_first).grays == std::vector<std::uint8_t>{7, 7, 7, 9, 9, 9});
}

TEST_CASE("tables and lines that mean nothing are refused", "[image]")
{
  CHECK(is_refused("expected RescaleSlope to be other than 0", dicom_film{}.set(0x0028'1053, "DS", "0")));
  CHECK(is_refused("expected WindowCenter to be a decimal number", dicom_film{}.set(0x0028'1050, "DS", "middle")));
  CHECK(is_refused("expected VOILUTSequence to be three numbers and the entries that they describe, found none",
                   dicom_film{}.set(0x0028'3010, "SQ", item_bytes(""))));
  CHECK(is_refused("expected VOILUTSequence to be 3 entries of 8 to 16 bits, found something else",
                   dicom_film{}.set(0x0028'3010, "SQ", table(3, 0, 12, "abcd"))));
  CHECK(is_refused("65536 entries", dicom_film{}.set(0x0028'3010, "SQ", table(0, 0, 12, "abcd"))));
  CHECK(is_refused("2 entries of 8 to 16 bits", dicom_film{}.set(0x0028'3000, "SQ", table(2, 0, 17, "abcd"))));
  CHECK(is_refused("near byte 4 of ModalityLUTSequence", dicom_film{}.set(0x0028'3000, "SQ", "abcdefgh")));
}
