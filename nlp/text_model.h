// A language model in one file of ours: weights by the names of nlp/weight_names.h, and in the metadata the small files
// of the folder it came from, so that nothing else is needed to use it (docs/format.md).
#pragma once
#include <pfm/io/safetensors.h>
#include <pfm/nlp/sentence_vectors.h>

namespace pfm::nlp {

struct TextModel {
  ModelFiles files;
  Architecture architecture;  // what config.json says
  Tokenizer tokenizer;
  SentenceVectors sentences;
  Params params;
  TextEncoder encoder;
};

// What the metadata of a model's file hold: its kind, and the small files of its folder. A file whose name leads out of
// a folder: Error(Fault::input).
io::Metadata model_metadata(const std::string& kind, const ModelFiles& files);
bool is_model(const std::string& kind, const io::Metadata& metadata);
ModelFiles model_files_in(const io::Metadata& metadata, const std::filesystem::path& path);

// Error(Fault::writing); an earlier file stays whole.
void write_text_model(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                      const ModelFiles& files);

bool is_text_model(const io::Metadata& metadata);

// Of what a file at `path` held; or of a folder's files with the matrices that came with them. Weights that are
// missing, surplus or of another shape than config.json says, a tokenizer with more tokens than the model has rows:
// Error(Fault::input).
TextModel text_model(io::Tensors tensors, const std::filesystem::path& path);
TextModel text_model(std::map<std::string, Matrix> matrices, ModelFiles files);

}  // namespace pfm::nlp
