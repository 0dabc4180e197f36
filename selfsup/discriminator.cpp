#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/selfsup/discriminator.h>

#include <cmath>

namespace pfm {

SummaryDiscriminator::SummaryDiscriminator(const Params& p, Offset width)
    : weight(p.uniform("weight", width, width, std::sqrt(6 / (double(width) * double(width) + double(width))))),
      bias(p.constant("bias", 1, 1, 0)) {}

// W s first: a product with a vector instead of a matrix.
Var SummaryDiscriminator::operator()(const Var& rows, const Var& summary) const {
  return add_row(multiply_transposed(rows, multiply_transposed(summary, weight)), bias);
}

}  // namespace pfm
