// What protocols about the classes of many samples (images, texts, graphs) share.
#pragma once
#include <pfm/selfsup/protocols/nodes.h>

namespace pfm {

bool of_samples(const Dataset& data);  // rather than of the nodes of one graph

// Error(input) where these are not the rows of the samples of the data set, or so many are not its nodes.
void need_row_per_sample(const Outcome& outcome, const Dataset& data);
void need_row_per_node(Offset rows, const Dataset& data);

// The classes of split.train alone; the parts are those of `split`.
Dataset shown(const Dataset& data, const Split& split);

// The samples of the training and the validation part alone, in the order of the data set, as if there were no others;
// of those the classes that shown() shows. What becomes of the other fields of a data set: they are those of the kept
// samples where they speak of samples, else gone.
Dataset training_samples(const Dataset& data, const Split& split);

}  // namespace pfm
