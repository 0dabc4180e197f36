// BYOL (Grill et al. 2020, arXiv:2006.07733). A network predicts what a slowly following one makes of another view of
// the same image; there are no negatives (eq. 2, both ways). The follower's momentum rises to 1 along a cosine (section
// 3.2). The second view is blurred rarely and solarised at times (table 6). Small: heads of 256 and 128 columns, Adam
// at .001, momentum from .98, for some thousand steps, where the paper has 4,096 and 256, LARS and .996.
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/momentum.h>
#include <pfm/vision/contrast.h>
#include <pfm/vision/methods/methods.h>

#include <cmath>

namespace pfm {

// 1 - (1 - start) (cos(pi step / steps) + 1) / 2.
static double momentum_at(double start, std::int64_t step, std::int64_t steps) {
  return 1 - (1 - start) * (std::cos(3.14159265358979323846 * double(step) / double(steps)) + 1) / 2;
}

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(
      o, {.epochs = 50, .batch = 256, .optimiser = "adam", .lr = 1e-3, .weight_decay = 1.5e-6, .schedule = "cosine"});
  const ContrastOptions options = contrast_from(o, data);
  const int hidden = o("hidden", 256), projection = o("projection", 128);
  const double momentum = o("momentum", 0.98);
  const bool predicts = o("predictor", true);
  if (projection < 1 || hidden < 1) throw Error(Fault::usage, "options projection and hidden: at least 1");
  if (!(momentum >= 0 && momentum <= 1)) throw Error(Fault::usage, "option momentum: from 0 to 1");
  Params p(o.rng);
  const Encoder encoder = image_network(p / "online", data, options.encoder, "byol"),
                target = image_network(p / "target", data, options.encoder, "byol");
  const NormMlp head(p / "online" / "head", encoder.width, hidden, projection),
      target_head(p / "target" / "head", encoder.width, hidden, projection);
  follow_from_start(p, "online", "target");
  const NormMlp predictor(p / "predictor", projection, hidden, projection);
  ContrastOptions second = options;
  second.blurs = options.blurs / 5, second.solarises = 0.2;
  const Corruption one = view_of(options), two = view_of(second);
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch views = two_views(b, one, two, rng.split(1));
    const Var z = head(encoder(views, rng.split(2)), true);
    const Var guess = predicts ? predictor(z, true) : z;
    Var aim;
    {
      const NoGradient following;
      aim = target_head(target(views, rng.split(3)), true);
    }
    const Offset n = z.rows() / 2;
    const auto first = [&](const Var& v) { return slice_rows(v, 0, n); };
    const auto last = [&](const Var& v) { return slice_rows(v, n, 2 * n); };
    const auto aimed = [&](const Var& v) { return options.targets(v, rng.split("targets")); };
    return scale(add(cosine_loss(first(guess), aimed(last(aim))), cosine_loss(last(guess), aimed(first(aim)))), 2);
  };
  const std::int64_t images = data.graphs();
  const std::int64_t steps =
      training.epochs * std::max<std::int64_t>(1, (images + training.batch - 2) / training.batch);
  return {.params = p,
          .encoder = encoder,
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .after_step = [=](std::int64_t step,
                            Rng) { follow(p, "online", "target", Real(momentum_at(momentum, step + 1, steps))); }};
}

Method byol() {
  return {.id = "byol",
          .name = "BYOL",
          .make = make,
          .paper = "2006.07733",
          .presets = {},
          .about = "predicts what a slow network makes of another view of the image, without negatives"};
}

}  // namespace pfm
