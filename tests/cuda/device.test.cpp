// SPDX-License-Identifier: MIT
//
// The device itself: its memory, and what is said when there is none.

#include "support/on_device.hpp"
#include "support/refuses.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::cuda;
using thorax::cuda_memory;

TEST_CASE("what is copied to the device and back is the same, and may be cleared", "[cuda]")
{
  if (!has_device()) return;
  const std::vector<float> numbers{1, 2, 3, 4};
  const device_floats there{numbers};
  CHECK(there.numbers() == numbers);
  cuda_memory::clear(there.data() + 1, 2);
  CHECK(there.numbers() == std::vector<float>{1, 0, 0, 4});
  CHECK(device_floats{std::size_t{0}}.numbers().empty());
  CHECK_FALSE(cuda::device_name().empty());
}

TEST_CASE("more memory than the device has is refused with a sentence, and the device works on", "[cuda]")
{
  if (!has_device()) return;
  try {
    cuda_memory::allocate(std::size_t{1} << 50);
    FAIL("it was allocated");
  }
  catch (const thorax::error& refused) {
    CHECK(refused.code() == thorax::error_code::limit_exceeded);
    CHECK(std::string{refused.what()}.find("4503599627370496 bytes") != std::string::npos);
  }
  CHECK(device_floats{std::vector<float>{5}}.numbers() == std::vector<float>{5});
}

TEST_CASE("a kernel that is given a pointer of the host's is refused on an emulated device", "[cuda]")
{
  if (!has_device() || cuda::device_name() != "an emulated device") return;
  const std::vector<float> numbers(16, 1);
  const device_floats there{numbers};
  const auto maps_at = [](float* start) { return thorax::view<float>::packed(start, 1, {1, 4, 4}); };
  std::array<float, 20> here{};
  const auto refused = [](auto&& work) { return refuses(thorax::error_code::no_device, "pointer of the host's", work); };
  CHECK(refused([&] { cuda::activation({}, maps_at(here.data() + 1), {}, maps_at(there.data())); }));
  CHECK(refused([&] { cuda::activation({}, maps_at(there.data()), {here.data() + 1}, maps_at(there.data())); }));
  CHECK(refused([&] { cuda::convolution({}, maps_at(there.data()), {}, here.data() + 1, {}, {}, maps_at(there.data())); }));
  cuda::activation({}, maps_at(there.data()), {there.data()}, maps_at(there.data()));
  CHECK(there.numbers() == numbers);
}

// Else the tests of networks would not notice who forgets to copy.
TEST_CASE("a host that follows a pointer of the device is ended", "[cuda]")
{
  if (!has_device()) return;
  const device_floats there{std::vector<float>{5}};
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);  // no report of a test that failed
    std::signal(SIGBUS, SIG_DFL);
    _exit(*static_cast<volatile float*>(there.data()) == 5 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}
