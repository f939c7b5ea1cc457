// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cstdlib>
#include <optional>
#include <set>
#include <string>

using thorax::chosen_kernels;
using thorax::error_code;
using thorax::kernel_choice;
using thorax::kernel_choices;
using thorax::kernels_named;

namespace {

/// THORAX_ARCH for as long as this lives; then it is what it was.
class architecture_wanted {
public:
  explicit architecture_wanted(const std::optional<std::string>& name)
  {
    if (const char* const now = std::getenv("THORAX_ARCH")) before_ = now;
    set(name);
  }
  architecture_wanted(const architecture_wanted&) = delete;
  ~architecture_wanted() { set(before_); }

private:
  static void set(const std::optional<std::string>& name)
  {
    if (name) ::setenv("THORAX_ARCH", name->c_str(), 1);
    else ::unsetenv("THORAX_ARCH");
  }

  std::optional<std::string> before_;
};

const kernel_choice& best_here()
{
  for (const kernel_choice& each : kernel_choices())
    if (each.runs_here) return each;
  return kernel_choices().front();
}

}  // namespace

TEST_CASE("a program has kernels that run here, whole, the widest first, and no name twice", "[backend]")
{
  std::set<std::string_view> names;
  int lanes_before = 16;
  for (const kernel_choice& each : kernel_choices()) {
    INFO(each.kernels->name);
    CHECK(names.insert(each.kernels->name).second);
    CHECK(each.kernels->lanes <= lanes_before);
    lanes_before = each.kernels->lanes;
    CHECK(each.kernels->rows > 0);
    CHECK(each.kernels->multiply != nullptr);
    CHECK(each.kernels->multiply_and_pool != nullptr);
    CHECK(each.kernels->convolve_tiles != nullptr);
    CHECK(each.kernels->pool != nullptr);
    CHECK(each.kernels->average_all != nullptr);
    CHECK(each.kernels->interleave != nullptr);
    CHECK(each.kernels->separate != nullptr);
    CHECK(each.kernels->add_outer_products != nullptr);
    CHECK(each.kernels->transform_gradient_tiles != nullptr);
    CHECK(each.kernels->carry_through_norm != nullptr);
    CHECK(each.kernels->separate_through_norm != nullptr);
    CHECK(each.kernels->add_line != nullptr);
  }
  CHECK(best_here().runs_here);
  CHECK(kernel_choices().back().runs_here);  // every machine that starts the program has the least
}

TEST_CASE("without a wish the best kernels are chosen, and with a name those", "[backend]")
{
  CHECK(&kernels_named("") == best_here().kernels);
  for (const kernel_choice& each : kernel_choices())
    if (each.runs_here) CHECK(&kernels_named(each.kernels->name) == each.kernels);
}

TEST_CASE("kernels that are not there, or do not run here, are refused by name with those that are", "[backend]")
{
  const std::string last{kernel_choices().back().kernels->name};
  CHECK(refuses(error_code::wrong_usage, "there are no kernels 'mmx' that run on this machine; this program has: ",
                [] { kernels_named("mmx"); }));
  CHECK(refuses(error_code::wrong_usage, last, [] { kernels_named("mmx"); }));
  for (const kernel_choice& each : kernel_choices()) {
    if (each.runs_here) continue;
    const std::string name{each.kernels->name};
    CHECK(refuses(error_code::wrong_usage, name + " (not here)", [&] { kernels_named(name); }));
  }
}

TEST_CASE("THORAX_ARCH names the kernels, and a wrong one is refused", "[backend]")
{
  {
    const architecture_wanted nothing{std::nullopt};
    CHECK(&chosen_kernels() == best_here().kernels);
  }
  {
    const architecture_wanted least{std::string{kernel_choices().back().kernels->name}};
    CHECK(&chosen_kernels() == kernel_choices().back().kernels);
  }
  const architecture_wanted wrong{"AVX1024"};
  CHECK(refuses(error_code::wrong_usage, "'AVX1024'", [] { chosen_kernels(); }));
  CHECK(refuses(error_code::wrong_usage, "; unset THORAX_ARCH, or set it to one that runs here",
                [] { chosen_kernels(); }));
}
