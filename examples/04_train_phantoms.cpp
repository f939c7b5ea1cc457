// SPDX-License-Identifier: MIT
//
// 04_train_phantoms: from synthetic films to a weights file, in two phases.
//
// slow

#include <thorax/training.hpp>

#include <iostream>

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;

// [train]
struct reporter {
  void operator()(const thorax::fit_progress&) const {}  // after each batch
  void operator()(const thorax::epoch_record& done, const thorax::epoch_news&) const
  {
    std::cerr << "phase " << done.phase << " loss " << done.loss << '\n';
  }
};

int main()
{
  const thorax::cpu backend;
  thorax::thread_pool pool;
  // A folder of films of your own would be read by read_dataset.
  const thorax::dataset films = thorax::write_phantoms("films", 1, 60, 64, pool);
  const thorax::dataset_split split = thorax::split_by_fold(films, 0);  // no patient on both sides

  thorax::weights_metadata about;
  about.findings = films.findings;
  about.provenance = "examples/04_train_phantoms.cpp";
  const auto network = thorax::blueprint_of<small_network>();
  std::vector<float> start(network->predicting.parameter_floats);
  thorax::fill_initial(network->predicting, 1, start);
  thorax::trainer<thorax::cpu> trained{network, start, about.batch_norm_epsilon, backend, 1};

  const thorax::extents input = network->predicting.input.shape;
  const thorax::film_source shown{split.train, input, about.preprocessing};
  const thorax::film_source held_back{split.validation, input, about.preprocessing};
  const thorax::film_epochs epochs{shown, 16, 1};  // turned, moved, stretched, mirrored: others in every epoch
  const auto validate = [&](const thorax::trainer<thorax::cpu>& now) {
    return thorax::validate_on(now.snapshot(about, backend), held_back);
  };

  thorax::fit_options options;
  options.phases = {{.trains = "classifier", .epochs = 1, .learning_rate = 1e-3},
                    {.trains = "everything", .epochs = 4, .learning_rate = 2e-3, .cosine = true}};
  options.class_weights = thorax::class_weights(split.train);
  const thorax::training_state end = thorax::fit(trained, options, epochs, validate, reporter{});
  thorax::write_model("phantoms.weights", trained.snapshot(about, backend));

  const bool fell = end.history.back().loss < end.history[1].loss;
  std::cout << "epochs     " << end.history.size() << '\n'
            << "loss fell  " << (fell ? "yes" : "no") << " (second phase)\n"
            << "saved      " << thorax::read_model<small_network>("phantoms.weights", backend).findings().size()
            << " findings\n";
}
// [/train]

// expected output:
//   epochs     5
//   loss fell  yes (second phase)
//   saved      3 findings
