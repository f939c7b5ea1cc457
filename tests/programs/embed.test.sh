# SPDX-License-Identifier: MIT
#
# A program carries its weights byte by byte at a multiple of 64, by the command and by the CMake function; both write
# the same sources and refuse the same names.

source "$(dirname "$0")/check.sh"
command -v g++ >/dev/null || { echo "skipped: no g++" && exit 0; }
root=$(cd "$here/../.." && pwd)
cd "$(pwd -P)"

ends 0 thorax-weights embed --help
says out "example: thorax-weights embed" "Exit status: 0 done" "a file could not be read"
fits out

# Two files whose symbols would clash if the end of the first were called like the second, one at a path full of what an
# assembler, a compiler or a template could take for its own.
make_weights small a.weights
folder='a {b|c} %d $1 @embedded_name@ #'
mkdir "$folder"
thorax-weights export a.weights --out "$folder/x@embedded_path@.safetensors" --storage F16 >export.log
ends 0 thorax-weights embed a.weights --out a.cpp
says out "embedded::a()"
fits out
ends 0 thorax-weights embed "$folder/x@embedded_path@.safetensors" --out a_end.cpp

cat >main.cpp <<'END'
#include "a.hpp"
#include "a_end.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

bool is_file(std::span<const std::byte> bytes, const char* path)
{
  std::ifstream file{path, std::ios::binary};
  const std::string expected{std::istreambuf_iterator<char>{file}, {}};
  return !expected.empty() && bytes.size() == expected.size() &&
         std::memcmp(bytes.data(), expected.data(), expected.size()) == 0 &&
         reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0;
}

int main(int, char** argv) { return is_file(embedded::a(), argv[1]) && is_file(embedded::a_end(), argv[2]) ? 0 : 1; }
END
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Werror"
# shellcheck disable=SC2086
ends 0 g++ -std=c++20 $warnings main.cpp a.cpp a_end.cpp -o by_command
ends 0 ./by_command a.weights "$folder/x@embedded_path@.safetensors"
ends 1 ./by_command a.weights main.cpp

# The same with CMake.
mkdir project
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(carrier LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
include("$root/cmake/thorax_embed.cmake")
add_executable(carrier ../main.cpp)
thorax_embed_weights(carrier ../a.weights)
thorax_embed_weights(carrier "$PWD/b.safetensors" NAME a_end)
END
cp "$folder"/*.safetensors b.safetensors
ends 0 thorax-weights embed b.safetensors --out a_end.cpp
ends 0 cmake -G Ninja -S project -B build -D CMAKE_CXX_COMPILER=g++
made=build/embedded_weights/carrier
for file in a.cpp a.hpp a_end.cpp a_end.hpp; do
  cmp "$file" "$made/$file" || fail "command and function differ in $file"
done
ends 0 cmake --build build
ends 0 build/carrier a.weights b.safetensors

# Names that are none.
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(carrier LANGUAGES NONE)
include("$root/cmake/thorax_embed.cmake")
thorax_embed_weights(carrier "$PWD/a.weights" NAME \${NAME})
END
for name in 2 class co_await and NULL linux _a _A a__b a-b a.b ä; do
  refuses 2 "expected NAME.cpp" thorax-weights embed a.weights --out "$name.cpp"
  [ ! -e "$name.cpp" ] || fail "a refused name left a source behind"
  ends 1 cmake -G Ninja -S project -B "names/$name" -D "NAME=$name"
  says err "'$name' is no name for a function"
done
for name in 'quote".weights' 'back\.weights' $'line\nend.weights'; do
  cp a.weights "$name"
  refuses 2 "rename it" thorax-weights embed "$name" --out none.cpp
done
# The name is shown, too, where it is a link's.
ln -s a.weights $'line\n#error.weights'
refuses 2 "rename it" thorax-weights embed $'line\n#error.weights' --out none.cpp
for name in none.cpp none.hpp; do
  [ ! -e $name ] || fail "a refused file left $name behind"
done

# Both files are written or none.
ln -s /dev/full full.cpp
refuses 1 "cannot write 'full.cpp'" thorax-weights embed a.weights --out full.cpp
[ ! -e full.hpp ] || fail "a source that could not be written left its header behind"
mkdir taken.hpp
refuses 1 "it is a folder" thorax-weights embed a.weights --out taken.cpp
[ ! -e taken.cpp ] || fail "a header that could not be written left a source behind"
