// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), plain or gzip.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// A file NAME.bin whose name begins with "cifar", "data_batch", "test_batch", "train" or "test", or a folder with such.
bool is_cifar(const std::filesystem::path& path);

// Records of a label and 3,072 bytes: red, green, blue plane of 32 x 32 pixels; of CIFAR-100, told by the size of its
// records, of two labels, coarse and fine, of which the fine one counts. In a folder, files with "test" in their name
// are for testing, else the last fifth; "batches.meta.txt" or "fine_label_names.txt" beside them names the classes.
Dataset read_cifar(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
