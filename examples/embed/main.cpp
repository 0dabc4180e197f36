// Vectors for the nodes of a graph inside a program of one's own.
#include <pfm/io/dataset.h>
#include <pfm/kernels/version.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/selfsup/methods/methods.h>

#include <iostream>

#include "graph/graph.h"
#include "io/dataset.h"

int main() {
  const pfm::Dataset data = pfm::io::load("cora");  // a built-in name or a path
  const pfm::Rng rng(1);
  const pfm::Options options(rng.split("method"), {{"epochs", "20"}, {"hidden", "64"}});
  const pfm::Pretext pretext = pfm::dgi().make(data, options);
  options.refuse_unknown();

  const pfm::Batch batch = pretext.prepare(data);
  const pfm::Trained trained = pfm::pretrain(pretext, batch, rng.split("training"));
  const pfm::Features embedding = pfm::outcome_of(pretext, batch).embedding;

  std::cout << "pfm " << pfm::version() << ": loss " << trained.first_loss << " -> " << trained.last_loss << " in "
            << trained.steps << " steps\nnode 0:";
  for (const pfm::Real value : embedding.dense().row(0).first(4)) std::cout << ' ' << value;
  std::cout << " ... of " << embedding.cols() << " numbers\n";

  const Graph own = two_circles(8);  // the program's types of the same names are not disturbed
  std::cout << "own graph: " << own.friends.size() << " edges\n";
}
