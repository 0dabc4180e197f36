#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/nlp/export_weights.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/json_file.h>

namespace pfm::nlp {
namespace {

namespace fs = std::filesystem;

struct Theirs {
  std::map<std::string, Matrix> matrices;
  std::map<std::string, std::vector<Offset>> shapes;
};

Matrix blank(const TensorName& name) {
  const Offset cols = name.of_columns > 0 ? name.of_columns : name.cols;
  return name.transposed ? Matrix(name.cols, name.rows) : Matrix(name.rows, cols);
}

void copy(const TensorName& name, const Matrix& ours, Matrix& theirs) {
  for (Offset i = 0; i < ours.rows(); ++i)
    for (Offset j = 0; j < ours.cols(); ++j)
      (name.transposed ? theirs(j, i) : theirs(i, name.first_column + j)) = ours(i, j);
}

// "BertForMaskedLM" and "GPT2LMHeadModel" hold a "BertModel" and a "GPT2Model", whose names they put a prefix before.
bool holds_encoder(const ModelFiles& files) {
  const nlohmann::json config = parse_json(files.at("config.json"), files.label("config.json"));
  if (!config.contains("architectures") || !config["architectures"].is_array()) return false;
  for (const nlohmann::json& name : config["architectures"])
    if (name.is_string()) {
      const std::string& text = name.get_ref<const std::string&>();
      return !text.ends_with("Model") || text.ends_with("HeadModel");
    }
  return false;
}

Theirs theirs_of(const TextModel& model) {
  const ConfigFile config(model.files.at("config.json"), model.files.label("config.json"));
  const Family& family = family_of(config);
  const bool prefixed = holds_encoder(model.files);
  Theirs result;
  for (const TensorName& name : family.names(model.architecture).tensors) {
    if (!model.params.has(name.ours)) continue;
    const bool of_encoder = name.part == 0 || name.ours.starts_with("pooler.");
    const std::string full = prefixed && of_encoder ? family.prefix + name.theirs : name.theirs;
    const auto made = result.matrices.try_emplace(full);
    if (made.second) made.first->second = blank(name);
    copy(name, model.params.at(name.ours).value(), made.first->second);
    if (!name.axes.empty()) result.shapes[full] = name.axes;
    if (name.vector) result.shapes[full] = {made.first->second.size()};
  }
  return result;
}

void write(const TextModel& model, const fs::path& folder) {
  const Theirs theirs = theirs_of(model);
  std::map<std::string, const Matrix*> pointers;
  for (const auto& [name, matrix] : theirs.matrices) pointers[name] = &matrix;
  io::write_safetensors(folder / "model.safetensors", pointers, {{"format", "pt"}}, theirs.shapes);
  for (const auto& [name, content] : model.files.contents) {
    std::error_code error;
    fs::create_directories((folder / name).parent_path(), error);
    io::write_file(folder / name, content);
  }
}

}  // namespace

void export_weights(const TextModel& model, const fs::path& folder) {
  const auto fail = [&](const std::string& what) {
    throw Error(Fault::writing, fmt::format("{}: {}", folder.string(), what));
  };
  std::error_code error;
  if (fs::exists(folder, error)) fail("is there already; give a folder that is to be made");
  fs::path partial = folder;
  partial += ".partial";
  if (!fs::create_directory(partial, error)) fail(error ? error.message() : partial.string() + " is there already");
  try {
    write(model, partial);
    fs::rename(partial, folder);
  } catch (const fs::filesystem_error& e) {
    fs::remove_all(partial, error);
    fail(e.code().message());
  } catch (...) {
    fs::remove_all(partial, error);
    throw;
  }
}

}  // namespace pfm::nlp
