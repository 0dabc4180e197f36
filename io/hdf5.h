// The few things of the HDF5 C library that reader, writer and check share; its own header stays in the .cpp files.
#pragma once
#include <cstdint>
#include <utility>

namespace pfm::io {

// The attribute format-version is [format_version, format_minor]: a reader takes every file of its format_version and
// passes over what a higher minor number added.
constexpr std::int64_t format_version = 1, format_minor = 1;

}  // namespace pfm::io

namespace pfm::io::hdf5 {

using Id = std::int64_t;  // hid_t

// An identifier that is closed at the end of its scope. Negative = the call that gave it failed.
class Handle {
 public:
  Handle() = default;
  Handle(Id id, int (*close)(Id)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_), std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator Id() const { return id_; }  // NOLINT: it stands where the library wants an identifier
  bool valid() const { return id_ >= 0; }
  Id release() { return std::exchange(id_, -1); }  // who takes it closes it

 private:
  Id id_ = -1;
  int (*close_)(Id) = nullptr;
};

// While it lives the library prints no error stack in this thread.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  int (*print_)(Id, void*) = nullptr;
  void* data_ = nullptr;
};

// Where the bytes of a file go that is being written. libhdf5 1.10 crashes when a write fails (a full disk), so it
// writes through a driver of ours that remembers the first failure here and says that all is well; the writer looks
// at `error` afterwards.
struct Sink {
  int file = -1;
  int error = 0;  // errno of the first failure
  // Registered until after the file is closed: else libhdf5 1.10 frees the driver's description while closing the file
  // and then reads from it how to close it.
  Handle driver = {};
};

// An access list for creating a file over `sink`, which must outlive the file.
Handle access_to(Sink& sink);

}  // namespace pfm::io::hdf5
