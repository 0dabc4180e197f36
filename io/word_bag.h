// Texts as rows of word counts.
#pragma once
#include <pfm/kernels/sparse.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pfm::io {

// A word is a run of at least two letters, digits or underscores, in lower case: as scikit-learn's CountVectorizer
// takes them.
class WordBag {
 public:
  void add(std::string_view text);  // the next row; UTF-8 (caller's promise)
  // [texts, words]: how often each word stands in each text. Words of fewer than `least` texts are left out, the
  // others are columns in the order of their bytes. Counts that are all 1 need no values.
  Sparse rows(std::int64_t least) const;

 private:
  struct Entry {
    std::int32_t word, count;
  };
  std::unordered_map<std::string, std::int32_t> numbers_;
  std::vector<std::int64_t> texts_of_;  // [words]
  std::vector<Entry> entries_;
  std::vector<Offset> offsets_{0};  // [texts + 1]
};

}  // namespace pfm::io
