#include <fmt/format.h>
#include <pfm/io/graphml.h>
#include <pfm/io/text.h>
#include <pfm/io/text_file.h>
#include <pfm/io/written_edges.h>

namespace pfm::io {
namespace {

// Text as XML holds it, also within attributes: line ends and tabs would be read as spaces there.
std::string escaped(const std::filesystem::path& path, const std::string& text) {
  std::string result;
  bool held = is_utf8(text) && text.find("\xef\xbf\xbe") == std::string::npos &&
              text.find("\xef\xbf\xbf") == std::string::npos;  // U+FFFE and U+FFFF
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\t' || c == '\n' || c == '\r')
      result += fmt::format("&#{};", int(c));
    else
      result += c;
    held = held && (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r');
  }
  if (!held)
    throw Error(Fault::input, fmt::format("{}: the name of a node or class holds a character that XML cannot: '{}'",
                                          path.string(), result));
  return result;
}

class Writer {
 public:
  Writer(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules)
      : path_(path), data_(data), rules_(rules), file_(path), weighted_(data.all.graph.adjacency().weighted()) {
    refuse_repeated_names(path, data.names);
    for (const std::string& name : data.names) ids_.push_back(escaped(path, name));
  }

  void write() {
    const bool directed = rules_.both || !data_.all.graph.undirected();
    file_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    if (classed()) file_ << "<key id=\"class\" for=\"node\" attr.name=\"class\" attr.type=\"string\"/>\n";
    if (weighted_) file_ << "<key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n";
    file_ << "<graph edgedefault=\"" << (directed ? "directed" : "undirected") << "\">\n";
    for (NodeId v = 0; v < data_.nodes(); ++v) node(v);
    each_written_edge(data_.all.graph, rules_, [&](NodeId source, NodeId target, Real weight) {
      file_ << "<edge source=\"";
      id(source);
      file_ << "\" target=\"";
      id(target);
      if (weighted_)
        file_ << "\"><data key=\"weight\">" << weight << "</data></edge>\n";
      else
        file_ << "\"/>\n";
    });
    file_ << "</graph>\n</graphml>\n";
    file_.commit();
  }

 private:
  bool classed() const { return data_.targets.classes.size() == std::size_t(data_.nodes()) && data_.graphs() == 1; }

  void id(NodeId v) {
    if (ids_.empty())
      file_ << v;
    else
      file_ << std::string_view(ids_[v]);
  }

  void node(NodeId v) {
    file_ << "<node id=\"";
    id(v);
    const std::int32_t c = classed() ? data_.targets.classes[v] : -1;
    if (c < 0) {
      file_ << "\"/>\n";
      return;
    }
    file_ << "\"><data key=\"class\">";
    if (data_.targets.class_names.empty())
      file_ << c;
    else
      file_ << std::string_view(escaped(path_, data_.targets.class_names[c]));
    file_ << "</data></node>\n";
  }

  const std::filesystem::path& path_;
  const Dataset& data_;
  const WriteRules& rules_;
  TextFile file_;
  bool weighted_;
  std::vector<std::string> ids_;  // [N] or empty
};

}  // namespace

void write_graphml(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules) {
  Writer(path, data, rules).write();
}

}  // namespace pfm::io
