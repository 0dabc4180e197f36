#include <pfm/cli/json.h>
#include <pfm/cli/result.h>
#include <pfm/kernels/version.h>

namespace pfm {

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json option_values(const std::vector<Options::Asked>& options) {
  using Kind = Options::Asked::Kind;
  Json values = Json::object();
  for (const Options::Asked& o : options) {
    if (o.kind == Kind::number) values[o.name] = std::stod(o.value);
    if (o.kind == Kind::integer) values[o.name] = std::stoll(o.value);
    if (o.kind == Kind::flag) values[o.name] = o.value == "true";
    if (o.kind == Kind::word) values[o.name] = o.value;
  }
  return values;
}

Json to_json(const Pretrained& start) {
  return {{"data", start.data}, {"protocol", start.protocol}, {"seed", start.seed}, {"xxh3", start.checksum}};
}

static Json to_json(const Spread& s) { return {{"mean", s.mean}, {"std", s.std}, {"values", s.values}}; }

static Json scores_json(const RunResult& result) {
  Json scores = Json::object();
  for (const MetricSummary& m : summarise(result.seeds)) {
    Json& metric = scores[m.metric];
    metric["trained"] = to_json(m.trained);
    metric["controls"] = Json::object();
    for (const auto& [name, control] : m.controls) metric["controls"][name] = to_json(control);
    if (!m.over.empty()) metric["gain"] = {{"over", m.over}, {"mean", m.gain.mean}, {"std", m.gain.std}};
    if (result.published && scores.size() == 1)  // belongs to the main metric alone
      metric["published"] = {{"value", result.published->value},
                             {"std", result.published->deviation},
                             {"source", result.published->source}};
  }
  return scores;
}

std::string to_json(const RunResult& result) {
  Json json{{"method", result.method}, {"data", result.data}, {"preset", result.preset}, {"protocol", result.protocol}};
  if (result.pretrained) json["pretrained"] = to_json(*result.pretrained);
  json["seeds"] = Json::array();
  double first = 0, last = 0, steps = 0, prepare = 0, train = 0, evaluate = 0;
  const double count = double(result.seeds.size());
  for (const auto& [seed, r] : result.seeds) {
    json["seeds"].push_back(seed);
    first += r.training.first_loss / count, last += r.training.last_loss / count;
    steps += double(r.training.steps) / count;
    prepare += r.prepare_seconds, train += r.train_seconds, evaluate += r.evaluate_seconds;
  }
  json["options"] = option_values(result.options);
  json["scores"] = scores_json(result);
  if (steps > 0) json["loss"] = {{"first", first}, {"last", last}, {"steps", steps}};
  json["seconds"] = {{"prepare", prepare}, {"train", train}, {"evaluate", evaluate}};
  json["peak_rss_mb"] = result.peak_rss_mb;
  json["threads"] = result.threads;
  json["version"] = version();
  return dump(json);
}

}  // namespace pfm
