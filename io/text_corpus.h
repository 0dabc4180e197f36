// Plain text to learn from: a file of documents with blank lines between them (io/corpus.h).
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// A text per document. Error(Fault::input): what Corpus refuses, a file without a document.
Dataset read_text_corpus(Paths paths, const ReadRules& rules);

// A file named .txt, .text or .md, plain or gzip, whose beginning reads like prose: nine of ten bytes are letters,
// spaces or beyond ASCII, and some line has more words than an edge has.
bool is_text_corpus(const std::filesystem::path& path);

}  // namespace pfm::io
