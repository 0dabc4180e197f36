// Reverse-mode differentiation. A Var is a matrix that remembers how it was made.
#pragma once
#include <pfm/kernels/matrix.h>

#include <functional>
#include <memory>
#include <vector>

namespace pfm {

class Var {
 public:
  // Called once with the result's gradient; adds to the inputs' gradients through accumulate(). It may change the
  // gradient and pass it on: nobody reads it afterwards. A closure holds no Vars but the inputs; of an input whose
  // value it does not read it holds the slot(), so that the value can go.
  using Backward = std::function<void(Matrix& grad)>;
  using BackwardOfValue = std::function<void(const Matrix& value, Matrix& grad)>;  // reads the result's value too

  Var() = default;
  explicit Var(Matrix value, bool trainable = false);  // a leaf
  // The result of an operation. Without a trainable input, or under NoGradient, it forgets inputs and `backward`.
  static Var record(Matrix value, std::vector<Var> inputs, Backward backward);
  static Var record(Matrix value, std::vector<Var> inputs, BackwardOfValue backward);
  static bool recorded(const std::vector<Var>& inputs);  // whether record() keeps these

  explicit operator bool() const { return node_ != nullptr; }
  const Matrix& value() const;
  Matrix& value();  // for optimisers and averages, never inside a recorded computation
  Offset rows() const;
  Offset cols() const;
  Var slot() const;     // where gradients go, with the shape but without the value
  Real scalar() const;  // of a [1, 1] value

  bool wants_gradient() const;
  const Matrix& grad() const;  // empty when nothing has reached it
  void accumulate(Matrix grad) const;
  // The same where what is added is a product: write(to, beta) makes `to` beta to + the gradient, with beta 0 from
  // nothing.
  void accumulate(const std::function<void(Matrix& to, Real beta)>& write) const;
  void clear_grad() const;
  Matrix take_grad() const;  // moves it out
  Var detached() const;      // the same value as a constant

 private:
  struct Node;
  friend void backward(const Var& loss);
  std::shared_ptr<Matrix> value_;  // lives as long as somebody may read it
  std::shared_ptr<Node> node_;
};

// Gradients of `loss` [1, 1] into every trainable leaf it depends on. Operations run once, highest level first, ties in
// input order, so every sum has one order; values are freed as they are passed.
void backward(const Var& loss);

// While it lives, operations of this thread record nothing and values die when consumed.
class NoGradient {
 public:
  NoGradient();
  ~NoGradient();
  NoGradient(const NoGradient&) = delete;
  NoGradient& operator=(const NoGradient&) = delete;
  static bool active();
};

}  // namespace pfm
