#include <fmt/format.h>
#include <pfm/io/given_edges.h>
#include <pfm/io/node_labels.h>
#include <pfm/io/pajek.h>

#include <charconv>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most_nodes = std::numeric_limits<NodeId>::max() - 1;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path), text_(path, Text::Comments::percent) {}

  Dataset read(const ReadRules& rules) {
    while (text_.next_line()) {
      const std::string first(text_.quoted("a section such as *Vertices"));
      if (first[0] == '*')
        section(lower_case(first));
      else
        line(first);
    }
    if (nodes_ < 0) text_.complain("no section *Vertices");
    const NodeId nodes = believable_nodes(nodes_, edges_.size() + named_.size(), path_.string());
    Dataset data;
    data.name = name_from(path_);
    data.names = names(nodes);
    data.all.graph = edges_.graph(nodes, rules, path_.string());
    data.all.x = Features::identity(nodes);
    data.task = Task::link;
    read_labels(rules.labels, nodes, counted_from_one(nodes), data);
    return data;
  }

 private:
  enum class Section { none, vertices, edges, lists };

  void section(const std::string& word) {
    if (word == "*network") {
      section_ = Section::none;
      return;  // the rest of the line is its name
    }
    if (word == "*vertices") {
      if (nodes_ >= 0) text_.complain("a second *Vertices, expected one network in a file");
      nodes_ = text_.integer("the number of vertices", 0, most_nodes);
      if (text_.more()) text_.integer("the number of vertices of the first sort", 0, nodes_);
      text_.end_of_line();
      section_ = Section::vertices;
      return;
    }
    const bool lists = word == "*arcslist" || word == "*edgeslist";
    if (!lists && word != "*arcs" && word != "*edges")
      text_.fail("*Vertices, *Arcs, *Edges, *Arcslist or *Edgeslist; nothing else is read");
    if (nodes_ < 0) text_.fail("*Vertices before it");
    ways_ = word.starts_with("*edges") ? GivenEdges::Ways::both : GivenEdges::Ways::one;
    section_ = lists ? Section::lists : Section::edges;
    relation();
  }

  // `*Arcs :2 "likes"`: the relation that the lines belong to.
  void relation() {
    if (!text_.more()) return;
    const std::string found(text_.field(":1, the number of the only relation"));
    if (found[0] != ':' || (!relation_.empty() && found != relation_)) text_.fail("one relation in a file");
    relation_ = found;
    if (text_.more()) text_.quoted("the name of the relation");
    text_.end_of_line();
  }

  void line(const std::string& first) {
    if (section_ == Section::none) text_.fail("a section such as *Vertices");
    NodeId node = 0;
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), node);
    if (error != std::errc() || end != first.data() + first.size() || node < 1 || node > nodes_)
      text_.fail(fmt::format("the number of a vertex in [1, {}]", nodes_));
    --node;
    if (section_ == Section::vertices) return vertex(node);
    do {
      const auto target = NodeId(text_.integer("the number of a vertex", 1, nodes_) - 1);
      edges_.add(node, target, ways_, section_ == Section::edges ? weight() : std::nullopt);
    } while (section_ == Section::lists && text_.more());
  }

  void vertex(NodeId node) {
    named_.emplace_back(node, "");
    if (!text_.more()) return;
    const std::string name(text_.quoted("the name of a vertex"));
    if (name.empty()) text_.complain("the name of a vertex is empty");
    if (!is_utf8(name)) text_.complain("the name of a vertex is not UTF-8");
    named_.back().second = name;
  }

  // The weight of a line of an edge, which may be missing before words that say how it is drawn.
  std::optional<Real> weight() {
    if (!text_.more_words()) return text_.more() ? std::optional(weight_in(text_)) : std::nullopt;
    const std::string word = lower_case(text_.field("the weight of an edge"));
    if (word.starts_with("nan") || word.starts_with("inf")) text_.fail("the weight of an edge, a finite number");
    return std::nullopt;
  }

  std::vector<std::string> names(NodeId nodes) const {
    std::vector<std::string> result(nodes);
    std::vector<bool> seen(nodes);
    bool given = false, counted = true;
    for (const auto& [v, name] : named_) {
      if (seen[v]) throw Error(Fault::input, fmt::format("{}: vertex {} has two lines", path_.string(), v + 1));
      seen[v] = true;
      result[v] = name;
      given = given || !name.empty();
    }
    for (NodeId v = 0; v < nodes; ++v) {
      if (result[v].empty()) result[v] = std::to_string(v + 1);
      counted = counted && result[v] == std::to_string(v);
    }
    return given && !counted ? result : std::vector<std::string>();
  }

  std::filesystem::path path_;
  Text text_;
  Section section_ = Section::none;
  GivenEdges::Ways ways_ = GivenEdges::Ways::one;
  std::int64_t nodes_ = -1;
  std::string relation_;
  std::vector<std::pair<NodeId, std::string>> named_;  // vertices that have a line
  GivenEdges edges_;
};

}  // namespace

Dataset read_pajek(Paths paths, const ReadRules& rules) { return Reader(paths[0]).read(rules); }

bool is_pajek(const std::filesystem::path& path) {
  const std::string begin = beginning(path);
  Text text(path.string(), begin, Text::Comments::percent);
  if (!text.next_line()) return false;
  const std::string word = lower_case(text.field("*Vertices"));
  return word == "*vertices" || word == "*network";
}

}  // namespace pfm::io
