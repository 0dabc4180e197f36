// hf/: small vision models with their weights, each driven by its own configuration: hidden states, logits, losses,
// gradients and six steps of AdamW.
#include <fmt/format.h>
#include <pfm/io/safetensors.h>
#include <pfm/tests/image_models.h>
#include <pfm/tests/text_models.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

nlohmann::json config_in(const fs::path& folder) {
  std::ifstream file(folder / "config.json");
  return file ? nlohmann::json::parse(file) : nlohmann::json::object();
}

std::optional<ImageModel> model_of(const fs::path& folder, const Group& file) {
  const nlohmann::json c = config_in(folder);
  const std::string type = c.value("model_type", ""), kind = c.contains("architectures") ? c["architectures"][0] : "";
  std::optional<ImageModel> model;
  if (kind == "ViTForImageClassification") model = vit_model(c, file);
  if (type == "vit_mae") model = mae_model(c, file);
  if (kind == "BeitForMaskedImageModeling") model = beit_model(c, file);
  if (type == "clip") model = clip_model(c, file);
  if (type == "resnet") model = resnet_model(c, file);
  if (model)
    put_weights(model->p, model->names, io::read_safetensors(folder / "model.safetensors").matrices, "weights");
  return model;
}

bool forward(const ImageModel& model, const Group& file, Comparison& compare) {
  const NoGradient none;
  const double tolerance = forward_allowed(file);
  const Given given = model.run();
  for (std::size_t l = 0; l < given.states.size(); ++l)
    compare.forward(fmt::format("hidden_states/{}", l), given.states[l].value(),
                    file.array(fmt::format("output/hidden_states/{}", l)), tolerance);
  if (given.logits) compare.forward("logits", given.logits.value(), file.array("output/logits"), tolerance);
  for (const auto& [name, rows, expected] : given.others) compare.forward(name, rows.value(), expected, tolerance);
  compare.number("loss", given.loss.scalar(), file.array("output/loss").values[0], 1e-5);
  if (file.groups.contains("after"))
    for (const ImageTensor& name : model.names)
      if (file.has("after/" + name.theirs))
        compare.forward("after/" + name.theirs, model.p.at(name.ours).value(), file.array("after/" + name.theirs),
                        tolerance);
  return true;
}

bool gradients(const ImageModel& model, const Group& file, Comparison& compare) {
  backward(model.run().loss);
  const auto& norms = file.group("grad_norm").arrays;
  double largest = 0;
  for (const auto& [of, norm] : norms) largest = std::max(largest, norm.values[0]);
  for (const auto& [of, norm] : norms) {
    const auto name = std::ranges::find(model.names, of, &ImageTensor::theirs);
    if (name == model.names.end()) {
      compare.fail(of + ": no such parameter");
      continue;
    }
    const Matrix& g = model.p.at(name->ours).grad();
    const double found = std::sqrt(std::inner_product(g.values().begin(), g.values().end(), g.data(), 0.0));
    // A key's bias adds the same to all scores of a query: zero but for rounding.
    const double expected = norm.values[0];
    compare.number("grad_norm/" + of, found, expected, 1e-3 * std::max(expected, 1e-3 * largest));
    if (!file.has("grad/" + of)) continue;
    const Array& theirs = file.array("grad/" + of);
    compare.gradient("grad/" + of,
                     as_theirs(*name, g, theirs.shape.size() == 4 ? theirs.shape[2] * theirs.shape[3] : 1), theirs);
  }
  return true;
}

bool adamw(const ImageModel& model, const Group& file, Comparison& compare) {
  compare_adamw(compare, file, model.p, [&] { return model.run().loss; });
  return true;
}

}  // namespace

std::vector<Case> image_model_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (!file->has("input/pixel_values") || !model_of(folder, *file)) return {};
  using Compare = bool (*)(const ImageModel&, const Group&, Comparison&);
  constexpr std::pair<const char*, Compare> kinds[] = {
      {"forward", forward}, {"gradients", gradients}, {"adamw", adamw}};
  std::vector<Case> cases;
  for (const auto& [name, compare] : kinds)
    cases.push_back(
        {name, [=, compare = compare](Comparison& c) { return compare(*model_of(folder, *file), *file, c); }});
  return cases;
}

}  // namespace pfm::parity
