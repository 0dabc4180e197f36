#include <pfm/kernels/csr_faults.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/sparse.h>

#include <mutex>
#include <numeric>

namespace pfm {

struct Sparse::Shared {
  CsrView view;
  std::shared_ptr<const void> owner;
  std::once_flag compared, transposed, ordered;
  Sparse transpose;
  bool symmetric = false;
  std::vector<Offset> order;
  explicit Shared(CsrView v, std::shared_ptr<const void> o) : view(v), owner(std::move(o)), transpose(nullptr) {}
};

namespace {

struct Arrays {
  std::vector<Offset> offsets;
  std::vector<NodeId> columns;
  std::vector<Real> values;
};

Sparse own(Offset rows, Offset cols, Arrays arrays) {
  return {rows, cols, std::move(arrays.offsets), std::move(arrays.columns), std::move(arrays.values)};
}

// Where each row of the transpose starts.
std::vector<Offset> column_offsets(const CsrView& a) {
  std::vector<Offset> offsets(a.cols + 1);
  for (NodeId c : a.columns) ++offsets[c + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

template <class Visit>  // visit(place in the transpose, row, entry) for every entry in row order
void visit_transposed(const CsrView& a, std::vector<Offset> next, Visit visit) {
  for (Offset row = 0; row < a.rows; ++row)
    for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) visit((next[a.columns[e]]++), row, e);
}

Arrays transposed(const CsrView& a) {
  Arrays t{column_offsets(a), std::vector<NodeId>(a.columns.size()), std::vector<Real>(a.values.size())};
  visit_transposed(a, t.offsets, [&](std::size_t place, Offset row, Offset entry) {
    t.columns[place] = static_cast<NodeId>(row);
    if (!a.values.empty()) t.values[place] = a.values[entry];
  });
  return t;
}

// Entries in row order are the transpose's rows each in order: row c of the matrix must hold them at its next places.
// No array but those places is made. Both places of an entry are fetched some entries ahead.
bool equals_transpose(const CsrView& a) {
  if (a.rows != a.cols) return false;
  constexpr Offset ahead = 16;
  std::vector<Offset> next(a.offsets.begin(), a.offsets.end());
  for (Offset row = 0; row < a.rows; ++row)
    for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) {
      if (e + 2 * ahead < a.nonzeros()) {
        __builtin_prefetch(&next[a.columns[e + 2 * ahead]]);
        __builtin_prefetch(a.columns.data() + next[a.columns[e + ahead]]);
      }
      const NodeId c = a.columns[e];
      const Offset place = next[c]++;
      if (place >= a.offsets[c + 1] || a.columns[place] != row) return false;
      if (!a.values.empty() && a.values[place] != a.values[e]) return false;
    }
  return true;
}

}  // namespace

Sparse::Sparse(std::nullptr_t) {}

Sparse::Sparse() : Sparse(0, 0, {0}, {}) {}

Sparse::Sparse(Offset rows, Offset cols, std::vector<Offset> offsets, std::vector<NodeId> columns,
               std::vector<Real> values) {
  auto arrays = std::make_shared<Arrays>(Arrays{std::move(offsets), std::move(columns), std::move(values)});
  const CsrView view{rows, cols, arrays->offsets, arrays->columns, arrays->values};
  *this = Sparse(view, std::move(arrays));
}

Sparse::Sparse(CsrView view, std::shared_ptr<const void> owner) {
  expect(static_cast<Offset>(view.offsets.size()) == view.rows + 1, "Sparse: rows + 1 offsets");
  expect(view.values.empty() || view.values.size() == view.columns.size(), "Sparse: a value per entry, or none");
  const CsrFaults faults = csr_faults(view);
  expect(faults.offset < 0, "Sparse: offsets that rise from 0 to the entries");
  expect(faults.column < 0, "Sparse: columns in range");
  shared_ = std::make_shared<Shared>(view, std::move(owner));
}

const CsrView& Sparse::view() const { return shared_->view; }

std::span<const NodeId> Sparse::columns(Offset row) const {
  const auto begin = view().offsets[row], end = view().offsets[row + 1];
  return view().columns.subspan(begin, (end - begin));
}

std::span<const Real> Sparse::values(Offset row) const {
  if (!weighted()) return {};
  const auto begin = view().offsets[row], end = view().offsets[row + 1];
  return view().values.subspan(begin, (end - begin));
}

// A symmetric matrix is its own transpose; keeping no second handle to `shared_` there avoids a cycle.
const Sparse& Sparse::transpose() const {
  if (symmetric()) return *this;
  Shared& s = *shared_;
  std::call_once(s.transposed, [&] { s.transpose = own(s.view.cols, s.view.rows, transposed(s.view)); });
  return s.transpose;
}

const Sparse& Sparse::known_symmetric() const {
  expect(rows() == cols(), "known_symmetric: a square matrix");
  std::call_once(shared_->compared, [&] { shared_->symmetric = true; });
  return *this;
}

bool Sparse::symmetric() const {
  std::call_once(shared_->compared, [&] { shared_->symmetric = equals_transpose(shared_->view); });
  return shared_->symmetric;
}

std::span<const Offset> Sparse::transpose_order() const {
  Shared& s = *shared_;
  std::call_once(s.ordered, [&] {
    s.order.resize(s.view.columns.size());
    visit_transposed(s.view, column_offsets(s.view),
                     [&](std::size_t place, Offset, Offset entry) { s.order[place] = entry; });
  });
  return s.order;
}

Sparse Sparse::with_values(std::vector<Real> values) const {
  struct Both {
    std::shared_ptr<const void> structure;
    std::vector<Real> values;
  };
  auto both = std::make_shared<Both>(Both{shared_, std::move(values)});
  const CsrView v{rows(), cols(), view().offsets, view().columns, both->values};
  return {v, std::move(both)};
}

Sparse Sparse::without_values() const {
  if (!weighted()) return *this;
  return {CsrView{rows(), cols(), view().offsets, view().columns, {}}, shared_};
}

Sparse multiply(const Sparse& a, const Sparse& b) {
  expect(a.cols() == b.rows(), "multiply: inner sizes agree");
  // Clearing the two rows of work space costs a small part of a task.
  const Offset rows_a_task = std::max<Offset>(256, b.cols() / 64);
  const Offset blocks = (a.rows() + rows_a_task - 1) / rows_a_task;
  std::vector<Arrays> parts(blocks);
  parallel_for(a.rows(), rows_a_task, [&](Offset begin, Offset end) {
    Arrays& part = parts[begin / rows_a_task];
    std::vector<Real> sum(b.cols());
    std::vector<Offset> seen(b.cols(), -1);
    for (Offset row = begin; row < end; ++row) {
      const std::size_t first = part.columns.size();
      for (std::size_t e = 0; e < a.columns(row).size(); ++e) {
        const NodeId mid = a.columns(row)[e];
        const Real left = a.weighted() ? a.values(row)[e] : 1;
        for (std::size_t f = 0; f < b.columns(mid).size(); ++f) {
          const NodeId c = b.columns(mid)[f];
          const auto at = c;
          if (seen[at] != row) seen[at] = row, sum[at] = 0, part.columns.push_back(c);
          sum[at] += left * (b.weighted() ? b.values(mid)[f] : 1);
        }
      }
      const auto found = part.columns.begin() + static_cast<std::ptrdiff_t>(first);
      if (8 * Offset(part.columns.size() - first) < b.cols())
        std::sort(found, part.columns.end());
      else  // so many that looking at every column is quicker
        for (auto [at, c] = std::pair(found, Offset{0}); at != part.columns.end(); ++c)
          if (seen[c] == row) *at++ = static_cast<NodeId>(c);
      for (std::size_t i = first; i < part.columns.size(); ++i) part.values.push_back(sum[part.columns[i]]);
      part.offsets.push_back(static_cast<Offset>(part.columns.size()));
    }
  });
  Arrays all{{0}, {}, {}};
  for (Arrays& part : parts) {
    const Offset before = all.offsets.back();
    for (Offset end : part.offsets) all.offsets.push_back(before + end);
    all.columns.insert(all.columns.end(), part.columns.begin(), part.columns.end());
    all.values.insert(all.values.end(), part.values.begin(), part.values.end());
    part = {};
  }
  return own(a.rows(), b.cols(), std::move(all));
}

}  // namespace pfm
