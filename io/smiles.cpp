#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/graph/build.h>
#include <pfm/graph/scaffold_split.h>
#include <pfm/io/csv.h>
#include <pfm/io/molecule.h>
#include <pfm/io/smiles.h>
#include <pfm/io/text.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 7> own_targets{
    "p_np", "Class", "HIV_active", "expt", "exp", "u0_atom", "measured log solubility in mols per litre"};
constexpr NodeId no_element = 118, first_chirality = 119, features = 123;
constexpr Offset directions = 3;
constexpr auto missing = std::numeric_limits<Real>::quiet_NaN();

struct Table {
  std::vector<std::string> smiles;
  std::vector<std::int64_t> lines;
  std::vector<std::vector<Real>> targets;  // per task, per molecule; NaN = missing
};

bool same_word(std::string_view a, std::string_view b) { return lower_case(a) == lower_case(b); }

std::string_view first_word(std::string_view text) {
  text = trimmed(text);
  return text.substr(0, text.find_first_of(" \t"));
}

// The column of one of the names, or header.size().
std::size_t find_column(std::span<const std::string> header, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (std::size_t c = 0; c < header.size(); ++c)
      if (same_word(trimmed(header[c]), name)) return c;
  return header.size();
}

bool has_header(std::span<const std::string> row) {
  return row.size() > 1 || find_column(row, {"smiles", "mol"}) < row.size();
}

// A number, NaN where it is missing; none where it is neither.
std::optional<Real> number(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || same_word(text, "nan")) return missing;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(Real(value))) return std::nullopt;
  return Real(value);
}

// The columns that may be targets: those that are asked for, else MoleculeNet's, else all.
std::vector<std::size_t> target_columns(const std::string& file, std::span<const std::string> header,
                                        const ReadRules& rules, std::size_t smiles) {
  std::vector<std::size_t> result;
  for (const std::string& name : rules.columns) {
    const std::size_t c = find_column(header, {name});
    if (c == header.size())
      throw Error(Fault::usage,
                  fmt::format("{}: has no column '{}', expected some of {}", file, name, fmt::join(header, ", ")));
    result.push_back(c);
  }
  for (std::size_t c = 0; c < header.size() && rules.columns.empty(); ++c)
    if (c != smiles && std::ranges::count(own_targets, trimmed(header[c]))) result.push_back(c);
  if (!result.empty()) return result;
  for (std::size_t c = 0; c < header.size(); ++c)
    if (c != smiles && !std::ranges::any_of(std::array{"", "num", "id", "index"},
                                            [&](const char* word) { return same_word(trimmed(header[c]), word); }))
      result.push_back(c);
  return result;
}

Table read_csv(const fs::path& path, const ReadRules& rules) {
  Csv csv(path);
  csv.next_row();
  const std::vector<std::string> header(csv.fields().begin(), csv.fields().end());
  const std::size_t named = find_column(header, {"smiles", "mol"});
  const std::size_t smiles = named < header.size() ? named : 0;
  const std::vector<std::size_t> columns = target_columns(path.string(), header, rules, smiles);
  std::vector<char> numeric(columns.size(), 1), given(columns.size(), 0);
  Table out;
  out.targets.resize(columns.size());
  while (csv.next_row()) {
    out.smiles.emplace_back(first_word(csv[smiles]));
    out.lines.push_back(csv.line());
    for (std::size_t t = 0; t < columns.size(); ++t) {
      if (!numeric[t]) continue;
      const auto value = number(csv[columns[t]]);
      if (!value && !rules.columns.empty()) csv.fail(columns[t], "a finite number, or nothing where it is missing");
      numeric[t] = value.has_value();
      if (value) out.targets[t].push_back(*value), given[t] |= !std::isnan(*value);
    }
  }
  std::vector<std::vector<Real>> kept;
  for (std::size_t t = 0; t < columns.size(); ++t)
    if (numeric[t] && given[t]) kept.push_back(std::move(out.targets[t]));
  out.targets = std::move(kept);
  return out;
}

Table read_lines(const fs::path& path, const ReadRules& rules) {
  if (!rules.columns.empty())
    throw Error(Fault::usage, fmt::format("{}: has no row of column names, so --columns means nothing", path.string()));
  Table out;
  for (Lines lines(path); lines.next();) {
    const std::string_view word = first_word(lines.line());
    if (word.empty()) continue;
    out.smiles.emplace_back(word);
    out.lines.push_back(lines.number());
  }
  return out;
}

struct Read {
  std::vector<Molecule> molecules;
  std::vector<std::size_t> rows;  // of the table, for each molecule
};

