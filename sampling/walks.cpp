#include <fmt/format.h>
#include <pfm/graph/entries.h>
#include <pfm/sampling/edge_checks.h>
#include <pfm/sampling/first_order_walks.h>
#include <pfm/sampling/second_order_walks.h>
#include <pfm/sampling/walks.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace pfm {
namespace {

void check(const WalkRules& r) {
  auto refuse = [](const std::string& text) { throw Error(Fault::usage, "walks: " + text); };
  auto positive = [](double x) { return x > 0 && std::isfinite(x) && std::isfinite(1 / x); };
  if (r.length < 1) refuse(fmt::format("a length of at least 1 step, not {}", r.length));
  if (!positive(r.p)) refuse(fmt::format("p above 0, not {}", r.p));
  if (!positive(r.q)) refuse(fmt::format("q above 0, not {}", r.q));
  if (!(r.restart >= 0 && r.restart < 1)) refuse(fmt::format("a chance of restart in [0, 1), not {}", r.restart));
  const bool node2vec = r.p != 1 || r.q != 1;
  if (node2vec && !r.backtrack) refuse("p and q say how likely it is to go back: no walks without backtracking beside");
  if (!r.metapath.empty() && (node2vec || !r.backtrack || r.restart > 0))
    refuse("along a meta-path there is no p, q, restart and ban on backtracking");
}

void check(const Graph& graph, const WalkRules& r) {
  if (r.weighted) check_edge_weights(graph.adjacency(), "walks");
  for (const std::int32_t type : r.metapath) check_edge_type(graph, type, "walks along a meta-path");
}

Sparse of_type(const Graph& graph, std::int32_t type) {
  std::vector<Offset> kept;
  for (Offset e = 0; e < graph.edges(); ++e)
    if (graph.edge_types()[e] == type) kept.push_back(e);
  return with_entries(graph.adjacency(), kept);
}

// Each step's edges; a type that comes again shares what it has.
std::vector<StepEdges> edges_in_turn(const Graph& graph, const WalkRules& r) {
  std::vector<StepEdges> steps;
  if (r.metapath.empty()) steps.emplace_back(graph.adjacency(), r.weighted);
  for (auto type = r.metapath.begin(); type != r.metapath.end(); ++type) {
    const auto before = std::find(r.metapath.begin(), type, *type) - r.metapath.begin();
    if (std::size_t(before) < steps.size())
      steps.push_back(steps[std::size_t(before)]);
    else
      steps.emplace_back(of_type(graph, *type), r.weighted);
  }
  return steps;
}

}  // namespace

struct Walker::State {
  Offset length;
  NodeId nodes;
  std::variant<FirstOrderWalks, SecondOrderWalks> kind;
};

// p = q = 1 is a walk of first order.
Walker::Walker(const Graph& graph, WalkRules rules) {
  check(rules);
  check(graph, rules);
  std::vector<StepEdges> steps = edges_in_turn(graph, rules);
  if (rules.p == 1 && rules.q == 1 && rules.backtrack)
    state_ = std::make_shared<State>(
        State{rules.length, graph.nodes(), FirstOrderWalks(std::move(steps), rules.length, rules.restart)});
  else
    state_ = std::make_shared<State>(
        State{rules.length, graph.nodes(),
              SecondOrderWalks(std::move(steps.front()), {rules.backtrack ? 1 / rules.p : 0, 1 / rules.q}, rules.length,
                               rules.restart)});
}

Offset Walker::length() const { return state_->length; }

void Walker::walk(std::span<const NodeId> starts, Offset first, Rng rng, std::span<NodeId> walks) const {
  expect(walks.size() == starts.size() * std::size_t(length() + 1), "Walker: a row of length + 1 nodes per walk");
  for (const NodeId u : starts) expect(0 <= u && u < state_->nodes, "Walker: starts are nodes");
  std::visit([&](const auto& kind) { kind.walk(starts, first, rng, walks); }, state_->kind);
}

}  // namespace pfm
