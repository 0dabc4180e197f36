// losses/: objectives with the gradients of all their inputs.
#include <pfm/graph/build.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/centrality.h>
#include <pfm/selfsup/losses.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>

namespace pfm::parity {
namespace {

using fixture::Group;

// What a case gives to a loss: named inputs, trainable where the file has their gradient; numbers.
class Inputs {
 public:
  explicit Inputs(const Group& given) : given_(given) {}

  Var operator()(const std::string& name) {
    const auto known = made_.find(name);
    if (known != made_.end()) return known->second;
    const fixture::Array& array = given_.array("input/" + name);
    const Var made(array.matrix(), given_.has(std::string(precision) + "/grad/" + name));
    return made_.emplace(name, made).first->second;
  }
  Real number(const std::string& name) const { return Real(given_.number(name, NAN)); }
  std::vector<Offset> integers(const std::string& name) const { return given_.array("input/" + name).as<Offset>(); }
  // Ranges of equal ids in a sorted list.
  std::vector<Offset> segments(const std::string& name) const {
    const std::vector<Offset> ids = integers(name);
    std::vector<Offset> ends{0};
    for (std::size_t i = 1; i <= ids.size(); ++i)
      if (i == ids.size() || ids[i] != ids[i - 1]) ends.push_back(Offset(i));
    return ends;
  }
  const std::map<std::string, Var>& made() const { return made_; }

