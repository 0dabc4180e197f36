// The table of operations: one row each serves value tests, gradient checks (tests/ops_test.cpp) and timings
// (bench/ops_bench.cpp). Every operation and layer belongs here.
#pragma once
#include <pfm/nn/tape.h>

#include <string>

namespace pfm {

struct Sizes {
  Offset n, k, m;  // rows, columns, columns of another matrix
};

// Where the entries of an input lie. `any`: 0.05 <= |x| < 2, off the kinks of relu and its like.
enum class Domain { any, positive, share };  // positive: [0.5, 2.5); share: [0.05, 0.95)

struct OpInput {
  Offset rows, cols;
  Domain domain = Domain::any;
};

struct OpCase {
  std::string name;
  std::vector<OpInput> inputs;
  std::function<Var(const std::vector<Var>& in)> op;
  // The same from its definition, entry by entry in double.
  std::function<Matrix(const std::vector<Matrix>& in)> reference;
};

std::vector<OpCase> entry_cases(const Sizes& sizes);      // arithmetic, activations
std::vector<OpCase> row_cases(const Sizes& sizes);        // products, reductions, norms, shapes
std::vector<OpCase> layer_cases(const Sizes& sizes);      // segments, losses, layers
std::vector<OpCase> edge_cases(const Sizes& sizes);       // aggregation and attention along edges
std::vector<OpCase> attention_cases(const Sizes& sizes);  // attention between rows of segments
std::vector<OpCase> image_cases(const Sizes& sizes);      // convolution and pooling; sizes of their own
std::vector<OpCase> recurrent_cases(const Sizes& sizes);  // along the rows of segments; sizes of their own
std::vector<OpCase> op_cases(const Sizes& sizes);         // all

// The same numbers for the same case, input and seed.
std::vector<Matrix> inputs_of(const OpCase& one, std::uint64_t seed);

}  // namespace pfm
