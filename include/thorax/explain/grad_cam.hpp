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
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// The part that is explained unless another is named: the last maps before pooling. There, with global average
/// pooling behind, Grad-CAM needs no approximation: the gradient is the same in every cell.
inline const std::string usual_part = "features";

namespace detail {

/// Adds Σ_c weight[c] · maps[c, y, x] to each cell.
inline void add_weighted_maps(const part_gradient& from, std::vector<double>& sums)
{
  const std::size_t cells = from.shape.pixels();
  for (std::size_t c = 0; c < static_cast<std::size_t>(from.shape.channels); ++c) {
    double weight = 0;
    for (std::size_t i = 0; i < cells; ++i) weight += double{from.gradient[c * cells + i]};
    weight /= static_cast<double>(cells);
    for (std::size_t i = 0; i < cells; ++i) sums[i] += weight * double{from.maps[c * cells + i]};
  }
}

}  // namespace detail

/// map[y, x] = max(0, Σ_c weight[c] · maps[c, y, x]),  weight[c] = mean of the gradient over the cells of c
///
/// Of several networks it is Grad-CAM of the mean of their scores: the gradient of a mean is the mean of gradients, so
/// that the channels of all networks stand side by side, and what speaks against the finding in one takes away from what
/// speaks for it in another before the cut at 0. The sum is divided by the number of networks.
///
/// throws:  error{number_not_finite} if a network computed what is no number: that is not an empty map;
///          error{does_not_fit} for no network, or maps of different height or width
/// see:     Selvaraju et al. 2017, "Grad-CAM", eq. 1 and 2
inline heat_map grad_cam(std::span<const part_gradient> from, std::string path)
{
  ensure(!from.empty(), "grad_cam: expected the gradient of at least one network, found none");
  const extents& shape = from.front().shape;
  const std::size_t cells = shape.pixels();
  heat_map map{shape.height, shape.width, std::vector<float>(cells), std::move(path)};
  std::vector<double> sums(cells);
  for (const part_gradient& each : from) {
    ensure(each.shape.height == shape.height && each.shape.width == shape.width, error_code::does_not_fit, [&] {
      return "the maps of '" + map.part + "' have " + detail::text_of(shape) + " in one network and " +
             detail::text_of(each.shape) + " in another (channels x height x width), which share no cells; explain the " +
             "networks one at a time";
    });
    detail::add_weighted_maps(each, sums);
  }
  ensure(std::all_of(sums.begin(), sums.end(), [](double sum) { return std::isfinite(sum); }),
         error_code::number_not_finite, [&] {
           return "the maps of '" + map.part + "' or their gradient are not finite numbers; the weights are damaged, " +
                  "fetch them again";
         });
  const auto networks = static_cast<double>(from.size());
  for (std::size_t i = 0; i < cells; ++i) map.cells[i] = static_cast<float>(std::max(0.0, sums[i]) / networks);
  return map;
}

/// The same of one network.
inline heat_map grad_cam(const part_gradient& from, std::string path)
{
  return grad_cam(std::span{&from, 1}, std::move(path));
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
