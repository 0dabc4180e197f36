// Images from files: what is read, and what is refused.
#include <doctest/doctest.h>
#include <pfm/io/cifar.h>
#include <pfm/io/dataset.h>
#include <pfm/io/idx.h>

#include "corruption.h"

using namespace pfm;

namespace {

std::string number(std::uint32_t n) { return {char(n >> 24), char(n >> 16 & 255), char(n >> 8 & 255), char(n & 255)}; }

std::string idx(std::initializer_list<std::uint32_t> shape, const std::string& values) {
  std::string bytes{'\0', '\0', '\x08', char(shape.size())};
  for (const std::uint32_t n : shape) bytes += number(n);
  return bytes + values;
}

std::string counting(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += char(i % 251);
  return bytes;
}

Dataset read(Dataset (*reader)(io::Paths, const io::ReadRules&), const std::filesystem::path& path) {
  return reader(std::span(&path, 1), {});
}

void refuse(const std::string& images, const std::string& labels, const char* says) {
  const Temporary folder;
  put(folder / "x-images-idx3-ubyte", images);
  if (!labels.empty()) put(folder / "x-labels-idx1-ubyte", labels);
  CHECK_THROWS_WITH_AS(read(io::read_idx, folder / "x-images-idx3-ubyte"), doctest::Contains(says), Error);
}

}  // namespace

TEST_SUITE("formats") {
  TEST_CASE("idx: pixels over 255, an image a segment, the last fifth for testing") {
    const Temporary folder;
    put(folder / "small-images-idx3-ubyte", idx({5, 2, 3}, counting(30)));
    put(folder / "small-labels-idx1-ubyte", idx({5}, std::string("\x03\x00\x01\x03\x02", 5)));
    for (const auto& path : {folder / "small-images-idx3-ubyte", folder / "."}) {
      CHECK(io::is_idx(path));
      const Dataset data = read(io::read_idx, path);
      CHECK(data.nodes() == 30);
      CHECK(data.graphs() == 5);
      CHECK((data.all.grids[4].height == 2 && data.all.grids[4].width == 3));
      CHECK(data.all.x.dense()(29, 0) == doctest::Approx(29.0 / 255));
      CHECK(data.targets.classes == std::vector<std::int32_t>{3, 0, 1, 3, 2});
      CHECK(data.splits.at("train") == std::vector<NodeId>{0, 1, 2, 3});
      CHECK(data.splits.at("test") == std::vector<NodeId>{4});
    }
    io::write_dataset(folder / "kept.h5", read(io::read_idx, folder / "."));
    const Dataset kept = io::read_dataset(folder / "kept.h5");
    CHECK(kept.all.grids.size() == 5);
    CHECK(std::ranges::equal(kept.all.x.dense().values(), read(io::read_idx, folder / ".").all.x.dense().values()));
  }

  TEST_CASE("idx: a training and a test part in one folder, colours, no labels") {
    const Temporary folder;
    put(folder / "t10k-images-idx3-ubyte", idx({1, 2, 2}, counting(4)));
    put(folder / "t10k-labels-idx1-ubyte", idx({1}, "\x01"));
    put(folder / "train-images-idx3-ubyte", idx({3, 2, 2}, counting(12)));
    put(folder / "train-labels-idx1-ubyte", idx({3}, std::string("\0\1\0", 3)));
    const Dataset data = read(io::read_idx, folder / ".");
    CHECK(data.splits.at("test") == std::vector<NodeId>{3});
    CHECK(data.targets.classes == std::vector<std::int32_t>{0, 1, 0, 1});
    put(folder / "colour", idx({1, 1, 2, 3}, counting(6)));
    const Dataset colour = read(io::read_idx, folder / "colour");
    CHECK(colour.all.x.cols() == 3);
    CHECK(colour.targets.classes.empty());
    CHECK(colour.splits.empty());
    put(folder / "x-images-idx3-ubyte", idx({1, 2, 2}, counting(4)));
    CHECK_THROWS_WITH_AS(read(io::read_idx, folder / "."), doctest::Contains("3 files of images"), Error);
  }

  TEST_CASE("cifar: planes become pixels, test files the test part") {
    const Temporary folder;
    const std::string planes = counting(3072);
    put(folder / "data_batch_1.bin", "\x07" + planes + "\x01" + planes);
    put(folder / "test_batch.bin", std::string("\0", 1) + planes);
    CHECK(io::is_cifar(folder / "."));
    const Dataset data = read(io::read_cifar, folder / ".");
    CHECK(data.graphs() == 3);
    CHECK(data.splits.at("test") == std::vector<NodeId>{2});
    CHECK(data.targets.classes == std::vector<std::int32_t>{7, 1, 0});
    CHECK(data.all.x.dense()(33, 2) == doctest::Approx((2048 + 33) % 251 / 255.0));
    put(folder / "train.bin", "\x07\x63" + planes);  // two labels: CIFAR-100
    CHECK(read(io::read_cifar, folder / "train.bin").targets.classes == std::vector<std::int32_t>{0x63});
  }
}

TEST_SUITE("hostile") {
  TEST_CASE("hostile: images") {
    refuse("", "", "begins with 00 00 08");
    refuse(std::string("\0\0\x0d\x03", 4), "", "unsigned bytes");
    refuse(idx({5}, counting(5)), "", "found 1 axes, expected 3 to 4");
    refuse(idx({5, 2, 3}, "").substr(0, 9), "", "within its header");
    refuse(idx({5, 2, 3}, counting(29)), "", "more than the 29 bytes");
    refuse(idx({5, 2, 3}, counting(31)), "", "says 30 bytes, behind it are 31");
    refuse(idx({0xffffffff, 0xffffffff, 0xffffffff}, counting(9)), "", "more than the 9 bytes");
    refuse(idx({0, 0xffffffff, 0xffffffff}, ""), "", "expected sides from 1 to 16384");
    refuse(idx({0, 2, 2}, ""), "", "no images");
    refuse(idx({2, 1, 1, 5}, counting(10)), "", "with 5 channels");
    refuse(idx({5, 2, 3}, counting(30)), idx({4}, counting(4)), "found 4 labels");
    refuse(idx({5, 2, 3}, counting(30)), idx({5, 1}, counting(5)), "found 2 axes, expected 1");
    const Temporary folder;
    put(folder / "test.bin", counting(3072));
    CHECK_THROWS_WITH_AS(read(io::read_cifar, folder / "test.bin"), doctest::Contains("records of 3073 or 3074"),
                         Error);
    put(folder / "test.bin", "\x0a" + counting(3072));
    CHECK_THROWS_WITH_AS(read(io::read_cifar, folder / "test.bin"), doctest::Contains("of class 10"), Error);
  }

  TEST_CASE("hostile: random corruptions of images") {
    const Temporary folder;
    const auto path = folder / "g";
    const std::string good = idx({5, 2, 3}, counting(30));
    survive("idx", good, path, [&] { return read(io::read_idx, path).nodes() < 1'100'000; });
  }
}
