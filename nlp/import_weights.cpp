#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/safetensors.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/import_weights.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pfm::nlp {
namespace {

using Matrices = std::map<std::string, Matrix>;

void check(const ConfigFile& config, const Architecture& a) {
  constexpr Offset most_layers = 1000;
  if (a.hidden % a.heads != 0) config.fail(fmt::format("a width of {} is no multiple of {} heads", a.hidden, a.heads));
  if (a.layers > most_layers || a.groups * a.blocks > most_layers)
    config.fail(fmt::format("asks for more than {} layers", most_layers));
}

class Importing {
 public:
  Importing(std::string file, const Family& family, const Architecture& a, Matrices found)
      : file_(std::move(file)), names_(family.names(a)) {
    for (auto& [name, matrix] : found) {
      const std::string plain = plain_name(name, family.prefix);
      if (!found_.emplace(plain, std::move(matrix)).second) fail(fmt::format("has {} twice", io::excerpt(plain)));
    }
  }

  Matrices run() {
    Matrices result;
    drop_buffers();
    check_copies();
    const std::set<int> parts = parts_there();
    std::vector<std::string> missing;
    for (const TensorName& name : names_.tensors) {
      if (!parts.contains(name.part)) continue;
      if (!found_.contains(name.theirs))
        missing.push_back(name.theirs);
      else
        result[name.ours] = converted(name);
    }
    refuse(missing, "lacks", "the configuration asks for");
    for (const TensorName& name : names_.tensors) found_.erase(name.theirs);
    std::vector<std::string> surplus;
    for (const auto& entry : found_) surplus.push_back(entry.first);
    refuse(surplus, "has", "no model of this family and configuration has");
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Fault::input, fmt::format("{}: {}", file_, what));
  }
  void refuse(const std::vector<std::string>& names, const char* verb, const char* why) const {
    if (names.empty()) return;
    const std::string more = names.size() > 1 ? fmt::format(" and {} more", names.size() - 1) : "";
    constexpr std::size_t shown = 100;
    fail(fmt::format("{} the tensor '{}'{} that {}", verb, names[0].substr(0, shown), more, why));
  }

  // Without the family's prefix; gamma and beta are the older names of a norm's weight and bias.
  static std::string plain_name(std::string_view name, std::string_view prefix) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    std::string plain(name);
    for (const auto& [old, now] : {std::pair{".gamma", ".weight"}, std::pair{".beta", ".bias"}})
      if (name.ends_with(old)) plain = std::string(name.substr(0, name.rfind('.'))) + now;
    return plain;
  }

  void drop_buffers() {
    for (const std::string& ending : names_.buffers)
      std::erase_if(found_, [&](const auto& entry) { return entry.first.ends_with(ending); });
  }

  void check_copies() {
    for (const auto& [copy, original] : names_.copies) {
      const auto one = found_.find(copy), other = found_.find(original);
      if (one == found_.end()) continue;
      if (other == found_.end() || !one->second.same_shape(other->second) ||
          !std::ranges::equal(one->second.values(), other->second.values()))
        fail(fmt::format("'{}' differs from '{}', but one matrix serves as both here", copy, original));
      found_.erase(one);
    }
  }

  // Those of which anything is there; 0 always.
  std::set<int> parts_there() const {
    std::set<int> parts{0};
    for (const TensorName& name : names_.tensors)
      if (found_.contains(name.theirs)) parts.insert(name.part);
    return parts;
  }

  Matrix converted(const TensorName& name) const {
    const Matrix& from = found_.at(name.theirs);
    const Offset cols = name.of_columns > 0 ? name.of_columns : name.cols;
    const Offset two_axes = name.transposed ? name.rows : cols;  // columns of theirs
    const Offset expected_cols = name.axes.empty() ? two_axes : name.axes.back();
    const Offset expected_rows = (name.transposed ? name.cols : name.rows) * two_axes / expected_cols;
    if (from.rows() != expected_rows || from.cols() != expected_cols)
      fail(fmt::format("'{}' is [{}, {}], but by the configuration [{}, {}]", name.theirs, from.rows(), from.cols(),
                       expected_rows, expected_cols));
    Matrix to(name.rows, name.cols);
    const auto theirs = [&](Offset i, Offset j) { return from.data()[i * two_axes + j]; };
    for (Offset i = 0; i < name.rows; ++i)
      for (Offset j = 0; j < name.cols; ++j)
        to(i, j) = name.transposed ? theirs(j, i) : theirs(i, name.first_column + j);
    return to;
  }

  std::string file_;
  Names names_;
  Matrices found_;
};

}  // namespace

const Family& family_of(const ConfigFile& config) {
  const std::string type = config.text("model_type", "");
  std::string known;
  for (const Family& family : families()) {
    if (family.id == type) return family;
    known += (known.empty() ? "" : ", ") + std::string(family.id);
  }
  config.fail(fmt::format("'model_type' is {}, expected one of {}", io::excerpt(type), known));
}

Architecture architecture_of(const ConfigFile& config) {
  Architecture a = family_of(config).architecture(config);
  check(config, a);
  return a;
}

Matrices read_weights(const std::filesystem::path& folder) {
  const std::filesystem::path weights = folder / "model.safetensors";
  std::error_code none;
  if (!std::filesystem::exists(weights, none))
    for (const char* other : {"model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"})
      if (std::filesystem::exists(folder / other, none))
        throw Error(Fault::input,
                    fmt::format("{}: has no model.safetensors, but {}; save the weights as one safetensors file "
                                "(model.save_pretrained(folder, safe_serialization=True, max_shard_size=\"1TB\"))",
                                folder.string(), other));
  Matrices matrices = std::move(io::read_safetensors(weights).matrices);
  for (const auto& [name, matrix] : matrices)
    if (!std::ranges::all_of(matrix.values(), [](Real v) { return std::isfinite(v); }))
      throw Error(Fault::input,
                  fmt::format("{}: '{}' holds numbers that are not finite", weights.string(), name.substr(0, 100)));
  return matrices;
}

Imported import_weights(const std::filesystem::path& folder) {
  const ConfigFile config(folder / "config.json");
  Architecture a = architecture_of(config);
  Importing importing((folder / "model.safetensors").string(), family_of(config), a, read_weights(folder));
  return {std::move(a), importing.run()};
}

}  // namespace pfm::nlp
