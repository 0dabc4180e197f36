#include <fmt/format.h>
#include <pfm/io/picture_size.h>
#include <png.h>

namespace pfm::io {

Picture decode_png(const std::string& name, std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  struct Freed {
    png_image* image;
    ~Freed() { png_image_free(image); }
  } const freed{&image};
  const auto fail = [&] {
    throw Error(Fault::input, fmt::format("{}: damaged PNG: {}", name, std::string(image.message)));
  };
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) fail();
  Picture picture;
  picture.channels = (image.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  picture.grid = plausible_size(name, image.height, image.width, bytes.size());
  image.format = picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  picture.values.resize(PNG_IMAGE_SIZE(image));
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&image, &white, picture.values.data(), 0, nullptr) == 0 || PNG_IMAGE_FAILED(image)) fail();
  return picture;
}

}  // namespace pfm::io
