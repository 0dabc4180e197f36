#include <pfm/kernels/alias.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_choice.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {

// The entries [begin, begin + degree) and the random words of one node.
struct EdgeChoice::Row {
  Offset begin, degree;
  const Words* words;
  std::uint64_t block, number;  // of the first words in `rng`; of the node
  const Rng &rng, &more;

  std::uint32_t word(Offset i) const { return words[i / 4][std::size_t(i % 4)]; }
  Offset below(Offset i, Offset n) const {  // [0, n) by word i
    Offset drawn = drawn_below(word(i), std::uint64_t(n));
    for (std::uint32_t attempt = 0; drawn < 0;)
      drawn = drawn_below(rng.block(block + std::uint64_t(i / 4), ++attempt)[std::size_t(i % 4)], std::uint64_t(n));
    return drawn;
  }
};

EdgeChoice::Row EdgeChoice::row_of(std::span<const NodeId> nodes, std::size_t i, std::uint64_t first, const Rng& rng,
                                   const Rng& more, const EdgeChoiceWork& work) const {
  const Offset begin = offsets_[nodes[i]];
  const auto blocks = std::size_t(work.blocks);
  const std::uint64_t number = first + i;
  return {begin, offsets_[nodes[i] + 1] - begin, work.words.data() + i * blocks, number * blocks, number, rng, more};
}

EdgeChoice::EdgeChoice(Sparse rows, How how)
    : rows_(std::move(rows)), how_(how), offsets_(rows_.view().offsets.data()), columns_(rows_.view().columns.data()) {
  for (Offset u = 0; u < rows_.rows(); ++u) widest_ = std::max(widest_, offsets_[u + 1] - offsets_[u]);
  how_.weighted = how.weighted && rows_.weighted();
  if (!how_.weighted) return;
  std::vector<NodeId> places(static_cast<std::size_t>(widest_));
  std::iota(places.begin(), places.end(), NodeId{0});
  auto table = std::make_shared<Growing<Alias>>();
  table->grow_to(std::size_t(rows_.nonzeros()));
  parallel_for(rows_.rows(), row_block, [&](Offset first, Offset last) {
    AliasBuilder builder;
    std::vector<AliasPlace> row;
    for (Offset u = first; u < last; ++u) {
      const auto values = rows_.values(u);
      row.resize(values.size());
      builder.build({places.data(), values.size()}, values, row.data());
      // A place that is not its own first name has a threshold of 0.
      const NodeId* sources = columns_ + offsets_[u];
      for (std::size_t i = 0; i < row.size(); ++i)
        table->data()[offsets_[u] + Offset(i)] = {row[i].threshold, row[i].other, sources[i],
                                                  row[i].other < 0 ? -1 : sources[row[i].other]};
    }
  });
  aliases_ = table->data();
  table_ = std::move(table);
}

inline void EdgeChoice::choose_entry(Offset entry, ChosenEdges& chosen) const {
  __builtin_prefetch(columns_ + entry);
  chosen.entries.push_back(entry);
}

inline void EdgeChoice::choose_entry(Offset entry, NodeId source, ChosenEdges& chosen) const {
  chosen.entries.push_back(entry);
  chosen.sources.push_back(source);
}

void EdgeChoice::all(const Row& row, ChosenEdges& chosen) const {
  for (Offset e = row.begin; e < row.begin + row.degree; ++e)
    if (!how_.weighted)
      choose_entry(e, chosen);
    else if (rows_.view().values[std::size_t(e)] > 0)
      choose_entry(e, columns_[e], chosen);
}

namespace {

// Whether this place is taken for the first time.
inline bool take(std::vector<std::uint64_t>& taken, Offset place) {
  std::uint64_t& bits = taken[std::size_t(place) / 64];
  const std::uint64_t bit = std::uint64_t{1} << (place % 64);
  const bool first = (bits & bit) == 0;
  bits |= bit;
  return first;
}

}  // namespace

// Of the places up to j, the drawn one, or j itself where that is taken already.
void EdgeChoice::different(const Row& row, Offset count, EdgeChoiceWork& work, ChosenEdges& chosen) const {
  for (Offset i = 0, j = row.degree - count; i < count; ++i, ++j) {
    Offset place = row.below(i, j + 1);
    if (!take(work.taken, place)) take(work.taken, place = j);
    choose_entry(row.begin + place, chosen);
  }
  for (auto e = chosen.entries.end() - count; e != chosen.entries.end(); ++e)
    work.taken[std::size_t(*e - row.begin) / 64] = 0;
}

void EdgeChoice::repeated(const Row& row, Offset count, ChosenEdges& chosen) const {
  for (Offset i = 0; i < count; ++i) choose_entry(row.begin + row.below(i, row.degree), chosen);
}

