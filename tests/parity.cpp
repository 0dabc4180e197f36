#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pfm::parity {

// The visible list of kinds.
static const Kind kinds[] = {
    {"graph_layers", graph_layer_cases},
    {"eval", eval_cases},
    {"hf", encoder_decoder_cases},
    {"hf", text_model_cases},
    {"hf", xlnet_cases},
    {"hf", image_model_cases},
    {"losses", loss_cases},
    {"losses", diffusion_cases},
    {"optim", optim_cases},
    {"primitives", primitive_cases},
    {"real", real_structure_cases},
    {"samplers", restart_cases},
    {"samplers", walk_cases},
    {"trajectories", trajectory_cases},
    {"trajectories", skipgram_cases},
};

void Comparison::values_within(const std::string& what, std::span<const Real> found, const fixture::Array& expected,
                               double tolerance) {
  if (found.size() != expected.values.size())
    return fail(fmt::format("{}: {} values, expected {}", what, found.size(), expected.values.size()));
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double gap = std::abs(double(found[i]) - expected.values[i]);
    largest = gap <= largest ? largest : std::isnan(gap) ? HUGE_VAL : gap;
  }
  values += std::int64_t(found.size());
  const double share = largest == 0 ? 0 : largest / tolerance;
  if (share >= worst) worst = share, difference = largest, where = what;
  if (share > 1) fail(fmt::format("{}: differs by {:.3g}, allowed {:.3g}", what, largest, tolerance));
}

static bool single(const fixture::Array& expected) { return expected.stored == fixture::Stored::f32; }

void Comparison::forward(const std::string& what, const Matrix& found, const fixture::Array& expected) {
  forward(what, found, expected, single(expected) ? 1e-5 : forward_tolerance);
}

void Comparison::forward(const std::string& what, const Matrix& found, const fixture::Array& expected,
                         double tolerance) {
  values_within(what, found.values(), expected, tolerance);
}

void Comparison::gradient(const std::string& what, const Matrix& found, const fixture::Array& expected, double scale) {
  double largest = scale;
  for (const double v : expected.values) largest = std::max(largest, std::abs(v));
  const std::vector<Real> zeros(found.empty() ? expected.values.size() : 0);
  values_within(what, found.empty() ? std::span<const Real>(zeros) : found.values(), expected,
                (single(expected) ? 1e-3 : gradient_tolerance) * largest);
}

void Comparison::number(const std::string& what, double found, double expected, double tolerance) {
  ++values;
  const double gap = std::abs(found - expected), share = gap == 0 ? 0 : std::isnan(gap) ? HUGE_VAL : gap / tolerance;
  if (share >= worst) worst = share, difference = gap, where = what;
  if (share > 1) fail(fmt::format("{}: {:.12g}, expected {:.12g}, allowed {:.3g}", what, found, expected, tolerance));
}

void Comparison::exact(const std::string& what, std::span<const std::int64_t> found, const fixture::Array& expected) {
  values += std::int64_t(found.size());
  if (!std::ranges::equal(found, expected.as<std::int64_t>())) fail(what + ": not the same numbers");
}

void Comparison::fail(const std::string& why) { failures.push_back(why); }

bool covers(const std::string& pattern, const std::string& path) {
  std::istringstream a(pattern), b(path);
  std::string expected, part;
  while (std::getline(a, expected, '/'))
    if (!std::getline(b, part, '/') || (expected != "*" && expected != part)) return false;
  return true;
}

namespace {

std::vector<std::string> claimed() {
  std::ifstream in(std::filesystem::path(PFM_SOURCE_DIR) / "tests/parity_cover.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

struct Found {
  std::string path;  // "primitives/primitives.h5/gelu_erf"
  Case what;
};

std::vector<Found> cases_below(const std::filesystem::path& root) {
  std::vector<Found> all;
  for (const Kind& kind : kinds) {
    if (!std::filesystem::is_directory(root / kind.folder)) continue;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / kind.folder))
      if (entry.path().extension() == ".h5") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files)
      for (Case& one : kind.cases(std::make_shared<const fixture::Group>(fixture::read(file)), file))
        all.push_back({file.lexically_relative(root).generic_string() + "/" + one.name, std::move(one)});
  }
  return all;
}

Comparison run(const Found& found) {
  Comparison comparison;
  try {
    if (!found.what.compare(comparison)) comparison.fail("skipped: a case that its comparison does not know");
  } catch (const std::exception& e) {
    comparison.fail(e.what());
  }
  if (comparison.values == 0 && comparison.failures.empty()) comparison.fail("nothing was compared");
  return comparison;
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("every claimed case agrees with its golden file") {
    const char* given = std::getenv("PFM_FIXTURES");
    const std::filesystem::path root =
        given ? std::filesystem::path(given) : std::filesystem::path(PFM_SOURCE_DIR) / "tests/data/fixtures";
    if (!given) fmt::print("parity: PFM_FIXTURES is not set, only the small copy is compared; the rest is skipped\n");
    const std::vector<Found> cases = cases_below(root);
    const std::vector<std::string> patterns = claimed();
    std::vector<bool> met(patterns.size(), false);
    std::int64_t values = 0, compared = 0, not_claimed = 0;
    for (const Found& one : cases) {
      bool is_claimed = false;
      for (std::size_t i = 0; i < patterns.size(); ++i)
        if (covers(patterns[i], one.path)) is_claimed = true, met[i] = true;
      if (!is_claimed) {
        ++not_claimed;
        continue;
      }
      const Comparison result = run(one);
      fmt::print("{}: {} values, largest difference {:.2e} ({}, {:.1f} % of what is allowed)\n", one.path,
                 result.values, result.difference, result.where, 100 * result.worst);
      for (const std::string& failure : result.failures) FAIL_CHECK(one.path << ": " << failure);
      values += result.values, ++compared;
    }
    for (std::size_t i = 0; i < patterns.size(); ++i)
      if (given && !met[i]) FAIL_CHECK("claimed, but no case of that name: " << patterns[i]);
    fmt::print("compared {} values in {} cases, not claimed {}\n", values, compared, not_claimed);
    CHECK(compared > 0);
  }
  TEST_CASE("a pattern covers what lies below it") {
    CHECK(covers("a/b.h5", "a/b.h5/c"));
    CHECK(covers("a/*/c", "a/b.h5/c/d"));
    CHECK(!covers("a/b.h5/c", "a/b.h5/cc"));
    CHECK(!covers("a/b.h5/c/d", "a/b.h5/c"));
  }
  TEST_CASE("a comparison fails on what differs, is missing or is not a number") {
    const fixture::Array expected{{2}, {1, 2}};
    Comparison same, other, fewer, nan;
    same.forward("x", Matrix(1, 2, {1, 2}), expected);
    other.forward("x", Matrix(1, 2, {1, Real(2.1)}), expected);
    fewer.forward("x", Matrix(1, 1, {1}), expected);
    nan.gradient("x", Matrix(1, 2, {Real(NAN), 2}), expected);
    CHECK(same.failures.empty());
    CHECK(other.failures.size() == 1);
    CHECK(fewer.failures.size() == 1);
    CHECK(nan.failures.size() == 1);
  }
}

}  // namespace pfm::parity
