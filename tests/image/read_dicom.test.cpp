// SPDX-License-Identifier: MIT
#include <thorax/image/read_dicom.hpp>

#include "image/dicom_films.hpp"
#include "image/mutated.hpp"
#include "image/pictures.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

namespace {

using thorax::error_code;

std::vector<std::uint8_t> grays(const dicom_film& film) { return thorax::decode_dicom(film.bytes()).picture.samples; }

std::vector<std::string> remarks(const dicom_film& film) { return thorax::decode_dicom(film.bytes()).remarks; }

bool is_refused(const std::string& words, const dicom_film& film)
{
  return refuses(error_code::format_refused, words, [&] { thorax::decode_dicom(film.bytes(), "x.dcm"); });
}

/// The one that has a JPEG inside; encoders differ, so no golden holds it to the bit.
const std::string jpeg_film = "tests/fuzz/corpus/dicom/jpeg_8";

std::string golden_path(const std::string& name) { return image_file("dicom/" + name); }

}  // namespace

TEST_CASE("a DICOM film gives the grays that pydicom's values stand for", "[image]")
{
  int files = 0;
  for (std::istringstream& line : golden_lines("decoded_dicom.txt")) {
    std::string name;
    int height = 0;
    int width = 0;
    line >> name >> height >> width;
    INFO(name);
    thorax::image expected{height, width, 1};
    for (std::uint8_t& sample : expected.samples) {
      int value = -1;
      line >> value;
      sample = static_cast<std::uint8_t>(value);
    }
    REQUIRE(line);
    // The script refuses values near a tie of rounding, so that nothing is left to the order of sums.
    const thorax::remarked_image found = thorax::read_with_remarks(golden_path(name));
    CHECK(found.picture == expected);
    CHECK(found.remarks.size() == (name == "percentiles.bin" ? 1U : 0U));
    ++files;
  }
  CHECK(files == 19);
}

TEST_CASE("a window that covers all values shows them as they are, and MONOCHROME1 turns them round", "[image]")
{
  CHECK(grays(dicom_film{}) == std::vector<std::uint8_t>{0, 51, 102, 153, 204, 255});
  CHECK(grays(dicom_film{}.set(0x0028'0004, "CS", "MONOCHROME1")) ==
        std::vector<std::uint8_t>{255, 204, 153, 102, 51, 0});
  CHECK(remarks(dicom_film{}).empty());
}

TEST_CASE("a file that is no DICOM file is refused by decode_dicom", "[image]")
{
  CHECK(refuses(error_code::format_refused, "DICM behind its first 128 bytes",
                [] { thorax::decode_dicom(bytes_of("P5 1 1 255 x"), "x"); }));
}

TEST_CASE("what is no frontal film is refused with what it is", "[image]")
{
  CHECK(is_refused("film 'x.dcm': expected the modality of a film (CR, DX or RG), found CT; "
                   "choose a radiograph of the chest",
                   dicom_film{}.set(0x0008'0060, "CS", "CT")));
  CHECK(is_refused("found none", dicom_film{}.without(0x0008'0060)));
  CHECK(is_refused("found a lateral one (LL)", dicom_film{}.set(0x0018'5101, "CS", "LL")));
  CHECK(is_refused("found a lateral one (LATERAL)", dicom_film{}.set(0x0018'5101, "CS", "LATERAL")));
}

TEST_CASE("an age outside 1 to 5 years and another part of the body are remarked", "[image]")
{
  const auto with_age = [](const std::string& age) { return remarks(dicom_film{}.set(0x0010'1010, "AS", age)); };
  CHECK(with_age("034Y") ==
        std::vector<std::string>{"is expected to be of a child of 1 to 5 years, the file says older"});
  CHECK(with_age("011M") ==
        std::vector<std::string>{"is expected to be of a child of 1 to 5 years, the file says younger"});
  for (const char* const inside : {"001Y", "005Y", "012M", "071M", "060W", "700D", "", "3Y", "abcY", "-01Y"})
    CHECK(with_age(inside).empty());
  for (const char* const outside : {"000Y", "006Y", "072M", "051W", "314W", "364D"})
    CHECK(with_age(outside).size() == 1);
  CHECK(remarks(dicom_film{}.set(0x0018'0015, "CS", "HAND")) ==
        std::vector<std::string>{"is expected to show a chest, the file says HAND"});
  CHECK(remarks(dicom_film{}.without(0x0018'0015)).empty());
}

TEST_CASE("nothing of a patient's name reaches a remark or a refusal", "[image]")
{
  for (const auto& [tag, field] : dicom_film{}.fields) {
    dicom_film film;
    film.set(tag, field.vr, "Phantom^Paul");
    const auto refused = refusal([&] { return thorax::decode_dicom(film.bytes(), "x"); });
    if (refused) CHECK(std::string{refused->what()}.find("Paul") == std::string::npos);
    else
      for (const std::string& remark : remarks(film)) CHECK(remark.find("Paul") == std::string::npos);
  }
}

TEST_CASE("a DICOM film above the limits is refused before memory is taken for it", "[image]")
{
  const auto refused = refusal([] {
    dicom_film film;
    film.set_number(0x0028'0010, 65'535).set_number(0x0028'0011, 65'535);
    return thorax::decode_dicom(film.bytes(), "x");
  });
  REQUIRE(refused);
  CHECK(refused->code() == error_code::limit_exceeded);
  CHECK(std::string{refused->what()}.find("found 65535x65535 pixels") != std::string::npos);
}

TEST_CASE("a DICOM film that was cut anywhere is refused", "[image]")
{
  for (const char* const name : {"plain_8.bin", "implicit.bin", "nested.bin", "rle_12.bin", "voi_table_signed.bin"}) {
    INFO(name);
    const thorax::mapped_file file{golden_path(name)};
    CHECK(decoded(file.bytes()));
    CHECK(accepted_beginnings(file.bytes()) == 0);
  }
  const thorax::mapped_file file{jpeg_film};
  CHECK(decoded(file.bytes()));
  CHECK(accepted_beginnings(file.bytes()) == 0);
}

TEST_CASE("a DICOM film with flipped bits is refused or still a picture, never a crash", "[image]")
{
  for (const std::string& path :
       {golden_path("plain_16.bin"), golden_path("implicit.bin"), golden_path("nested.bin"), golden_path("rle_12.bin"),
        golden_path("modality_table.bin"), golden_path("voi_table_implicit.bin"), golden_path("percentiles.bin"),
        jpeg_film}) {
    INFO(path);
    const thorax::mapped_file file{path};
    int refused = 0;
    decode_flipped(file.bytes(), 17, 1'000, [&](const std::optional<thorax::image>& found) {
      if (!found) ++refused;
      else thorax::ensure_is_picture(*found);
    });
    CHECK(refused > 20);
  }
}

TEST_CASE("each length and number of a DICOM film may be the largest, and it is refused or still a picture", "[image]")
{
  for (const char* const name : {"nested.bin", "implicit.bin", "rle_signed.bin", "voi_table.bin"}) {
    const thorax::mapped_file file{golden_path(name)};
    for (std::size_t width : {2U, 4U})
      for (std::size_t at = 128; at + width <= file.bytes().size(); ++at)
        for (const std::byte worst : {std::byte{0}, std::byte{0x7f}, std::byte{0xff}}) {
          std::vector<std::byte> damaged(file.bytes().begin(), file.bytes().end());
          for (std::size_t i = 0; i < width; ++i) damaged[at + i] = worst;
          const auto found = decoded(damaged);
          if (found) thorax::ensure_is_picture(*found);
        }
  }
}
