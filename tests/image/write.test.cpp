// SPDX-License-Identifier: MIT
#include <thorax/image/write.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <thorax/image/read.hpp>

TEST_CASE("what is encoded as PNG decodes to the same picture", "[image]")
{
  for (const int channels : {1, 3})
    for (const auto& [height, width] : {std::pair{1, 1}, std::pair{7, 300}, std::pair{131, 77}}) {
      const thorax::image picture = pattern(height, width, channels);
      CHECK(thorax::decode_image(thorax::encode_png(picture)) == picture);
    }
}

TEST_CASE("a picture that is written can be read back, and replaces what was there", "[image]")
{
  const temporary_folder folder;
  thorax::write_image(folder / "a.png", pattern(5, 6, 1));
  thorax::write_image(folder / "a.png", pattern(9, 4, 3));
  const thorax::image found = thorax::read_image(folder / "a.png");
  CHECK(found == pattern(9, 4, 3));
}

TEST_CASE("a picture that cannot be saved is an error that names the file", "[image]")
{
  const auto refused = refusal([] { thorax::write_image("no/such/folder/a.png", pattern(2, 2, 1)); return 0; });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::file_unwritable);
  CHECK(std::string{refused->what()}.find("no/such/folder/a.png") != std::string::npos);
}

TEST_CASE("what is no picture is not encoded", "[image]")
{
  CHECK_THROWS_AS(thorax::encode_png(thorax::image{}), thorax::error);
  CHECK_THROWS_AS(thorax::encode_png(thorax::image(3, 3, 4)), thorax::error);
}
