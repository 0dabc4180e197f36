#include <pfm/encoders/recurrent.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm {
namespace {

struct CellState {
  Var h, c;  // [G, d]; c of an LSTM alone
};

// Part i of the gates side by side.
Var gate(const Var& gates, Offset i, Offset width) { return slice_columns(gates, i * width, (i + 1) * width); }

CellState lstm_step(const Var& from_input, const Var& from_state, const CellState& s, Offset d) {
  const Var gates = add(from_input, from_state);
  const Var kept = hadamard(sigmoid(gate(gates, 1, d)), s.c);
  const Var c = add(kept, hadamard(sigmoid(gate(gates, 0, d)), tanh(gate(gates, 2, d))));
  return {hadamard(sigmoid(gate(gates, 3, d)), tanh(c)), c};
}

CellState gru_step(const Var& from_input, const Var& from_state, const CellState& s, Offset d) {
  const auto sum = [&](Offset i) { return add(gate(from_input, i, d), gate(from_state, i, d)); };
  const Var reset = sigmoid(sum(0)), keep = sigmoid(sum(1));
  const Var made = tanh(add(gate(from_input, 2, d), hadamard(reset, gate(from_state, 2, d))));
  return {add(made, hadamard(keep, subtract(s.h, made))), {}};
}

}  // namespace

Recurrent::Recurrent(const Params& p, Cell kind, Offset in, Offset width)
    : input(p / "input", in, (kind == Cell::lstm ? 4 : 3) * width),
      hidden(p / "hidden", width, (kind == Cell::lstm ? 4 : 3) * width),
      cell(kind) {}

Var Recurrent::operator()(Segments sequences, const Var& x, Direction direction) const {
  const Offset count = Offset(sequences.size()) - 1, d = hidden.weight.rows();
  const Var from_input = input(x);
  Offset longest = 0;
  for (std::size_t g = 0; g + 1 < sequences.size(); ++g) longest = std::max(longest, sequences[g + 1] - sequences[g]);
  CellState state{Var(Matrix::zeros(count, d)), Var(Matrix::zeros(count, d))};
  std::vector<Var> states;
  std::vector<NodeId> where(std::size_t(x.rows()));  // row of the states, step by step, behind each row of x
  for (Offset step = 0; step < longest; ++step) {
    std::vector<NodeId> rows;  // -1 where a sequence has ended: its state goes on and nobody looks
    for (Offset g = 0; g < count; ++g) {
      const Offset begin = sequences[std::size_t(g)], end = sequences[std::size_t(g) + 1];
      const Offset row = direction == Direction::forward ? begin + step : end - 1 - step;
      rows.push_back(step < end - begin ? NodeId(row) : -1);
      if (rows.back() >= 0) where[std::size_t(row)] = NodeId(step * count + g);
    }
    const Var now = gather_rows(from_input, rows), before = hidden(state.h);
    state = cell == Cell::lstm ? lstm_step(now, before, state, d) : gru_step(now, before, state, d);
    states.push_back(state.h);
  }
  return states.empty() ? Var(Matrix::zeros(0, d)) : gather_rows(concat_rows(states), where);
}

}  // namespace pfm
