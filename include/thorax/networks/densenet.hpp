// SPDX-License-Identifier: MIT
//
// densenet: the feature extractors of DenseNet 121, 169, 201 and 264, as the paper's table writes them and
// with the weight names of torchvision and timm.

#pragma once

#include <thorax/graph/append.hpp>         // append
#include <thorax/graph/chain.hpp>          // chain
#include <thorax/graph/named.hpp>          // named
#include <thorax/graph/repeat.hpp>         // repeat
#include <thorax/layers/average_pool.hpp>  // average_pool
#include <thorax/layers/batch_norm.hpp>    // batch_norm
#include <thorax/layers/conv2d.hpp>        // conv2d
#include <thorax/layers/halve_channels.hpp>  // halve_channels
#include <thorax/layers/max_pool.hpp>      // max_pool
#include <thorax/layers/relu.hpp>          // relu

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

/// The weight path of every feature extractor below.
struct features_part {
  static constexpr std::string_view word = "features";
};

/// see:  Huang et al. 2017, "Densely Connected Convolutional Networks", table 1
struct densenet121_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<24>, transition,
    dense_block<16>, last_norm, relu> {};

struct densenet169_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<32>, transition,
    dense_block<32>, last_norm, relu> {};

struct densenet201_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<48>, transition,
    dense_block<32>, last_norm, relu> {};

struct densenet264_features : features_part, chain<
    stem<64>,
    dense_block<6>,  transition,
    dense_block<12>, transition,
    dense_block<64>, transition,
    dense_block<48>, last_norm, relu> {};

/// A quarter as wide and a third as deep as DenseNet121: what two cores train in minutes.
struct small_densenet_features : features_part, chain<
    stem<32>,
    dense_block<3,  growth<16>>, transition,
    dense_block<6,  growth<16>>, transition,
    dense_block<12, growth<16>>, transition,
    dense_block<8,  growth<16>>, last_norm, relu> {};

}  // namespace thorax
