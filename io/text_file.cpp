#include <pfm/io/text_file.h>

namespace pfm::io {

TextFile& TextFile::operator<<(std::string_view text) {
  if (text.size() > capacity) {
    flush();
    file_.write(text);
    return *this;
  }
  std::memcpy(buffer_.data() + room(text.size()), text.data(), text.size());
  used_ += text.size();
  return *this;
}

void TextFile::flush() {
  file_.write({buffer_.data(), used_});
  used_ = 0;
}

void TextFile::commit() {
  flush();
  file_.commit();
}

}  // namespace pfm::io
