// A file that appears whole or not at all: written under a temporary name in the same folder, flushed, renamed.
#pragma once
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pfm::io {

class AtomicFile {
 public:
  // Creates the temporary. Every failure here and below: Error(Fault::writing) that names `path`; a file that was
  // there stays as it was. Only regular files are replaced: devices and pipes are refused.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();  // without commit() the temporary goes
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  void write(const void* bytes, std::size_t size) { write({static_cast<const char*>(bytes), size}); }
  int descriptor() const { return file_; }  // for who writes by position
  const std::filesystem::path& path() const { return path_; }
  void commit();                            // flush, fsync, rename, fsync of the folder
  [[noreturn]] void fail(int error) const;  // an errno

 private:
  std::filesystem::path path_, temporary_;
  int file_ = -1;
};

void write_file(const std::filesystem::path& path, std::string_view bytes);  // the whole of it

}  // namespace pfm::io
