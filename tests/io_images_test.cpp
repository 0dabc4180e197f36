// Images from files: what is read, and what is refused.
#include <doctest/doctest.h>
#include <pfm/io/cifar.h>
#include <pfm/io/dataset.h>
#include <pfm/io/idx.h>
#include <pfm/io/pictures.h>
#include <pfm/io/text.h>

#include <array>

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

namespace {

const std::filesystem::path pictures = std::filesystem::path(PFM_SOURCE_DIR) / "tests/data/pictures";

void refuse_picture(io::Picture (*decode)(const std::string&, std::string_view), const std::string& bytes,
                    const char* says) {
  CHECK_THROWS_WITH_AS(decode("p", bytes), doctest::Contains(says), Error);
}

}  // namespace

TEST_SUITE("formats") {
  // Written with libpng and libjpeg: a gradient from red to blue, one from black to white, one colour, a transparent
  // one.
  TEST_CASE("pictures: a folder a class, parts, grey among colours, sizes of their own") {
    CHECK(io::is_pictures(pictures));
    const Dataset data = read(io::read_pictures, pictures);
    CHECK(data.graphs() == 4);  // bar/three, ring/one, ring/two, then the test part
    CHECK(data.targets.class_names == std::vector<std::string>{"bar", "ring"});
    CHECK(data.targets.classes == std::vector<std::int32_t>{0, 1, 1, 1});
    CHECK(data.splits.at("test") == std::vector<NodeId>{3});
    CHECK((data.all.grids[0].height == 7 && data.all.grids[0].width == 5));
    CHECK(data.all.segments == std::vector<Offset>{0, 35, 59, 83, 92});
    const Matrix& x = data.all.x.dense();
    REQUIRE(x.cols() == 3);
    const auto pixel = [&](Offset row) { return std::array{x(row, 0), x(row, 1), x(row, 2)}; };
    CHECK(pixel(35) == std::array{Real(1), Real(0), Real(0)});
    CHECK(pixel(58) == std::array{Real(0), Real(0), Real(1)});
    CHECK(x(0, 0) == doctest::Approx(200.0 / 255).epsilon(0.02));
    CHECK(x(59, 0) < 0.05);  // black
    CHECK((x(82, 1) > 0.95 && x(82, 0) == x(82, 2)));
    CHECK(pixel(83) == std::array{Real(1), Real(1), Real(1)});  // transparent on white
  }

  TEST_CASE("pictures: all grey is one channel") {
    const Temporary folder;
    put(folder / "a.jpg", io::read_file(pictures / "train/ring/two.jpg"));
    const Dataset data = read(io::read_pictures, folder / ".");
    CHECK(data.all.x.cols() == 1);
    CHECK(data.targets.classes.empty());
  }
}

