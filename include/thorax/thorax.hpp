// SPDX-License-Identifier: MIT
//
// thorax: everything that predicts and explains, in reading order. Programs that train or measure include
// <thorax/training.hpp>. For programs only: no other header of the library includes either.

#pragma once

// Words every layer needs.
#include <thorax/base/version.hpp>       // the version, as macros
#include <thorax/base/error.hpp>         // the one exception; its sentence says what, where and how to cure it
#include <thorax/base/ensure.hpp>        // a contract checked in every build
#include <thorax/base/fixed_string.hpp>  // a string as a template argument
#include <thorax/base/type_name.hpp>     // the name of a struct, as text
#include <thorax/base/file.hpp>          // whole files in, whole files out
#include <thorax/base/checksum.hpp>      // CRC-32C
#include <thorax/base/half.hpp>          // numbers stored in 16 bits
#include <thorax/base/random.hpp>        // random numbers as a function of (seed, index)
#include <thorax/base/content_key.hpp>   // a name for some content
#include <thorax/base/cores.hpp>         // the CPUs of this process
#include <thorax/base/thread_pool.hpp>   // a few threads that share a loop
#include <thorax/base/fixed_digits.hpp>  // numbers as text
#include <thorax/base/svg_plot.hpp>      // what a diagram is made of

// Where numbers lie.
#include <thorax/tensor/extents.hpp>         // channels, height, width as one value
#include <thorax/tensor/view.hpp>            // borrowed maps of a batch
#include <thorax/tensor/pixel_view.hpp>      // borrowed maps of one film, channels last
#include <thorax/tensor/tensor.hpp>          // owned maps: xtensor
#include <thorax/tensor/aligned_floats.hpp>  // memory that only grows
#include <thorax/tensor/distance.hpp>        // how far two computations are apart

// A network as a type.
#include <thorax/graph/layer.hpp>      // what may stand in a network
#include <thorax/graph/chain.hpp>      // one layer after another
#include <thorax/graph/append.hpp>     // x, then f(x): DenseNet's one idea
#include <thorax/graph/repeat.hpp>     // the same part n times
#include <thorax/graph/named.hpp>      // a layer with a name of its own
#include <thorax/graph/yields.hpp>     // a promised shape
#include <thorax/graph/diagnosis.hpp>  // every compile-time message
#include <thorax/graph/network.hpp>    // an input and the layers behind it

// The type becomes a flat plan, and passes make it better.
#include <thorax/plan/op.hpp>                // one step, as plain data
#include <thorax/plan/draft.hpp>             // a plan that can still grow
#include <thorax/plan/lower.hpp>             // network to draft, layer by layer
#include <thorax/plan/uses.hpp>              // who makes and who reads which maps
#include <thorax/plan/drop_dropout.hpp>      // dropout is for training
#include <thorax/plan/elide_copies.hpp>      // concatenations cost nothing
#include <thorax/plan/pool_first.hpp>        // fewer pixels before a 1x1 convolution
#include <thorax/plan/fuse_activations.hpp>  // batch norm and ReLU move into their neighbors
#include <thorax/plan/fuse_pools.hpp>        // pools become parts of convolutions
#include <thorax/plan/place_in_arena.hpp>    // maps that never meet share memory
#include <thorax/plan/plan.hpp>              // the finished plan, a constant
#include <thorax/plan/with_outputs.hpp>      // the same network with more or fewer findings
#include <thorax/plan/training_plan.hpp>      // the plan of a training step
#include <thorax/plan/split_at_boundary.hpp>  // what is frozen, and the rest
#include <thorax/plan/names.hpp>             // names of parts and weights
#include <thorax/plan/part_number.hpp>       // a part named by its type

// Layers: shape rule and lowering of each.
#include <thorax/layers/conv2d.hpp>               // convolution without bias
#include <thorax/layers/halve_channels.hpp>       // DenseNet's compression
#include <thorax/layers/batch_norm.hpp>           // mean 0, variance 1, then scale and shift
#include <thorax/layers/relu.hpp>                 // negative becomes 0
#include <thorax/layers/max_pool.hpp>             // largest of each window
#include <thorax/layers/average_pool.hpp>         // mean of each window
#include <thorax/layers/global_average_pool.hpp>  // one number a channel
#include <thorax/layers/linear.hpp>               // a matrix and a bias
#include <thorax/layers/dropout.hpp>              // in training, some become 0
#include <thorax/layers/softmax.hpp>              // logits become probabilities
#include <thorax/layers/sigmoid.hpp>              // the same, each by itself

// Networks.
#include <thorax/networks/densenet.hpp>         // DenseNet 121, 169, 201, 264 and a small one
#include <thorax/networks/chest_network.hpp>    // DenseNet201 with a head for three findings
#include <thorax/networks/xrv_densenet121.hpp>  // the network of torchxrayvision

