#include <fmt/format.h>
#include <pfm/graph/relations.h>
#include <pfm/io/csv.h>
#include <pfm/io/imdb.h>
#include <pfm/io/text.h>
#include <pfm/io/word_bag.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_nodes = std::numeric_limits<NodeId>::max() - 5;  // before a film and its people
constexpr std::array<const char*, 3> classes{"Action", "Comedy", "Drama"};
enum Column { director, actor_1, actor_2, actor_3, genres, keywords, title };
constexpr std::array<const char*, 7> columns{"director_name", "actor_1_name",  "actor_2_name", "actor_3_name",
                                             "genres",        "plot_keywords", "movie_title"};
enum Type { movie, person_director, person_actor };

fs::path file_of(const fs::path& path) { return fs::is_directory(path) ? path / "movie_metadata.csv" : path; }

// Where each of the columns stands; `fields` where one is missing.
std::array<std::size_t, columns.size()> places_of(std::span<const std::string> header) {
  std::array<std::size_t, columns.size()> places{};
  for (std::size_t c = 0; c < columns.size(); ++c)
    places[c] = std::size_t(std::ranges::find(header, columns[c]) - header.begin());
  return places;
}

// The class of the first genre that has one, -1 if none has.
std::int32_t class_of(std::string_view list) {
  while (!list.empty()) {
    const auto [genre, rest] = cut(list, '|');
    const auto found = std::ranges::find(classes, genre);
    if (found != classes.end()) return std::int32_t(found - classes.begin());
    list = rest;
  }
  return -1;
}

struct People {
  std::unordered_map<std::string, NodeId> numbers;
  std::vector<std::string> names;
  NodeId of(const std::string& name) {
    const auto [found, fresh] = numbers.try_emplace(name, NodeId(names.size()));
    if (fresh) names.push_back(name);
    return found->second;
  }
};

struct Films {
  std::vector<std::string> titles;
  std::vector<std::int32_t> labels;
  WordBag words;
  People directors, actors;
  std::vector<Edge> directed, acted;  // film, person
};

void add_film(Csv& csv, const std::array<std::size_t, columns.size()>& at, Films& out) {
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (!is_utf8(csv[at[c]]) && !csv[at[c]].empty()) csv.fail(at[c], "UTF-8");
  const std::int32_t label = class_of(csv[at[genres]]);
  if (label < 0 || csv[at[director]].empty() || csv[at[actor_1]].empty()) return;
  if (out.titles.size() + out.directors.names.size() + out.actors.names.size() > most_nodes)
    csv.fail(at[title], "fewer films and people than 32-bit ids can name");
  const auto film = NodeId(out.titles.size());
  out.titles.emplace_back(trimmed(csv[at[title]]));
  out.labels.push_back(label);
  out.words.add(csv[at[keywords]]);
  out.directed.push_back({film, out.directors.of(csv[at[director]])});
  for (const Column c : {actor_1, actor_2, actor_3})
    if (!csv[at[c]].empty()) out.acted.push_back({film, out.actors.of(csv[at[c]])});
}

// Of the films; people have none.
void set_features(Dataset& data, const Sparse& words) {
  const CsrView& w = words.view();
  data.all.x = Features::identity(data.nodes());
  if (w.cols == 0) return;
  std::vector<Offset> offsets(w.offsets.begin(), w.offsets.end());
  offsets.resize(std::size_t(data.nodes()) + 1, offsets.back());
  data.all.x = Sparse(data.nodes(), w.cols, std::move(offsets), {w.columns.begin(), w.columns.end()},
                      {w.values.begin(), w.values.end()});
  data.types.column_ptr = {0, w.cols, w.cols, w.cols};
}

}  // namespace

bool is_imdb(const fs::path& path) {
  std::error_code none;
  const fs::path file = fs::is_directory(path, none) ? path / "movie_metadata.csv" : path;
  if (!fs::is_regular_file(file, none)) return false;
  try {
    Csv csv(file);
    return csv.next_row() && std::ranges::count(places_of(csv.fields()), csv.fields().size()) == 0;
  } catch (const Error&) {  // damaged or not readable
    return false;
  }
}

Dataset read_imdb(Paths paths, const ReadRules&) {
  const fs::path file = file_of(paths[0]);
  Csv csv(file);
  if (!csv.next_row())
    throw Error(Fault::input, fmt::format("{}: is empty, expected a row of column names", file.string()));
  const auto at = places_of(csv.fields());
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (at[c] == csv.fields().size())
      throw Error(Fault::input, fmt::format("{}: has no column {}", file.string(), columns[c]));
  Films films;
  while (csv.next_row()) add_film(csv, at, films);
  if (films.titles.empty())
    throw Error(Fault::input, fmt::format("{}: no film has a director, an actor and one of the genres Action, Comedy, "
                                          "Drama",
                                          file.string()));

  Dataset data;
  data.name = "imdb";
  data.task = Task::node;
  const auto first_director = NodeId(films.titles.size());
  const auto first_actor = NodeId(first_director + NodeId(films.directors.names.size()));
  const auto nodes = NodeId(first_actor + NodeId(films.actors.names.size()));
  data.types.nodes = {"movie", "director", "actor"};
  data.types.node_ptr = {0, first_director, first_actor, nodes};
  data.types.relations = {{"directed-by", movie, person_director, true}, {"with", movie, person_actor, true}};
  std::vector<TypedEdge> edges;
  for (const Edge& e : films.directed) edges.push_back({e.source, first_director + e.target, 0});
  for (const Edge& e : films.acted) edges.push_back({e.source, first_actor + e.target, 1});
  data.all.graph = build_relations(data.types, std::move(edges));

  set_features(data, films.words.rows(2));
  data.targets.classes = std::move(films.labels);
  data.targets.class_names.assign(classes.begin(), classes.end());
  data.names = std::move(films.titles);
  data.names.insert(data.names.end(), films.directors.names.begin(), films.directors.names.end());
  data.names.insert(data.names.end(), films.actors.names.begin(), films.actors.names.end());
  return data;
}

}  // namespace pfm::io
