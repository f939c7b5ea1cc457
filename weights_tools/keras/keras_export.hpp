// SPDX-License-Identifier: MIT
//
// keras_export: a model's weights as Keras reads them, in either of its two layouts.

#pragma once

#include <thorax/backend/cpu/cpu.hpp>  // cpu
#include <thorax/model/model.hpp>      // any_model

#include <cstddef>  // byte
#include <vector>

namespace thorax::tools {

/// returns:  the bytes of an .h5: weights by layer in the order of the model, as `load_weights` of Keras 2 and 3 reads it
std::vector<std::byte> keras_by_layer(const any_model<cpu>& net, bool features_only);

/// returns:  the bytes of a .weights.h5: weights by class and number, as Keras 3 reads it
std::vector<std::byte> keras_by_class(const any_model<cpu>& net, bool features_only);

}  // namespace thorax::tools
