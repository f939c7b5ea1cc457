// SPDX-License-Identifier: MIT
#include <thorax/image/read.hpp>

#include "image/dicom_films.hpp"
#include "image/pictures.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

std::string sentence_for(const std::string& content)
{
  const auto refused = refusal([&] { return thorax::decode_image(bytes_of(content), "x.png"); });
  return refused ? refused->what() : "accepted";
}

bool says(const std::string& sentence, const std::string& words) { return sentence.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("the content decides the format, not the file's name", "[image]")
{
  const temporary_folder folder;
  const auto path = folder / "film.jpg";
  thorax::write_file(path, std::string{"P5 2 1 255\n\x05\xff", 13});
  const thorax::image film = thorax::read_image(path);
  CHECK(film.height == 1);
  CHECK(film.width == 2);
  CHECK(film.samples == std::vector<std::uint8_t>{5, 255});
}

TEST_CASE("a format that is not read is refused by its name", "[image]")
{
  CHECK(sentence_for("BMxxxxxx") == "film 'x.png': expected the content of a JPEG, PNG, PGM (P5) or DICOM file, "
                                    "found a BMP file; convert the film to PNG");
  CHECK(says(sentence_for(std::string{"II*\0abc", 7}), "found a TIFF file"));
  CHECK(says(sentence_for("RIFF0000WEBPVP8 "), "found a WebP file"));
  CHECK(says(sentence_for("P2 1 1 255 7"), "found a portable map other than P5"));
  CHECK(says(sentence_for("hello"), "found none of them; convert the film to PNG"));
}

TEST_CASE("an empty file is refused as one, for there is nothing to convert", "[image]")
{
  CHECK(sentence_for("") == "film 'x.png': expected the content of a JPEG, PNG, PGM (P5) or DICOM file, "
                            "found an empty file; copy or export the film again");
}

TEST_CASE("a file above the limit of bytes is refused before it is looked at", "[image]")
{
  const std::vector<std::byte> film = bytes_of("P5 1 1 255 x");
  const auto refused = refusal([&] { return thorax::decode_image(film, "x", {.file_bytes = 11}); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::limit_exceeded);
  CHECK(says(refused->what(), "at most 11 bytes, found 12"));
}

TEST_CASE("a missing film is an error that names it", "[image]")
{
  const auto refused = refusal([] { return thorax::read_image("no/such/film.png"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::file_unreadable);
  CHECK(says(refused->what(), "no/such/film.png"));
}

TEST_CASE("a DICOM film is known by its content, and its remarks are there for who asks", "[image]")
{
  const temporary_folder folder;
  const auto path = folder / "film.png";
  thorax::write_file(path, dicom_film{}.set(0x0018'0015, "CS", "HAND").text());
  CHECK(thorax::read_image(path).samples == std::vector<std::uint8_t>{0, 51, 102, 153, 204, 255});
  const thorax::remarked_image film = thorax::read_with_remarks(path);
  CHECK(film.picture == thorax::read_image(path));
  CHECK(film.remarks.size() == 1);
  thorax::write_file(path, std::string{"P5 2 1 255\n\x05\xff", 13});
  CHECK(thorax::read_with_remarks(path).remarks.empty());
}
