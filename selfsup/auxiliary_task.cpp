#include <fmt/format.h>
#include <pfm/selfsup/auxiliary_task.h>

namespace pfm {

double held_out_from(const Options& o) { return chance_from(o, "held_out", 0.0); }

NodeId held_out_count(const std::string& data, std::size_t items, double part) {
  const auto count = NodeId(part * double(items));
  if (part > 0 && count == 0)
    throw Error(Fault::input, fmt::format("{}: the task beside the classes asks for {} items, of which held_out={} "
                                          "leaves none to measure it on; hold out more",
                                          data, items, part));
  return count;
}

double r2(const Matrix& found, const Matrix& truth, const Matrix& mean) {
  expect(found.rows() == truth.rows() && found.cols() == truth.cols() && mean.cols() == truth.cols(),
         "r2: predictions and truth of one shape, a mean per column");
  double missed = 0, spread = 0;
  for (Offset i = 0; i < truth.rows(); ++i)
    for (Offset j = 0; j < truth.cols(); ++j) {
      const double error = double(found(i, j)) - double(truth(i, j)), apart = double(mean(0, j)) - double(truth(i, j));
      missed += error * error, spread += apart * apart;
    }
  return spread > 0 ? 100 * (1 - missed / spread) : 0;
}

}  // namespace pfm
