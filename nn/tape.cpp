#include <pfm/kernels/parallel.h>
#include <pfm/nn/tape.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace pfm {

struct Var::Node {
  Offset rows = 0, cols = 0;
  Matrix grad;
  std::vector<Var> inputs;  // slots
  Backward backward;
  int level = 0;  // 1 + highest input
  bool wants_gradient = false;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  // A result that is dropped without a backward pass may be the end of a long chain: released one by one, not by
  // recursion.
  ~Node() {
    std::vector<Var> pending = std::move(inputs);
    backward = nullptr;
    while (!pending.empty()) {
      const Var last = std::move(pending.back());
      pending.pop_back();
      if (!last.node_ || last.node_.use_count() > 1) continue;
      std::ranges::move(last.node_->inputs, std::back_inserter(pending));
      last.node_->inputs.clear();
      last.node_->backward = nullptr;
    }
  }
};

Var::Var(Matrix value, bool trainable)
    : value_(std::make_shared<Matrix>(std::move(value))), node_(std::make_shared<Node>()) {
  node_->rows = value_->rows(), node_->cols = value_->cols();
  node_->wants_gradient = trainable;
}

bool Var::recorded(const std::vector<Var>& inputs) {
  return !NoGradient::active() && std::ranges::any_of(inputs, [](const Var& v) { return v.wants_gradient(); });
}

Var Var::record(Matrix value, std::vector<Var> inputs, Backward backward) {
  Var result(std::move(value));
  if (!recorded(inputs)) return result;
  Node& node = *result.node_;
  node.wants_gradient = true;
  for (const Var& input : inputs) {
    node.level = std::max(node.level, input.node_->level + 1);
    node.inputs.push_back(input.slot());
  }
  node.backward = std::move(backward);
  return result;
}

Var Var::record(Matrix value, std::vector<Var> inputs, BackwardOfValue backward) {
  Var result = record(std::move(value), std::move(inputs), Backward());
  if (result.wants_gradient())
    result.node_->backward = [kept = result.value_, backward = std::move(backward)](Matrix& grad) {
      backward(*kept, grad);
    };
  return result;
}

const Matrix& Var::value() const {
  expect(value_ != nullptr, "value: not of a slot");
  return *value_;
}
Matrix& Var::value() {
  expect(value_ != nullptr, "value: not of a slot");
  return *value_;
}
Offset Var::rows() const { return node_->rows; }
Offset Var::cols() const { return node_->cols; }
Var Var::slot() const {
  Var result = *this;
  result.value_ = nullptr;
  return result;
}
bool Var::wants_gradient() const { return node_->wants_gradient; }
const Matrix& Var::grad() const { return node_->grad; }
void Var::clear_grad() const { node_->grad = Matrix(); }
Matrix Var::take_grad() const { return std::exchange(node_->grad, Matrix()); }
Var Var::detached() const { return Var(value().clone()); }

Real Var::scalar() const {
  expect(value().size() == 1, "scalar: a [1, 1] value");
  return value()(0, 0);
}

void Var::accumulate(Matrix grad) const {
  if (!node_->wants_gradient) return;
  expect(grad.rows() == node_->rows && grad.cols() == node_->cols, "accumulate: the gradient has the value's shape");
  if (node_->grad.empty()) {
    node_->grad = std::move(grad);
    return;
  }
  parallel_for(grad.size(), 65536, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) node_->grad.data()[i] += grad.data()[i];
  });
}

void Var::accumulate(const std::function<void(Matrix& to, Real beta)>& write) const {
  if (!node_->wants_gradient) return;
  const bool first = node_->grad.empty();
  if (first) node_->grad = Matrix(node_->rows, node_->cols);
  write(node_->grad, first ? 0 : 1);
}

void backward(const Var& loss) {
  expect(loss.value().size() == 1, "backward: from a [1, 1] value");
  if (!loss.wants_gradient()) return;
  std::vector<Var> order{loss.slot()};
  std::unordered_set<const Var::Node*> seen{loss.node_.get()};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto node = order[i].node_;  // keeps it while `order` grows
    for (const Var& input : node->inputs)
      if (input.wants_gradient() && seen.insert(input.node_.get()).second) order.push_back(input);
  }
  std::ranges::stable_sort(order, std::less(), [](const Var& v) { return v.node_->level; });
  loss.accumulate(Matrix(1, 1, {1}));
  for (; !order.empty(); order.pop_back()) {
    Var::Node& node = *order.back().node_;
    if (!node.backward) continue;  // a leaf keeps its gradient
    if (!node.grad.empty()) node.backward(node.grad);
    node.grad = Matrix();
    node.backward = nullptr;
    node.inputs.clear();
  }
}

static thread_local int without_gradient = 0;

NoGradient::NoGradient() { ++without_gradient; }
NoGradient::~NoGradient() { --without_gradient; }
bool NoGradient::active() { return without_gradient > 0; }

}  // namespace pfm
