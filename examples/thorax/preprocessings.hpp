// SPDX-License-Identifier: MIT
//
// preprocessings: the ways of preparing a film that the programs know by name.

#pragma once

#include <thorax/image/preprocessing.hpp>  // preprocessing, keras_preprocessing, xrv_preprocessing
#include <thorax/image/resize.hpp>         // resize_kind_named

#include <string>
#include <vector>

namespace thorax::program {

/// The first three resize so and normalize with ImageNet's mean and deviation; keras is 1/255 of nearest pixels, xrv
/// is torchxrayvision's.
inline const std::vector<std::string> preprocessing_names{"area", "bilinear", "nearest", "keras", "xrv"};

/// returns:  the preprocessing of one of these names
inline preprocessing preprocessing_named(const std::string& name)
{
  if (name == "keras") return keras_preprocessing;
  if (name == "xrv") return xrv_preprocessing;
  preprocessing rule;
  rule.resize = resize_kind_named(name);
  return rule;
}

}  // namespace thorax::program
