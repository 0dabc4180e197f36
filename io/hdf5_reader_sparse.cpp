// Sparse matrices of HDF5 files.
#include <fmt/format.h>
#include <hdf5.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/kernels/csr_faults.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pfm::io {

using hdf5::Handle;

// A Real data set that was never written and whose fill value is 1 stands for the ones of an unweighted matrix.
bool Hdf5Reader::all_ones(const std::string& path) const {
  const Handle dataset = open(path);
  if (H5Iget_type(dataset) != H5I_DATASET || H5Dget_storage_size(dataset) != 0) return false;
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  double fill = 0;
  return H5Pget_fill_value(creation, H5T_NATIVE_DOUBLE, &fill) >= 0 && fill == 1;
}

Sparse Hdf5Reader::sparse(const std::string& path) const {
  if (text(path, "encoding-type") != "csr_matrix")
    fail(path, fmt::format("found encoding-type '{}', expected csr_matrix", text(path, "encoding-type")));
  return compressed(path, numbers(path, "shape"));
}

Sparse Hdf5Reader::compressed(const std::string& path, const std::vector<std::int64_t>& shape) const {
  constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0 || shape[0] > most || shape[1] > most)
    fail(path, "expected a shape of two sizes that 32-bit ids can name");
  struct Parts {
    Stored<Offset> offsets;
    Stored<NodeId> columns;
    Stored<Real> values;
  };
  auto m = std::make_shared<Parts>();
  m->offsets = offsets(path + "/indptr");
  m->columns = ids(path + "/indices");
  const auto entries = Offset(m->columns.values.size());
  const std::span<const Offset> o = m->offsets.values;
  if (m->offsets.shape.size() != 1 || Offset(o.size()) != shape[0] + 1)
    fail(path + "/indptr", fmt::format("found {} offsets, expected {}", o.size(), shape[0] + 1));
  const CsrFaults faults = csr_faults({shape[0], shape[1], o, m->columns.values, {}});
  if (faults.offset >= 0)
    fail(path + "/indptr", fmt::format("entry {} is {}, expected offsets that rise from 0 to the {} entries",
                                       faults.offset, o[faults.offset], entries));
  if (const Offset e = faults.column; e >= 0)
    fail(path + "/indices",
         fmt::format("entry {} is {}, expected a column in [0, {})", e, m->columns.values[e], shape[1]));
  if (all_ones(path + "/data")) {
    if (Handle data = open(path + "/data"); shape_of(data, path + "/data") != std::vector<Offset>{entries})
      fail(path + "/data", "expected a value per entry");
  } else {
    m->values = reals(path + "/data");
    if (Offset(m->values.values.size()) != entries) fail(path + "/data", "expected a value per entry");
    if (const Offset e = first_not_finite(m->values.values); e >= 0)
      fail(path + "/data", fmt::format("entry {} is {}, expected a finite number", e, m->values.values[e]));
  }
  if (faults.order >= 0) {
    findings_.unsorted.emplace(path + "/indices", faults.order);
    return sorted(path, shape, o, m->columns.values, m->values.values);
  }
  const CsrView view{shape[0], shape[1], o, m->columns.values, m->values.values};
  return {view, std::move(m)};
}

Sparse Hdf5Reader::sorted(const std::string& path, const std::vector<Offset>& shape, std::span<const Offset> offsets,
                          std::span<const NodeId> columns, std::span<const Real> values) const {
  std::vector<Offset> order(columns.size());
  std::iota(order.begin(), order.end(), Offset{0});
  std::vector<NodeId> sorted_columns;
  std::vector<Real> sorted_values;
  for (Offset row = 0; row < shape[0]; ++row) {
    const auto begin = order.begin() + offsets[row], end = order.begin() + offsets[row + 1];
    std::sort(begin, end, [&](Offset a, Offset b) { return columns[a] < columns[b]; });
    for (auto e = begin; e != end; ++e) {
      if (e != begin && columns[*e] == columns[*(e - 1)])
        fail(path + "/indices", fmt::format("row {} names column {} twice, expected once", row, columns[*e]));
      sorted_columns.push_back(columns[*e]);
      if (!values.empty()) sorted_values.push_back(values[*e]);
    }
  }
  return {shape[0], shape[1], {offsets.begin(), offsets.end()}, std::move(sorted_columns), std::move(sorted_values)};
}

}  // namespace pfm::io
