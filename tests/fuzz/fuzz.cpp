// The fuzz target of every reader: PFM_FUZZ names one of the table of formats, or of the other files below. An input is
// the bytes of a file, or of a folder where it begins with `-- NAME --`: such a line stands before each file's content,
// and the line feed before it is not part of the content.
// A reader may give a value or Error(Fault::input); all else is a finding.
#include <pfm/io/corpus.h>
#include <pfm/io/embedding.h>
#include <pfm/io/formats.h>
#include <pfm/io/npy.h>
#include <pfm/io/safetensors.h>
#include <pfm/kernels/error.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/text_model.h>
#include <pfm/selfsup/checkpoint.h>
#include <pfm/tests/temporary.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace pfm;
namespace fs = std::filesystem;

namespace {

// A text of many kinds of characters, and bytes that are none.
constexpr const char* sample = "Caf\xC3\xA9 can't [MASK] 3.5 \xE4\xBD\xA0\xEF\xBC\xA1 <|endoftext|>\xFF\xE2\x84";

void tokenize(const nlp::Tokenizer& t) { t.decode(nlp::framed(t, sample)); }

// What the program reads beside data sets.
struct Other {
  const char* id;
  const char* ending;
  void (*read)(const fs::path& path);
};
constexpr std::array<Other, 15> others{{
    {"safetensors", "", [](const fs::path& path) { io::read_safetensors(path); }},
    {"npy", ".npy", [](const fs::path& path) { io::read_npy(path); }},
    {"embedding-text", ".txt", [](const fs::path& path) { io::read_embedding(path); }},
    {"embedding-hdf5", ".h5", [](const fs::path& path) { io::read_embedding(path); }},
    {"vocab-txt", ".txt", [](const fs::path& path) { tokenize(nlp::read_tokenizer(path)); }},
    {"tokenizer-json", ".json", [](const fs::path& path) { tokenize(nlp::read_tokenizer(path)); }},
    {"sentencepiece", ".model", [](const fs::path& path) { tokenize(nlp::read_tokenizer(path)); }},
    {"clip-merges", ".txt", [](const fs::path& path) { tokenize(nlp::read_clip_bpe(path)); }},
    {"tokenizer-folder", "", [](const fs::path& path) { tokenize(nlp::read_tokenizer(path)); }},
    {"corpus", ".txt",
     [](const fs::path& path) {
       for (io::Corpus corpus(path); corpus.next();) continue;
     }},
    {"model-folder", "",
     [](const fs::path& path) {
       tokenize(nlp::text_model(nlp::import_weights(path).matrices, nlp::read_model_files(path)).tokenizer);
     }},
    {"clip-folder", "", [](const fs::path& path) { import_clip(path); }},
    {"beit-folder", "", [](const fs::path& path) { import_beit(path); }},
    {"text-model", "",
     [](const fs::path& path) { tokenize(nlp::text_model(io::read_safetensors(path), path).tokenizer); }},
    {"checkpoint", "",
     [](const fs::path& path) {
       const Params p;
       Checkpoint(path).restore(p);
     }},
}};

std::string known() {
  std::string names;
  for (const io::Format& format : io::formats())
    if (format.read != nullptr) names += std::string(" ") + format.id;
  for (const Other& other : others) names += std::string(" ") + other.id;
  return names;
}

struct Target {
  const io::Format* format = nullptr;
  const Other* other = nullptr;
};

Target chosen() {
  const std::string_view id = std::getenv("PFM_FUZZ") == nullptr ? "" : std::getenv("PFM_FUZZ");
  for (const io::Format& format : io::formats())
    if (format.id == id && format.read != nullptr) return {.format = &format};
  for (const Other& other : others)
    if (other.id == id) return {.other = &other};
  std::fprintf(stderr, "PFM_FUZZ is to name what is read, one of:%s\n", known().c_str());
  std::_Exit(2);  // not what libFuzzer takes for a finding
}

// The length of a line `-- NAME --` at the begin of `text` with its end, and the name; 0 if there is none. Names are
// those that a folder of data may hold, none that leads out of it.
std::size_t separator(std::string_view text, std::string_view& name) {
  if (!text.starts_with("-- ")) return 0;
  const std::size_t end = text.substr(0, 80).find(" --\n");
  if (end == std::string_view::npos || end <= 3) return 0;
  name = text.substr(3, end - 3);
  const bool plain = std::ranges::all_of(
      name, [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-' || c == '/'; });
  const bool inside = name.find("..") == std::string_view::npos && name.front() != '/' && name.back() != '/';
  return plain && inside ? end + 4 : 0;
}

// Where the next file's line begins, behind a line feed; npos if there is none.
std::size_t next_separator(std::string_view text) {
  std::string_view name;
  for (std::size_t at = text.find("\n-- "); at != std::string_view::npos; at = text.find("\n-- ", at + 1))
    if (separator(text.substr(at + 1), name) > 0) return at + 1;
  return std::string_view::npos;
}

// Writes the files of a folder; the paths of those it could write.
std::vector<fs::path> unpack(std::string_view text, const fs::path& folder) {
  std::vector<fs::path> paths;
  std::string_view name;
  while (const std::size_t length = separator(text, name)) {
    text.remove_prefix(length);
    const std::size_t next = next_separator(text);
    const fs::path path = folder / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (!fs::is_directory(path, error)) {
      put(path, std::string(text.substr(0, next == std::string_view::npos ? next : next - 1)));
      paths.push_back(path);
    }
    text.remove_prefix(std::min(next, text.size()));
  }
  return paths;
}

void read(const Target& target, const fs::path& path, std::vector<fs::path> parts, std::size_t bits) {
  if (target.other != nullptr) return target.other->read(path);
  const io::Format& format = *target.format;
  format.recognise(path);
  const std::string_view means = format.options;
  io::ReadRules rules;
  if (means.find("undirected") != std::string_view::npos && bits % 3 > 0) rules.undirected = bits % 3 == 1;
  rules.sum = means.find("sum") != std::string_view::npos && bits / 3 % 2 == 1;
  std::vector<fs::path> paths{path};
  if (format.most > 1 && !parts.empty() && parts.size() <= format.most && bits / 6 % 2 == 1) paths = std::move(parts);
  format.read(paths, rules);
}

struct Count {
  long inputs = 0, refused = 0, crashed = 0;
  ~Count() {
    if (inputs > 0)
      std::fprintf(stderr, "%ld inputs, %ld refused, of these %ld because libhdf5 crashed or hung in the child\n",
                   inputs, refused, crashed);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Target target = chosen();
  if (fs::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 0);
  static const Temporary folder;
  static Count count;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view name;
  const bool by_ending = target.other != nullptr && target.other->ending[0] != '\0';
  const bool is_folder = !by_ending && separator(input, name) > 0;
  const fs::path path =
      folder / (is_folder ? "data" : std::string("data") + (target.other ? target.other->ending : ""));
  fs::remove_all(path);
  std::vector<fs::path> parts;
  if (is_folder)
    parts = unpack(input, path);
  else
    put(path, std::string(input));
  ++count.inputs;
  try {
    read(target, path, std::move(parts), size);
  } catch (const Error& error) {
    if (error.fault != Fault::input) throw;
    const std::string_view what = error.what();
    ++count.refused;
    // At the end: libFuzzer writes words it sees compared into its inputs, and messages quote inputs.
    count.crashed += what.ends_with("in a crash or beyond its limits of memory and time; refused before reading") ||
                     what.ends_with("takes too long; refused before reading");
  }
  return 0;
}