void EdgeChoice::look(const Row& row, Offset count, Offset* places) const {
  for (Offset i = 0; i < count; ++i) {
    places[i] = row.below(2 * i, row.degree);
    __builtin_prefetch(aliases_ + row.begin + places[i]);
  }
}

void EdgeChoice::weighted(const Row& row, Offset count, const Offset* places, EdgeChoiceWork& work,
                          ChosenEdges& chosen) const {
  const Alias* aliases = aliases_ + row.begin;
  if (aliases[places[0]].other < 0) return;  // nothing has a value
  const std::size_t before = chosen.entries.size();
  auto drawn = [&](Offset place, std::uint32_t word) {
    const Alias& alias = aliases[place];
    const bool itself = word < alias.threshold;
    const Offset it = itself ? place : alias.other;
    if (how_.replace || take(work.taken, it))
      choose_entry(row.begin + it, itself ? alias.source : alias.source_of_other, chosen);
  };
  for (Offset i = 0; i < count; ++i) drawn(places[i], row.word(2 * i + 1));
  if (how_.replace) return;
  auto left = [&] { return count - Offset(chosen.entries.size() - before); };
  const auto trials = std::uint32_t(std::min(3 * count, Offset{1} << 24));
  for (std::uint32_t trial = 0; left() > 0 && trial < trials; ++trial) {
    const Words words = row.more.block(row.number, trial);
    if (const Offset place = drawn_below(words[0], std::uint64_t(row.degree)); place >= 0) drawn(place, words[1]);
  }
  if (left() > 0) race(row, left(), work, chosen);
  for (std::size_t i = before; i < chosen.entries.size(); ++i)
    work.taken[std::size_t(chosen.entries[i] - row.begin) / 64] = 0;
}

// Among what is not taken.
void EdgeChoice::race(const Row& row, Offset count, EdgeChoiceWork& work, ChosenEdges& chosen) const {
  const Rng times = row.more.split(row.number);
  work.racers.clear();
  for (Offset i = 0; i < row.degree; ++i) {
    const double value = rows_.view().values[std::size_t(row.begin + i)];
    if (value > 0 && (work.taken[std::size_t(i) / 64] >> (i % 64) & 1) == 0)
      work.racers.push_back({-std::log1p(-times.uniform(std::uint64_t(i))) / value, i});
  }
  const auto first = work.racers.begin(), last = first + std::min(count, Offset(work.racers.size()));
  std::nth_element(first, last, work.racers.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  for (auto it = first; it != last; ++it) choose_entry(row.begin + it->place, columns_[row.begin + it->place], chosen);
}

Offset EdgeChoice::limit(Offset count) const { return how_.replace ? count : std::min(count, widest_); }

// All of the row's entries are wanted, if any.
bool EdgeChoice::whole(const Row& row, Offset count) const {
  return row.degree == 0 || (!how_.replace && row.degree <= count);
}

void EdgeChoice::look(std::span<const NodeId> nodes, std::uint64_t first, Offset count, const Rng& rng,
                      EdgeChoiceWork& work) const {
  count = limit(count);
  work.blocks = count == widest_ && !how_.replace ? 0 : ((how_.weighted ? 2 : 1) * count + 3) / 4;
  work.words.resize(nodes.size() * std::size_t(work.blocks));
  rng.blocks(first * std::uint64_t(work.blocks), work.words);
  if (!how_.weighted) return;
  work.looked.resize(nodes.size() * std::size_t(count));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Row row = row_of(nodes, i, first, rng, rng, work);
    if (whole(row, count)) {
      __builtin_prefetch(rows_.view().values.data() + row.begin);
      __builtin_prefetch(columns_ + row.begin);
    } else
      look(row, count, work.looked.data() + i * std::size_t(count));
  }
}

void EdgeChoice::choose(std::span<const NodeId> nodes, std::uint64_t first, Offset count, const Rng& rng,
                        EdgeChoiceWork& work, ChosenEdges& chosen) const {
  count = limit(count);
  work.taken.resize(std::max(work.taken.size(), std::size_t(widest_) / 64 + 1));
  const Rng more = how_.weighted ? rng.split("more") : rng;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Row row = row_of(nodes, i, first, rng, more, work);
    if (whole(row, count))
      all(row, chosen);
    else if (how_.weighted)
      weighted(row, count, work.looked.data() + i * std::size_t(count), work, chosen);
    else if (how_.replace)
      repeated(row, count, chosen);
    else
      different(row, count, work, chosen);
    chosen.ends.push_back(Offset(chosen.entries.size()));
  }
}

void EdgeChoice::read(ChosenEdges& chosen) const {
  const std::size_t known = chosen.sources.size();
  chosen.sources.resize(chosen.entries.size());
  for (std::size_t i = known; i < chosen.sources.size(); ++i) chosen.sources[i] = columns_[chosen.entries[i]];
}

}  // namespace pfm