// Kernels. One backend is chosen by a word: reference{} or cpu{}.
#include <thorax/backend/memory.hpp>                           // where a backend's numbers lie
#include <thorax/backend/placed_floats.hpp>                    // working memory there
#include <thorax/backend/workers.hpp>                          // threads and their scratch
#include <thorax/backend/activation_rule.hpp>                  // scale, shift and ReLU in passing
#include <thorax/backend/adam_step.hpp>                        // the numbers of one step of Adam
#include <thorax/backend/norm_gradient.hpp>                    // the gradient through a batch norm, taken apart
#include <thorax/backend/contract.hpp>                         // what extents every kernel demands
#include <thorax/backend/predictor.hpp>                        // what a backend supplies to predict
#include <thorax/backend/backend.hpp>                          // the list of all a backend supplies
#include <thorax/backend/reference/loops.hpp>                  // the order of the reference's loops
#include <thorax/backend/reference/activation.hpp>             // a rule as a step of its own
#include <thorax/backend/reference/convolution.hpp>            // convolution as it is defined
#include <thorax/backend/reference/linear.hpp>                 // a matrix times numbers
#include <thorax/backend/reference/pooling.hpp>                // largest or mean
#include <thorax/backend/reference/normalization.hpp>          // batch statistics and their folding
#include <thorax/backend/reference/dropout.hpp>                // inverted dropout
#include <thorax/backend/reference/sigmoid.hpp>                // sigmoid and its gradient
#include <thorax/backend/reference/softmax.hpp>                // softmax and its gradient
#include <thorax/backend/reference/loss.hpp>                   // weighted cross-entropy
#include <thorax/backend/reference/update.hpp>                 // Adam
#include <thorax/backend/reference/predictor.hpp>              // every op that predicts, as it is defined
#include <thorax/backend/reference/reference.hpp>              // the readable specification
#include <thorax/backend/cpu/kernels/tasks.hpp>                // what a kernel is told
#include <thorax/backend/cpu/kernels/kernel_table.hpp>         // the kernels of one instruction set
#include <thorax/backend/cpu/kernels/instruction_set.hpp>      // what kernels know of a processor
#include <thorax/backend/cpu/kernels/register_tile.hpp>        // the innermost loop of every product
#include <thorax/backend/cpu/kernels/reading.hpp>              // pixels on their way into a product
#include <thorax/backend/cpu/kernels/windows.hpp>              // convolutions of few channels
#include <thorax/backend/cpu/kernels/products.hpp>             // a share of a convolution's pixels
#include <thorax/backend/cpu/kernels/halves.hpp>               // products by seven of half their extents
#include <thorax/backend/cpu/kernels/pools.hpp>                // largest and mean
#include <thorax/backend/cpu/kernels/winograd_transform.hpp>   // the matrices of minimal filtering
#include <thorax/backend/cpu/kernels/winograd.hpp>             // 3x3 convolutions with fewer products
#include <thorax/backend/cpu/kernels/interleaving.hpp>         // maps laid pixel by pixel, and back
#include <thorax/backend/cpu/kernels/outer_products.hpp>       // what the gradient of weights is
#include <thorax/backend/cpu/kernels/winograd_gradient.hpp>    // the same by filtering
#include <thorax/backend/cpu/kernels/normalizing.hpp>          // a batch norm's gradient
#include <thorax/backend/cpu/kernels/compiled.hpp>             // all kernels for one instruction set
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>       // which instruction set computes
#include <thorax/backend/cpu/kernels/cache_size.hpp>           // how much a core keeps close
#include <thorax/backend/cpu/kernels/convolution_recipe.hpp>   // which way a convolution is computed
#include <thorax/backend/cpu/kernels/convolution_packing.hpp>  // its numbers as that way wants them
#include <thorax/backend/cpu/predictor.hpp>                    // every op that predicts, in a hurry
#include <thorax/backend/cpu/cpu_inference.hpp>                // the half of cpu that predicts
#include <thorax/backend/cpu/gemm.hpp>                         // OpenBLAS
#include <thorax/backend/cpu/packing.hpp>                      // windows as rows of a matrix
#include <thorax/backend/cpu/planes.hpp>                       // maps shared out among threads
#include <thorax/backend/cpu/activation.hpp>                   // a rule as a step of its own
#include <thorax/backend/cpu/film_maps.hpp>                    // a film's maps laid pixel by pixel
#include <thorax/backend/cpu/film_convolution.hpp>             // convolution while training
#include <thorax/backend/cpu/pixel_gradient.hpp>               // the weights of 1x1 convolutions
#include <thorax/backend/cpu/filter_gradient.hpp>              // the weights of 3x3 convolutions
#include <thorax/backend/cpu/patch_convolution.hpp>            // the gradients of all others
#include <thorax/backend/cpu/convolution.hpp>                  // forward and backward
#include <thorax/backend/cpu/linear.hpp>                       // a batch times a matrix
#include <thorax/backend/cpu/pooling.hpp>                      // largest or mean
#include <thorax/backend/cpu/normalization.hpp>                // batch statistics and their folding
#include <thorax/backend/cpu/dropout.hpp>                      // inverted dropout
#include <thorax/backend/cpu/sigmoid.hpp>                      // sigmoid and its gradient
#include <thorax/backend/cpu/softmax.hpp>                      // softmax and its gradient
#include <thorax/backend/cpu/loss.hpp>                         // weighted cross-entropy
#include <thorax/backend/cpu/update.hpp>                       // Adam
#include <thorax/backend/cpu/cpu.hpp>                          // the backend for people in a hurry
#include <thorax/backend/cuda/cuda.hpp>                         // the backend on a GPU, declared

