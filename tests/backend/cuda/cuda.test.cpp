// SPDX-License-Identifier: MIT
#include <thorax/backend/cuda/cuda.hpp>

#include "support/catch.hpp"

#include <type_traits>

// What its kernels compute is tested in tests/cuda: this program is linked with none of them.
TEST_CASE("cuda is a backend whose memory is not the host's, and takes several films at once", "[backend]")
{
  CHECK(thorax::backend<thorax::cuda>);
  CHECK(std::is_same_v<thorax::memory_of<thorax::cuda>, thorax::cuda_memory>);
  CHECK_FALSE(thorax::cuda_memory::is_host);
  CHECK(thorax::carries_maps<thorax::cuda_predictor>);
  CHECK(thorax::cuda_predictor::films_at_once > 1);
  CHECK(thorax::cuda::name == "cuda");
}
