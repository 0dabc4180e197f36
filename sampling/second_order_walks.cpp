#include <pfm/kernels/parallel.h>
#include <pfm/sampling/second_order_walks.h>

#include <algorithm>
#include <vector>

namespace pfm {
namespace {

constexpr std::size_t in_flight = 64;  // walks of one thread whose cache misses overlap
constexpr Offset a_task = 1024;        // walks
constexpr std::uint32_t most_trials = 64, restarting = ~0u, enumerating = ~0u - 1;  // attempts of Rng::block

double uniform(const Words& w) { return double((std::uint64_t{w[1]} << 32 | w[0]) >> 11) * 0x1p-53; }

}  // namespace

// A walk on its way from `at`, where it came from `previous` (-1: from nowhere).
struct SecondOrderWalks::Flight {
  NodeId* walk = nullptr;
  std::uint64_t number = 0;
  NodeId at = -1, previous = -1;
  Offset step = 0;  // the next one
  std::uint32_t trial = 0;
  std::uint32_t word = 0;  // random
  double height = 0;
  Offset entry = -1;  // of the candidate; where it must be in the other row
  NodeId other = -1;  // the row that may hold the candidate too
  NodeId next = -1;   // the candidate
  EdgeFilter::Place filter{};
};

// Flights that wait for the same: what differs between them by chance is decided by where they stand in line, which
// costs no mispredicted branch.
struct SecondOrderWalks::Line {
  Flight* flights[in_flight];
  std::size_t count = 0;
  void push_if(bool here, Flight& f) { flights[count] = &f, count += here; }
  std::span<Flight* const> all() const { return {flights, count}; }
};

struct SecondOrderWalks::Lines {
  Line sure, ask, back;
};

struct SecondOrderWalks::Chunk {
  std::span<const NodeId> starts;
  std::uint64_t first;        // number of the first walk
  std::span<const Rng> rngs;  // of each step
  NodeId* walks;
};

SecondOrderWalks::SecondOrderWalks(StepEdges edges, SecondOrder factors, Offset length, double restart)
    : edges_(std::move(edges)),
      factors_(factors),
      length_(length),
      restart_(std::uint64_t(restart * 0x1p32)),
      symmetric_(edges_.edges().symmetric()),
      sure_(std::min(1.0, factors.far)),
      ask_(std::max(1.0, factors.far)),
      back_(std::max(0.0, factors.back - sure_)),
      filter_(factors.far == 1 ? nullptr : std::make_shared<const EdgeFilter>(edges_.edges())) {}

bool SecondOrderWalks::has_edge(NodeId u, NodeId v) const { return edges_.has(u, v, edges_.guess(u, v)); }

double SecondOrderWalks::factor(NodeId t, NodeId v) const {
  return v == t ? factors_.back : has_edge(t, v) ? 1 : factors_.far;
}

// For what rejection would take too long.
NodeId SecondOrderWalks::by_enumeration(NodeId t, NodeId u, double uniform) const {
  const auto targets = edges_.edges().columns(u);
  const auto weights = edges_.weighted() ? edges_.edges().values(u) : std::span<const Real>();
  auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : double(weights[i]); };
  double sum = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) sum += weight(i) * factor(t, targets[i]);
  double rest = uniform * sum;
  NodeId last = t;  // where nothing else is possible
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const double chance = weight(i) * factor(t, targets[i]);
    if (chance == 0) continue;
    last = targets[i];
    if ((rest -= chance) < 0) break;
  }
  return last;
}

// Another walk in place of one that has ended; false where all have begun.
bool SecondOrderWalks::take_off(Flight& f, Offset& next_walk, const Chunk& c) const {
  if (next_walk == Offset(c.starts.size())) return false;
  const NodeId start = c.starts[std::size_t(next_walk)];
  f = {.walk = c.walks + next_walk * (length_ + 1), .number = c.first + std::uint64_t(next_walk), .at = start};
  f.walk[0] = start;
  edges_.expect_node(start);
  ++next_walk;
  return true;
}

// A random point of the layers: sure [row of u], back, ask [row of u, or of t where that is shorter].
void SecondOrderWalks::look(Flight& f, const Words& words, Lines& lines) const {
  const Offset edges = edges_.degree(f.at);
  const bool first = f.previous < 0;
  const Offset others = first || factors_.far > 1 ? edges : edges_.degree(f.previous);
  const bool from_other = others < edges;
  const double sure = sure_ * double(edges), back = first ? 0 : back_,
               ask = first ? 0 : (ask_ - sure_) * double(std::min(edges, others)),
               point = uniform(words) * (sure + back + ask);
  const bool is_sure = point < sure, is_back = !is_sure && point < sure + back, is_ask = !is_sure && !is_back;
  const NodeId row = is_ask && from_other ? f.previous : f.at;
  const double place = is_sure ? point / sure_ : is_ask ? (point - sure - back) / (ask_ - sure_) : 0;
  f.word = words[2];
  f.other = from_other ? f.at : f.previous;
  f.entry = edges_.begin(row) + std::clamp(Offset(place), Offset{0}, edges_.degree(row) - 1);
  edges_.expect_target(f.entry);
  lines.sure.push_if(is_sure, f), lines.back.push_if(is_back, f), lines.ask.push_if(is_ask, f);
}

