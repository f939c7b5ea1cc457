// SPDX-License-Identifier: MIT
//
// densenet: the feature extractors of DenseNet 121, 169, 201 and 264, as the paper's table writes them and
// with the weight names of torchvision and timm.

#pragma once

#include <thorax/graph/append.hpp>         // append
#include <thorax/graph/chain.hpp>          // chain
#include <thorax/graph/named.hpp>          // named
#include <thorax/graph/network.hpp>        // network, input
#include <thorax/graph/repeat.hpp>         // repeat
#include <thorax/layers/average_pool.hpp>  // average_pool
#include <thorax/layers/batch_norm.hpp>    // batch_norm
#include <thorax/layers/conv2d.hpp>        // conv2d
#include <thorax/layers/global_average_pool.hpp>  // global_average_pool
#include <thorax/layers/halve_channels.hpp>  // halve_channels
#include <thorax/layers/linear.hpp>        // linear
#include <thorax/layers/max_pool.hpp>      // max_pool
#include <thorax/layers/relu.hpp>          // relu
#include <thorax/layers/softmax.hpp>       // softmax

namespace thorax {

/// How many channels each dense layer adds.
template<int Channels>
struct growth {
  static constexpr int value = Channels;
};

template<class Growth>
struct dense_layer : append<batch_norm, relu, conv2d<4 * Growth::value, kernel<1>>,
                            batch_norm, relu, conv2d<Growth::value, kernel<3>>> {};

template<int Layers, class Growth = growth<32>>
struct dense_block : repeat<Layers, dense_layer<Growth>> {};

struct transition : chain<batch_norm, relu, halve_channels, average_pool<kernel<2>, stride<2>>> {};

template<int Channels>
using stem = chain<named<"conv0", conv2d<Channels, kernel<7>, stride<2>>>,
                   named<"norm0", batch_norm>,
                   named<"relu0", relu>,
                   named<"pool0", max_pool<kernel<3>, stride<2>>>>;

using last_norm = named<"norm5", batch_norm>;

/// The weight path of every feature extractor below. Each says how weights files call it under the classifier that it
/// was published with (`architecture`) and under the chest head (`chest_architecture`).
struct features_part {
  static constexpr std::string_view word = "features";
};

/// see:  Huang et al. 2017, "Densely Connected Convolutional Networks", table 1
struct densenet121_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<24>, transition,
    dense_block<16>, last_norm, relu> {
  static constexpr std::string_view architecture = "densenet121";
  static constexpr std::string_view chest_architecture = "chest_densenet121";
};

struct densenet169_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<32>, transition,
    dense_block<32>, last_norm, relu> {
  static constexpr std::string_view architecture = "densenet169";
  static constexpr std::string_view chest_architecture = "chest_densenet169";
};

struct densenet201_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<48>, transition,
    dense_block<32>, last_norm, relu> {
  static constexpr std::string_view architecture = "densenet201";
  static constexpr std::string_view chest_architecture = "chest_network";
};

struct densenet264_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<64>, transition,
    dense_block<48>, last_norm, relu> {
  static constexpr std::string_view architecture = "densenet264";
  static constexpr std::string_view chest_architecture = "chest_densenet264";
};

/// A quarter as wide and a third as deep as DenseNet121: what two cores train in minutes.
struct small_densenet_features : features_part, chain<
    stem<32>,
    dense_block<3,  growth<16>>, transition,
    dense_block<6,  growth<16>>, transition,
    dense_block<12, growth<16>>, transition,
    dense_block<8,  growth<16>>, last_norm, relu> {
  static constexpr std::string_view chest_architecture = "small_densenet";
};

/// A feature extractor under the classifier it was trained with on ImageNet: 1000 classes at 224x224.
template<class Features, int Size = 224, int Classes = 1000>
struct densenet : network<input<3, Size, Size>, Features, global_average_pool,
                          named<"classifier", linear<Classes>>, softmax> {
  static constexpr std::string_view architecture = Features::architecture;
};

struct densenet121 : densenet<densenet121_features> {};
struct densenet169 : densenet<densenet169_features> {};
struct densenet201 : densenet<densenet201_features> {};
struct densenet264 : densenet<densenet264_features> {};

}  // namespace thorax
