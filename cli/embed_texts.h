// pfm embed with a language model: texts to rows.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/io/safetensors.h>

namespace pfm {

// DATA is a text file, one line one row, or a data set with texts. Says how many tokens were cut off or not known.
int embed_texts(const Arguments& arguments, io::Tensors model);

// With CLIP (multimodal/clip_file.h): DATA may also be images.
int embed_clip(const Arguments& arguments, io::Tensors model);
// With BEiT: DATA is images.
int embed_beit(const Arguments& arguments, io::Tensors model);

}  // namespace pfm
