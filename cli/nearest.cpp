// pfm nearest E.h5 NAME|ROW: the rows of highest cosine.
#include <fmt/format.h>
#include <pfm/cli/json.h>
#include <pfm/cli/output.h>
#include <pfm/cli/row_named.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/embedding.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

// [N]: cosine of every row with row `query`; a row of zeros has none and counts as 0.
std::vector<double> cosines(const Matrix& rows, Offset query) {
  std::vector<double> all(std::size_t(rows.rows()));
  const auto q = rows.row(query);
  const double own = std::sqrt(std::inner_product(q.begin(), q.end(), q.begin(), 0.0));
  parallel_for(rows.rows(), rows_per_block(rows.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const auto row = rows.row(i);
      const double norm = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
      const double dot = std::inner_product(row.begin(), row.end(), q.begin(), 0.0);
      all[std::size_t(i)] = norm * own > 0 ? dot / (norm * own) : 0;
    }
  });
  return all;
}

}  // namespace

int nearest(const Arguments& arguments) {
  const std::string& path = arguments.words[0];
  const io::Embedding embedding = io::read_embedding(path);
  const Offset query = row_named(arguments.words[1], embedding.names, embedding.rows.rows(), path);
  const std::vector<double> cosine = cosines(embedding.rows, query);
  std::vector<Offset> order(cosine.size());
  std::iota(order.begin(), order.end(), Offset{0});
  std::erase(order, query);
  const std::size_t count = std::min(order.size(), std::size_t(arguments.whole("top", 10, 1)));
  std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), [&](Offset a, Offset b) {
    return std::pair(-cosine[std::size_t(a)], a) < std::pair(-cosine[std::size_t(b)], b);
  });
  std::string text = fmt::format("{:>8}  {:>8}  {}\n", "cosine", "row", embedding.names.empty() ? "" : "name");
  Json json{{"row", query}, {"nearest", Json::array()}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::size_t(order[i]);
    const std::string name = embedding.names.empty() ? "" : embedding.names[row];
    text += fmt::format("{:8.4f}  {:>8}  {}\n", cosine[row], row, name);
    Json entry{{"row", row}, {"cosine", cosine[row]}};
    if (!name.empty()) entry["name"] = name;
    json["nearest"].push_back(std::move(entry));
  }
  put_result(arguments, text, dump(json));
  return 0;
}

}  // namespace pfm
