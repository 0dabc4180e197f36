// What decides whether methods of images are what their papers say (vision.md of the specification): exact tests.
#include <doctest/doctest.h>
#include <pfm/encoders/patches.h>
#include <pfm/encoders/vision_transformer.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/tests/digits.h>
#include <pfm/vision/augmentations.h>
#include <pfm/vision/methods/methods.h>
#include <pfm/vision/patch_codes.h>
#include <pfm/vision/patch_masks.h>
#include <pfm/vision/pixels.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace pfm;

namespace {

Pretext made(Method (*method)(), const Dataset& data, const Options::Values& values) {
  return method().make(data, Options(Rng(1), values));
}

Batch first_batch(const Pretext& pretext, const Batch& all) { return pretext.batches(all).epoch(Rng(3))(0); }

}  // namespace

TEST_SUITE("vision") {
  TEST_CASE("patches are squares of pixels, row by row, channels last") {
    Batch images;
    Matrix x(2 * 4 * 6, 2);
    for (Offset i = 0; i < x.size(); ++i) x.data()[i] = Real(i);
    images.graph = Graph::without_edges(48);
    images.x = std::move(x);
    images.segments = {0, 24, 48}, images.samples = {5, 6}, images.grids = {{4, 6}, {4, 6}};
    const Batch patches = cut_patches(images, 2);
    CHECK(patches.segments == std::vector<Offset>{0, 6, 12});
    CHECK(patches.samples == images.samples);
    CHECK((patches.grids[1].height == 2 && patches.grids[1].width == 3));
    const std::span<const Real> row = patches.x.dense().row(6 + 4);  // image 1, patch (1, 1): pixels (2..3, 2..3)
    const std::vector<Real> expected{76, 77, 78, 79, 88, 89, 90, 91};
    CHECK(std::vector<Real>(row.begin(), row.end()) == expected);
    CHECK_THROWS_WITH_AS(cut_patches(images, 4), doctest::Contains("divides 4 and 6"), Error);
    images.grids[1] = {6, 4};
    CHECK_THROWS_WITH_AS(cut_patches(images, 2), doctest::Contains("of one size"), Error);
  }

  TEST_CASE("augmentations: the same for a seed, others for others, within [0, 1], sizes kept") {
    const Dataset data = some_digits(12);
    const Batch& images = data.all;
    const std::vector<std::pair<const char*, ImageChange>> changes{{"crop", resized_crop(0.3, 1)},
                                                                   {"flip", flip(0.5)},
                                                                   {"jitter", colour_jitter({.5, .5, .5, .1}, 0.8)},
                                                                   {"blur", blur(0.1, 2, 0.5)},
                                                                   {"solarise", solarise(0.5, 0.5)}};
    for (const auto& [name, change] : changes) {
      const std::string which(name);  // clang captures no structured binding
      CAPTURE(which);
      const Corruption view = augmented({change});
      const Batch one = view(images, Rng(1)), again = view(images, Rng(1)), other = view(images, Rng(2));
      const auto values = [](const Batch& b) { return b.x.dense().values(); };
      CHECK(std::ranges::equal(values(one), values(again)));
      CHECK_FALSE(std::ranges::equal(values(one), values(other)));
      CHECK(std::ranges::all_of(values(one), [](Real v) { return v >= 0 && v <= Real(1.000001); }));
      CHECK(one.segments == images.segments);
    }
    const Corruption whole = augmented({resized_crop(1, 1), flip(0), colour_jitter({}, 0), blur(1, 2, 0)});
    // A part of the whole area whose sides are not the image's does not fit: the image as it is.
    CHECK(std::ranges::equal(whole(images, Rng(1)).x.dense().values(), images.x.dense().values()));
    const Corruption turned = augmented({flip(1)}) | augmented({flip(1)});
    CHECK(std::ranges::equal(turned(images, Rng(1)).x.dense().values(), images.x.dense().values()));
  }

  TEST_CASE("colours: grey has three equal channels, a hue keeps the luminance") {
    const ImageShape shape{{2, 2}, 3};
    const std::vector<Real> start{Real(.5), Real(.4), Real(.6), Real(.3), Real(.5), Real(.5),
                                  Real(.5), Real(.6), Real(.4), Real(.4), Real(.4), Real(.4)};
    std::vector<Real> values = start;
    grey(1)(shape, values, Rng(1));
    for (std::size_t i = 0; i < values.size(); i += 3) {
      CHECK(values[i] == doctest::Approx(0.299 * start[i] + 0.587 * start[i + 1] + 0.114 * start[i + 2]));
      CHECK(values[i] == values[i + 2]);
    }
    values = start;
    colour_jitter({.hue = 0.5}, 1)(shape, values, Rng(1));
    const auto light = [](const std::vector<Real>& v, std::size_t i) {
      return 0.299 * double(v[i]) + 0.587 * double(v[i + 1]) + 0.114 * double(v[i + 2]);
    };
    CHECK(std::abs(values[0] - start[0]) > 1e-3);
    for (std::size_t i = 0; i < values.size(); i += 3)
      CHECK(light(values, i) == doctest::Approx(light(start, i)).epsilon(0.01));
  }

  TEST_CASE("simclr: the loss of an untrained network is that of guessing among 2 n - 1 views") {
    const Dataset data = some_digits(64);
    const Pretext pretext = made(simclr, data, {{"batch", "64"}, {"tau", "0.5"}});
    const Real loss = pretext.loss(first_batch(pretext, data.all), Rng(4)).scalar();
    CHECK(loss == doctest::Approx(std::log(2 * 64 - 1.0)).epsilon(0.05 / std::log(127.0)));
  }

  TEST_CASE("mae: a quarter of the patches is seen, each image draws its own, hidden and seen are all") {
    const Batch patches = cut_patches(some_digits(10).all, 2);  // 16 patches an image
    const PatchMask mask = random_patch_mask(patches, 0.75, Rng(1));
    std::set<std::vector<NodeId>> drawn;
    for (std::size_t g = 0; g < 10; ++g) {
      CHECK(mask.kept.segments[g + 1] - mask.kept.segments[g] == 4);
      drawn.emplace(mask.kept.places.begin() + mask.kept.segments[g],
                    mask.kept.places.begin() + mask.kept.segments[g + 1]);
    }
    CHECK(drawn.size() > 5);
    std::vector<NodeId> all = mask.kept_rows;
    all.insert(all.end(), mask.hidden_rows.begin(), mask.hidden_rows.end());
    std::ranges::sort(all);
    for (NodeId i = 0; i < patches.rows(); ++i) REQUIRE(all[std::size_t(i)] == i);
  }

  TEST_CASE("beit: 40 % of the patches are hidden, in blocks; every image draws its own") {
    Batch patches;
    patches.segments = {0};
    for (int g = 0; g < 200; ++g) patches.grids.push_back({14, 14}), patches.segments.push_back(196 * (g + 1));
    patches.graph = Graph::without_edges(196 * 200);
    patches.x = Matrix::zeros(196 * 200, 1);
    const std::vector<NodeId> hidden = block_patch_mask(patches, 0.4, Rng(1));
    CHECK(hidden.size() == 200 * 78);
    CHECK(std::ranges::is_sorted(hidden));
    std::set<NodeId> all(hidden.begin(), hidden.end());
    CHECK(all.size() == hidden.size());
    double beside = 0;  // of hidden patches how many have a hidden one to their right; drawn singly it is 78 / 196
    for (const NodeId row : hidden) beside += row % 14 < 13 && all.contains(row + 1);
    CHECK(beside / double(hidden.size()) > 0.7);
    std::set<std::vector<NodeId>> drawn;
    for (std::size_t g = 0; g < 200; ++g) {
      std::vector<NodeId> own;
      for (const NodeId row : hidden)
        if (row / 196 == NodeId(g)) own.push_back(row % 196);
      CHECK(own.size() == 78);
      drawn.insert(own);
    }
    CHECK(drawn.size() == 200);
    CHECK(block_patch_mask(patches, 0.4, Rng(1)) == hidden);
  }

  TEST_CASE("beit: patches are spread over codes, which say more than the mean; the codes stay what they are") {
    const Dataset data = some_digits(300);
    const Batch patches = cut_patches(standardised_pixels(Params(), data, "a test")(data.all), 4);
    const Params p(Rng(1));
    const PatchCodes code_of = learn_patch_codes(p, patches.x.dense(), 64, {}, Rng(2));
    CHECK(p.count() == 0);
    const std::vector<std::int32_t> codes = code_of(patches.x.dense());
    std::vector<double> share(64, 0);
    Matrix means = Matrix::zeros(64, patches.x.cols());
    for (Offset i = 0; i < patches.rows(); ++i) {
      share[std::size_t(codes[std::size_t(i)])] += 1;
      for (Offset j = 0; j < means.cols(); ++j) means(codes[std::size_t(i)], j) += patches.x.dense()(i, j);
    }
    double entropy = 0, within = 0, whole = 0;
    for (const double count : share)
      if (count > 0) entropy -= count / double(patches.rows()) * std::log(count / double(patches.rows()));
    CHECK(std::exp(entropy) > 20);
    const Matrix centre = column_means(patches.x.dense());
    for (Offset i = 0; i < patches.rows(); ++i)
      for (Offset j = 0; j < means.cols(); ++j) {
        const std::int32_t c = codes[std::size_t(i)];
        const double v = double(patches.x.dense()(i, j)), m = double(means(c, j)) / share[std::size_t(c)];
        within += (v - m) * (v - m), whole += (v - double(centre(0, j))) * (v - double(centre(0, j)));
      }
    CHECK(within < 0.3 * whole);
  }

  // With one mask for both, a loss that reads a seen pixel as a target, or an encoder that sees a hidden one, changes.
  TEST_CASE("mae: hidden pixels are targets alone, and no row of a seen patch is compared") {
    const Dataset data = some_digits(4);
    const Pretext pretext = made(mae, data,
                                 {{"patch", "2"},
                                  {"hidden", "16"},
                                  {"heads", "2"},
                                  {"layers", "1"},
                                  {"decoder_hidden", "16"},
                                  {"normalise", "false"}});
    const Batch batch = pretext.prepare(data);
    const PatchMask mask = random_patch_mask(batch, 0.75, Rng(5).split(1));
    const auto loss = [&](const Batch& b) { return double(pretext.loss(b, Rng(5)).scalar()); };
    const auto moved = [&](NodeId row, Real by) {
      Batch b = batch;
      Matrix x = batch.x.dense().clone();
      for (Real& v : x.row(row)) v += by;
      b.x = std::move(x);
      return b;
    };
    // Squared error of what does not depend on it: a parabola of curvature 1 / (hidden patches) in each hidden patch.
    const double h = 0.5, start = loss(batch);
    for (const NodeId row : {mask.hidden_rows.front(), mask.hidden_rows.back()}) {
      const double curve = (loss(moved(row, Real(h))) - 2 * start + loss(moved(row, Real(-h)))) / (h * h);
      CHECK(curve == doctest::Approx(2.0 / double(mask.hidden_rows.size())).epsilon(1e-3));
    }
    CHECK(std::abs(loss(moved(mask.kept_rows.front(), Real(h))) - start) > 1e-7);  // seen by the encoder
  }

  TEST_CASE("vit: without positions the order of the patches does not change the class row") {
    const Batch patches = cut_patches(some_digits(3).all, 2);
    const Params p(Rng(1));
    VisionTransformer network(p, 4, {4, 4}, {.width = 16, .heads = 2, .layers = 2, .norm_first = true},
                              VisionTransformer::Positions::learned);
    std::vector<NodeId> order;
    for (NodeId g = 0; g < 3; ++g)
      for (const NodeId i : permutation(16, Rng(std::uint64_t(g)))) order.push_back(g * 16 + i);
    Batch mixed = patches;
    mixed.x = patches.x.gather(order);
    const Encoder encoder = image_encoder(network, PatchReadout::first);
    const auto gap = [&] {
      const Var a = encoder(patches), b = encoder(mixed);
      double most = 0;
      for (Offset i = 0; i < a.value().size(); ++i)
        most = std::max(most, std::abs(double(a.value().data()[i] - b.value().data()[i])));
      return most;
    };
    CHECK(gap() > 1e-4);
    network.positions.value() = Matrix::zeros(17, 16);
    CHECK(gap() < 1e-5);
  }

  TEST_CASE("moco: a queue of exact length, first in first out; keys follow by momentum and have no gradient") {
    const Dataset data = some_digits(20);
    const Pretext pretext =
        made(moco, data, {{"batch", "8"}, {"queue", "13"}, {"projection", "6"}, {"momentum", "0.9"}});
    const Params& p = pretext.params;
    const auto copy = [&](const char* name) { return p.at(name).value().clone(); };
    const Matrix start = copy("queue.rows"), slow = copy("key.head.0.weight"), fast = copy("query.head.0.weight");
    CHECK(std::ranges::equal(slow.values(), fast.values()));
    const MiniBatches batches = pretext.batches(data.all);
    backward(pretext.loss(batches.epoch(Rng(3))(0), Rng(4)));
    CHECK(p.at("key.head.0.weight").grad().empty());
    CHECK_FALSE(p.at("query.head.0.weight").grad().empty());
    CHECK(std::ranges::equal(copy("queue.rows").values(), start.values()));  // not before the step is over
    const Matrix first = copy("queue.newest");
    for (Real& v : Var(p.at("query.head.0.weight")).value().values()) v += Real(0.5);
    pretext.after_step(0, Rng(1));
    const Matrix after = copy("key.head.0.weight");
    for (Offset i = 0; i < after.size(); ++i)
      CHECK(after.data()[i] == doctest::Approx(0.9 * slow.data()[i] + 0.1 * (fast.data()[i] + 0.5)).epsilon(1e-6));
    const auto row_is = [&](Offset row, const Matrix& of, Offset from) {
      return std::ranges::equal(p.at("queue.rows").value().row(row), of.row(from));
    };
    for (Offset i = 0; i < 8; ++i) CHECK(row_is(i, first, i));
    for (Offset i = 8; i < 13; ++i) CHECK(row_is(i, start, i));
    pretext.loss(batches.epoch(Rng(3))(1), Rng(6));
    const Matrix second = copy("queue.newest");
    pretext.after_step(1, Rng(1));
    for (Offset i = 8; i < 13; ++i) CHECK(row_is(i, second, i - 8));
    for (Offset i = 0; i < 3; ++i) CHECK(row_is(i, second, 5 + i));
    for (Offset i = 3; i < 8; ++i) CHECK(row_is(i, first, i));
    CHECK(p.at("queue.rows").rows() == 13);
  }

  TEST_CASE("byol: the follower's momentum rises from its start to 1") {
    const Dataset data = some_digits(16);
    const Pretext pretext = made(byol, data, {{"batch", "8"}, {"epochs", "2"}, {"hidden", "8"}, {"momentum", "0.8"}});
    const Params& p = pretext.params;  // 4 steps in all
    const auto entry = [&](const char* name) -> Real& { return Var(p.at(name)).value()(0, 0); };
    entry("online.head.0.weight") = 1, entry("target.head.0.weight") = 0;
    pretext.after_step(1, Rng(1));  // 1 - 0.2 (cos(pi / 2) + 1) / 2 = 0.9
    CHECK(entry("target.head.0.weight") == doctest::Approx(0.1));
    pretext.after_step(3, Rng(1));
    CHECK(entry("target.head.0.weight") == doctest::Approx(0.1));
    CHECK(p.entries().at("target.encoder.stem.weight").trainable == false);
  }
}
