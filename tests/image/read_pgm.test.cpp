// SPDX-License-Identifier: MIT
#include <thorax/image/read_pgm.hpp>

#include "image/mutated.hpp"
#include "image/pictures.hpp"
#include "support/catch.hpp"

namespace {

std::string sentence_for(const std::string& content)
{
  const auto refused = refusal([&] { return thorax::decode_pgm(bytes_of(content), "x.pgm"); });
  return refused ? refused->what() : "accepted";
}

bool says(const std::string& sentence, const std::string& words) { return sentence.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a PGM of one byte a sample comes in as it stands, comments skipped", "[image]")
{
  const thorax::image film = thorax::decode_pgm(bytes_of("P5\n# made by hand\n3 # wide\n2\n255\nabcdef"));
  CHECK(film.height == 2);
  CHECK(film.width == 3);
  CHECK(film.channels == 1);
  CHECK(film.samples == std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
}

TEST_CASE("a PGM of another maximum is scaled to 255 and rounded", "[image]")
{
  CHECK(thorax::decode_pgm(bytes_of(std::string{"P5 4 1 3 \0\1\2\3", 13})).samples ==
        std::vector<std::uint8_t>{0, 85, 170, 255});
  // 128 / 257 is below one half, 129 / 257 above.
  const std::string sixteen{"P5 4 1 65535 \0\0\0\x80\0\x81\xff\xff", 21};
  CHECK(thorax::decode_pgm(bytes_of(sixteen)).samples == std::vector<std::uint8_t>{0, 0, 1, 255});
  const std::string twelve{"P5 1 1 4095 \x08\x00", 14};
  CHECK(thorax::decode_pgm(bytes_of(twelve)).samples == std::vector<std::uint8_t>{128});
}

TEST_CASE("a PGM with samples missing, left over or above the maximum is refused", "[image]")
{
  CHECK(sentence_for("P5 3 2 255 abcde") ==
        "film 'x.pgm': expected a whole PGM (P5), found 5 bytes of samples instead of 6; "
        "copy or export the film again");
  CHECK(says(sentence_for("P5 3 2 255 abcdefg"), "7 bytes of samples instead of 6"));
  CHECK(says(sentence_for("P5 1 1 96 a"), "a sample of 97 above its maximum"));
  CHECK(says(sentence_for("P5 1 1 0 a"), "a maximum of 0"));
  CHECK(says(sentence_for("P5 1 1 65536 aa"), "a maximum of 65536"));
  CHECK(says(sentence_for("P5 1 one 255 a"), "no height"));
  CHECK(says(sentence_for("P5 -1 1 255 a"), "no width"));
  CHECK(says(sentence_for("P5 1 1 255"), "no white space after the header"));
  CHECK(says(sentence_for("P5 99999999999999999999 1 255 a"), "width above 1000000000"));
  CHECK(says(sentence_for("P5 0 1 255 "), "found 0x1 pixels"));
}

TEST_CASE("a PGM whose header claims huge extents is refused by the limit", "[image]")
{
  const std::vector<std::byte> film = bytes_of("P5 1000000000 1000000000 255 a");
  const auto refused = refusal([&] { return thorax::decode_pgm(film, "x.pgm"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::limit_exceeded);
}

TEST_CASE("a PGM cut anywhere is refused, and flipped bits never crash", "[image]")
{
  const std::vector<std::byte> film = bytes_of("P5\n# x\n4 3\n200\nabcdefghijkl");
  CHECK(accepted_beginnings(film) == 0);
  int refused = 0;
  decode_flipped(film, 3, 1'500, [&](const std::optional<thorax::image>& found) {
    if (!found) ++refused;
    else thorax::ensure_is_picture(*found);
  });
  CHECK(refused > 300);
}
