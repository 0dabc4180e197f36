#include <fmt/format.h>
#include <pfm/io/dot.h>
#include <pfm/io/limited_child.h>
#include <pfm/io/node_ids.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/property_map/dynamic_property_map.hpp>
#include <charconv>
#include <cmath>

namespace pfm::io {
namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;
constexpr std::size_t deepest = 100;

// Walks over a DOT text token by token, as far as brackets and the first words need it.
class Scanner {
 public:
  Scanner(std::string name, std::string_view text) : name_(std::move(name)), text_(text) {}

  // The next token: a bracket, a word, a quoted string without its marks, or one other character; "" at the end.
  std::string_view next() {
    skip_space_and_comments();
    begin_ = at_ = std::min(at_, text_.size());
    if (at_ == text_.size()) return "";
    if (text_[at_] == '"') return quoted();
    if (text_[at_] == '<') return html();
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    if (at_ == begin_) ++at_;
    return text_.substr(begin_, at_ - begin_);
  }
  std::size_t begin() const { return begin_; }
  bool at_end() const { return begin_ == text_.size(); }
  bool was_quoted() const { return begin_ < text_.size() && (text_[begin_] == '"' || text_[begin_] == '<'); }

  [[noreturn]] void complain(const std::string& what) const {
    const std::string_view before = text_.substr(0, begin_);
    const std::size_t line = 1 + std::size_t(std::ranges::count(before, '\n'));
    const std::size_t column = begin_ - (before.rfind('\n') + 1) + 1;
    throw Error(Fault::input, fmt::format("{}:{}:{}: {}", name_, line, column, what));
  }

 private:
  static bool in_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c < 0;
  }

  void skip_space_and_comments() {
    for (; at_ < text_.size(); ++at_) {
      const std::string_view rest = text_.substr(at_);
      begin_ = at_;
      const bool line_begins = at_ == 0 || text_[at_ - 1] == '\n';
      if (rest.starts_with("/*")) {
        at_ = text_.find("*/", at_ + 2);
        if (at_ == std::string_view::npos) complain("a comment that nothing closes");
        ++at_;
      } else if (rest.starts_with("//") || (line_begins && rest[0] == '#')) {
        at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
      } else if (std::string_view(" \t\r\n\f\v").find(rest[0]) == std::string_view::npos) {
        return;
      }
    }
  }

  std::string_view quoted() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (at_ >= text_.size()) complain("a \" that no other one closes");
    ++at_;
    return text_.substr(begin_ + 1, at_ - begin_ - 2);
  }

  std::string_view html() {
    std::size_t depth = 0;
    do {
      if (at_ == text_.size()) complain("a < that no > closes");
      if (text_[at_] == '<' && ++depth > deepest) complain(fmt::format("< more than {} deep", deepest));
      depth -= text_[at_] == '>';
      ++at_;
    } while (depth > 0);
    return text_.substr(begin_ + 1, at_ - begin_ - 2);
  }

  std::string name_;
  std::string_view text_;
  std::size_t begin_ = 0, at_ = 0;  // of the token read last; after it
};

// [strict] graph|digraph [id] {: whether it is directed; nothing if the text does not begin so.
std::optional<bool> directed_head(Scanner& scan) {
  std::string word = lower_case(scan.next());
  if (word == "strict") word = lower_case(scan.next());
  if (word != "graph" && word != "digraph") return std::nullopt;
  if (scan.next() != "{" || scan.was_quoted())
    if (scan.next() != "{" || scan.was_quoted()) return std::nullopt;
  return word == "digraph";
}

// Brackets must fit each other, not be too deep, and end with the graph. The result is the text with the word subgraph
// before every group `{a b}` that has none: the grammar lets it be left out, Boost 1.74 does not.
std::string with_subgraphs(Scanner& scan, std::string_view text) {
  std::string open = "{", result;
  std::string_view last, before;  // the words in front
  std::size_t copied = 0;
  while (!open.empty()) {
    const std::string_view token = scan.next();
    if (scan.at_end()) scan.complain(fmt::format("the file ends within a {}", open.back()));
    const bool bracket =
        !scan.was_quoted() && token.size() == 1 && std::string_view("{}[]").find(token[0]) != std::string_view::npos;
    if (bracket && (token == "{" || token == "[")) {
      if (open.size() == deepest) scan.complain(fmt::format("brackets more than {} deep", deepest));
      open += token;
      if (token == "{" && lower_case(last) != "subgraph" && (lower_case(before) != "subgraph" || last == "{")) {
        result += text.substr(copied, scan.begin() - copied);
        result += " subgraph ";
        copied = scan.begin();
      }
    } else if (bracket) {
      if ((open.back() == '{') != (token == "}")) scan.complain(fmt::format("a {} after a {}", token, open.back()));
      open.pop_back();
    }
    before = std::exchange(last, token);
  }
  scan.next();
  if (!scan.at_end()) scan.complain("more after the graph, expected one graph");
  result += text.substr(copied);
  return result;
}

