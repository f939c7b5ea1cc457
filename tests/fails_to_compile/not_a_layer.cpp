// SPDX-License-Identifier: MIT
//
// A type that says nothing about shapes stands where a layer belongs.
//
// expect(g++): template constraint failure for 'template<class ... Layers>
// expect(g++): layer
// expect(clang++): constraints not satisfied for class template 'chain'
// expect(clang++): 'sigmoid' does not satisfy 'layer'

#include <thorax/graph/network.hpp>
#include <thorax/layers/relu.hpp>

struct sigmoid {};

struct part : thorax::chain<thorax::relu, sigmoid> {};
