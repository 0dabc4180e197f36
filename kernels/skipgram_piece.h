// A piece of walks: what one task of skip-gram trains on.
#pragma once
#include <pfm/kernels/skipgram_step.h>
#include <pfm/kernels/skipgram_walks.h>
#include <pfm/kernels/touched_rows.h>

namespace pfm {

class SkipgramPiece {
 public:
  // Trains on the centres at positions [begin, end), from the tables as they stand; inputs() and outputs() are what it
  // changed.
  SkipgramLoss train_copies(const SkipgramWalks& given, Offset begin, Offset end, const Matrix& in, const Matrix& out);
  const TouchedRows& inputs() const { return in_; }
  const TouchedRows& outputs() const { return out_; }

  // The same on the rows of the tables themselves.
  SkipgramLoss train_in_place(const SkipgramWalks& given, Offset begin, Offset end, Matrix& in, Matrix& out);

 private:
  struct Output {
    Offset place;
    Real label, weight;
  };
  void plan(const SkipgramWalks& given, Offset begin, Offset end);
  void plan_outputs(const NegativeSampling& sampling, const SkipgramWalks& given, Offset begin, Offset end);
  void plan_outputs(const HuffmanTree& tree, const SkipgramWalks& given, Offset begin, Offset end);
  void add_negatives(NodeId target, std::span<const NodeId> negatives);
  SkipgramLoss train(const SkipgramWalks& given, Offset begin, Offset end);
  SkipgramLoss train_centre(std::span<const Output> outputs, bool cbow, Real rate);
  void count_steps(std::span<const Output> outputs, bool cbow, Real rate);
  double train_mean(std::span<const Output> outputs, Real rate);
  double steps(std::span<Real* const> inputs, std::span<const Output> outputs, Real rate);

  TouchedRows in_, out_;
  Offset first_ = 0;                  // position of inputs_[0]
  std::vector<Offset> inputs_;        // places of the inputs at positions first_ .., -1 where there is none
  std::vector<Offset> radii_;         // by centre
  std::vector<Output> outputs_;       // of one centre after the other
  std::vector<std::size_t> offsets_;  // [centres + 1] into outputs_
  std::vector<Offset> window_;        // places of the inputs of one centre
  std::vector<Real*> rows_;           // and their rows
  std::vector<Words> random_;
  std::vector<Real> mean_, before_, products_;
};

}  // namespace pfm
