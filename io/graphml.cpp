#include <fmt/format.h>
#include <pfm/io/graphml.h>
#include <pfm/io/node_ids.h>
#include <pfm/io/xml_stream.h>

#include <charconv>
#include <cmath>

namespace pfm::io {
namespace {

using Attributes = XmlStream::Attributes;

std::optional<std::string> find(const Attributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return std::string(value);
  return std::nullopt;
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path), xml_(path) {}

  Dataset read(const ReadRules& rules) {
    xml_.read({.begin = [this](std::string_view name, const Attributes& given) { begin(name, given); },
               .end = [this](std::string_view name) { end(name); },
               .text =
                   [this](std::string_view text) {
                     if (depth_ == text_depth_) text_ += text;
                   }});
    auto refuse = [&](const std::string& what) { throw Error(Fault::input, path_.string() + ": " + what); };
    if (graphs_ == 0) refuse("no <graph> in it");
    for (NodeId v = 0; v < ids_.size(); ++v)
      if (!declared_[v]) refuse(fmt::format("an edge of node '{}', for which there is no <node>", ids_.name(v)));
    if (ids_.size() == 0) refuse("has no nodes");
    Dataset data = dataset_of(path_, ids_, edges_, rules);
    if (rules.labels.empty()) assign_classes(data);
    return data;
  }

 private:
  struct Key {
    std::string name, of;  // of: node, edge, all, ..
    std::optional<std::string> fallback;
  };

  std::string needed(const Attributes& given, const char* name) {
    const auto value = find(given, name);
    if (!value) xml_.complain(fmt::format("expected the attribute '{}'", name));
    return *value;
  }

  void begin(std::string_view name, const Attributes& given) {
    ++depth_;
    if (depth_ == 1 && name != "graphml") xml_.complain(fmt::format("found <{}>, expected <graphml>", name));
    if (name == "key") begin_key(given);
    if (name == "default" && key_) collect();
    if (name == "graph") begin_graph(given);
    if (name == "hyperedge") xml_.complain("a hyperedge, expected edges of two nodes");
    if (name == "node" && in_graph_ && depth_ == 3) begin_node(given);
    if (name == "edge" && in_graph_ && depth_ == 3) begin_edge(given);
    if (name == "data" && depth_ == 4 && (node_ >= 0 || edge_)) begin_data(given);
  }

  void collect() {
    text_.clear();
    text_depth_ = depth_;
  }

  void begin_key(const Attributes& given) {
    const std::string id = needed(given, "id");
    const auto name = find(given, "attr.name");
    const auto [key, fresh] =
        keys_.try_emplace(id, Key{name.value_or(""), find(given, "for").value_or("all"), std::nullopt});
    if (!fresh) xml_.complain(fmt::format("a second key '{}'", id));
    key_ = &key->second;
  }

  void end_key() {
    const Key key = key_ == nullptr ? Key() : *std::exchange(key_, nullptr);
    if (!key.fallback) return;
    const bool of_nodes = key.of == "node" || key.of == "all", of_edges = key.of == "edge" || key.of == "all";
    if (of_edges && key.name == "weight") weight_default_ = weight_of(*key.fallback);
    if (of_nodes && key.name == "class") class_default_ = *key.fallback;
    if (of_nodes && key.name == "label") label_default_ = *key.fallback;
  }

  void begin_graph(const Attributes& given) {
    if (++graphs_ > 1 || depth_ != 2) xml_.complain("a second graph, expected one that holds no others");
    directed_ = direction(needed(given, "edgedefault"), "directed", "undirected");
    in_graph_ = true;
  }

  bool direction(const std::string& word, const char* yes, const char* no) {
    if (word != yes && word != no) xml_.complain(fmt::format("found '{}', expected {} or {}", word, yes, no));
    return word == yes;
  }

  void begin_node(const Attributes& given) {
    const std::string id = needed(given, "id");
    node_ = known(id);
    if (declared_[node_]) xml_.complain(fmt::format("a second node '{}'", id));
    declared_[node_] = true;
  }

