#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/labelled_texts.h>
#include <pfm/io/lines.h>
#include <pfm/io/passed_over.h>
#include <pfm/io/sentence_pairs.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

// What a line says of its pair, as it stands there, and the pair.
struct SentencePair {
  std::string_view says, first, second;
};
using ParsePair = std::optional<SentencePair> (*)(std::string_view line);

std::optional<double> score_in(std::string_view field) {
  double score = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), score);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(Real(score))) return {};
  return score;
}

std::vector<std::string_view> tab_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::string_view rest = line; !rest.empty();) {
    const auto [field, after] = cut(rest, '\t');
    fields.push_back(trimmed(field)), rest = after;
  }
  return fields;
}

std::optional<SentencePair> whole_pair(const SentencePair& pair) {
  if (pair.says.empty() || pair.first.empty() || pair.second.empty()) return {};
  return pair;
}

std::optional<SentencePair> scored_pair(std::string_view line) {
  const std::vector<std::string_view> fields = tab_fields(line);
  const std::size_t at = fields.size() == 3 ? 0 : 4;
  if ((fields.size() != 3 && fields.size() < 7) || !score_in(fields[at])) return {};
  return whole_pair({fields[at], fields[at + 1], fields[at + 2]});
}

std::optional<SentencePair> labelled_pair(std::string_view line) {
  const std::vector<std::string_view> fields = tab_fields(line);
  if (fields.size() != 3 && fields.size() != 5) return {};
  return whole_pair({fields[0], fields[fields.size() - 2], fields[fields.size() - 1]});
}

bool names_columns(std::string_view line) { return line.starts_with("Quality\t"); }

struct SplitFile {
  fs::path path;
  std::string split;
};

// In the order train, validation, test.
std::vector<SplitFile> split_files(const fs::path& folder) {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<SplitFile> found;
  for (const auto& [name, split] : {std::pair{"train", "train"}, {"dev", "validation"}, {"test", "test"}})
    for (const fs::path& file : files) {
      const std::string stem = file.stem().string(), ending = file.extension().string();
      const bool table = ending == ".csv" || ending == ".tsv";
      const bool named = stem.ends_with(fmt::format("-{}", name)) || stem.ends_with(fmt::format("_{}", name));
      if ((table && (stem == name || named)) || (ending == ".txt" && named)) found.push_back({file, split});
    }
  return found;
}

std::string first_line_of_pairs(const fs::path& folder) {
  std::error_code none;
  if (!fs::is_directory(folder, none)) return {};
  const std::vector<SplitFile> files = split_files(folder);
  return files.empty() ? std::string() : std::string(cut(beginning(files.front().path), '\n').first);
}

class PairTexts {
 public:
  NodeId id_of(std::string_view text) {
    const auto [found, added] = ids_.try_emplace(std::string(text), NodeId(texts.size()));
    if (added) texts.emplace_back(text);
    return found->second;
  }
  std::vector<std::string> texts;

 private:
  std::unordered_map<std::string, NodeId> ids_;
};

// The pairs with their texts and splits, and what is said of each to `take`.
template <class Take>
Dataset read_pairs_of_texts(const fs::path& folder, const ReadRules& rules, ParsePair parse, const char* expected,
                            Take take) {
  PairTexts known;
  std::vector<Triple> pairs;
  std::map<std::string, std::vector<NodeId>> splits;
  std::vector<fs::path> taken;
  for (const auto& [path, split] : split_files(folder)) {
    taken.push_back(path);
    for (Lines lines(path); lines.next();) {
      if (trimmed(lines.line()).empty() || (lines.number() == 1 && names_columns(lines.line()))) continue;
      const std::optional<SentencePair> pair = parse(lines.line());
      if (!pair || !is_utf8(lines.line()))
        lines.fail(lines.line(), fmt::format("found {}, expected {}, in UTF-8", excerpt(lines.line()), expected));
      splits[split].push_back(NodeId(pairs.size()));
      const NodeId first = known.id_of(pair->first);
      pairs.push_back({first, 0, known.id_of(pair->second)}), take(pair->says);
    }
  }
  say_passed_over(rules, folder, names_beside(folder, taken));
  if (pairs.empty())
    throw Error(Fault::input,
                fmt::format("{}: has no pair; expected train, dev, test or NAME-train .. in .csv or .tsv, not "
                            "compressed",
                            folder.string()));
  const fs::path whole = fs::absolute(folder).lexically_normal();
  Dataset data = of_texts(as_utf8((whole.has_filename() ? whole : whole.parent_path()).filename().string()),
                          std::move(known.texts));
  data.targets.pairs = std::move(pairs), data.splits = std::move(splits);
  return data;
}

}  // namespace

bool is_scored_pairs(const fs::path& path) { return scored_pair(first_line_of_pairs(path)).has_value(); }
bool is_labelled_pairs(const fs::path& path) { return names_columns(first_line_of_pairs(path)); }

Dataset read_scored_pairs(Paths paths, const ReadRules& rules) {
  std::vector<Real> scores;
  Dataset data =
      read_pairs_of_texts(paths[0], rules, scored_pair,
                          "score TAB sentence TAB sentence, or those behind four other fields as in the STS benchmark",
                          [&](std::string_view says) { scores.push_back(Real(*score_in(says))); });
  Matrix reals(Offset(scores.size()), 1);
  std::ranges::copy(scores, reals.data());
  data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
  return data;
}

Dataset read_labelled_pairs(Paths paths, const ReadRules& rules) {
  std::vector<std::string> labels;
  Dataset data = read_pairs_of_texts(paths[0], rules, labelled_pair,
                                     "class TAB sentence TAB sentence, or two fields more behind the class as in MRPC",
                                     [&](std::string_view says) { labels.emplace_back(says); });
  name_classes(data.targets, labels);
  return data;
}

}  // namespace pfm::io
