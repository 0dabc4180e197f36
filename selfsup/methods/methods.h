// The visible list of graph methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/corruption.h>
#include <pfm/selfsup/method.h>

namespace pfm {

Method attributemask();
Method deepwalk();
Method dgi();
Method edgemask();
Method gae();
Method gca();
Method gcc();
Method gcn_supervised();
Method gic();
Method gmae_transformer();
Method grace();
Method graph_bert();
Method graphcl();
Method graphcompletion();
Method graphmae();
Method graphsage();
Method gtn();
Method heco();
Method hgmae();
Method infograph();
Method line();
Method m3s();
Method maskgae();
Method metapath2vec();
Method mvgrl();
Method netmf();
Method node2vec();
Method nodeproperty();
Method pairwiseattrsim();
Method pairwisedistance();
Method prone();
Method sdne();
Method self_training();
Method subgcon();
Method vgae();

// GRACE's settings for Citeseer, which serve GCA too.
Options::Values grace_on_citeseer();

// DGI with another corruption than its own, GRACE between two views of any kind.
Pretext deep_graph_infomax(const Dataset& data, const Options& options, const Corruption& corrupt);
Pretext node_contrast(const Dataset& data, const Options& options, const Corruption& one, const Corruption& two);

// GraphCL between two views of any kind.
Pretext graph_contrast(const Dataset& data, const Options& options, const Corruption& one, const Corruption& two);

// GraphMAE with given masked nodes, named as mask_nodes() does; MVGRL with another corruption than its own.
Pretext masked_auto_encoder(const Dataset& data, const Options& options, const Corruption& mask);
Pretext multi_view(const Dataset& data, const Options& options, const Corruption& corrupt);

// MaskGAE with given hidden edges and pairs that are none.
using Negatives = std::function<std::vector<Edge>(const Graph& graph, std::size_t count, Rng rng)>;
Pretext masked_edges(const Dataset& data, const Options& options, const Corruption& mask, const Negatives& negatives);

// VGAE with given numbers instead of standard normal ones.
using Noise = std::function<Matrix(Offset rows, Offset cols, const Rng& rng)>;
Pretext variational_graph_auto_encoder(const Dataset& data, const Options& options, const Noise& noise);

// Self-training in so many stages. `agreed`, if given, says of embeddings [N, d] and labels [N] (-1 = none) which class
// [N] each node may get: others are not added. Asks "stage_epochs" and what training and encoder ask.
using Agreed =
    std::function<std::vector<std::int32_t>(const Matrix& embedding, const std::vector<std::int32_t>& known, Rng rng)>;
Pretext trained_in_stages(const char* who, const Dataset& data, const Options& options, int stages,
                          const Agreed& agreed);

}  // namespace pfm
