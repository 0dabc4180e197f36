// The visible list of graph methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/corruption.h>
#include <pfm/selfsup/method.h>

namespace pfm {

Method deepwalk();
Method dgi();
Method gcn_supervised();
Method line();
Method netmf();
Method node2vec();
Method prone();

// DGI with another corruption than its own.
Pretext deep_graph_infomax(const Dataset& data, const Options& options, const Corruption& corrupt);

}  // namespace pfm
