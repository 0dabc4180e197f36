#include <fcntl.h>
#include <hdf5.h>
#include <pfm/io/hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace pfm::io::hdf5 {

static_assert(sizeof(Id) == sizeof(hid_t));

Quiet::Quiet() {
  H5Eget_auto2(H5E_DEFAULT, reinterpret_cast<H5E_auto2_t*>(&print_), &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, reinterpret_cast<H5E_auto2_t>(print_), data_); }

namespace {

struct SinkFile {
  H5FD_t common;  // first: the library sees only this part
  Sink* sink;
  haddr_t allocated, written;
};

SinkFile& of(H5FD_t* file) { return *reinterpret_cast<SinkFile*>(file); }
const SinkFile& of(const H5FD_t* file) { return *reinterpret_cast<const SinkFile*>(file); }

H5FD_t* open_sink(const char*, unsigned, hid_t access, haddr_t) {
  auto* file = new (std::nothrow) SinkFile{};
  if (file == nullptr) return nullptr;
  file->sink = *static_cast<Sink* const*>(H5Pget_driver_info(access));
  return &file->common;
}

herr_t close_sink(H5FD_t* file) {
  delete &of(file);
  return 0;
}

herr_t features(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr) *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

herr_t read_sink(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, void* buffer) {
  auto* to = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t got = ::pread(of(file).sink->file, to, size, off_t(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    to += got, at += got, size -= got;
  }
  std::memset(to, 0, size);  // what was never written
  return 0;
}

herr_t write_sink(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, const void* buffer) {
  SinkFile& f = of(file);
  f.written = std::max(f.written, at + size);
  const auto* from = static_cast<const char*>(buffer);
  while (size > 0 && f.sink->error == 0) {
    const ssize_t done = ::pwrite(f.sink->file, from, std::min(size, std::size_t{16} << 20), off_t(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      f.sink->error = done < 0 ? errno : EIO;
      break;
    }
    if (done >= (1 << 20)) ::sync_file_range(f.sink->file, off_t(at), done, SYNC_FILE_RANGE_WRITE);  // the disk begins
    from += done, at += done, size -= done;
  }
  return 0;
}

// At the end the file is as long as what was allocated in it.
herr_t truncate_sink(H5FD_t* file, hid_t, hbool_t) {
  SinkFile& f = of(file);
  if (f.sink->error == 0 && f.written != f.allocated && ::ftruncate(f.sink->file, off_t(f.allocated)) != 0)
    f.sink->error = errno;
  f.written = f.allocated;
  return 0;
}

H5FD_class_t driver_class() {
  H5FD_class_t c{};
  c.name = "pfm_sink";
  c.maxaddr = haddr_t(INT64_MAX);
  c.fc_degree = H5F_CLOSE_STRONG;
  c.fapl_size = sizeof(Sink*);
  c.open = open_sink;
  c.close = close_sink;
  c.query = features;
  c.get_eoa = [](const H5FD_t* file, H5FD_mem_t) { return of(file).allocated; };
  c.set_eoa = [](H5FD_t* file, H5FD_mem_t, haddr_t end) -> herr_t {
    of(file).allocated = end;
    return 0;
  };
  c.get_eof = [](const H5FD_t* file, H5FD_mem_t) { return of(file).written; };
  c.read = read_sink;
  c.write = write_sink;
  c.truncate = truncate_sink;
  const H5FD_mem_t map[] = H5FD_FLMAP_DICHOTOMY;
  std::ranges::copy(map, c.fl_map);
  return c;
}

}  // namespace

Handle access_to(Sink& sink) {
  static const H5FD_class_t driver = driver_class();
  sink.driver = Handle(H5FDregister(&driver), H5FDunregister);
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const Sink* info = &sink;
  H5Pset_driver(access, sink.driver, &info);
  return access;
}

}  // namespace pfm::io::hdf5
