// SPDX-License-Identifier: MIT
//
// keras_names: what Keras' DenseNet calls its layers, and where they stand here.

#pragma once

#include <cstddef>  // size_t
#include <string>
#include <string_view>
#include <utility>  // pair

namespace thorax::tools {

/// returns:  the word without the number that Keras hangs on, and the number: conv2d_17 is conv2d and 17, conv2d is 0
std::pair<std::string, std::size_t> split_number(std::string_view word);

/// returns:  where Keras' DenseNet has a layer of that name: conv2_block3_1_conv is features.denseblock1.denselayer3.conv1;
///           names of 2018 with a slash (conv1/conv) as well; "" for any other name
std::string part_of_keras_name(std::string_view name);

/// returns:  the name that today's Keras gives a part of a DenseNet; "" for a part that its DenseNet has not
std::string keras_name_of_part(std::string_view path);

}  // namespace thorax::tools
