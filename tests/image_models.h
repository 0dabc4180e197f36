// The golden vision models of hf/, made by what their configuration and file say.
#pragma once
#include <pfm/encoders/transformer.h>
#include <pfm/tests/parity.h>
#include <pfm/vision/weight_names.h>

#include <nlohmann/json.hpp>

namespace pfm::parity {

// What a model gives: rows behind each step, its logits as the file has them, and the loss; what else the file has.
struct Given {
  struct Output {
    std::string name;
    Var rows;
    fixture::Array expected;
  };
  std::vector<Var> states;
  Var logits, loss;
  std::vector<Output> others = {};
};

struct ImageModel {
  Params p;
  ImageTensors names;
  std::function<Given()> run;
};

Batch images_of(const fixture::Group& file);
TransformerSettings transformer_of(const nlohmann::json& config, const std::string& prefix = "");
// The rows behind each step of a transformer whose last norm is not among the states.
std::vector<Var> states_of(const VisionTransformer& network, const PatchRows& where, const Input& x);

ImageModel vit_model(const nlohmann::json& config, const fixture::Group& file);
ImageModel mae_model(const nlohmann::json& config, const fixture::Group& file);
ImageModel beit_model(const nlohmann::json& config, const fixture::Group& file);
ImageModel clip_model(const nlohmann::json& config, const fixture::Group& file);
ImageModel resnet_model(const nlohmann::json& config, const fixture::Group& file);

}  // namespace pfm::parity
