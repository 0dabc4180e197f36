#include <fmt/format.h>
#include <pfm/cli/arguments.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/options.h>

#include <algorithm>
#include <charconv>
#include <cxxopts.hpp>

namespace pfm {

const std::vector<OptionRow>& option_table() {
  static const std::vector<OptionRow> rows{
      {"output", "o", "FILE", "where the result is written"},
      {"protocol", "", "ID", "how the result is scored; \"pfm help\" lists the protocols"},
      {"preset", "", "paper|none", "the paper's settings for this data set, or the method's defaults"},
      {"set", "", "KEY=VALUE", "an option of the method, may be repeated; \"pfm help METHOD\" lists them"},
      {"features", "", "E",
       "rows of an embedding (.h5, .npy, .txt) as the features of DATA's nodes, by name, else in order"},
      {"seed", "", "N", "the first seed (0; of eval and finetune that of pretraining)"},
      {"seeds", "", "K", "how many seeds: N .. N+K-1 (1)"},
      {"record", "", "DIR", "keep every finished seed in DIR and compute only what is missing there"},
      {"checkpoint-every", "", "STEPS", "save the training state every so many steps (100)"},
      {"resume", "", "", "go on from the last checkpoint"},
      {"length", "", "STEPS", "of a walk, which has one node more (80 for walk)"},
      {"walks", "", "K", "from every start (10)"},
      {"p", "", "P", "node2vec's return parameter: going back is 1/P as likely (1)"},
      {"q", "", "Q", "node2vec's in-out parameter: going further away is 1/Q as likely (1)"},
      {"restart", "", "R", "chance before every step to go back to the start (0 for walk)"},
      {"no-backtrack", "", "", "never back along the edge just come, unless there is no other"},
      {"metapath", "", "A,B,A", "kinds of nodes in turn; walks start at the first"},
      {"unweighted", "", "", "edges are all the same likely, whatever their weights"},
      {"from", "", "WHERE",
       "starts: all (nodes), stationary (as many, drawn in proportion to their edges), or names: a,b,c"},
      {"sampler", "", "NAME", "what a batch is (neighbours); listed below"},
      {"hops", "", "H", "how far from a seed (2)"},
      {"parts", "", "K", "how many clusters the graph is cut into"},
      {"fanouts", "", "K,K,..",
       "edges chosen into a node, a number per hop, that of the seeds first; RELATION=K,K,.. (repeated): of one kind"},
      {"batch", "", "N", "seeds, draws or clusters of a batch (1024; 1 cluster)"},
      {"batches", "", "K", "how many (as many as one pass over all nodes takes)"},
      {"replace", "", "", "the same edge may be chosen several times"},
      {"labor", "", "", "LABOR-0: nodes of a hop choose the same sources; the fan-out is an expectation"},
      {"by-weight", "", "", "edges are chosen in proportion to their weights; else all the same likely"},
      {"scale", "", "N", "2^N nodes"},
      {"edge-factor", "", "K", "K edges are drawn per node"},
      {"nodes", "", "N", "how many nodes"},
      {"edges", "", "M", "how many edges"},
      {"probability", "", "P", "of every pair of nodes to be an edge"},
      {"blocks", "", "K", "how many communities"},
      {"within", "", "P", "probability of an edge inside a community"},
      {"between", "", "P", "probability of an edge between communities"},
      {"degree", "", "K", "edges per node"},
      {"rewire", "", "P", "probability of an edge to be moved"},
      {"height", "", "N", "rows of nodes"},
      {"width", "", "N", "columns of nodes"},
      {"torus", "", "", "rows and columns are closed"},
      {"branching", "", "K", "children per node"},
      {"depth", "", "N", "levels below the root"},
      {"directed", "", "", "edges hold in the given direction alone"},
      {"undirected", "", "", "edges hold both ways, whatever the file says"},
      {"weighted", "", "", "edges must have weights"},
      {"sum", "", "", "weights of repeated edges are added; else the first counts"},
      {"labels", "", "FILE",
       "labels of nodes: lines `node label..`, or a .cmty file: line k names the nodes of label k"},
      {"delimiter", "", "CHARACTER", "what stands between fields, \"tab\" too (spaces, tabs and commas)"},
      {"columns", "", "NAMES", "what the fields are: source,target,weight,type,time, - for one to pass over"},
      {"archive", "", "", "deflated chunks: a smaller file that cannot be mapped"},
      {"both", "", "", "an undirected edge is written from both ends; else once"},
      {"prompt", "", "TEXT", "what the text begins with; empty: with nothing"},
      {"tokens", "", "N", "how many are added, at most (100)"},
      {"temperature", "", "T", "tokens are drawn, their scores divided by T (1)"},
      {"top-k", "", "K", "tokens are drawn, of the K likeliest"},
      {"top-p", "", "P", "tokens are drawn, of the fewest that have probability P together"},
      {"top", "", "N", "how many rows are shown (10)"},
      {"precision", "", "f32|bf16", "of a language model's products (f32); bf16: weights of 8 significant bits"},
      {"json", "", "FILE|-", "the result as JSON, - for standard output"},
      {"log", "", "FILE.jsonl", "one JSON line per training step"},
      {"threads", "", "N", "threads that compute (all); results do not depend on it"},
      {"memory", "", "SIZE", "memory the program may take, such as 4G (no limit)"},
      {"quiet", "", "", "nothing on standard error but errors"},
      {"help", "h", "", "this text"},
  };
  return rows;
}

static const std::vector<std::string> common{"threads", "memory", "quiet", "help"};

static std::vector<const OptionRow*> rows_of(const Verb& verb) {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : option_table())
    for (const auto* names : {&verb.options, &common})
      if (std::ranges::find(*names, row.name) != names->end()) rows.push_back(&row);
  return rows;
}

