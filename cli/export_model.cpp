#include <fmt/format.h>
#include <pfm/cli/export_model.h>
#include <pfm/cli/output.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/export_weights.h>

namespace pfm {

int export_model(const Arguments& arguments) {
  const std::string &path = arguments.words[1], &folder = arguments.words[2];
  if (arguments.has("both")) throw Error(Fault::usage, "export huggingface: --both means nothing for this format");
  io::Tensors tensors = io::read_safetensors(path);
  if (!nlp::is_text_model(tensors.metadata))
    throw Error(Fault::input, path + ": not written by pfm import, whose files alone go back");
  nlp::export_weights(nlp::text_model(std::move(tensors), path), folder);
  put(fmt::format("wrote {}\n", folder));
  return 0;
}

}  // namespace pfm
