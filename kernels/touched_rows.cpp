#include <pfm/kernels/touched_rows.h>
#include <pfm/kernels/vector.h>

#include <algorithm>

namespace pfm {

static std::size_t hash(NodeId row) { return std::size_t(row) * 0x9E3779B97F4A7C15u >> 32; }

void TouchedRows::clear() {
  rows_.clear(), steps_.clear();
  for (auto& part : parts_) part.clear();
  std::ranges::fill(places_, -1);
}

Offset TouchedRows::place(NodeId row) {
  if (2 * rows_.size() >= places_.size()) find_room();
  const std::size_t mask = places_.size() - 1;
  for (std::size_t i = hash(row) & mask;; i = (i + 1) & mask) {
    if (places_[i] < 0) {
      places_[i] = std::int32_t(rows_.size());
      rows_.push_back(row), steps_.push_back(0);
      parts_[std::size_t(row) % parts].push_back(places_[i]);
      return places_[i];
    }
    if (rows_[std::size_t(places_[i])] == row) return places_[i];
  }
}

void TouchedRows::find_room() {
  places_.assign(std::max<std::size_t>(64, 2 * places_.size()), -1);
  const std::size_t mask = places_.size() - 1;
  for (std::size_t place = 0; place < rows_.size(); ++place) {
    std::size_t i = hash(rows_[place]) & mask;
    while (places_[i] >= 0) i = (i + 1) & mask;
    places_[i] = std::int32_t(place);
  }
}

void TouchedRows::copy(const Matrix& table) {
  const Offset d = table.cols(), width = (d + WideLanes::count - 1) / WideLanes::count * WideLanes::count;
  const Offset count = Offset(rows_.size());
  table_ = nullptr;
  if (copies_.rows() < count || copies_.cols() != width) copies_ = Matrix(count * 5 / 4, width);
  for (Offset p = 0; p < count; ++p) {
    Real* copy = copies_.row(p).data();
    std::copy_n(table.row(rows_[std::size_t(p)]).data(), d, copy);
    std::fill(copy + d, copy + width, Real(0));
  }
}

void TouchedRows::borrow(Matrix& table) {
  expect(table.cols() % WideLanes::count == 0, "TouchedRows::borrow: rows of whole vectors");
  table_ = &table;
}

void TouchedRows::subtract(const Matrix& table) {
  for (std::size_t p = 0; p < rows_.size(); ++p) {
    Real* copy = copies_.row(Offset(p)).data();
    const Real* row = table.row(rows_[p]).data();
    for (Offset k = 0; k < table.cols(); ++k) copy[k] -= row[k];
  }
}

void RowChanges::add(std::span<const TouchedRows* const> tasks, Matrix& table, Offset part) {
  auto each = [&](auto&& body) {
    for (const TouchedRows* task : tasks)
      for (const std::int32_t place : task->parts_[std::size_t(part)])
        body(*task, std::size_t(place), task->rows_[std::size_t(place)],
             loads_[std::size_t(task->rows_[std::size_t(place)])]);
  };
  each([](const TouchedRows& task, std::size_t place, NodeId, Load& load) {
    load.steps += task.steps_[place], ++load.tasks;
  });
  each([&](const TouchedRows& task, std::size_t place, NodeId id, const Load& load) {
    const Real share = load.steps <= most_steps ? 1 : std::max(1 / Real(load.tasks), most_steps / load.steps);
    const Real* change = task.copies_.row(Offset(place)).data();
    Real* row = table.row(id).data();
    for (Offset k = 0; k < table.cols(); ++k) row[k] += share * change[k];
  });
  each([](const TouchedRows&, std::size_t, NodeId, Load& load) { load = {}; });
}

}  // namespace pfm
