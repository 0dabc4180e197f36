// What every encoder promises; numbers against references are in suite "parity".
#include <doctest/doctest.h>
#include <pfm/encoders/gat.h>
#include <pfm/encoders/readout.h>
#include <pfm/encoders/stack.h>
#include <pfm/graph/alike.h>
#include <pfm/graph/build.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/matrices.h>

#include <cmath>
#include <cstring>
#include <numeric>

using namespace pfm;

namespace {

// Directed, weighted, with attributes, hubs, isolated nodes and nodes that only send or only receive.
Batch random_batch(NodeId nodes, Offset edges, Offset width) {
  std::vector<Edge> list;
  std::vector<Real> weights;
  for (std::uint64_t e = 0; e < std::uint64_t(edges); ++e) {
    const NodeId u = NodeId(Rng(1).below(e, std::uint64_t(nodes))), v = NodeId(Rng(2).below(e, std::uint64_t(nodes)));
    list.push_back(e % 4 == 0 ? Edge{NodeId(u % 3), v} : e % 4 == 1 ? Edge{u, NodeId(v % 3)} : Edge{u, v});
    weights.push_back(Real(Rng(3).uniform(e) + 0.5));
  }
  const Graph g = build_graph(nodes, list, weights, {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
  Batch b;
  b.graph = Graph(g.adjacency(), random_matrix(g.edges(), 3, 5));
  b.x = random_matrix(nodes, width, 4);
  return b;
}

Batch bare(NodeId nodes, Offset width) {
  Batch b;
  b.graph = Graph::without_edges(nodes);
  b.x = random_matrix(nodes, width, 4);
  return b;
}

// Few edges and three one-hot labels: many nodes look alike.
Batch labelled_batch(NodeId nodes, std::uint64_t seed) {
  Batch b = random_batch(nodes, nodes + nodes / 10, 1);
  Matrix labels = Matrix::zeros(nodes, 3);
  for (Offset v = 0; v < nodes; ++v) labels(v, Offset(Rng(seed).below(std::uint64_t(v), 3))) = 1;
  b.x = std::move(labels);
  return b;
}

bool finite(const Matrix& m) {
  return std::ranges::all_of(m.values(), [](Real v) { return std::isfinite(v); });
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.same_shape(b) && std::memcmp(a.data(), b.data(), sizeof(Real) * std::size_t(a.size())) == 0;
}

bool close(const Matrix& a, const Matrix& b, double tolerance = 1e-4) {
  if (!a.same_shape(b)) return false;
  for (Offset i = 0; i < a.size(); ++i)
    if (!(std::abs(a.data()[i] - b.data()[i]) <= tolerance)) return false;
  return true;
}

// Every kind in every setting that changes its path.
std::vector<std::pair<std::string, ConvolutionSettings>> variants() {
  std::vector<std::pair<std::string, ConvolutionSettings>> all;
  for (const ConvolutionKind& kind : convolution_kinds()) all.push_back({kind.name, {}});
  all.push_back({"sage", {.reduce = Reduce::max, .normalise = true}});
  all.push_back({"sage", {.reduce = Reduce::sum}});
  for (const char* kind : {"gat", "gatv2", "transformerconv"})
    all.push_back({kind, {.heads = 4, .concat = false, .attention_dropout = Real(0.3), .edge_width = 3}});
  all.push_back({"gat", {.heads = 4}});
  all.push_back({"rgcn", {.relations = 3, .bases = 2}});
  all.push_back({"gin", {.train_epsilon = true, .batch_norm = false, .edge_width = 3}});
  return all;
}

struct Outcome {
  Matrix out;
  std::vector<Matrix> grads;  // of x, then of the parameters by name
};

Outcome computed(const std::string& kind, const ConvolutionSettings& settings, const Batch& b, Offset out) {
  Params p(Rng(7));
  const bool table = kind == "table";
  const Convolution layer = convolution_kind(kind).make(p, table ? Offset(b.rows()) : b.x.cols(), out, settings);
  const Var x(b.x.as_dense(), true);
  const Var h = layer(b, x, Rng(11));
  backward(sum(hadamard(h, Var(random_matrix(h.rows(), h.cols(), 9)))));
  Outcome result{h.value().clone(), {}};
  if (!table) result.grads.push_back(x.grad().clone());
  for (const std::string& name : p.trainable()) result.grads.push_back(p.at(name).grad().clone());
  return result;
}

}  // namespace

TEST_SUITE("encoders") {
  TEST_CASE("a Gat takes up a normal start of deviation 2 / sqrt(in + out)") {
    const Params p;
    start_normal(p, 300, 4, 25);
    const Gat layer(p, 300, 25, {.heads = 4});
    const auto deviation = [](const Var& v) {
      double squares = 0;
      for (const Real x : v.value().values()) squares += double(x) * double(x);
      return std::sqrt(squares / double(v.value().size()));
    };
    CHECK(deviation(layer.weight) == doctest::Approx(2 / std::sqrt(400.0)).epsilon(0.02));
    CHECK(deviation(layer.source) == doctest::Approx(2 / std::sqrt(125.0)).epsilon(0.2));
  }
  TEST_CASE("every kind: same bits at one and two threads, everything finite, every parameter reached") {
    const Batch b = random_batch(3000, 30000, 24);
    for (const auto& variant : variants()) {
      const auto& kind = variant.first;
      const auto& settings = variant.second;
      INFO(kind);
      Outcome one, two;
      {
        const Threads limit(1);
        one = computed(kind, settings, b, 16);
      }
      {
        const Threads limit(2);
        two = computed(kind, settings, b, 16);
      }
      CHECK(one.out.cols() == 16);
      CHECK(finite(one.out));
      CHECK(same_bits(one.out, two.out));
      for (std::size_t i = 0; i < one.grads.size(); ++i) {
        CHECK(!one.grads[i].empty());
        CHECK(finite(one.grads[i]));
        CHECK(same_bits(one.grads[i], two.grads[i]));
      }
    }
  }
  TEST_CASE("every kind: no edges, one node, a node that only has a loop") {
    Batch loop = bare(1, 5);
    loop.graph =
        Graph(build_graph(1, std::vector<Edge>{{0, 0}}, {}, {.self_loops = BuildRules::SelfLoops::keep}).adjacency(),
              random_matrix(1, 3, 2));
    for (const auto& variant : variants())
      for (const Batch& b : {bare(4, 5), bare(1, 5), loop}) {
        const auto& kind = variant.first;
        const auto& settings = variant.second;
        INFO(kind);
        const Outcome result = computed(kind, settings, b, 8);
        CHECK(result.out.rows() == b.rows());
        CHECK(finite(result.out));
        for (const Matrix& grad : result.grads) CHECK(finite(grad));
      }
  }
  TEST_CASE("every kind: constant rows, dense or sparse, give what variables give; NoGradient changes nothing") {
    const Batch b = random_batch(50, 200, 12);
    for (const auto& variant : variants()) {
      const auto& kind = variant.first;
      const auto& settings = variant.second;
      INFO(kind);
      Params p(Rng(7));
      const Convolution layer = convolution_kind(kind).make(p, kind == "table" ? 50 : 12, 16, settings);
      const Var expected = layer(b, Var(b.x.as_dense()), {});
      CHECK(expected.wants_gradient());
      CHECK(close(layer(b, b.x, {}).value(), expected.value()));
      CHECK(close(layer(b, Features(b.x.as_sparse()), {}).value(), expected.value()));
      const NoGradient evaluation;
      const Var quiet = layer(b, Var(b.x.as_dense()), {});
      CHECK((kind == "table" || !quiet.wants_gradient()));  // a table is its own leaf
      CHECK(same_bits(quiet.value(), expected.value()));
    }
  }
  TEST_CASE("attention with equal scores is the mean over incoming edges; without any it is zero") {
    const Graph g = build_graph(3, std::vector<Edge>{{0, 2}, {1, 2}}, {}, {.undirected = false});
    const Matrix rows(3, 2, {1, 2, 3, 6, 5, 5});
    const Var zero(Matrix::zeros(3, 1));
    const Var out = additive_attention(g.messages().along, zero, zero, {}, Var(rows.clone()), Real(0.2));
    CHECK(close(out.value(), Matrix(3, 2, {0, 0, 0, 0, 2, 4})));
    const Var att(Matrix::zeros(1, 2));
    CHECK(close(
        dynamic_attention(g.messages().along, Var(rows.clone()), Var(rows.clone()), att, {}, 1, Real(0.2)).value(),
        out.value()));
  }
  TEST_CASE("attention stays finite at scores of +-100") {
    const Graph g = build_graph(3, std::vector<Edge>{{0, 2}, {1, 2}}, {}, {.undirected = false});
    const Var source(Matrix(3, 1, {1000, -1000, 0}), true), zero(Matrix::zeros(3, 1)), x(random_matrix(3, 4, 1), true);
    const Var out = additive_attention(g.messages().along, source, zero, {}, x, Real(0.2));
    backward(sum(out));
    CHECK(close(Matrix(1, 4, {out.value()(2, 0), out.value()(2, 1), out.value()(2, 2), out.value()(2, 3)}),
                Matrix(1, 4, {x.value()(0, 0), x.value()(0, 1), x.value()(0, 2), x.value()(0, 3)})));
    CHECK(finite(source.grad()));
    CHECK(finite(x.grad()));
  }
  TEST_CASE("dropped attention keeps its expectation and needs an Rng") {
    const Batch b = random_batch(400, 8000, 4);
    const Var zero(Matrix::zeros(400, 2)), ones(Matrix::filled(400, 2, 1));
    const Sparse& along = b.graph.messages(Loops::replaced).along;
    const auto dropped = [&](Real rate) {
      return additive_attention(along, zero, zero, {}, ones, Real(0.2), AttentionDropout{rate, Rng(3)});
    };
    CHECK(mean(dropped(Real(0.5))).scalar() == doctest::Approx(1).epsilon(0.05));
    CHECK(!close(dropped(Real(0.5)).value(), ones.value()));
    CHECK(same_bits(dropped(Real(0.5)).value(), dropped(Real(0.5)).value()));
  }
  TEST_CASE("readouts; empty samples give zeros") {
    Batch b = bare(4, 2);
    b.segments = {0, 1, 1, 4};
    const Var rows(Matrix(4, 2, {1, -1, 2, 3, 4, -5, 6, 8}), true);
    CHECK(close(sum_readout(b, rows).value(), Matrix(3, 2, {1, -1, 0, 0, 12, 6})));
    CHECK(close(mean_readout(b, rows).value(), Matrix(3, 2, {1, -1, 0, 0, 4, 2})));
    CHECK(close(max_readout(b, rows).value(), Matrix(3, 2, {1, -1, 0, 0, 6, 8})));
    Params p;
    const Readout attention = readout("attention", p, 2);
    p.at("gate.weight").value() = Matrix::zeros(2, 1);
    CHECK(close(attention(b, rows).value(), mean_readout(b, rows).value()));
    p.at("gate.weight").value() = Matrix(2, 1, {100, 0});
    const Var sharp = attention(b, rows);
    CHECK(close(sharp.value(), Matrix(3, 2, {1, -1, 0, 0, 6, 8})));
    backward(sum(sharp));
    CHECK(finite(rows.grad()));
    b.segments.clear();
    CHECK(close(sum_readout(b, rows).value(), Matrix(1, 2, {13, 5})));
    CHECK_THROWS_AS(readout("median", p, 2), Error);
  }
  TEST_CASE("a stack: names, widths, and what an Rng turns on") {
    const Batch b = random_batch(60, 300, 6);
    Params p;
    const Encoder encoder = stack(p / "encoder", 6,
                                  {.kind = "gcn",
                                   .hidden = 8,
                                   .out = 4,
                                   .layers = 2,
                                   .activation = "prelu",
                                   .activate_last = false,
                                   .dropout = Real(0.5),
                                   .batch_norm = true,
                                   .skip = true});
    CHECK(encoder.width == 4);
    CHECK(p.trainable() == std::vector<std::string>{"encoder.0.bias", "encoder.0.norm.scale", "encoder.0.norm.shift",
                                                    "encoder.0.slope", "encoder.0.weight", "encoder.1.bias",
                                                    "encoder.1.weight"});
    const Var still = encoder(b), again = encoder(b);
    CHECK(still.cols() == 4);
    CHECK(same_bits(still.value(), again.value()));
    CHECK(!close(encoder(b, Rng(1)).value(), encoder(b, Rng(2)).value()));
    CHECK(!same_bits(p.at("encoder.0.norm.running_mean").value(), Matrix::zeros(1, 8)));
  }
  TEST_CASE("a stack that propagates once is an MLP before its last layer") {
    Params p;
    stack(p, 6, {.kind = "appnp", .hidden = 8, .layers = 2, .activation = "relu"});
    CHECK(p.at("0.weight").rows() == 6);
    CHECK(p.at("1.weight").rows() == 8);
    Batch edges = random_batch(40, 200, 6), none = edges;
    none.graph = Graph::without_edges(40);
    const Encoder first =
        stack(p / "once", 6, {.kind = "sgc", .hidden = 6, .activation = "none", .convolution = {.hops = 0}});
    CHECK(same_bits(first(edges).value(), first(none).value()));
  }
  TEST_CASE("one head that widens computed rows sums them first: the same rows and gradients") {
    const Batch b = random_batch(60, 200, 4);
    const Params p(Rng(7));
    const Gat layer(p, 4, 9, {});
    const Var x(b.x.as_dense(), true);
    CHECK(close(layer(b.graph, x).value(), layer(b.graph, b.x).value()));
    Matrix found[2];
    for (const bool computed : {false, true}) {
      p.clear_grads();
      const Var h = computed ? layer(b.graph, x) : layer(b.graph, b.x);
      backward(sum(hadamard(h, Var(random_matrix(60, 9, 9)))));
      found[computed] = layer.source.grad().clone();
    }
    CHECK(close(found[0], found[1], 1e-3));
  }
  TEST_CASE("the rows of all layers stand side by side, the last one's last") {
    const Batch b = random_batch(60, 200, 4);
    StackSettings s{.hidden = 6, .out = 3, .layers = 2};
    const Encoder last = stack(Params(Rng(7)), 4, s);
    s.all_layers = true;
    const Encoder all = stack(Params(Rng(7)), 4, s);
    CHECK((all.width == 9 && last.width == 3));
    CHECK(same_bits(slice_columns(all(b), 6, 9).value(), last(b).value()));
    CHECK(same_bits(pooled_by_layer(all, sum_readout)(b).value(), pooled(all, sum_readout)(b).value()));
    CHECK(same_bits(pooled_by_layer(last, max_readout)(b).value(), pooled(last, max_readout)(b).value()));
  }
  TEST_CASE(
      "nodes that look alike are computed once, two batches in one pass: the same sums, gradients and statistics") {
    Batch one = labelled_batch(300, 6), other = labelled_batch(200, 7);
    one.segments = {0, 100, 100, 260, 300}, other.segments = {0, 150, 200};
    StackSettings s{.kind = "gin", .hidden = 16, .layers = 3, .activation = "relu", .batch_norm = true};
    s.norm_last = s.all_layers = true;
    s.convolution.batch_norm = false, s.convolution.epsilon = 0.7;
    enum class How { each, once, joined };
    const auto results = [&](How how) {
      const Params p{Rng(7)};
      const Encoder rows = stack(p, 3, s), each = pooled_by_layer(rows, sum_readout);
      const SummedLayers sums(rows, 3);
      const Encoder once = sums.encoder();
      const auto both = [&]() -> Var {
        if (how == How::joined) return sums(joined(*sums.alike(one), *sums.alike(other)), true);
        const Encoder& encoder = how == How::once ? once : each;
        const Var first = encoder(one, Rng(8));  // moves the running statistics first
        return concat_rows({first, encoder(other, Rng(8))});
      };
      const Var h = both();
      backward(sum(hadamard(h, Var(random_matrix(6, 48, 9)))));
      std::vector<Matrix> all;
      all.push_back(h.value().clone());
      for (const auto& [name, entry] : p.entries())
        all.push_back((entry.trainable ? entry.var.grad() : entry.var.value()).clone());
      all.push_back(once(one).value().clone());  // with running statistics
      return all;
    };
    for (const bool sparse : {false, true}) {
      if (sparse) one.x = one.x.as_sparse(), other.x = other.x.as_sparse();
      REQUIRE(alike(one, 3));
      CHECK(alike(one, 3)->steps[2].count.size() < 200);
      const auto each = results(How::each);
      for (const How how : {How::once, How::joined}) {
        const auto now = results(how);
        REQUIRE(now.size() == each.size());
        for (std::size_t i = 0; i < now.size(); ++i) {
          double largest = 1;
          for (const Real v : each[i].values()) largest = std::max(largest, std::abs(double(v)));
          CHECK(close(now[i], each[i], (sizeof(Real) == 4 ? 1e-4 : 1e-11) * largest));
        }
      }
    }
    CHECK_FALSE(alike(bare(60, 4), 2));  // every row its own
    s.dropout = Real(0.5);
    CHECK(!stack(Params(Rng(7)), 3, s).alike_layers);
  }
  TEST_CASE("a row added to constant rows: as if it were written into them") {
    const Batch b = random_batch(60, 200, 4);
    const Var row(random_matrix(1, 4, 8), true), w(random_matrix(4, 5, 9));
    Matrix written = b.x.as_dense();
    for (const Offset i : {7, 2})
      for (Offset j = 0; j < 4; ++j) written(i, j) += row.value()(0, j);
    const Input x(b.x, row, {7, 2});
    CHECK(close(multiply(x, w).value(), multiply(Var(written.clone()), w).value()));
    CHECK(close(as_var(x).value(), written));
    const Input some = dropout(x, Real(0.5), Rng(3));
    REQUIRE(some.factors);
    const Matrix factors = some.factors->as_dense();
    CHECK(!same_bits(slice_rows(Var(factors.clone()), 0, 1).value(), slice_rows(Var(factors.clone()), 1, 2).value()));
    const Matrix dropped = as_var(some).value().clone(), alone = as_var(some.fixed).value().clone();
    for (Offset i = 0; i < 60; ++i)
      for (Offset j = 0; j < 4; ++j) {
        const Real factor = i == 7 ? factors(0, j) : i == 2 ? factors(1, j) : 0;
        CHECK((factor == 0 || factor == 2));
        CHECK(double(dropped(i, j) - alone(i, j)) == doctest::Approx(double(factor * row.value()(0, j))).epsilon(1e-4));
      }
    CHECK(close(multiply(some, w).value(), multiply(Var(dropped.clone()), w).value()));
    CHECK(close(as_var(first_rows(some, 5)).value(), slice_rows(Var(dropped.clone()), 0, 5).value()));
  }
  TEST_CASE("a row added to many rows, with dropout: values and gradients as if it were written into them") {
    const Batch b = random_batch(700, 1000, 4);
    std::vector<NodeId> to(500);
    std::iota(to.begin(), to.end(), NodeId{100});
    const Var row(random_matrix(1, 4, 8), true), w(random_matrix(4, 5, 9), true), weigh(random_matrix(700, 5, 10));
    const Input some = dropout(Input(b.x, row, to), Real(0.5), Rng(3));
    std::vector<Matrix> found;
    for (const bool written : {false, true}) {
      row.clear_grad(), w.clear_grad();
      const Var product = written ? multiply(as_var(some), w) : multiply(some, w);
      backward(sum(hadamard(product, weigh)));
      found.push_back(product.value().clone());
      found.push_back(row.grad().clone()), found.push_back(w.grad().clone());
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(close(found[i], found[i + 3], 1e-3));
  }
  TEST_CASE("wrong names are the user's fault and name the right ones") {
    Params p;
    for (const StackSettings& wrong :
         {StackSettings{.kind = "gnc"}, StackSettings{.activation = "rellu"}, StackSettings{.layers = 0},
          StackSettings{.kind = "gat", .hidden = 10, .convolution = {.heads = 4}}}) {
      try {
        stack(p, 3, wrong);
        FAIL("accepted");
      } catch (const Error& e) {
        CHECK(e.fault == Fault::usage);
        CHECK(std::string(e.what()).find("expected") != std::string::npos);
      }
    }
  }
}
