#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/text_model.h>

#include <set>

namespace pfm::nlp {
namespace {

constexpr const char* text_kind = "text-model";
constexpr std::string_view as_text = "file ", as_base64 = "base64 ";
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";  // RFC 4648

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j)
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) text += i + j <= bytes.size() ? digits[three >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::string from_base64(std::string_view text, const std::string& origin) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) throw Error(Fault::input, fmt::format("{}: is not base64", origin));
    bits = bits << 6 | std::uint32_t(digit), count += 6;
    if (count >= 8) bytes += char(bits >> (count -= 8) & 255);
  }
  return bytes;
}

// "config.json", "1_Pooling/config.json": within a folder that somebody may have them written to.
void check_name(const std::string& name, const std::string& origin) {
  const std::size_t slash = name.find('/');
  const std::string first = name.substr(0, slash), second = slash == std::string::npos ? "x" : name.substr(slash + 1);
  const auto plain = [](const std::string& part) {
    return !part.empty() && part != "." && part != ".." &&
           part.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
  };
  if (!plain(first) || !plain(second))
    throw Error(Fault::input, fmt::format("{}{} is no name of a file within a folder", origin, io::excerpt(name)));
}

// All of the encoder, each head whole or not at all, nothing else.
void check_weights(const std::map<std::string, Matrix>& matrices, const Architecture& a, const Family& family,
                   const std::string& origin) {
  const auto fail = [&](const std::string& what) {
    throw Error(Fault::input, fmt::format("{}weights: {}", origin, what));
  };
  const Names names = family.names(a);
  std::set<int> parts{0};
  std::set<std::string> known;
  for (const TensorName& name : names.tensors) {
    known.insert(name.ours);
    if (matrices.contains(name.ours)) parts.insert(name.part);
  }
  for (const TensorName& name : names.tensors) {
    const auto found = matrices.find(name.ours);
    if (found == matrices.end() && parts.contains(name.part)) fail(fmt::format("'{}' is missing", name.ours));
    if (found != matrices.end() && (found->second.rows() != name.rows || found->second.cols() != name.cols))
      fail(fmt::format("'{}' is [{}, {}], but by config.json [{}, {}]", name.ours, found->second.rows(),
                       found->second.cols(), name.rows, name.cols));
  }
  for (const auto& [name, matrix] : matrices)
    if (!known.contains(name)) fail(fmt::format("'{}' is in no such model", name.substr(0, 100)));
}

Params params_of(std::map<std::string, Matrix> matrices) {
  const Params p;
  put_weights(p, std::move(matrices));
  return p;
}

}  // namespace

io::Metadata model_metadata(const std::string& kind, const ModelFiles& files) {
  io::Metadata metadata{{"format", "pfm"}, {"kind", kind}};
  for (const auto& [name, content] : files.contents)
    if (io::is_utf8(content))
      metadata[fmt::format("{}{}", as_text, name)] = content;
    else
      metadata[fmt::format("{}{}", as_base64, name)] = to_base64(content);
  return metadata;
}

bool is_model(const std::string& kind, const io::Metadata& metadata) {
  const auto found = metadata.find("kind");
  return found != metadata.end() && found->second == kind;
}

ModelFiles model_files_in(const io::Metadata& metadata, const std::filesystem::path& path) {
  ModelFiles files{.origin = path.string() + ": ", .contents = {}};
  for (const auto& [key, text] : metadata) {
    const bool plain = key.starts_with(as_text);
    if (!plain && !key.starts_with(as_base64)) continue;
    const std::string name = key.substr((plain ? as_text : as_base64).size());
    check_name(name, files.origin);
    files.contents[name] = plain ? text : from_base64(text, files.label(name));
  }
  return files;
}

void write_text_model(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                      const ModelFiles& files) {
  io::write_safetensors(path, matrices, model_metadata(text_kind, files));
}

bool is_text_model(const io::Metadata& metadata) { return is_model(text_kind, metadata); }

TextModel text_model(io::Tensors tensors, const std::filesystem::path& path) {
  return text_model(std::move(tensors.matrices), model_files_in(tensors.metadata, path));
}

TextModel text_model(std::map<std::string, Matrix> matrices, ModelFiles files) {
  const ConfigFile config(files.at("config.json"), files.label("config.json"));
  const Architecture a = architecture_of(config);
  check_weights(matrices, a, family_of(config), files.origin);
  Tokenizer tokenizer = read_tokenizer(files);
  if (tokenizer.vocabulary->size() > a.vocabulary)
    throw Error(Fault::input, fmt::format("{}the tokenizer has {} tokens, but the model rows for {}", files.origin,
                                          tokenizer.vocabulary->size(), a.vocabulary));
  SentenceVectors sentences = sentence_vectors_of(files, a);
  room_for_text(tokenizer, sentences, files.origin);
  const Params params = params_of(std::move(matrices));
  return {std::move(files), a, std::move(tokenizer), std::move(sentences), params, TextEncoder(params, a)};
}

}  // namespace pfm::nlp
