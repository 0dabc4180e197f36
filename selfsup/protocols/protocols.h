// The protocols of graphs, one function each; protocols.cpp tabulates them.
#pragma once
#include <pfm/selfsup/protocol.h>

namespace pfm {

Protocol public_dgi();
Protocol public_l2();
Protocol public_l2_unscaled();
Protocol inductive_l2();  // of nodes that training never saw
Protocol random_10_10_80();
Protocol random_10_90_ovr();
Protocol topk_ovr(int train_percent);
Protocol knn();
Protocol kmeans();
Protocol probe();  // of images, texts: samples with a row each
Protocol heco_20_40_60();
Protocol heco_20_40_60_decayed();
Protocol semi();
Protocol semi_of_each(int labelled);  // on HeCo's splits of so many nodes a class
Protocol lowlabel(double percent);    // of the nodes that are labelled
Protocol lr10();
Protocol svc10();     // of whole graphs
Protocol svc10_gm();  // the same with fewer costs, as GraphMAE has them
Protocol svc10_linear();

// What scores a pair: the method's own score where it has one, else the cosine of the rows; or the rows alone.
enum class LinkScorer { own, dot, cosine, hadamard };
Protocol link_85_5_10(LinkScorer scorer);
Protocol link_85_5_10_connected();
Protocol link_50();

Protocol lm();  // of texts
Protocol lm_at_validation();
Protocol held_out();  // likewise, what the method itself measures
Protocol held_out_at_validation();
Protocol pairs();  // of pairs of texts with classes
Protocol sts();    // of pairs of texts with scores
Protocol sts_at_validation();

}  // namespace pfm
