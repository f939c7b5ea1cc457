// SPDX-License-Identifier: MIT
//
// temperature: one number by which logits are divided before softmax, so that probabilities mean what they say
// and no film changes its finding (Guo et al. 2017).

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions, measured_films
#include <thorax/model/softmax_at.hpp>      // softmax_at, ensure_temperature

#include <algorithm>  // max, max_element, none_of
#include <cmath>      // abs, exp, log
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

struct fitted_temperature {
  double temperature{1};
  std::int64_t films{};      ///< that it was fitted on
  double log_loss_before{};  ///< of these films at temperature 1, from their logits
  double log_loss_after{};   ///< at the temperature fitted: no other one has less
  int steps{};               ///< how many temperatures were tried, each on all films
};

namespace detail {

/// How far the logits of each film lie above that of its label, film after film: all that the loss depends on.
struct logit_gaps {
  std::vector<double> gaps{};
  std::size_t findings{};
};

/// The mean loss of all films at one inverse temperature, and its first two derivatives by that.
struct loss_at {
  double inverse{};
  double loss{};
  double slope{};
  double curvature{};
};

inline void ensure_logits(const predictions& films)
{
  ensure_sound(films);
  if (!films.findings_exclude_each_other)
    throw error{error_code::does_not_fit,
                "temperature: these findings do not exclude each other, expected findings behind one softmax; "
                "behind a sigmoid each finding needs a calibration of its own"};
  for (const prediction& film : films.rows)
    if (film.logits.empty() && !film.probabilities.empty())
      refuse_film(error_code::does_not_fit, film,
                  "it has probabilities and no logits, expected one logit for each of the " +
                    std::to_string(films.findings.size()) +
                    " findings; keep what the network says before softmax");
}

inline logit_gaps gaps_of(const predictions& films)
{
  logit_gaps found{.findings = films.findings.size()};
  for (const prediction& film : films.rows)
    for (std::size_t finding = 0; is_measured(film) && finding < found.findings; ++finding)
      found.gaps.push_back(static_cast<double>(film.logits[finding]) -
                           static_cast<double>(film.logits[static_cast<std::size_t>(film.true_finding)]));
  return found;
}

/// A film's loss is ln(sum of exp(gap * inverse)), its slope the mean of the gaps under softmax, and its
/// curvature their variance: never negative, so the loss is convex.
inline loss_at loss_of(const logit_gaps& films, double inverse)
{
  loss_at sum{.inverse = inverse};
  std::vector<double> weights(films.findings);
  for (std::size_t first = 0; first < films.gaps.size(); first += films.findings) {
    const std::span gaps = std::span{films.gaps}.subspan(first, films.findings);
    const double top = *std::max_element(gaps.begin(), gaps.end());
    double total = 0;
    double mean = 0;
    double variance = 0;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      weights[i] = std::exp(inverse * (gaps[i] - top));
      total += weights[i];
    }
    for (std::size_t i = 0; i < gaps.size(); ++i) mean += weights[i] / total * gaps[i];
    for (std::size_t i = 0; i < gaps.size(); ++i)
      variance += weights[i] / total * (gaps[i] - mean) * (gaps[i] - mean);
    sum.loss += inverse * top + std::log(total);
    sum.slope += mean;
    sum.curvature += variance;
  }
  const double n = static_cast<double>(films.gaps.size() / films.findings);
  return {inverse, sum.loss / n, sum.slope / n, sum.curvature / n};
}

inline void ensure_minimum(const logit_gaps& films)
{
  if (loss_of(films, 0).slope >= 0)
    throw error{error_code::does_not_fit,
                "temperature: on average a label's logit is not above the mean of its film's logits, expected a "
                "network that knows something; check that labels and logits have their findings in one order"};
  if (std::none_of(films.gaps.begin(), films.gaps.end(), [](double gap) { return gap > 0; }))
    throw error{error_code::does_not_fit,
                "temperature: every film has its highest logit at its label, so the loss falls for ever as the "
                "temperature nears 0, expected films of which some are mistaken; take more validation films, or "
                "leave the temperature at 1"};
}

/// Where the slope is 0, to 12 digits: Newton's steps between two ends of which one slopes down and one does
/// not. A step is at least as long as the precision asked for, so the last one lands beyond the minimum and
/// draws the ends together; one that leaves them, and every third, is replaced by halving. So it ends.
inline fitted_temperature least_loss(const logit_gaps& films)
{
  constexpr double precision = 1e-12;
  loss_at low = loss_of(films, 0);
  const loss_at before = loss_of(films, 1);
  loss_at high = before;
  int step = 1;
  // The slope tends to the mean of the highest gaps, which is above 0: exp underflows before `inverse` overflows.
  for (; high.slope < 0; ++step) {
    low = high;
    high = loss_of(films, 2 * high.inverse);
  }
  for (; high.inverse - low.inverse > precision * high.inverse; ++step) {
    const bool from_low = -low.slope < high.slope;
    const loss_at& from = from_low ? low : high;
    const double length = std::max(std::abs(from.slope / from.curvature), precision / 2 * high.inverse);
    double next = from.inverse + (from_low ? length : -length);
    if (step % 3 == 0 || !(next > low.inverse && next < high.inverse))
      next = low.inverse + (high.inverse - low.inverse) / 2;
    const loss_at there = loss_of(films, next);
    (there.slope < 0 ? low : high) = there;
  }
  const loss_at& least = -low.slope < high.slope ? low : high;
  return {
    .temperature = 1 / least.inverse, .log_loss_before = before.loss, .log_loss_after = least.loss, .steps = step};
}

}  // namespace detail

/// returns:  the temperature above 0 at which the films measured have the least mean of -ln(probability of the
///           label). The loss is convex in its inverse, so there is one
/// throws:   as ensure_sound; error{does_not_fit} if no film is measured, one has no logits, findings do not
///           exclude each other, or no temperature is best: no film is mistaken, or the labels are not these
inline fitted_temperature fit_temperature(const predictions& validation)
{
  detail::ensure_logits(validation);
  const std::int64_t n = measured_films(validation, "temperature");
  const detail::logit_gaps films = detail::gaps_of(validation);
  detail::ensure_minimum(films);
  fitted_temperature fitted = detail::least_loss(films);
  fitted.films = n;
  return fitted;
}

/// Every film's probabilities made again from its logits. Logits and answers stay as they are, so accuracy does;
/// a rejected film that has no probabilities gets none.
///
/// throws:  as ensure_sound and softmax_at; error{does_not_fit} if a film has probabilities and no logits, or
///          findings do not exclude each other
inline predictions with_temperature(predictions films, double temperature)
{
  detail::ensure_logits(films);
  ensure_temperature(temperature);
  for (prediction& film : films.rows)
    if (!film.probabilities.empty()) film.probabilities = softmax_at(film.logits, temperature);
  films.temperature = temperature;
  return films;
}

}  // namespace thorax
