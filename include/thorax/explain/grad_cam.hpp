// SPDX-License-Identifier: MIT
//
// grad_cam: which cells of a part spoke for a finding. It shows where the network reacted, not disease.

#pragma once

#include <thorax/explain/heat_map.hpp>       // heat_map
#include <thorax/explain/part_gradient.hpp>  // gradient_at, score_kind
#include <thorax/image/image.hpp>            // image
#include <thorax/plan/names.hpp>             // path_of
#include <thorax/plan/part_number.hpp>       // part_number

#include <algorithm>  // all_of, max
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// The part that is explained unless another is named: the last maps before pooling. There, with global average
/// pooling behind, Grad-CAM needs no approximation: the gradient is the same in every cell.
inline const std::string usual_part = "features";

/// map[y, x] = max(0, Σ_c weight[c] · maps[c, y, x]),  weight[c] = mean of the gradient over the cells of c
///
/// throws:  error{number_not_finite} if the network computed what is no number: that is not an empty map
/// see:     Selvaraju et al. 2017, "Grad-CAM", eq. 1 and 2
inline heat_map grad_cam(const part_gradient& from, std::string path)
{
  const std::size_t cells = from.shape.pixels();
  heat_map map{from.shape.height, from.shape.width, std::vector<float>(cells), std::move(path)};
  std::vector<double> sums(cells);
  for (std::size_t c = 0; c < static_cast<std::size_t>(from.shape.channels); ++c) {
    double weight = 0;
    for (std::size_t i = 0; i < cells; ++i) weight += double{from.gradient[c * cells + i]};
    weight /= static_cast<double>(cells);
    for (std::size_t i = 0; i < cells; ++i) sums[i] += weight * double{from.maps[c * cells + i]};
  }
  ensure(std::all_of(sums.begin(), sums.end(), [](double sum) { return std::isfinite(sum); }),
         error_code::number_not_finite, [&] {
           return "the maps of '" + map.part + "' or their gradient are not finite numbers; the weights are damaged, " +
                  "fetch them again";
         });
  for (std::size_t i = 0; i < cells; ++i) map.cells[i] = static_cast<float>(std::max(0.0, sums[i]));
  return map;
}

/// Grad-CAM of a film at a part that is named at run time.
///
/// throws:  error{does_not_fit} if there is no such part or finding
template<backend Backend>
heat_map grad_cam(const any_model<Backend>& net, const image& film, int finding, const std::string& path = usual_part,
                  score_kind score = score_kind::logit)
{
  return grad_cam(gradient_at(net, net.seen(film), path, finding, score), path);
}

/// Grad-CAM at a part that is a type; a part that is not in the network does not compile.
template<class Part, class Network, backend Backend>
heat_map grad_cam(const model<Network, Backend>& net, const image& film, int finding,
                  score_kind score = score_kind::logit)
{
  const std::string path = path_of(view_of(net.network().written), part_number<Network, Part>());
  return grad_cam(static_cast<const any_model<Backend>&>(net), film, finding, path, score);
}

}  // namespace thorax
