#include <fmt/format.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/options.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace pfm {

struct Options::Shared {
  Values given;
  std::vector<Asked> asked;
  Values learned = {};
};

Options::Options(Rng r, Values given) : rng(r), shared_(std::make_shared<Shared>(Shared{std::move(given), {}, {}})) {}

std::string Options::take(const std::string& name, const std::string& fallback, Asked::Kind kind) const {
  const auto given = shared_->given.find(name);
  const std::string value = given == shared_->given.end() ? fallback : given->second;
  if (std::ranges::none_of(shared_->asked, [&](const Asked& a) { return a.name == name; }))
    shared_->asked.push_back({name, fallback, value, kind});
  return value;
}

template <class T>
static T read(const std::string& name, const std::string& text, const char* expected) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw Error(Fault::usage, fmt::format("option {}: expected {}, got \"{}\"", name, expected, text));
  return value;
}

double Options::operator()(const std::string& name, double fallback) const {
  const double value = read<double>(name, take(name, fmt::format("{}", fallback), Asked::Kind::number), "a number");
  if (!std::isfinite(value)) throw Error(Fault::usage, fmt::format("option {}: expected a finite number", name));
  return value;
}

int Options::operator()(const std::string& name, int fallback) const {
  return read<int>(name, take(name, fmt::format("{}", fallback), Asked::Kind::integer), "a whole number");
}

bool Options::operator()(const std::string& name, bool fallback) const {
  const std::string text = take(name, fallback ? "true" : "false", Asked::Kind::flag);
  if (text != "true" && text != "false")
    throw Error(Fault::usage, fmt::format("option {}: expected true or false, got \"{}\"", name, text));
  return text == "true";
}

std::string Options::operator()(const std::string& name, const char* fallback) const {
  return take(name, fallback, Asked::Kind::word);
}

std::string Options::learned(const std::string& name, const std::function<std::string()>& learn) const {
  const std::string key = fmt::format("{}{}", learned_prefix, name);
  if (const auto known = shared_->learned.find(key); known != shared_->learned.end()) return known->second;
  const auto given = shared_->given.find(key);
  return shared_->learned[key] = given == shared_->given.end() ? learn() : given->second;
}

const Options::Values& Options::learned() const { return shared_->learned; }

double chance_from(const Options& o, const std::string& name, double fallback) {
  const double value = o(name, fallback);
  if (!(value >= 0 && value < 1))
    throw Error(Fault::usage, fmt::format("option {}: from 0 to below 1, got {}", name, value));
  return value;
}

const std::vector<Options::Asked>& Options::asked() const { return shared_->asked; }

void Options::refuse_unknown() const {
  std::vector<std::string> names;
  for (const Asked& a : shared_->asked) names.push_back(a.name);
  for (const auto& [name, value] : shared_->given) {
    if (std::ranges::find(names, name) != names.end() || shared_->learned.contains(name)) continue;
    const std::string near = nearest_word(name, names);
    throw Error(Fault::usage,
                fmt::format("unknown option \"{}\"{}; known: {}", name,
                            near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near), fmt::join(names, ", ")));
  }
}

static std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates)
    if (edits(word, candidate) < fewest) fewest = edits(word, candidate), best = candidate;
  return best;
}

}  // namespace pfm
