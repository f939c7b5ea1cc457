// SPDX-License-Identifier: MIT

#include <thorax/base/content_key.hpp>

#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

using thorax::content_key;
using thorax::key_writer;

TEST_CASE("equal content has an equal key, and no short text has that of another", "[base]")
{
  std::set<content_key> keys;
  std::string text;
  int all = 0;
  for (int length = 0; length <= 40; ++length, text += 'a')
    for (int letter = 0; letter < (length == 0 ? 1 : 256); ++letter) {
      if (length > 0) text.back() = static_cast<char>(letter);
      CHECK(key_writer{}.add(text).key() == key_writer{}.add(std::string{text}).key());
      keys.insert(key_writer{}.add(text).key());
      ++all;
    }
  CHECK(keys.size() == static_cast<std::size_t>(all));
}

TEST_CASE("where one part ends and the next begins counts, and so does their order", "[base]")
{
  const content_key whole = key_writer{}.add("ab").add("c").key();
  CHECK(whole != key_writer{}.add("a").add("bc").key());
  CHECK(whole != key_writer{}.add("abc").key());
  CHECK(whole != key_writer{}.add("c").add("ab").key());
  CHECK(whole != key_writer{}.add("ab").add("c").add("").key());
  CHECK(key_writer{}.add_number(1).add_number(2).key() != key_writer{}.add_number(2).add_number(1).key());
}

TEST_CASE("every bit counts in both halves of a key", "[base]")
{
  std::vector<float> numbers(100, 1.0F);
  const content_key before = key_writer{}.add(std::span<const float>{numbers}).key();
  for (float& each : numbers) {
    each = 1.0000001F;
    const content_key after = key_writer{}.add(std::span<const float>{numbers}).key();
    CHECK(after.first != before.first);
    CHECK(after.second != before.second);
    each = 1;
  }
}

TEST_CASE("a key is told in 32 digits", "[base]")
{
  CHECK((content_key{0x0123456789abcdefU, 15}.text() == "0123456789abcdef000000000000000f"));
}

TEST_CASE("a file has the key of what it holds, also of nothing, and a missing one is named", "[base]")
{
  const temporary_folder folder;
  for (const char* text : {"a film", ""}) {
    thorax::write_file(folder / "film", std::string{text});
    CHECK(thorax::key_of_file(folder / "film") == key_writer{}.add(std::string_view{text}).key());
  }
  CHECK(refuses(thorax::error_code::file_unreadable, "'" + (folder / "none").string() + "'",
                [&] { thorax::key_of_file(folder / "none"); }));
}
