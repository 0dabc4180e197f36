#include <hdf5.h>
#include <pfm/tests/fixture.h>

#include <algorithm>
#include <stdexcept>

namespace pfm::fixture {
namespace {

// Closes an HDF5 identifier at the end of its scope.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
    if (id_ < 0) throw std::runtime_error("fixture: HDF5 refuses to open a part of the file");
  }
  ~Handle() { close_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }  // NOLINT: stands for the identifier

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

herr_t add_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

herr_t add_link(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

Attributes attributes_of(hid_t object) {
  std::vector<std::string> names;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names);
  Attributes found;
  for (const std::string& name : names) {
    const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Handle type(H5Aget_type(attribute), H5Tclose);
    if (H5Tget_class(type) == H5T_STRING) {
      std::string text(H5Tget_size(type) + 1, '\0');
      H5Aread(attribute, type, text.data());
      found[name] = std::string(text.c_str());
    } else {
      double number = 0;
      H5Aread(attribute, H5T_NATIVE_DOUBLE, &number);
      found[name] = number;
    }
  }
  return found;
}

Array read_array(hid_t data) {
  const Handle space(H5Dget_space(data), H5Sclose), type(H5Dget_type(data), H5Tclose);
  std::vector<hsize_t> shape(std::size_t(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  const Stored stored = H5Tget_class(type) == H5T_INTEGER    ? Stored::integer
                        : H5Tget_size(type) == sizeof(float) ? Stored::f32
                                                             : Stored::f64;
  Array array{{shape.begin(), shape.end()}, {}, stored, attributes_of(data)};
  array.values.resize(std::size_t(H5Sget_simple_extent_npoints(space)));
  if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0)
    throw std::runtime_error("fixture: an array cannot be read");
  return array;
}

Group read_group(hid_t id) {
  Group group;
  group.attributes = attributes_of(id);
  std::vector<std::string> names;
  H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_link, &names);
  for (const std::string& name : names) {
    const Handle object(H5Oopen(id, name.c_str(), H5P_DEFAULT), H5Oclose);
    if (H5Iget_type(object) == H5I_GROUP)
      group.groups[name] = read_group(object);
    else
      group.arrays[name] = read_array(object);
  }
  return group;
}

// The group that holds the last part of `path`, and that part; null when a group on the way is missing.
std::pair<const Group*, std::string> parent(const Group& from, const std::string& path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos) return {&from, path};
  const auto next = from.groups.find(path.substr(0, slash));
  if (next == from.groups.end()) return {nullptr, ""};
  return parent(next->second, path.substr(slash + 1));
}

}  // namespace

Matrix Array::matrix() const {
  const Offset cols = shape.empty() ? 1 : shape.back();
  Matrix out(cols == 0 ? 0 : size() / cols, cols);
  std::ranges::transform(values, out.data(), [](double v) { return Real(v); });
  return out;
}

bool Group::has(const std::string& path) const {
  const auto [group, name] = parent(*this, path);
  return group && group->arrays.contains(name);
}

const Array& Group::array(const std::string& path) const {
  if (!has(path)) throw std::out_of_range("fixture: no array " + path);
  const auto [group, name] = parent(*this, path);
  return group->arrays.at(name);
}

const Group& Group::group(const std::string& path) const {
  const auto [group, name] = parent(*this, path);
  if (!group || !group->groups.contains(name)) throw std::out_of_range("fixture: no group " + path);
  return group->groups.at(name);
}

double number(const Attributes& attributes, const std::string& name, double otherwise) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : std::get<double>(found->second);
}

double Group::number(const std::string& attribute, double otherwise) const {
  return fixture::number(attributes, attribute, otherwise);
}

std::string Group::text(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? "" : std::get<std::string>(found->second);
}

Group read(const std::filesystem::path& file) {
  const Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Handle root(H5Gopen2(opened, "/", H5P_DEFAULT), H5Gclose);
  return read_group(root);
}

}  // namespace pfm::fixture