bool Arguments::has(const std::string& name) const { return text(name).has_value(); }

std::optional<std::string> Arguments::text(const std::string& name) const {
  const auto values = all(name);
  return values.empty() ? std::nullopt : std::optional(values.back());
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : given)
    if (key == name) values.push_back(value);
  return values;
}

std::string Arguments::needed(const std::string& name) const {
  const auto word = text(name);
  if (!word) throw Error(Fault::usage, fmt::format("--{} is needed; \"pfm {} --help\" explains", name, line.at(1)));
  return *word;
}

std::int64_t Arguments::whole(const std::string& name, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) const {
  const auto word = text(name);
  if (!word) return fallback;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error != std::errc() || end != word->data() + word->size() || value < least || value > most) {
    const bool bounded = most < std::numeric_limits<std::int64_t>::max();
    throw Error(Fault::usage, fmt::format("--{}: expected a whole number of at least {}{}, got \"{}\"", name, least,
                                          bounded ? fmt::format(" and at most {}", most) : "", *word));
  }
  return value;
}

double Arguments::number(const std::string& name, double fallback) const {
  const auto word = text(name);
  if (!word) return fallback;
  double value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error != std::errc() || end != word->data() + word->size())
    throw Error(Fault::usage, fmt::format("--{}: expected a number, got \"{}\"", name, *word));
  return value;
}

double Arguments::share(const std::string& name) const {
  const std::string word = needed(name);
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !(value >= 0 && value <= 1))
    throw Error(Fault::usage, fmt::format("--{}: expected a number from 0 to 1, got \"{}\"", name, word));
  return value;
}

std::uint64_t Arguments::bytes(const std::string& name) const {
  const auto word = text(name);
  if (!word) return 0;
  double count = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), count);
  const std::string unit(end, word->data() + word->size());
  const std::size_t power = std::string(" KMGT").find(unit.empty() ? ' ' : unit[0]);
  if (error != std::errc() || !(count > 0) || count > 1e15 || unit.size() > 1 || power == std::string::npos)
    throw Error(Fault::usage, fmt::format("--{}: expected a size such as 4G or 500M, got \"{}\"", name, *word));
  return std::uint64_t(count * double(std::uint64_t{1} << (10 * power)));
}