Read read_molecules(const std::string& file, const Table& table, const ReadRules& rules) {
  const auto count = Offset(table.smiles.size());
  std::vector<std::optional<Molecule>> parsed(table.smiles.size());
  parallel_for(count, 64, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) parsed[i] = parse_smiles(table.smiles[i]);
  });
  Read out;
  std::string examples;
  constexpr std::size_t shown = 3;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    if (parsed[i])
      out.molecules.push_back(std::move(*parsed[i])), out.rows.push_back(i);
    else if (i + 1 - out.molecules.size() <= shown)
      examples += fmt::format("{}line {} {}", examples.empty() ? "" : ", ", table.lines[i], excerpt(table.smiles[i]));
  }
  const std::size_t refused = parsed.size() - out.molecules.size();
  const std::string what = fmt::format("{} of {} SMILES are left out because RDKit refuses them: {}{}", refused,
                                       parsed.size(), examples, refused > shown ? ", .." : "");
  if (out.molecules.empty())
    throw Error(Fault::input, fmt::format("{}: {}", file, parsed.empty() ? "has no molecules" : what));
  if (refused > 0 && rules.note) rules.note(what);
  return out;
}

// Atoms and bonds of all molecules, one after the other.
void add_graphs(const std::string& file, const std::vector<Molecule>& molecules, Batch& all) {
  std::vector<Edge> edges;
  std::vector<const Molecule::Bond*> bonds;
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  all.segments = {0};
  for (const Molecule& m : molecules) {
    const Offset begin = all.segments.back();
    if (begin + Offset(m.atoms.size()) >= std::numeric_limits<NodeId>::max())
      throw Error(Fault::input, fmt::format("{}: more atoms than 32-bit ids can name", file));
    for (const Molecule::Atom& atom : m.atoms) {
      columns.push_back(atom.number >= 1 && atom.number <= no_element ? atom.number - 1 : no_element);
      columns.push_back(first_chirality + NodeId(atom.chirality));
      offsets.push_back(Offset(columns.size()));
    }
    for (const Molecule::Bond& bond : m.bonds) {
      edges.push_back({NodeId(begin + bond.from), NodeId(begin + bond.to)});
      bonds.push_back(&bond);
    }
    all.samples.push_back(std::int64_t(all.segments.size()) - 1);
    all.segments.push_back(begin + Offset(m.atoms.size()));
  }
  const auto nodes = NodeId(all.segments.back());
  std::vector<Offset> origin;
  const Graph plain =
      build_graph(nodes, edges, {}, {.undirected = true, .self_loops = BuildRules::SelfLoops::keep}, &origin);
  std::vector<std::int32_t> types;
  Matrix attributes = Matrix::zeros(Offset(origin.size()), directions);
  for (std::size_t e = 0; e < origin.size(); ++e) {
    types.push_back(std::int32_t(bonds[origin[e]]->order));
    attributes(Offset(e), Offset(bonds[origin[e]]->direction)) = 1;
  }
  all.graph = Graph(plain.adjacency(), std::move(attributes), std::move(types));
  all.x = Sparse(nodes, features, std::move(offsets), std::move(columns));
}

// Whether a word is spelled with the letters of SMILES: organic atoms, brackets, bonds, ring numbers, branches.
bool spelled(std::string_view word) {
  int atoms = 0;
  while (!word.empty()) {
    std::size_t used = 1;
    if (word[0] == '[') {
      const std::size_t end = word.find(']');
      if (end == std::string_view::npos || end < 2) return false;
      used = end + 1, ++atoms;
    } else if (word.starts_with("Cl") || word.starts_with("Br")) {
      used = 2, ++atoms;
    } else if (std::string_view("BCNOPSFIbcnops*").find(word[0]) != std::string_view::npos) {
      ++atoms;
    } else if (std::string_view("()-=#$:/\\.%0123456789").find(word[0]) == std::string_view::npos) {
      return false;
    }
    word.remove_prefix(used);
  }
  return atoms > 0;
}

}  // namespace

bool is_smiles(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return false;
  try {
    Csv csv(path);
    if (!csv.next_row()) return false;
    if (find_column(csv.fields(), {"smiles", "mol"}) < csv.fields().size()) return true;
    return csv.fields().size() == 1 && spelled(first_word(csv[0]));
  } catch (const Error&) {  // damaged or not readable
    return false;
  }
}

Dataset read_smiles(Paths paths, const ReadRules& rules) {
  const fs::path& path = paths[0];
  if (!reads_smiles()) parse_smiles("");  // says what is missing
  Csv csv(path);
  const bool header = csv.next_row() && has_header(csv.fields());
  const Table table = header ? read_csv(path, rules) : read_lines(path, rules);
  const Read read = read_molecules(path.string(), table, rules);
  Dataset data;
  data.name = name_from(path);
  add_graphs(path.string(), read.molecules, data.all);
  for (const std::size_t row : read.rows) data.texts.push_back(table.smiles[row]);
  if (table.targets.empty()) return data;
  Matrix reals(Offset(read.rows.size()), Offset(table.targets.size()));
  for (std::size_t g = 0; g < read.rows.size(); ++g)
    for (std::size_t t = 0; t < table.targets.size(); ++t) reals(Offset(g), Offset(t)) = table.targets[t][read.rows[g]];
  data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
  data.task = Task::graph;
  std::vector<std::string> scaffolds;
  for (const Molecule& m : read.molecules) scaffolds.push_back(m.scaffold);
  ScaffoldSplit split = scaffold_split(scaffolds);
  data.splits = {
      {"train", std::move(split.train)}, {"validation", std::move(split.validation)}, {"test", std::move(split.test)}};
  return data;
}

}  // namespace pfm::io
