// How well a task that is learned beside the classes is learned itself: measured on items that its loss never sees.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/nn/tape.h>
#include <pfm/selfsup/options.h>

namespace pfm {

// Metric and value of rows [N, width] that are made without dropout. Empty: nothing is held out.
using TaskScores = std::function<std::vector<std::pair<std::string, double>>(const Var& rows)>;

// Asks "held_out": which part of the task's items its loss never sees, in [0, 1).
double held_out_from(const Options& options);

template <class Item>
struct TaskItems {
  std::vector<Item> learned, held_out;  // both in the order of all
};

// How many of `items` are held out, rounded down. Error(input), naming `data`, when it should be some and is none.
NodeId held_out_count(const std::string& data, std::size_t items, double part);

// Uniformly drawn; of the part 0 everything is learned.
template <class Item>
TaskItems<Item> hold_out(const std::string& data, const std::vector<Item>& items, double part, Rng rng) {
  std::vector<std::uint8_t> out(items.size());
  for (const NodeId i : sample_without(NodeId(items.size()), held_out_count(data, items.size(), part), rng))
    out[std::size_t(i)] = 1;
  TaskItems<Item> split;
  for (std::size_t i = 0; i < items.size(); ++i) (out[i] ? split.held_out : split.learned).push_back(items[i]);
  return split;
}

// Coefficient of determination in percent: 100 (1 - |found - truth|^2 / |mean - truth|^2). The same `mean` [1, d] for
// all gives 0, and the smaller the mean squared error the more.  found, truth [n, d]
double r2(const Matrix& found, const Matrix& truth, const Matrix& mean);

}  // namespace pfm