TEST_SUITE("hostile") {
  TEST_CASE("hostile: pictures") {
    const std::string png = io::read_file(pictures / "train/ring/one.png"),
                      jpeg = io::read_file(pictures / "train/bar/three.jpeg");
    refuse_picture(io::decode_png, "", "p: damaged PNG");
    refuse_picture(io::decode_png, png.substr(0, png.size() / 2), "p: damaged PNG");
    refuse_picture(io::decode_png, jpeg, "p: damaged PNG");
    refuse_picture(io::decode_jpeg, "", "p: damaged JPEG");
    refuse_picture(io::decode_jpeg, jpeg.substr(0, jpeg.size() - 20), "p: damaged JPEG");
    refuse_picture(io::decode_jpeg, png, "p: damaged JPEG");
    std::string wide = jpeg;  // height and width stand behind the start of the frame
    const std::size_t frame = wide.find("\xff\xc0");
    REQUIRE(frame != std::string::npos);
    wide.replace(frame + 5, 4, std::string("\x40\x00\x40\x00", 4));
    refuse_picture(io::decode_jpeg, wide, "which cannot hold so many");
    wide.replace(frame + 5, 4, "\x41\x41\x41\x41");
    refuse_picture(io::decode_jpeg, wide, "expected sides from 1 to 16384");
    const Temporary folder;
    for (const std::string& bytes : {png, jpeg}) {
      const auto decode = bytes == png ? io::decode_png : io::decode_jpeg;
      survive(bytes == png ? "png" : "jpeg", bytes, folder / "p",
              [&] { return decode("p", io::read_file(folder / "p")).values.size() < 1'100'000; });
    }
  }

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

  TEST_CASE("hostile: parts of images that contradict each other") {
    const Temporary folder;
    put(folder / "train-images-idx3-ubyte", idx({1, 2, 2}, counting(4)));
    put(folder / "train-labels-idx1-ubyte", idx({1}, "\x01"));
    put(folder / "t10k-images-idx3-ubyte", idx({1, 2, 2}, counting(4)));
    CHECK_THROWS_WITH_AS(read(io::read_idx, folder / "."), doctest::Contains("labels of the other part alone"), Error);
    std::filesystem::remove(folder / "train-labels-idx1-ubyte");
    put(folder / "t10k-labels-idx1-ubyte", idx({1}, "\x01"));
    CHECK_THROWS_WITH_AS(read(io::read_idx, folder / "."), doctest::Contains("labels of this part alone"), Error);
    const Temporary records;
    put(records / "data_batch_1.bin", "\x01" + counting(3072)), put(records / "train.bin", "\x01\x63" + counting(3072));
    CHECK_THROWS_WITH_AS(read(io::read_cifar, records / "."),
                         doctest::Contains("train.bin: found records of 2 labels, those of the files before it have 1"),
                         Error);
    std::filesystem::remove(records / "train.bin");
    put(records / "batches.meta.txt", "air plane\nauto mobile\n\n");
    CHECK(read(io::read_cifar, records / ".").targets.class_names ==
          std::vector<std::string>{"air plane", "auto mobile"});
    put(records / "batches.meta.txt", "air plane\n");
    CHECK_THROWS_WITH_AS(read(io::read_cifar, records / "."), doctest::Contains("found 1 names of classes, expected 2"),
                         Error);
    put(records / "batches.meta.txt", "air\xFFplane\nauto\n");
    CHECK_THROWS_WITH_AS(read(io::read_cifar, records / "."), doctest::Contains("is not UTF-8"), Error);
  }

  TEST_CASE("hostile: a folder's pictures: what is passed over is said, what is damaged named") {
    const Temporary folder;
    const std::string png = io::read_file(pictures / "train/ring/one.png");
    const auto deep = folder.path() / "1/2/3/4/5/6/7/8/9";
    std::filesystem::create_directories(deep);
    put(folder / "a.png", png), put(folder / "b.gif", "GIF89a"), put(deep / "c.png", png);
    std::filesystem::create_symlink("nowhere.png", folder / "d.png");
    std::filesystem::create_directory_symlink(pictures, folder / "e");
    std::vector<std::string> notes;
    const io::ReadRules rules{.note = [&](const std::string& line) { notes.push_back(line); }};
    CHECK(io::read_pictures(std::vector{folder.path()}, rules).graphs() == 1);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].find("4 passed over: 1/2/3/4/5/6/7/8/9, b.gif, d.png and others") != std::string::npos);
    put(folder / "z.png", "");
    CHECK_THROWS_WITH_AS(read(io::read_pictures, folder.path()), doctest::Contains("z.png: the file is empty"), Error);
    std::filesystem::remove(folder / "z.png"), std::filesystem::remove(folder / "a.png");
    CHECK_THROWS_WITH_AS(read(io::read_pictures, folder.path()), doctest::Contains("no .png, .jpg or .jpeg"), Error);
    for (const char* name : {"\xFF", "x"}) {
      std::filesystem::create_directory(folder / name);
      put(folder.path() / name / "a.png", png);
    }
    CHECK_THROWS_WITH_AS(read(io::read_pictures, folder.path()), doctest::Contains("is not UTF-8"), Error);
  }

  // A cut file is refused, or what is gone said nothing of a pixel.
  TEST_CASE("hostile: pictures cut anywhere") {
    for (const char* name : {"train/ring/one.png", "train/ring/two.jpg", "train/bar/three.jpeg"}) {
      const std::string bytes = io::read_file(pictures / name);
      const auto decode = std::string(name).ends_with("png") ? io::decode_png : io::decode_jpeg;
      const io::Picture whole = decode(name, bytes);
      for (std::size_t length = 0; length < bytes.size(); ++length) {
        INFO(name << " cut at " << length);
        CHECK(outcome([&] { return decode(name, std::string_view(bytes).substr(0, length)).values == whole.values; }) !=
              "a wrong answer");
      }
    }
    const Temporary folder;
    const std::string images = idx({3, 2, 2}, counting(12)), records = "\x01" + counting(3072);
    for (std::size_t length = 0; length < images.size(); ++length) {
      put(folder / "i", images.substr(0, length));
      CHECK(outcome([&] { return read(io::read_idx, folder / "i").nodes() > 0; }) == "refused");
    }
    for (std::size_t length = 0; length < records.size(); length += 64) {
      put(folder / "data_batch.bin", records.substr(0, length));
      CHECK(outcome([&] { return read(io::read_cifar, folder / "data_batch.bin").nodes() > 0; }) == "refused");
    }
  }

  TEST_CASE("hostile: random corruptions of images") {
    const Temporary folder;
    const auto path = folder / "g";
    const std::string good = idx({5, 2, 3}, counting(30));
    survive("idx", good, path, [&] { return read(io::read_idx, path).nodes() < 1'100'000; });
  }
}
