// SPDX-License-Identifier: MIT
//
// 04_train_phantoms: from synthetic films to a weights file, in two phases.
//
// slow

#include <thorax/thorax.hpp>

#include <iostream>

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;

// [train]
int main()
{
  using namespace thorax;
  const cpu backend;
  thread_pool pool;
  const dataset films = write_phantoms("films", 1, 60, 64, pool);  // a folder of your own: read_dataset("films")
  const dataset_split split = split_by_fold(films, 0);  // no patient on both sides

  weights_metadata about;
  about.findings = films.findings;
  about.provenance = "examples/04_train_phantoms.cpp";
  const auto network = blueprint_of<small_network>();
  std::vector<float> start(network->predicting.parameter_floats);
  fill_initial(network->predicting, 1, start);
  trainer<cpu> trained{network, start, about.batch_norm_epsilon, backend, 1};

  const extents input = network->predicting.input.shape;
  const film_source shown{split.train, input, about.preprocessing};
  const film_source held_back{split.validation, input, about.preprocessing};
  const film_epochs epochs{shown, 16, 1};  // turned, moved, stretched, mirrored: other films in every epoch
  const auto validate = [&](const trainer<cpu>& now) {
    return validate_on(now.snapshot(about, backend), held_back);
  };

  struct {
    void operator()(const fit_progress&) {}  // after each batch
    void operator()(const epoch_record& done, bool)
    {
      std::cerr << "phase " << done.phase << " loss " << done.loss << '\n';
    }
  } observer;

  fit_options options;
  options.phases = {{.trains = "classifier", .epochs = 1, .learning_rate = 1e-3},
                    {.trains = "everything", .epochs = 4, .learning_rate = 2e-3, .cosine = true}};
  options.class_weights = class_weights(split.train);
  const training_state end = fit(trained, options, epochs, validate, observer);
  write_model("phantoms.weights", trained.snapshot(about, backend));

  const bool fell = end.history.back().loss < end.history[1].loss;
  std::cout << "epochs     " << end.history.size() << '\n'
            << "loss fell  " << (fell ? "yes" : "no") << " (second phase)\n"
            << "saved      " << read_model<small_network>("phantoms.weights", backend).findings().size()
            << " findings\n";
}
// [/train]

// expected output:
//   epochs     5
//   loss fell  yes (second phase)
//   saved      3 findings
