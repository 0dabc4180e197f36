// Mini-batches: how an epoch is cut, and what is done with one batch while the next ones are made.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>

#include <functional>
#include <numeric>
#include <vector>

namespace pfm {

struct MiniBatches {
  Offset an_epoch = 0;  // how many, in each epoch
  // What makes batch b of an epoch, 0 <= b < an_epoch, for any thread to call: a function of `rng` and b alone. What
  // the batches of an epoch share, such as an order, is made here once.
  std::function<std::function<Batch(Offset b)>(const Rng& rng)> epoch = {};
};

// `items` (nodes, graphs, edges; any type) in an own random order each epoch, `size` a batch; of what is left over at
// the end of an epoch, at least `least` make a smaller batch, fewer join the one before. make(items, rng) -> Batch runs
// on several threads at once. Error(Fault::usage): size < least.
template <class Item, class Make>
MiniBatches in_random_order(std::vector<Item> items, Offset size, Make make, Offset least = 1) {
  if (size < least)
    throw Error(Fault::usage, "batches of at least " + std::to_string(least) + ", not " + std::to_string(size));
  const auto all_items = Offset(items.size());
  const Offset count = all_items == 0 ? 0 : std::max<Offset>(1, (all_items + size - least) / size);
  const auto all = std::make_shared<const std::vector<Item>>(std::move(items));
  return {count, [=](const Rng& rng) -> std::function<Batch(Offset)> {
            const auto order = std::make_shared<const std::vector<Item>>(shuffled(*all, rng.split("order")));
            return [=, draws = rng.split("batches")](Offset b) -> Batch {
              expect(0 <= b && b < count, "in_random_order: a batch of the epoch");
              const auto begin = std::size_t(b * size),
                         end = b + 1 == count ? order->size() : begin + std::size_t(size);
              return make(std::span<const Item>(*order).subspan(begin, end - begin), draws.split(std::uint64_t(b)));
            };
          }};
}

// The samples (graphs) of `all` in an own random order each epoch, `size` a batch, at least two.
inline MiniBatches sample_batches(const Batch& all, Offset size) {
  std::vector<NodeId> samples(all.segments.empty() ? 1 : all.segments.size() - 1);
  std::iota(samples.begin(), samples.end(), NodeId{0});
  const auto shared = std::make_shared<const Batch>(all);
  return in_random_order(
      std::move(samples), size,
      [=](std::span<const NodeId> chosen, const Rng&) { return chosen_samples(*shared, chosen); }, 2);
}

// Each batch with what make(batch, rng) gives for it as Batch::made: what a loss needs that does not depend on the
// weights, such as corrupted views, is made with the batch, ahead of the step; of other batches it makes that itself.
// `make` runs on several threads at once.
template <class Make>
MiniBatches with_made(const MiniBatches& batches, Make make) {
  return {batches.an_epoch, [=](const Rng& rng) -> std::function<Batch(Offset)> {
            return [=, batch_of = batches.epoch(rng), draws = rng.split("made")](Offset b) {
              Batch batch = batch_of(b);
              batch.made = make(batch, draws.split(std::uint64_t(b)));
              return batch;
            };
          }};
}

// use(make(0)), use(make(1)), .. to make(count - 1), in this order on the caller's thread, until `use` returns false.
// While one is used, other threads make the next: `ahead` of them wait at most and as many are being made. `make` runs
// on several threads at once.
template <class Make, class Use>
void make_ahead(Offset count, Offset ahead, Make make, Use use) {
  using Made = decltype(make(Offset{0}));
  std::vector<Made> ready, next;
  auto make_from = [&](Offset first) {
    next.clear();
    next.resize(std::size_t(std::clamp<Offset>(count - first, 0, ahead)));
    parallel_blocks(Offset(next.size()), [&](Offset i) { next[std::size_t(i)] = make(first + i); });
  };
  bool more = true;
  make_from(0);
  for (Offset begin = 0; begin < count && more; begin += ahead) {
    std::swap(ready, next);
    parallel_beside([&] { make_from(begin + ahead); },
                    [&] {
                      for (auto made = ready.begin(); made != ready.end() && more; ++made) more = use(std::move(*made));
                    });
  }
}

}  // namespace pfm
