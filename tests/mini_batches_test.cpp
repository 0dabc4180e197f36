// Mini-batches and the loop that trains on them.
#include <doctest/doctest.h>
#include <pfm/io/builtin.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/sampling/neighbourhood.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/tests/matrices.h>

#include <cstring>
#include <numeric>
#include <set>
#include <thread>

using namespace pfm;

namespace {

std::vector<NodeId> numbers(NodeId n) {
  std::vector<NodeId> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), NodeId{0});
  return all;
}

Batch with_ids(std::span<const NodeId> ids) {
  Batch batch;
  batch.graph = Graph::without_edges(NodeId(ids.size()));
  batch.ids.assign(ids.begin(), ids.end());
  return batch;
}

MiniBatches batches_of(NodeId items, Offset size) {
  return in_random_order(numbers(items), size, [](std::span<const NodeId> ids, const Rng&) { return with_ids(ids); });
}

// Learns a number per item, each batch those of its own items; the loss also draws.
Pretext numbers_learned(NodeId items, Offset batch, Training training) {
  const Params p(Rng(1));
  const Var table = p.normal("encoder.table", items, 1, 1);
  Pretext pretext{.params = p,
                  .encoder = {[=](const Batch&, const Input&, std::optional<Rng>) { return table; }, 1},
                  .loss =
                      [=](const Batch& b, Rng rng) {
                        const Var rows = gather_rows(table, b.ids);
                        return mean(square(add_scalar(rows, Real(rng.uniform(0) + double(b.ids.front())))));
                      },
                  .training = training};
  pretext.batches = [=](const Batch& all) { return batches_of(all.rows(), batch); };
  return pretext;
}

bool same_bits(const Params& a, const Params& b) {
  return std::ranges::all_of(a.entries(), [&](const auto& named) {
    const Matrix& x = named.second.var.value();
    const Matrix& y = b.at(named.first).value();
    return x.same_shape(y) && std::memcmp(x.data(), y.data(), std::size_t(x.size()) * sizeof(Real)) == 0;
  });
}

}  // namespace

