#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/encoders/pieces.h>
#include <pfm/multimodal/image_model.h>
#include <pfm/nlp/json_file.h>

#include <algorithm>
#include <cmath>

namespace pfm {

// A list of preprocessor_config.json: a number for each channel.
static Matrix channel_numbers(const nlp::ModelFiles& files, const char* key, const std::vector<Real>& otherwise,
                              Offset channels) {
  constexpr const char* name = "preprocessor_config.json";
  std::vector<Real> numbers = otherwise;
  if (files.has(name)) {
    const nlohmann::json config = nlp::parse_json(files.at(name), files.label(name));
    if (config.is_object() && config.contains(key)) {
      const nlohmann::json& list = config[key];
      numbers.clear();
      if (list.is_array())
        for (const nlohmann::json& v : list) numbers.push_back(v.is_number() ? Real(v.get<double>()) : Real(NAN));
    }
  }
  if (Offset(numbers.size()) != channels || !std::ranges::all_of(numbers, [](Real v) { return std::isfinite(v); }))
    throw Error(Fault::input, fmt::format("{}: '{}': expected {} numbers", files.label(name), key, channels));
  Matrix row(1, channels);
  std::ranges::copy(numbers, row.data());
  return row;
}

ImageInput image_input_of(const nlp::ModelFiles& files, const nlp::ConfigFile& config, Offset size, Offset patch,
                          const std::vector<Real>& mean, const std::vector<Real>& deviation) {
  constexpr Offset longest_side = 1 << 14, most_channels = 4;
  ImageInput input{
      .size = config.size("image_size", size), .patch = config.size("patch_size", patch), .mean = {}, .deviation = {}};
  const Offset channels = config.size("num_channels", 3);
  if (input.size > longest_side || input.size % input.patch != 0 || channels > most_channels)
    config.fail(
        fmt::format("images of {} pixels in patches of {} with {} channels: expected a multiple up to {}, and {} "
                    "channels at most",
                    input.size, input.patch, channels, longest_side, most_channels));
  input.mean = channel_numbers(files, "image_mean", mean, channels);
  input.deviation = channel_numbers(files, "image_std", deviation, channels);
  if (!std::ranges::all_of(input.deviation.values(), [](Real v) { return v > 0; }))
    throw Error(Fault::input, fmt::format("{}image_std: expected numbers above 0", files.origin));
  return input;
}

Matrix embedded_images(const ImageInput& input, Offset width, const std::function<Var(const Batch& patches)>& rows_of,
                       const Batch& images) {
  constexpr Offset at_once = 32;
  const ImageShape shape = image_shape(images, "this model");
  const Offset channels = input.mean.cols();
  if (shape.grid.height != input.size || shape.grid.width != input.size || shape.channels != channels)
    throw Error(Fault::input,
                fmt::format("this model needs images of {} x {} pixels with {} channels, got {} x {} with {}",
                            input.size, input.size, channels, shape.grid.height, shape.grid.width, shape.channels));
  const NoGradient none;
  const auto forward = [&](const Batch& part, const Input&, const std::optional<Rng>&) {
    Matrix x = part.x.dense().clone();
    for (Offset i = 0; i < x.rows(); ++i)
      for (Offset c = 0; c < channels; ++c) x(i, c) = (x(i, c) - input.mean(0, c)) / input.deviation(0, c);
    Batch scaled = part;
    scaled.x = Features(std::move(x));
    return rows_of(cut_patches(scaled, input.patch));
  };
  return in_pieces({forward, int(width)}, at_once)(images).value().clone();
}

void write_model(const std::filesystem::path& path, const std::string& kind, const Params& p,
                 const nlp::ModelFiles& files) {
  std::map<std::string, const Matrix*> matrices;
  for (const auto& [name, entry] : p.entries()) matrices[name] = &entry.var.value();
  io::write_safetensors(path, matrices, nlp::model_metadata(kind, files));
}

void take_weights(const Params& p, std::map<std::string, Matrix> matrices, const std::filesystem::path& path) {
  for (auto& [name, entry] : p.entries()) {
    const auto found = matrices.find(name);
    if (found == matrices.end() || !found->second.same_shape(entry.var.value()))
      throw Error(Fault::input, fmt::format("{}: '{}' [{}, {}] is missing or of another shape", path.string(), name,
                                            entry.var.rows(), entry.var.cols()));
    entry.var.value() = std::move(found->second);
    matrices.erase(found);
  }
  if (!matrices.empty())
    throw Error(Fault::input,
                fmt::format("{}: '{}' is in no such model", path.string(), matrices.begin()->first.substr(0, 100)));
}

void check_asked(std::span<const AskedMatrix> asked, const std::map<std::string, Matrix>& weights,
                 const std::string& origin) {
  double came = 0;
  for (const auto& [name, matrix] : weights) came += double(matrix.size());
  for (const AskedMatrix& m : asked)
    if (double(m.rows) * double(m.cols) * double(m.copies) > came)
      throw Error(Fault::input, fmt::format("{}: asks for {} matrices of {} x {}, but all weights are {} numbers",
                                            origin, m.copies, m.rows, m.cols, came));
}

void check_tower(const nlp::ConfigFile& config, Offset layers, Offset width, Offset heads) {
  constexpr Offset most_layers = 1000;
  if (width % heads != 0) config.fail(fmt::format("a width of {} is no multiple of {} heads", width, heads));
  if (layers > most_layers) config.fail(fmt::format("asks for more than {} layers", most_layers));
}

}  // namespace pfm
