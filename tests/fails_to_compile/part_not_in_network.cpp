// SPDX-License-Identifier: MIT
//
// Grad-CAM is asked for a part that another network has.
//
// expect: thorax: this part is not in that network
// expect: part_is_not_in_network<thorax::densenet121_features
// expect: chest_network

#include <thorax/backend/reference/reference.hpp>
#include <thorax/explain/grad_cam.hpp>
#include <thorax/networks/chest_network.hpp>

thorax::heat_map why(const thorax::model<thorax::chest_network, thorax::reference>& net, const thorax::image& film)
{
  return thorax::grad_cam<thorax::densenet121_features>(net, film, 0);
}