template <class Direction>
using Parsed =
    boost::adjacency_list<boost::vecS, boost::vecS, Direction, boost::property<boost::vertex_name_t, std::string>,
                          boost::property<boost::edge_weight_t, std::string>>;

template <class Direction>
Parsed<Direction> parse(const std::string& text) {
  Parsed<Direction> graph;
  boost::dynamic_properties properties(boost::ignore_other_properties);
  properties.property("node_id", boost::get(boost::vertex_name, graph));
  properties.property("weight", boost::get(boost::edge_weight, graph));
  if (!boost::read_graphviz(text, graph, properties, "node_id")) throw std::runtime_error("it is not DOT");
  return graph;
}

// What goes wrong with a text, "" if nothing.
template <class Direction>
std::string fault_of(const std::string& text) {
  const auto bytes = std::int64_t(text.size());
  const int seconds = int(bytes >> 17);  // Boost reads some 500 kB in a second and takes some 50 bytes for one
  const Limits limits{
      .memory = (std::int64_t{64} << 20) + 200 * bytes, .cpu_seconds = 5 + seconds, .wall_seconds = 20 + 4 * seconds};
  return in_child(limits, [&] { return parse<Direction>(text), ""; });
}

struct Complaint {
  const std::string& file;
  [[noreturn]] void complain(const std::string& what) const { throw Error(Fault::input, file + ": " + what); }
};

std::optional<Real> weight_of(const std::string& word, const std::string& edge, const Complaint& where) {
  if (word.empty()) return std::nullopt;
  Real value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value))
    where.complain(fmt::format("the edge {} has the weight '{}', expected a finite number", edge, word.substr(0, 40)));
  return value;
}

template <class Direction>
Dataset read(const std::filesystem::path& path, const std::string& text, const ReadRules& rules) {
  const std::string file = path.string();
  const Complaint where{file};
  if (const std::string why = fault_of<Direction>(text); !why.empty()) where.complain(why);
  const Parsed<Direction> graph = parse<Direction>(text);
  const auto ways = std::is_same_v<Direction, boost::directedS> ? GivenEdges::Ways::one : GivenEdges::Ways::both;
  NodeIds ids;
  GivenEdges edges;
  for (auto [v, end] = boost::vertices(graph); v != end; ++v) ids.node(get(boost::vertex_name, graph, *v), where);
  if (ids.size() == 0) where.complain("has no nodes");
  for (auto [e, end] = boost::edges(graph); e != end; ++e) {
    const auto u = NodeId(source(*e, graph)), v = NodeId(target(*e, graph));
    edges.add(u, v, ways,
              weight_of(get(boost::edge_weight, graph, *e), fmt::format("{} - {}", ids.name(u), ids.name(v)), where));
  }
  return dataset_of(path, ids, edges, rules);
}

}  // namespace

Dataset read_dot(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  std::string text, block;
  for (LineBlocks blocks(path); blocks.next(block); text += block)
    if (text.size() + block.size() > most_bytes)
      throw Error(Fault::input,
                  fmt::format("{}: more than {} MiB, the most that is read of DOT; use graphml or an edge "
                              "list",
                              path.string(), most_bytes >> 20));
  Scanner scan(path.string(), text);
  const std::optional<bool> directed = directed_head(scan);
  if (!directed) scan.complain("expected '[strict] graph|digraph [id] {'");
  const std::string whole = with_subgraphs(scan, text);
  return *directed ? read<boost::directedS>(path, whole, rules) : read<boost::undirectedS>(path, whole, rules);
}

bool is_dot(const std::filesystem::path& path) {
  const std::string begin = beginning(path);
  try {
    Scanner scan(path.string(), begin);
    return directed_head(scan).has_value();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace pfm::io
