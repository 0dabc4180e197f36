#include <pfm/encoders/recurrent.h>
#include <pfm/tests/op_reference.h>

namespace pfm {
namespace {

constexpr Offset state_width = 3;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// What row i of `from` [., k] gives gate `part` of state column j: inputs are x, then weight and bias of the input's
// and of the state's map.
double gate_sum(const Matrices& in, std::size_t map, Offset part, Offset j, const std::function<double(Offset)>& from) {
  const Matrix& weight = in[map];
  const Offset column = part * state_width + j;
  return double(in[map + 1](0, column)) +
         sum_of(0, weight.rows(), [&](Offset k) { return from(k) * double(weight(k, column)); });
}

// The state behind `row`, row after row of its segment by the definition.
std::vector<double> state_behind(const Matrices& in, const std::vector<Offset>& segments, Offset row, Cell cell,
                                 Direction direction) {
  const Offset g = Offset(std::ranges::upper_bound(segments, row) - segments.begin()) - 1;
  const Offset begin = segments[std::size_t(g)], end = segments[std::size_t(g) + 1];
  const bool forward = direction == Direction::forward;
  std::vector<double> state(std::size_t(state_width), 0), memory(std::size_t(state_width), 0);
  for (Offset t = 0; t <= (forward ? row - begin : end - 1 - row); ++t) {
    const Offset i = forward ? begin + t : end - 1 - t;
    const std::vector<double> before = state;
    for (Offset j = 0; j < state_width; ++j) {
      const auto given = [&](Offset part) {
        return gate_sum(in, 1, part, j, [&](Offset k) { return double(in[0](i, k)); });
      };
      const auto kept = [&](Offset part) {
        return gate_sum(in, 3, part, j, [&](Offset k) { return before[std::size_t(k)]; });
      };
      const auto gate = [&](Offset part) { return logistic(given(part) + kept(part)); };
      double &s = state[std::size_t(j)], &c = memory[std::size_t(j)];
      if (cell == Cell::lstm) {
        c = gate(1) * c + gate(0) * std::tanh(given(2) + kept(2));
        s = gate(3) * std::tanh(c);
      } else {
        const double z = gate(1);
        s = (1 - z) * std::tanh(given(2) + gate(0) * kept(2)) + z * before[std::size_t(j)];
      }
    }
  }
  return state;
}

}  // namespace

std::vector<OpCase> recurrent_cases(const Sizes&) {
  std::vector<OpCase> all;
  const std::vector<Offset> s = rising_segments(12);
  for (const Cell cell : {Cell::lstm, Cell::gru})
    for (const Direction direction : {Direction::forward, Direction::backward}) {
      const Offset n = s.back(), in_width = 2, gates = (cell == Cell::lstm ? 4 : 3) * state_width;
      const auto op = [=](const Vars& in) {
        Recurrent layer(Params(), cell, in_width, state_width);
        layer.input.weight = in[1], layer.input.bias = in[2];
        layer.hidden.weight = in[3], layer.hidden.bias = in[4];
        return layer(s, in[0], direction);
      };
      all.push_back({std::string(cell == Cell::lstm ? "lstm" : "gru") +
                         (direction == Direction::forward ? " forward" : " backward"),
                     {{n, in_width}, {in_width, gates}, {1, gates}, {state_width, gates}, {1, gates}},
                     op,
                     entries(fixed(n, state_width), [=](const Matrices& in, Offset row, Offset j) {
                       return state_behind(in, s, row, cell, direction)[std::size_t(j)];
                     })});
    }
  return all;
}

}  // namespace pfm
