#include <fmt/format.h>
#include <jpeglib.h>
#include <pfm/io/picture_size.h>

#include <csetjmp>
#include <cstdio>  // which jpeglib.h needs before it

namespace pfm::io {
namespace {

constexpr long most_memory = 1L << 30;  // of the decoder itself

// libjpeg reports by a function that must not return: it jumps back.
struct Reports {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void report(j_common_ptr about) {
  auto* reports = reinterpret_cast<Reports*>(about->err);
  about->err->format_message(about, reports->message);
  std::longjmp(reports->back, 1);
}

// Warnings tell of damage that libjpeg goes on from with invented pixels.
void warn(j_common_ptr about, int level) {
  if (level < 0) report(about);
}

// A file of many tiny scans would take hours.
void watch(j_common_ptr about) {
  constexpr int most_scans = 100;
  if (reinterpret_cast<j_decompress_ptr>(about)->input_scan_number <= most_scans) return;
  auto* reports = reinterpret_cast<Reports*>(about->err);
  std::snprintf(reports->message, sizeof reports->message, "more than %d scans", most_scans);
  std::longjmp(reports->back, 1);
}

// No object with a destructor lives in these two, for they may be left by a jump.
bool read_header(jpeg_decompress_struct& state, Reports& reports, const unsigned char* bytes, unsigned long size) {
  if (setjmp(reports.back) != 0) return false;
  jpeg_mem_src(&state, bytes, size);
  jpeg_read_header(&state, TRUE);
  return true;
}

bool read_rows(jpeg_decompress_struct& state, Reports& reports, std::uint8_t* to) {
  if (setjmp(reports.back) != 0) return false;
  state.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&state);
  const std::size_t row = std::size_t(state.output_width) * std::size_t(state.output_components);
  while (state.output_scanline < state.output_height) {
    JSAMPROW here = to + state.output_scanline * row;
    jpeg_read_scanlines(&state, &here, 1);
  }
  jpeg_finish_decompress(&state);
  return true;
}

}  // namespace

Picture decode_jpeg(const std::string& name, std::string_view bytes) {
  jpeg_decompress_struct state{};
  Reports reports{};
  state.err = jpeg_std_error(&reports.manager);
  reports.manager.error_exit = report;
  reports.manager.emit_message = warn;
  if (setjmp(reports.back) != 0) throw Error(Fault::memory, fmt::format("{}: no memory for a decoder", name));
  jpeg_create_decompress(&state);
  struct Freed {
    jpeg_decompress_struct* state;
    ~Freed() { jpeg_destroy_decompress(state); }
  } const freed{&state};
  const auto fail = [&] { throw Error(Fault::input, fmt::format("{}: damaged JPEG: {}", name, reports.message)); };
  if (!read_header(state, reports, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size())) fail();
  jpeg_progress_mgr progress{};
  progress.progress_monitor = watch;
  state.progress = &progress;
  state.mem->max_memory_to_use = most_memory;
  Picture picture;
  picture.grid = plausible_size(name, state.image_height, state.image_width, bytes.size());
  if (state.num_components != 1 && state.num_components != 3)
    throw Error(Fault::input,
                fmt::format("{}: found {} components, expected 1 (grey) or 3 (colours)", name, state.num_components));
  picture.channels = state.num_components;
  state.out_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  picture.values.resize(std::size_t(picture.grid.height) * std::size_t(picture.grid.width) *
                        std::size_t(picture.channels));
  if (!read_rows(state, reports, picture.values.data())) fail();
  return picture;
}

}  // namespace pfm::io