TEST_SUITE("batches") {
  TEST_CASE("an epoch goes over all items once, each in an order of its own") {
    const MiniBatches batches = batches_of(103, 10);
    REQUIRE(batches.an_epoch == 11);
    std::vector<std::vector<NodeId>> orders;
    for (const std::uint64_t epoch : {0, 1, 0}) {
      const auto make = batches.epoch(Rng(5).split(epoch));
      std::vector<NodeId> order;
      for (Offset b = 0; b < 11; ++b) {
        const Batch batch = make(b);
        CHECK(batch.rows() == (b < 10 ? 10 : 3));
        order.insert(order.end(), batch.ids.begin(), batch.ids.end());
      }
      CHECK(std::set<NodeId>(order.begin(), order.end()).size() == 103);
      orders.push_back(order);
    }
    CHECK(orders[0] == orders[2]);
    CHECK(orders[0] != orders[1]);
    CHECK(orders[0] != numbers(103));
    CHECK(batches_of(0, 10).an_epoch == 0);
    CHECK_THROWS_WITH_AS(batches_of(3, 0), doctest::Contains("at least 1"), Error);
  }

  TEST_CASE("batches are made ahead and used in order on the caller's thread, until enough") {
    std::vector<Offset> used;
    const auto caller = std::this_thread::get_id();
    const auto square = [](Offset b) { return b * b; };
    make_ahead(11, 3, square, [&](Offset made) {
      CHECK(std::this_thread::get_id() == caller);
      used.push_back(made);
      return true;
    });
    CHECK(used == std::vector<Offset>{0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100});
    used.clear();
    make_ahead(11, 3, square, [&](Offset made) { return used.push_back(made), made < 16; });
    CHECK(used == std::vector<Offset>{0, 1, 4, 9, 16});
    make_ahead(0, 3, square, [&](Offset) {
      FAIL("nothing to use");
      return true;
    });
    const auto failing = [](Offset b) { return b < 5 ? b : throw Error(Fault::input, "made no more"); };
    CHECK_THROWS_AS(make_ahead(9, 2, failing, [](Offset) { return true; }), Error);
    const auto refusing = [](Offset b) { return b < 5 ? true : throw Error(Fault::input, "used no more"); };
    CHECK_THROWS_AS(make_ahead(9, 2, square, refusing), Error);
  }

  TEST_CASE("what is made with a batch: of that batch, drawn anew for each, the same again") {
    const auto sum_and_draw = [](const Batch& b, const Rng& rng) {
      return std::pair(std::accumulate(b.ids.begin(), b.ids.end(), NodeId{0}), rng.below(0, 1u << 30));
    };
    const MiniBatches plain = batches_of(20, 5), batches = with_made(plain, sum_and_draw);
    CHECK(batches.an_epoch == 4);
    const auto make = batches.epoch(Rng(5)), again = batches.epoch(Rng(5)), without = plain.epoch(Rng(5));
    std::set<std::uint64_t> draws;
    for (const Offset b : {2, 0, 3, 1}) {
      const Batch batch = make(b);
      CHECK(batch.ids == without(b).ids);
      const auto made = std::any_cast<std::pair<NodeId, std::uint64_t>>(batch.made);
      CHECK(made.first == std::accumulate(batch.ids.begin(), batch.ids.end(), NodeId{0}));
      CHECK(made == std::any_cast<std::pair<NodeId, std::uint64_t>>(again(b).made));
      draws.insert(made.second);
    }
    CHECK(draws.size() == 4);
  }

  TEST_CASE("the loop: steps of all epochs, their mean is the loss, rates per step") {
    Training training{.epochs = 4, .lr = 0.1};
    training.schedule = "linear", training.warmup = 1;
    const Pretext pretext = numbers_learned(20, 6, training);
    std::vector<double> losses;
    const Trained trained = pretrain(pretext, with_ids(numbers(20)), Rng(2), {.progress = [&](const Progress& p) {
                                       CHECK(p.steps == 16);
                                       losses.push_back(p.loss);
                                       return true;
                                     }});
    REQUIRE(losses.size() == 16);
    CHECK(trained.finished);
    CHECK(trained.steps == 16);
    const auto mean = [&](std::size_t first) {
      return std::accumulate(losses.begin() + std::ptrdiff_t(first), losses.begin() + std::ptrdiff_t(first) + 4, 0.0) /
             4;
    };
    CHECK(trained.first_loss == doctest::Approx(mean(0)).epsilon(1e-5));
    CHECK(trained.last_loss == doctest::Approx(mean(12)).epsilon(1e-5));
  }

  TEST_CASE("the same bits at one and two threads, whole or stopped anywhere and resumed") {
    for (const int patience : {0, 2}) {
      const Training training{.epochs = 5, .patience = patience, .lr = 0.3};
      const Batch all = with_ids(numbers(20));
      const Pretext whole = numbers_learned(20, 6, training);
      const Trained expected = pretrain(whole, all, Rng(2));
      for (const std::int64_t stop : {1, 3, 4, 6}) {
        const Threads limit(1);
        CAPTURE(stop);
        const Pretext first = numbers_learned(20, 6, training), second = numbers_learned(20, 6, training);
        const Trained part =
            pretrain(first, all, Rng(2), {.progress = [&](const Progress& p) { return p.step < stop; }});
        CHECK(part.steps == stop);
        CHECK(!part.finished);
        for (const auto& [name, entry] : first.params.entries())
          second.params.state(name, entry.var.rows(), entry.var.cols()).value() = entry.var.value().clone();
        const Trained end = pretrain(second, all, Rng(2));
        CHECK(end.steps == expected.steps);
        CHECK(end.last_loss == expected.last_loss);
        CHECK(same_bits(whole.params, second.params));
      }
    }
  }

  TEST_CASE("patience counts epochs and keeps the weights of the best one") {
    // The loss rises by itself from epoch to epoch: the first one is the best.
    const Params p(Rng(1));
    const Var w = p.constant("encoder.w", 1, 1, 3);
    Pretext pretext{.params = p,
                    .encoder = {[=](const Batch&, const Input&, std::optional<Rng>) { return w; }, 1},
                    .loss = {},
                    .training = {.epochs = 50, .patience = 3, .lr = 0.1}};
    pretext.step = [=](const Batch&, std::int64_t step, Rng) {
      Var here = w;
      return here.value()(0, 0) = Real(step + 1), double(step);
    };
    pretext.batches = [](const Batch&) { return batches_of(12, 4); };
    const Trained trained = pretrain(pretext, with_ids(numbers(12)), Rng(1));
    CHECK(trained.steps == 12);  // the best epoch and three more of three steps each
    CHECK(trained.finished);
    CHECK(trained.first_loss == doctest::Approx(1));
    CHECK(w.value()(0, 0) == 3);  // as the first epoch left it
  }

  TEST_CASE("GraphSAGE gives the seeds of whole neighbourhoods the rows of the whole graph, and the same gradients") {
    const Dataset data = io::builtin("karate");
    const Method& method = *std::ranges::find(graph_methods(), "graphsage", &Method::id);
    const std::vector<NodeId> seeds{33, 4, 11, 0};
    for (const char* aggregator : {"mean", "pool", "gcn"}) {
      CAPTURE(aggregator);
      const Pretext pretext = method.make(data, Options(Rng(3), {{"aggregator", aggregator}, {"hidden", "6"}}));
      const Batch all = pretext.prepare(data);
      const Batch around = NeighbourSampler(all, {.fanouts = {99, 99}}).sample(seeds, Rng(4));
      CHECK(around.rows() > around.hops[1]);
      const auto gradient = [&](const Var& rows) {
        pretext.params.clear_grads();
        backward(mean(square(add_scalar(rows, Real(0.3)))));
        std::vector<Matrix> grads;
        for (const std::string& name : pretext.params.trainable())
          grads.push_back(pretext.params.at(name).grad().clone());
        return grads;
      };
      const Var some = pretext.encoder(around), expected = gather_rows(pretext.encoder(all), seeds);
      REQUIRE(some.rows() == Offset(seeds.size()));
      CHECK(largest_difference(some.value(), expected.value()) < 1e-6);
      const std::vector<Matrix> of_some = gradient(some), of_all = gradient(expected);
      for (std::size_t i = 0; i < of_all.size(); ++i) CHECK(largest_difference(of_some[i], of_all[i]) < 1e-6);
    }
  }
}