  NodeId known(const std::string& id) {
    const NodeId v = ids_.node(id, xml_);
    declared_.resize(std::size_t(ids_.size()));
    return v;
  }

  void begin_edge(const Attributes& given) {
    const NodeId source = known(needed(given, "source")), target = known(needed(given, "target"));
    const auto own = find(given, "directed");
    const bool directed = own ? direction(*own, "true", "false") : directed_;
    edge_ = Pending{source, target, directed ? GivenEdges::Ways::one : GivenEdges::Ways::both, std::nullopt};
  }

  void begin_data(const Attributes& given) {
    const std::string id = needed(given, "key");
    const auto found = keys_.find(id);
    if (found == keys_.end()) xml_.complain(fmt::format("no <key> declares '{}'", id));
    data_ = &found->second;
    const std::string& name = data_->name;
    if (edge_ ? name == "weight" : name == "class" || name == "label") collect();
  }

  void end(std::string_view name) {
    const bool collected = depth_ == text_depth_;
    if (name == "default" && collected && key_) key_->fallback = trimmed(text_);
    if (name == "key") end_key();
    if (name == "graph") in_graph_ = false;
    if (name == "data" && collected) end_data();
    if (name == "node" && node_ >= 0 && depth_ == 3) end_node();
    if (name == "edge" && edge_ && depth_ == 3) end_edge();
    if (collected) text_depth_ = -1;
    --depth_;
  }

  void end_data() {
    const std::string value = trimmed(text_);
    if (edge_) {
      edge_->weight = weight_of(value);
      return;
    }
    std::string& target = data_->name == "class" ? class_ : label_;
    target = value;
  }

  Real weight_of(const std::string& text) {
    Real value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      xml_.complain(fmt::format("found the weight '{}', expected a finite number", text.substr(0, 40)));
    return value;
  }

  void end_node() {
    if (class_.empty()) class_ = class_default_;
    if (label_.empty()) label_ = label_default_;
    if (!class_.empty()) classes_.emplace_back(ids_.name(node_), std::exchange(class_, {}));
    if (!label_.empty()) labels_.emplace_back(ids_.name(node_), std::exchange(label_, {}));
    node_ = -1;
  }

  void end_edge() {
    edges_.add(edge_->source, edge_->target, edge_->ways, edge_->weight ? edge_->weight : weight_default_);
    edge_.reset();
  }

  void assign_classes(Dataset& data) {
    GivenLabels given;
    for (const auto& [id, label] : classes_.empty() ? labels_ : classes_) given.add(ids_.find(id), label);
    if (given.empty() || (classes_.empty() && 2 * given.different() > given.size())) return;
    std::move(given).assign(data.nodes(), data);
  }

  struct Pending {
    NodeId source, target;
    GivenEdges::Ways ways;
    std::optional<Real> weight;
  };

  std::filesystem::path path_;
  XmlStream xml_;
  std::map<std::string, Key> keys_;
  NodeIds ids_;
  GivenEdges edges_;
  std::vector<bool> declared_;                                         // [nodes] by a <node>
  std::vector<std::pair<std::string, std::string>> classes_, labels_;  // of the node of an id
  int depth_ = 0, text_depth_ = -1, graphs_ = 0;  // text_depth_: of the element whose text is collected
  bool directed_ = false, in_graph_ = false;
  std::string text_, class_, label_, class_default_, label_default_;
  std::optional<Real> weight_default_;
  Key *key_ = nullptr, *data_ = nullptr;  // the <key> that is open, and that of the open <data>
  NodeId node_ = -1;                      // the <node> that is open
  std::optional<Pending> edge_;           // the <edge> that is open
};

}  // namespace

Dataset read_graphml(Paths paths, const ReadRules& rules) { return Reader(paths[0]).read(rules); }

bool is_graphml(const std::filesystem::path& path) {
  const std::string begin = beginning(path);
  const std::size_t first = begin.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string::npos && begin[first] == '<' &&
         (begin.find("<graphml") != std::string::npos || begin.find(":graphml") != std::string::npos);
}

}  // namespace pfm::io
