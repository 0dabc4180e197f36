// IMDB's 5,000 films (movie_metadata.csv) as a typed graph, by the rule of MAGNN (Fu et al. 2020, arXiv:2002.01680).
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_imdb(const std::filesystem::path& path);  // the file, or a folder with movie_metadata.csv

// Films whose director and first actor are named and whose genres hold Action, Comedy or Drama; the first of these in
// the list of genres is the class (0, 1, 2). Types movie, director, actor, in the order of first appearance; each film
// is joined both ways with its director and its up to three actors, once each. Features of films: how often each word
// stands in the plot keywords, words of at least two films (io/word_bag.h); directors and actors have none. Names are
// titles and the names of people. There are no splits: the paper's are random.
Dataset read_imdb(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