// A film becomes numbers, numbers become a picture.
#include <thorax/image/image.hpp>           // a picture in memory
#include <thorax/image/limits.hpp>          // how large a film may be
#include <thorax/image/read_jpeg.hpp>       // libjpeg, strictly
#include <thorax/image/read_png.hpp>        // libpng, strictly
#include <thorax/image/read_pgm.hpp>        // portable gray maps
#include <thorax/image/dicom_elements.hpp>  // the elements of a DICOM file
#include <thorax/image/dicom_syntax.hpp>    // how a DICOM file is written
#include <thorax/image/dicom_header.hpp>    // what it says about its film
#include <thorax/image/dicom_rle.hpp>       // pixels in run lengths
#include <thorax/image/dicom_pixels.hpp>    // its stored values
#include <thorax/image/dicom_display.hpp>   // stored values to grays
#include <thorax/image/read_dicom.hpp>      // DICOM films, strictly
#include <thorax/image/read.hpp>            // read_image: whichever it is
#include <thorax/image/write.hpp>           // write_image: PNG
#include <thorax/image/gray.hpp>            // color to gray
#include <thorax/image/area.hpp>            // resize by means of areas
#include <thorax/image/bilinear.hpp>        // resize as Pillow does
#include <thorax/image/nearest.hpp>         // resize as Keras' loader does
#include <thorax/image/resize.hpp>          // resize by a kind with a name
#include <thorax/image/preprocessing.hpp>   // a film becomes a network's input
#include <thorax/image/color_map.hpp>       // a number becomes a color
#include <thorax/image/blend.hpp>           // one picture over another

// A network with weights on a backend.
#include <thorax/model/utf8.hpp>                // is this text well-formed
#include <thorax/model/json_reader.hpp>         // strict JSON in
#include <thorax/model/json_writer.hpp>         // JSON out
#include <thorax/model/storage.hpp>             // number formats in a file
#include <thorax/model/safetensors_header.hpp>  // what stands before the numbers
#include <thorax/model/safetensors.hpp>         // named tensors, mapped
#include <thorax/model/safetensors_writer.hpp>  // named tensors, written
#include <thorax/model/file_checksum.hpp>       // a file that notices damage
#include <thorax/model/golden_sample.hpp>       // what the network should say to a known input
#include <thorax/model/metadata_reader.hpp>     // texts as what they should be
#include <thorax/model/seen_films.hpp>          // which films weights were trained on and chosen by
#include <thorax/model/weights_metadata.hpp>    // what travels with the weights
#include <thorax/model/weights_file.hpp>        // the weights file
#include <thorax/model/initial_weights.hpp>     // where training from nothing starts
#include <thorax/model/network_weights.hpp>     // numbers checked against a plan
#include <thorax/model/blueprint.hpp>           // a network known at run time
#include <thorax/model/bindings.hpp>            // a plan's numbers become pointers
#include <thorax/model/mirrored_floats.hpp>     // numbers that the host and a backend change
#include <thorax/model/host_maps.hpp>           // a backend's maps for the host
#include <thorax/model/placed_parameters.hpp>   // parameters where kernels read them
#include <thorax/model/workspace.hpp>           // the memory that one caller predicts in
#include <thorax/model/each_film.hpp>           // a film a thread
#include <thorax/model/gray_film.hpp>           // a film whose channels are equal is one channel
#include <thorax/model/packed_plan.hpp>         // a plan with its numbers, ready to predict
#include <thorax/model/verdict.hpp>             // a finding and its score
#include <thorax/model/softmax_at.hpp>          // how sure a network says it is
#include <thorax/model/mean_of_softmax.hpp>     // several networks, one answer
#include <thorax/model/model.hpp>               // model and read_model
#include <thorax/model/write_model.hpp>         // a model becomes a file
#include <thorax/model/forward.hpp>             // a plan, walked down channel after channel
#include <thorax/model/backward.hpp>            // a training plan, down and up again

// Where a network reacted.
#include <thorax/explain/part_gradient.hpp>  // maps of a part and their gradient
#include <thorax/explain/heat_map.hpp>       // one number a cell
#include <thorax/explain/grad_cam.hpp>       // Grad-CAM at any part
#include <thorax/explain/notice.hpp>         // the words on every exported picture
#include <thorax/explain/overlay.hpp>        // a heat map over its film

#if defined(THORAX_EXPLANATIONS)  // the library of that name is linked, which holds it compiled
namespace thorax {
extern template part_gradient gradient_at<cpu>(const any_model<cpu>&, const tensor&, const std::string&, int,
                                               score_kind);
}
#endif