// An edge by its weight and a height under the largest factor.
void SecondOrderWalks::look_by_weight(Flight& f, const Words& words, const Rng& rng, Lines& lines) const {
  const bool first = f.previous < 0;
  f.height = uniform(words) * std::max(ask_, factors_.back);
  f.word = words[3];
  f.other = f.previous;
  std::uint32_t attempt = f.trial;
  f.entry = edges_.look(f.at, words[2], [&] { return rng.block(f.number, attempt += most_trials)[2]; });
  const bool is_sure = first || f.height < sure_, is_back = !is_sure && f.height >= ask_;
  lines.sure.push_if(is_sure, f), lines.back.push_if(is_back, f), lines.ask.push_if(!is_sure && !is_back, f);
}

void SecondOrderWalks::draw(std::span<Flight> flights, const Chunk& c, Lines& lines) const {
  Rng::Block blocks[in_flight];
  Words words[in_flight];
  for (std::size_t i = 0; i < flights.size(); ++i)
    blocks[i] = {c.rngs[std::size_t(flights[i].step)].key(), flights[i].number, flights[i].trial};
  Rng::blocks({blocks, flights.size()}, {words, flights.size()});
  for (std::size_t i = 0; i < flights.size(); ++i) {
    Flight& f = flights[i];
    const Rng& rng = c.rngs[std::size_t(f.step)];
    if (edges_.degree(f.at) == 0 || (restart_ > 0 && f.trial == 0 && rng.block(f.number, restarting)[0] < restart_))
      jump(f);
    else if (edges_.weighted())
      look_by_weight(f, words[i], rng, lines);
    else
      look(f, words[i], lines);
  }
}

void SecondOrderWalks::take_sure(Flight& f, const Chunk& c) const {
  f.next = edges_.read(f.entry, f.word);
  if (f.next < 0) return jump(f);
  const double height = edges_.weighted() ? f.height : f.word * 0x1p-32 * sure_;
  const bool kept = f.next != f.previous || height < factors_.back || edges_.degree(f.at) == 1;
  kept ? advance(f) : refuse(f, c);
}

void SecondOrderWalks::take_back(Flight& f, const Chunk& c) const {
  f.next = edges_.weighted() ? edges_.read(f.entry, f.word) : f.previous;
  if (f.next < 0) return jump(f);
  const bool kept =
      edges_.weighted() ? f.next == f.previous && f.height < factors_.back : symmetric_ || has_edge(f.at, f.previous);
  kept ? advance(f) : refuse(f, c);
}

// A candidate is settled at once, by the filter, or else by a search, all of them in step: meanwhile comes what the
// next needs of memory.
void SecondOrderWalks::take_asked(const Line& asking, const Chunk& c) const {
  Line filtered, searched;
  for (Flight* f : asking.all()) {
    f->next = edges_.read(f->entry, f->word);
    const bool returns = f->next == f->previous;
    if (f->next < 0)
      jump(*f);
    else if (returns)
      edges_.weighted() && f->height < factors_.back ? advance(*f) : refuse(*f, c);
    else
      f->filter = filter_->place(f->other, f->next), __builtin_prefetch(f->filter.word), filtered.push_if(true, *f);
  }
  for (Flight* f : filtered.all()) {
    if (f->filter.holds())
      f->entry = edges_.guess(f->other, f->next), searched.push_if(true, *f);
    else
      factors_.far > 1 ? advance(*f) : refuse(*f, c);
  }
  for (Flight* f : searched.all())
    edges_.has(f->other, f->next, f->entry) == (factors_.far < 1) ? advance(*f) : refuse(*f, c);
}

void SecondOrderWalks::refuse(Flight& f, const Chunk& c) const {
  if (++f.trial < most_trials) return;
  f.next = by_enumeration(f.previous, f.at, c.rngs[std::size_t(f.step)].split(enumerating).uniform(f.number));
  advance(f);
}

void SecondOrderWalks::advance(Flight& f) const {
  f.previous = f.at;
  f.at = f.walk[++f.step] = f.next;
  f.trial = 0;
  edges_.expect_node(f.next);
}

// Home, where walks restart; else the walk has ended.
void SecondOrderWalks::jump(Flight& f) const {
  f.previous = -1;
  f.trial = 0;
  f.at = f.walk[++f.step] = restart_ > 0 ? f.walk[0] : -1;
  if (f.at < 0) std::fill(f.walk + f.step, f.walk + length_ + 1, -1), f.step = length_;
}

void SecondOrderWalks::chunk(const Chunk& c) const {
  std::vector<Flight> flights;
  Offset next_walk = 0;
  for (Flight f; flights.size() < in_flight && take_off(f, next_walk, c);) flights.push_back(f);
  while (!flights.empty()) {
    Lines lines;
    draw(flights, c, lines);
    for (Flight* f : lines.sure.all()) take_sure(*f, c);
    for (Flight* f : lines.back.all()) take_back(*f, c);
    take_asked(lines.ask, c);
    std::erase_if(flights, [&](Flight& f) { return f.step == length_ && !take_off(f, next_walk, c); });
  }
}

void SecondOrderWalks::walk(std::span<const NodeId> starts, Offset first, const Rng& rng,
                            std::span<NodeId> walks) const {
  std::vector<Rng> rngs;
  for (Offset step = 0; step < length_; ++step) rngs.push_back(rng.split(std::uint64_t(step)));
  parallel_for(Offset(starts.size()), a_task, [&](Offset begin, Offset end) {
    chunk({starts.subspan(std::size_t(begin), std::size_t(end - begin)), std::uint64_t(first + begin), rngs,
           walks.data() + begin * (length_ + 1)});
  });
}

}  // namespace pfm
