#include <pfm/encoders/table.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/method.h>

namespace pfm {

Training training_options(const Options& o, Training fallback) {
  Training t = fallback;
  t.epochs = o("epochs", fallback.epochs);
  if (fallback.batch > 0) t.batch = o("batch", fallback.batch);
  if (t.batch < 1 && fallback.batch > 0)
    throw Error(Fault::usage, "option batch: expected at least 1, got " + std::to_string(t.batch));
  t.patience = o("patience", fallback.patience);
  t.optimiser = o("optimiser", fallback.optimiser.c_str());
  t.lr = o("lr", fallback.lr);
  t.weight_decay = o("weight_decay", fallback.weight_decay);
  t.clip = o("clip", fallback.clip);
  t.schedule = o("schedule", fallback.schedule.c_str());
  t.warmup = o("warmup", fallback.warmup);
  for (const auto& [name, value] : {std::pair("epochs", double(t.epochs)),
                                    {"patience", double(t.patience)},
                                    {"lr", t.lr},
                                    {"weight_decay", t.weight_decay},
                                    {"clip", t.clip},
                                    {"warmup", double(t.warmup)}})
    if (value < 0) throw Error(Fault::usage, std::string("option ") + name + ": at least 0");
  return t;
}

void need_features(const char* who, const Dataset& data) {
  if (!data.all.x.is_identity() && data.all.x.cols() > 0) return;
  throw Error(Fault::input, data.name + ": " + who + " rebuilds features of nodes, and these have none");
}

std::string watch_from(const Options& o, const char* fallback) {
  const std::string what = o("watch", fallback);
  if (what != "loss" && what != "validation-loss" && what != "validation-accuracy")
    throw Error(Fault::usage,
                "option watch: expected loss, validation-loss or validation-accuracy, got \"" + what + "\"");
  return what;
}

std::function<Batch(const Batch&)> prepare_from(const Options& o, const char* fallback) {
  const std::string how = o("features", fallback);
  if (how != "row" && how != "as-given")
    throw Error(Fault::usage, "option features: expected row or as-given, got \"" + how + "\"");
  return [=](const Batch& all) {
    Batch prepared = all;
    if (how == "row") prepared.x = all.x.row_normalised();
    return prepared;
  };
}

Matrix dot_scores(const Matrix& rows, std::span<const Edge> pairs) { return pair_dots(Features(rows.clone()), pairs); }

Pretext closed_form(Matrix rows) {
  const Params p;
  Table lookup(p / "encoder", rows.rows(), rows.cols());
  p.freeze("encoder");
  const int width = int(rows.cols());
  lookup.table.value() = std::move(rows);
  const auto forward = [=](const Batch& where, const Input&, std::optional<Rng>) { return lookup(where); };
  return {.params = p, .encoder = {forward, width}, .loss = {}, .training = {.epochs = 0}};
}

}  // namespace pfm
