// IDX, the files of MNIST (LeCun, Cortes & Burges) and of the sets that follow it: unsigned bytes, plain or gzip.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// A file of images ("NAME-images-idx3-ubyte", also with a channel axis: idx4), or a folder with one such, or with those
// of a training and a test part ("train", "t10k" or "test").
bool is_idx(const std::filesystem::path& path);

// Classes are read from the file "NAME-labels-idx1-ubyte" beside the images, if it is there; of one file with classes
// the last fifth of the images is for testing.
// From the bytes of both files; labels may be empty. The last `test` images are for testing, 0 = none.
Dataset parse_idx(const std::string& name, std::string_view images, std::string_view labels, std::size_t test = 0);
Dataset read_idx(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
