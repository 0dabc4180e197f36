// Folders of pictures: PNG and JPEG, one image a file.
#pragma once
#include <pfm/io/formats.h>
#include <pfm/io/images.h>

namespace pfm::io {

// A decoded picture; grey ones have 1 channel, others 3, transparent places are white.
struct Picture {
  Grid grid;
  Offset channels = 1;
  std::vector<std::uint8_t> values;  // [height width channels]
};

// From the bytes of a file. Damage, sides above longest_side or more pixels than such a file can hold:
// Error(Fault::input) that begins with `name`.
Picture decode_png(const std::string& name, std::string_view bytes);
Picture decode_jpeg(const std::string& name, std::string_view bytes);

bool is_pictures(const std::filesystem::path& path);  // a folder with a picture in it or in its folders

// Every .png, .jpg and .jpeg below the folder, in the order of their paths. The folder that a picture lies in is its
// class where there are several such; "train" and "test" (or "val") above those are the parts. All grey: 1 channel,
// else 3. Sizes may differ. Other files, links to folders and folders more than 8 deep are passed over, which
// rules.note says; damage, a folder that cannot be read, no picture: Error(Fault::input).
Dataset read_pictures(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
