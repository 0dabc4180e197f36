// GCA (Zhu et al. 2021, arXiv:2010.14945). GRACE with views that rather keep what matters: edges to central nodes and
// features of central nodes fall out less (section 3.2).
#include <pfm/selfsup/centrality.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const std::string kind = o("centrality", "degree");
  const double edges_1 = o("drop_edge_1", 0.2), edges_2 = o("drop_edge_2", 0.4);
  const double columns_1 = o("drop_feature_1", 0.3), columns_2 = o("drop_feature_2", 0.4);
  const std::vector<double> matters = centrality(data.all.graph, kind);
  const Features x = prepare_from(o)(data.all).x;
  const auto view = [&](double edges, double columns) {
    return drop_edges(edge_drop_chances(data.all.graph, matters, edges)) |
           drop_columns(column_drop_chances(x, matters, columns));
  };
  return node_contrast(data, o, view(edges_1, columns_1), view(edges_2, columns_2));
}

// The paper has no settings for Cora and Citeseer: the defaults, and those for Citeseer, are GRACE's.
Method gca() {
  const Options::Values photo{{"lr", "0.1"},
                              {"hidden", "512"},
                              {"out", "256"},
                              {"projection", "64"},
                              {"tau", "0.3"},
                              {"epochs", "2000"},
                              {"drop_edge_1", "0.3"},
                              {"drop_edge_2", "0.5"},
                              {"drop_feature_1", "0.1"},
                              {"drop_feature_2", "0.1"}};
  return {.id = "gca",
          .name = "GCA",
          .make = make,
          .paper = "2010.14945",
          .presets = {{"citeseer", "random-10-90-ovr", grace_on_citeseer(), {}},
                      {"amazon_photo", "random-10-10-80", photo, {92.53, 0.16, "GCA paper"}}},
          .about = "GRACE with views that rather keep edges and features of central nodes"};
}

}  // namespace pfm