static void check_word_count(const Verb& verb, const std::vector<std::string>& words) {
  if (words.size() < verb.least)
    throw Error(Fault::usage,
                fmt::format("{0}: expected {1}, got {2}; \"pfm {0} --help\" explains", verb.name, verb.arguments,
                            words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, " "))));
  if (words.size() > verb.most)
    throw Error(Fault::usage, fmt::format("{0}: \"{1}\" is one word too many; \"pfm {0} --help\" explains", verb.name,
                                          words[verb.most]));
}

// cxxopts takes names of one letter for short ones alone: where --p is known, --p=2 becomes -p 2.
static std::vector<std::string> with_short_letters(const std::vector<std::string>& line,
                                                   const std::vector<std::string>& known) {
  std::vector<std::string> words;
  for (const std::string& word : line) {
    const bool letter = (word.size() == 3 || (word.size() > 3 && word[3] == '=')) &&
                        std::ranges::find(known, word.substr(0, 3)) != known.end();
    words.push_back(letter ? word.substr(1, 2) : word);
    if (letter && word.size() > 3) words.push_back(word.substr(4));
  }
  return words;
}

Arguments parse(const Verb& verb, int argc, const char* const* argv) {
  cxxopts::Options parser("pfm " + verb.name);
  parser.allow_unrecognised_options();
  std::vector<std::string> names;
  for (const OptionRow* row : rows_of(verb)) {
    names.push_back("--" + row->name);
    const std::shared_ptr<const cxxopts::Value> value =
        row->value.empty() ? std::shared_ptr<cxxopts::Value>(cxxopts::value<bool>()) : cxxopts::value<std::string>();
    parser.add_options()(row->letter.empty() ? row->name : row->letter + "," + row->name, row->about, value);
  }
  Arguments arguments;
  arguments.line.assign(argv, argv + argc);
  const std::vector<std::string> words = with_short_letters({argv + 1, argv + argc}, names);
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  try {
    const cxxopts::ParseResult result = parser.parse(int(pointers.size()), pointers.data());
    for (const cxxopts::KeyValue& option : result.arguments())
      arguments.given.emplace_back(option.key(), option.value());
    arguments.words = result.unmatched();
  } catch (const cxxopts::exceptions::missing_argument& error) {
    throw Error(Fault::usage, fmt::format("{}: {}", verb.name, error.what()));
  } catch (const cxxopts::exceptions::exception& error) {
    throw Error(Fault::usage, fmt::format("{0}: {1}; \"pfm {0} --help\" explains", verb.name, error.what()));
  }
  for (const auto& [name, value] : arguments.given)
    if (value.starts_with("--"))
      throw Error(Fault::usage, fmt::format("{}: --{} needs a value, got the option {}", verb.name, name, value));
  for (const std::string& word : arguments.words)
    if (word.size() > 1 && word[0] == '-')
      throw Error(Fault::usage, verb.name + ": " + unknown_word("option", word.substr(0, word.find('=')), names));
  if (!arguments.has("help")) check_word_count(verb, arguments.words);
  return arguments;
}

std::string help_text(const Verb& verb) {
  std::string text = fmt::format("pfm {} {}\n\n  {}\n\n", verb.name, verb.arguments, verb.about);
  for (const OptionRow* row : rows_of(verb)) {
    const std::string left = fmt::format("{}--{}{}{}", row->letter.empty() ? "" : "-" + row->letter + ", ", row->name,
                                         row->value.empty() ? "" : " ", row->value);
    text += fmt::format("  {:<26} {}\n", left, row->about);
  }
  return text + verb.more;
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
      return std::isalnum(c) || std::string("-_=./,:+@%").find(char(c)) != std::string::npos;
    });
    std::string quoted = word;
    if (!plain) {
      for (std::size_t at = 0; (at = quoted.find('\'', at)) != std::string::npos; at += 4)
        quoted.replace(at, 1, "'\\''");
      quoted = "'" + quoted + "'";
    }
    line += (line.empty() ? "" : " ") + quoted;
  }
  return line;
}

std::string recorded_line(const Arguments& arguments) {
  std::vector<std::string> words = arguments.line;
  words.at(0) = "pfm";
  return shell_line(words);
}

std::string unknown_word(const std::string& kind, const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return fmt::format("unknown {} \"{}\"{}; known: {}", kind, word,
                     near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near), fmt::join(known, ", "));
}

}  // namespace pfm
