#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <pfm/cli/checksum.h>
#include <pfm/graph/text_samples.h>
#include <xxhash.h>

namespace pfm {
namespace {

// The bytes of arrays, each preceded by its length.
class Sum {
 public:
  Sum() { XXH3_64bits_reset(&state_); }
  template <class T>
  void add(std::span<const T> values) {
    const std::uint64_t count = values.size();
    XXH3_64bits_update(&state_, &count, sizeof count);
    XXH3_64bits_update(&state_, values.data(), values.size_bytes());
  }
  void add(const CsrView& rows) {
    const Offset shape[] = {rows.rows, rows.cols};
    add(std::span<const Offset>(shape));
    add(std::span<const Offset>(rows.offsets));
    add(std::span<const NodeId>(rows.columns));
    add(std::span<const Real>(rows.values));
  }
  void add(const Matrix& m) {
    const Offset shape[] = {m.rows(), m.cols()};
    add(std::span<const Offset>(shape));
    add(std::span<const Real>(m.data(), std::size_t(m.size())));
  }
  std::uint64_t value() const { return XXH3_64bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

}  // namespace

std::string checksum(const Dataset& data) {
  Sum sum;
  sum.add(data.all.graph.adjacency().view());
  sum.add(data.all.graph.edge_attributes());
  sum.add(data.all.graph.edge_types());
  if (data.all.x.is_dense()) sum.add(data.all.x.dense());
  if (data.all.x.is_sparse()) sum.add(data.all.x.sparse().view());
  sum.add(std::span<const Offset>(data.all.segments));
  sum.add(std::span<const std::int32_t>(data.targets.classes));
  sum.add(data.targets.label_sets.view());
  if (data.targets.reals) sum.add(*data.targets.reals);
  for (const auto& [name, ids] : data.splits) {
    sum.add(std::span<const char>(name));
    sum.add(std::span<const NodeId>(ids));
  }
  if (holds_texts(data))
    for (const std::string& text : data.texts) sum.add(std::span<const char>(text));
  if (!data.targets.pairs.empty()) sum.add(std::span(data.targets.pairs));
  for (const auto& fold : data.folds) sum.add(std::span<const NodeId>(fold));
  return fmt::format("{:016x}", sum.value());
}

}  // namespace pfm
