#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/labelled_texts.h>
#include <pfm/io/lines.h>
#include <pfm/io/passed_over.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <array>
#include <set>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

struct Sentence {
  std::string text, label;
};
using Parse = Sentence (*)(const Lines& lines, std::string_view line);  // all UTF-8

struct File {
  fs::path path;
  std::string split, label;  // either may be empty
};

struct Layout {
  Parse parse = nullptr;  // null: the folder has none of the layouts
  std::vector<File> files = {};
};

// Latin-1 as UTF-8.
std::string utf8_of_latin1(std::string_view line) {
  std::string text;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80)
      text += char(0xC0 | byte >> 6), text += char(0x80 | (byte & 0x3F));
    else
      text += c;
  }
  return text;
}

Sentence tab_class(const Lines& lines, std::string_view line) {
  const std::size_t tab = line.rfind('\t');
  if (tab == std::string_view::npos)
    lines.fail(line, fmt::format("found {}, expected sentence TAB class", excerpt(line)));
  return {std::string(trimmed(line.substr(0, tab))), std::string(trimmed(line.substr(tab + 1)))};
}

Sentence class_first(const Lines&, std::string_view line) {
  const auto [label, text] = cut(line, ' ');
  return {std::string(trimmed(text)), std::string(cut(label, ':').first)};
}

Sentence text_alone(const Lines&, std::string_view line) { return {std::string(trimmed(line)), {}}; }

Layout layout_of(const fs::path& folder) {
  std::error_code none;
  if (fs::exists(folder / "train.tsv", none)) {
    Layout layout{.parse = tab_class};
    for (const auto& [name, split] : {std::pair{"train.tsv", "train"}, {"dev.tsv", "validation"}, {"test.tsv", "test"}})
      if (fs::exists(folder / name, none)) layout.files.push_back({folder / name, split, {}});
    return layout;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.push_back(entry.path());
  std::ranges::sort(files);
  const auto ending_in = [&](std::initializer_list<std::pair<const char*, const char*>> kinds, bool split) {
    std::vector<File> found;
    for (const auto& [ending, meaning] : kinds)
      for (const fs::path& file : files)
        if (file.extension() == ending) found.push_back({file, split ? meaning : "", split ? "" : meaning});
    return found;
  };
  if (auto parts = ending_in({{".train", "train"}, {".dev", "validation"}, {".test", "test"}}, true);
      !parts.empty() && parts.front().split == "train")
    return {class_first, std::move(parts)};
  if (auto classes = ending_in({{".neg", "neg"}, {".pos", "pos"}}, false); classes.size() == 2)
    return {text_alone, std::move(classes)};
  return {};
}

// The sentences of all files, as they stand.
struct Sentences {
  std::vector<std::string> texts, labels;
  std::map<std::string, std::vector<NodeId>> splits;
};

void append_sentences(Sentences& all, const File& file, Parse parse, const ReadRules& rules) {
  std::int64_t first_latin1 = 0, latin1 = 0;
  for (Lines lines(file.path); lines.next();) {
    const std::string_view line = lines.line();
    if (trimmed(line).empty()) continue;
    if (line.find('\0') != std::string_view::npos) lines.fail(line, "holds a zero byte");
    const bool utf8 = is_utf8(line);
    if (!utf8 && latin1++ == 0) first_latin1 = lines.number();
    Sentence sentence = utf8 ? parse(lines, line) : parse(lines, utf8_of_latin1(line));
    if (!file.label.empty()) sentence.label = file.label;
    if (sentence.text.empty() || sentence.label.empty())
      lines.fail(line, fmt::format("found {}, expected a sentence and its class", excerpt(line)));
    if (!file.split.empty()) all.splits[file.split].push_back(NodeId(all.texts.size()));
    all.texts.push_back(std::move(sentence.text)), all.labels.push_back(std::move(sentence.label));
  }
  if (latin1 > 0 && rules.note)
    rules.note(fmt::format("{}: {} lines are not UTF-8 and were taken as Latin-1, line {} first", file.path.string(),
                           latin1, first_latin1));
}

}  // namespace

bool is_labelled_texts(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none) && layout_of(path).parse != nullptr;
}

void name_classes(Targets& targets, std::span<const std::string> labels) {
  const std::set<std::string> names(labels.begin(), labels.end());
  std::map<std::string_view, std::int32_t> number;
  for (const std::string& name : names) number.emplace(name, std::int32_t(number.size()));
  targets.class_names.assign(names.begin(), names.end());
  for (const std::string& label : labels) targets.classes.push_back(number.at(label));
}

Dataset read_labelled_texts(Paths paths, const ReadRules& rules) {
  const Layout layout = layout_of(paths[0]);
  if (layout.parse == nullptr)
    throw Error(
        Fault::input,
        fmt::format("{}: expected train.tsv, NAME.train, or one NAME.neg and one NAME.pos in it, not compressed",
                    paths[0].string()));
  Sentences all;
  std::vector<fs::path> taken;
  for (const File& file : layout.files) append_sentences(all, file, layout.parse, rules), taken.push_back(file.path);
  say_passed_over(rules, paths[0], names_beside(paths[0], taken));
  if (all.texts.empty()) throw Error(Fault::input, fmt::format("{}: has no text", paths[0].string()));
  const fs::path whole = fs::absolute(paths[0]).lexically_normal();
  Dataset data =
      of_texts(as_utf8((whole.has_filename() ? whole : whole.parent_path()).filename().string()), std::move(all.texts));
  name_classes(data.targets, all.labels);
  data.splits = std::move(all.splits);
  return data;
}

}  // namespace pfm::io