 private:
  const Group& given_;
  std::map<std::string, Var> made_;
};

Var half(const Var& a, const Var& b) { return scale(add(a, b), Real(0.5)); }

// h W s + b for every row, s one row.
Var bilinear(const Var& h, const Var& weight, const Var& summary, const Var& bias) {
  const Var scores = multiply_transposed(multiply(h, weight), summary);
  return add_row(scores, bias);
}

Var dgi(Inputs& in) {
  const Var s = sigmoid(mean_rows(in("positive")));
  return dgi_loss(bilinear(in("positive"), in("weight"), s, in("bias")),
                  bilinear(in("corrupted"), in("weight"), s, in("bias")));
}

Var mvgrl_node(Inputs& in) {
  const Var c1 = sigmoid(mean_rows(in("h1"))), c2 = sigmoid(mean_rows(in("h2")));
  const auto score = [&](const char* h, const Var& c) { return bilinear(in(h), in("weight"), c, in("bias")); };
  return dgi_loss(concat_rows({score("h2", c1), score("h1", c2)}), concat_rows({score("h4", c1), score("h3", c2)}));
}

Var subgcon(Inputs& in) {
  std::vector<NodeId> order;
  for (const Offset i : in.integers("permutation")) order.push_back(NodeId(i));
  const Var h = in("h"), s = in("s"), h2 = gather_rows(h, order), s2 = gather_rows(s, order);
  const auto score = [](const Var& a, const Var& b) { return sigmoid(row_dots(a, b)); };
  return add(margin_loss(score(h, s), score(h2, s), in.number("margin")),
             margin_loss(score(h2, s2), score(h, s2), in.number("margin")));
}

Var clip(Inputs& in) {
  const Var scale_of = exp(in("logit_scale")), image = l2_normalise(in("image")), text = l2_normalise(in("text"));
  const std::vector<NodeId> same(std::size_t(text.rows()), 0);
  const Var scaled = multiply_column(text, gather_rows(scale_of, same));
  const Var own = row_dots(scaled, image);
  return half(mean(subtract(pair_log_sums(scaled, image), own)), mean(subtract(pair_log_sums(image, scaled), own)));
}

Var cpc(Inputs& in) {
  const Var context = in("context"), future = in("future"), weight = in("weight");
  const Offset n = context.rows(), d = context.cols(), steps = future.rows() / n, out = weight.rows() / steps;
  Var sum;
  for (Offset k = 0; k < steps; ++k) {
    const Var z = slice_rows(future, k * n, (k + 1) * n), w = slice_rows(weight, k * out, (k + 1) * out);
    const Var foretold = multiply_transposed(context, w);
    const Var loss = mean(subtract(pair_log_sums(foretold, z), row_dots(foretold, z)));
    sum = k == 0 ? loss : add(sum, loss);
  }
  expect(d > 0, "cpc: columns");
  return scale(sum, 1 / Real(steps));
}

Var skipgram(Inputs& in) {
  const Var center = in("center"), negative = in("negative");
  const Offset each = negative.rows() / center.rows();
  std::vector<NodeId> of(std::size_t(negative.rows()));
  for (std::size_t i = 0; i < of.size(); ++i) of[i] = NodeId(Offset(i) / each);
  return logistic_loss(row_dots(center, in("positive")), row_dots(gather_rows(center, of), negative), Real(each));
}

Var maskgae(Inputs& in) {
  const Var degrees = mean(square(subtract(in("degree_prediction"), in("degree"))));
  return add(logistic_loss(in("positive"), in("negative")), scale(degrees, in.number("alpha")));
}

Graph graph_of(const Matrix& adjacency) {
  std::vector<Edge> edges;
  for (Offset i = 0; i < adjacency.rows(); ++i)
    for (Offset j = 0; j < adjacency.cols(); ++j)
      if (adjacency(i, j) != 0) edges.push_back({NodeId(i), NodeId(j)});
  return build_graph(NodeId(adjacency.rows()), edges, {},
                     {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
}

Var vgae(Inputs& in) {
  const Var z = add(in("mu"), hadamard(exp(in("logstd")), in("noise")));
  return add(link_reconstruction(z, graph_of(in("adjacency").value())), normal_divergence(in("mu"), in("logstd")));
}

// How likely GCA drops edges and columns, for one centrality; `given` is of the form log(1 + centrality).
bool compare_gca(const Group& file, const std::string& kind, Comparison& comparison) {
  const auto ids = file.array("edge_index").as<NodeId>();
  const std::size_t edges = ids.size() / 2;
  std::vector<Edge> list;
  for (std::size_t e = 0; e < edges; ++e) list.push_back({ids[e], ids[edges + e]});
  const Features x(file.array("x").matrix());
  const Graph graph =
      build_graph(NodeId(x.rows()), list, {}, {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
  const std::vector<double> matters = centrality(graph, kind);
  const Group& given = file.group(kind);
  const auto near = [&](const std::string& what, std::span<const double> found, std::span<const double> expected) {
    if (found.size() != expected.size()) return comparison.fail(what + ": as many numbers");
    for (std::size_t i = 0; i < found.size(); ++i) comparison.number(what, found[i], expected[i], 1e-6);
  };
  near("centrality", matters, given.array("centrality").values);
  near("columns", column_drop_chances(x, matters, 0.3), given.array("log1p/feature_drop_p0.3_cap0.7").values);
  const std::vector<double> chances = edge_drop_chances(graph, matters, 0.4);
  std::vector<double> as_listed;
  for (const Edge& e : list) {
    const auto row = graph.adjacency().columns(e.source);
    const auto place = std::ranges::lower_bound(row, e.target) - row.begin();
    as_listed.push_back(chances[std::size_t(graph.adjacency().view().offsets[e.source] + place)]);
  }
  near("edges", as_listed, given.array("log1p/edge_drop_p0.4_cap0.7").values);
  return true;
}

Var pirl(Inputs& in) {
  const auto to_memory = [&](const char* view) {
    return info_nce_queue(in(view), in("memory_pos"), in("memory_neg"), in.number("tau"));
  };
  return add(scale(to_memory("vt"), in.number("lam")), scale(to_memory("vi"), 1 - in.number("lam")));
}

Var moco(Inputs& in) {  // the file keeps the queue's rows as columns
  const Matrix& columns = in("queue").value();
  Matrix rows(columns.cols(), columns.rows());
  for (Offset i = 0; i < rows.rows(); ++i)
    for (Offset j = 0; j < rows.cols(); ++j) rows(i, j) = columns(j, i);
  return info_nce_queue(in("q"), l2_normalise(in("k")), Var(std::move(rows)), in.number("tau"));
}

struct Entry {
  const char* name;
  Var (*loss)(Inputs& in);
};

const Entry entries[] = {
    {"barlow_twins", [](Inputs& in) { return barlow_twins(in("z1"), in("z2"), in.number("lam")); }},
    {"bgrl_cosine", [](Inputs& in) { return add(cosine_loss(in("q1"), in("y2")), cosine_loss(in("q2"), in("y1"))); }},
    {"bigan_discriminator", [](Inputs& in) { return logistic_loss(in("real"), in("fake")); }},
    {"bpr_hinge",
     [](Inputs& in) {
       return add(bpr_loss(in("positive"), in("negative")),
                  margin_loss(in("positive"), in("negative"), in.number("margin")));
     }},
    {"byol_cosine",
     [](Inputs& in) { return scale(add(cosine_loss(in("q1"), in("y2")), cosine_loss(in("q2"), in("y1"))), 2); }},
    {"clip", clip},
    {"cpc_infonce", cpc},
    {"dgi", dgi},
    {"grace_infonce",
     [](Inputs& in) {
       const Real tau = in.number("tau");
       return half(info_nce(in("z1"), in("z2"), tau), info_nce(in("z2"), in("z1"), tau));
     }},
    {"graphcl_ntxent", [](Inputs& in) { return info_nce_across(in("z1"), in("z2"), in.number("tau"), Own::out); }},
    {"infograph_jsd", [](Inputs& in) { return jsd_loss(in("local"), in("glob"), in.segments("batch")); }},
    {"maskgae", maskgae},
    {"moco_infonce", moco},
    {"mvgrl_graph_jsd",
     [](Inputs& in) {
       const auto segments = in.segments("batch");
       return add(jsd_loss(in("local1"), in("glob2"), segments), jsd_loss(in("local2"), in("glob1"), segments));
     }},
    {"mvgrl_node_bce", mvgrl_node},
    {"pirl", pirl},
    {"reward_pair", [](Inputs& in) { return bpr_loss(in("chosen"), in("rejected")); }},
    {"sce", [](Inputs& in) { return sce_loss(in("x"), in("y"), in.number("gamma")); }},
    {"simclr_ntxent", [](Inputs& in) { return nt_xent(in("z1"), in("z2"), in.number("tau")); }},
    {"simsiam",
     [](Inputs& in) { return add_scalar(half(cosine_loss(in("p1"), in("z2")), cosine_loss(in("p2"), in("z1"))), -1); }},
    {"skipgram_negative", skipgram},
    {"subgcon_margin", subgcon},
    {"vgae", vgae},
    {"triplet", [](Inputs& in) { return triplet_loss(in("a"), in("p"), in("n"), in.number("margin")); }},
    {"vicreg",
     [](Inputs& in) {
       return vicreg(in("x"), in("y"),
                     {.invariance = in.number("sim"), .variance = in.number("std"), .covariance = in.number("cov")});
     }},
};

const Entry* entry_of(const std::string& name) {  // sce_gamma2 and sce_gamma3 are one entry
  for (const Entry& e : entries)
    if (name == e.name || name.starts_with(std::string(e.name) + "_gamma")) return &e;
  return nullptr;
}

bool compare(const Group& given, const Entry& entry, Comparison& comparison) {
  Inputs in(given);
  const Var loss = entry.loss(in);
  backward(loss);
  const Group& expected = given.group(precision);
  const double size = std::max(1.0, std::abs(expected.array("value").values.at(0)));
  comparison.forward("value", loss.value(), expected.array("value"), forward_tolerance * size);
  if (!expected.groups.contains("grad")) return true;
  for (const auto& [name, gradient] : expected.group("grad").arrays) {
    if (!in.made().contains(name)) {
      comparison.fail("the loss does not read input/" + name);
      continue;
    }
    comparison.gradient("grad/" + name, in.made().at(name).grad(), gradient);
  }
  return true;
}

}  // namespace

std::vector<Case> loss_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, group] : file->groups) {
    if (name == "gca_weights") {
      for (const auto& [kind, given] : group.groups)
        cases.push_back({name + "/" + kind + "/log1p",
                         [=, n = name, k = kind](Comparison& c) { return compare_gca(file->group(n), k, c); }});
      continue;
    }
    cases.push_back({name, [=, n = name](Comparison& c) {
                       const Entry* entry = entry_of(n);
                       return entry && compare(file->group(n), *entry, c);
                     }});
  }
  return cases;
}

}  // namespace pfm::parity
