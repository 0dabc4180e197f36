#include <fmt/format.h>
#include <pfm/io/pickle.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace pfm::io::pickle {
namespace {

// Whatever a file asks for beside these is refused: a pickle is a program, and this one runs nothing.
constexpr std::array<std::string_view, 11> known_globals{"scipy.sparse.csr.csr_matrix",
                                                         "scipy.sparse._csr.csr_matrix",
                                                         "numpy.core.multiarray._reconstruct",
                                                         "numpy._core.multiarray._reconstruct",
                                                         "numpy.ndarray",
                                                         "numpy.dtype",
                                                         "collections.defaultdict",
                                                         "__builtin__.list",
                                                         "builtins.list",
                                                         "copy_reg._reconstructor",
                                                         "__builtin__.object"};

constexpr int deepest = 64;

template <class T>
Ref make(T value) {
  auto result = std::make_shared<Value>();
  result->is = std::move(value);
  return result;
}

class Machine {
 public:
  Machine(const std::string& name, std::string_view content) : name_(name), all_(content), rest_(content) {}

  Ref run() {
    while (true) {
      at_ = all_.size() - rest_.size();
      const auto op = std::uint8_t(bytes(1)[0]);
      if (op == '.') break;
      step(op);
    }
    if (stack_.size() != 1) fail("the file ends with an unfinished value");
    return stack_.back();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Fault::input, fmt::format("{}: byte {}: {}", name_, at_, what));
  }

  std::string_view bytes(std::size_t count) {
    if (count > rest_.size()) fail(fmt::format("the file ends, expected {} more bytes", count));
    const std::string_view result = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return result;
  }

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
    return value;
  }

  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail("the file ends within a line");
    const std::string_view result = bytes(end);
    bytes(1);
    return result;
  }

  void push(Ref value) { stack_.push_back(std::move(value)); }

  Ref pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back())) fail("a value is missing");
    Ref value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }

  Ref& top() {
    if (stack_.empty()) fail("a value is missing");
    return stack_.back();
  }

  std::vector<Ref> since_mark() {
    if (marks_.empty()) fail("a mark is missing");
    const std::size_t first = marks_.back();
    marks_.pop_back();
    std::vector<Ref> items(stack_.begin() + std::ptrdiff_t(first), stack_.end());
    stack_.resize(first);
    return items;
  }

  Ref tuple(std::size_t count) {
    std::vector<Ref> items;
    for (std::size_t i = 0; i < count; ++i) items.push_back(pop());
    std::ranges::reverse(items);
    return sequence(std::move(items));
  }

  void remember(std::size_t index) {
    if (index > all_.size()) fail("a memo number larger than the file");
    memo_[index] = top();
  }

  void recall(std::size_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("a memo number that was never set");
    push(found->second);
  }

  std::size_t decimal() {
    const std::string_view text = line();
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) fail("expected a number");
    return value;
  }

  void global() {
    const std::string module(line()), item(line());
    const std::string name = module + "." + item;
    if (std::ranges::find(known_globals, name) == known_globals.end())
      fail(fmt::format("it names '{}', expected only numpy arrays, scipy matrices and dictionaries; nothing was run",
                       name.substr(0, 80)));
    push(make(Global{name}));
  }

  void call() {
    Ref arguments = pop(), callee = pop();
    const auto* global = std::get_if<Global>(&callee->is);
    if (global == nullptr || !std::holds_alternative<Sequence>(arguments->is)) fail("a call of what is not a class");
    Ref object = make(Object{global->name, arguments, nullptr, {}});
    adopt(*object, *arguments);
    push(std::move(object));
  }

  void build() {
    Ref state = pop();
    auto* object = std::get_if<Object>(&top()->is);
    if (object == nullptr || object->state) fail("a state for what takes none");
    adopt(*top(), *state);
    object->state = std::move(state);
  }

  // Puts `value` into `holder`. Only what lies nowhere yet takes values: so none can come to hold itself.
  void adopt(Value& holder, Value& value) {
    if (holder.sealed || &holder == &value) fail("a change to a value that lies in another one");
    value.sealed = true;
    holder.depth = std::max(holder.depth, value.depth + 1);
    if (holder.depth > deepest) fail("values nested too deep");
  }

  Ref sequence(std::vector<Ref> items) {
    Ref result = make(Sequence{std::move(items)});
    for (const Ref& item : std::get<Sequence>(result->is).items) adopt(*result, *item);
    return result;
  }

  void append(std::vector<Ref> items) {
    auto* list = std::get_if<Sequence>(&top()->is);
    if (list == nullptr) fail("items for what is not a list");
    for (Ref& item : items) {
      adopt(*top(), *item);
      list->items.push_back(std::move(item));
    }
  }

  void set(std::vector<Ref> items) {
    auto* dictionary = std::get_if<Dictionary>(&top()->is);
    if (auto* object = std::get_if<Object>(&top()->is)) dictionary = &object->items;
    if (dictionary == nullptr || items.size() % 2 != 0) fail("items for what is not a dictionary");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      adopt(*top(), *items[i]), adopt(*top(), *items[i + 1]);
      dictionary->items.emplace_back(std::move(items[i]), std::move(items[i + 1]));
    }
  }

  void step(std::uint8_t op);
  void step_plain(std::uint8_t op);
  void step_container(std::uint8_t op);

  const std::string& name_;
  std::string_view all_, rest_;
  std::size_t at_ = 0;
  std::vector<Ref> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::size_t, Ref> memo_;
};

void Machine::step(std::uint8_t op) {
  switch (op) {
    case 0x80:  // PROTO
      if (bytes(1)[0] > 3) fail("a protocol above 3, expected 0 to 3: save it again with pickle protocol 2 or 3");
      return;
    case 'c':
      return global();
    case 'R':
    case 0x81:
      return call();  // REDUCE, NEWOBJ
    case 'b':
      return build();
    case 'p':
      return remember(decimal());
    case 'q':
      return remember(number<std::uint8_t>());
    case 'r':
      return remember(number<std::uint32_t>());
    case 'g':
      return recall(decimal());
    case 'h':
      return recall(number<std::uint8_t>());
    case 'j':
      return recall(number<std::uint32_t>());
    default:
      return step_plain(op);
  }
}

void Machine::step_plain(std::uint8_t op) {
  switch (op) {
    case 'N':
      return push(make(None{}));
    case 0x88:
      return push(make(true));
    case 0x89:
      return push(make(false));
    case 'K':
      return push(make(std::int64_t(number<std::uint8_t>())));
    case 'M':
      return push(make(std::int64_t(number<std::uint16_t>())));
    case 'J':
      return push(make(std::int64_t(number<std::int32_t>())));
    case 'I':
      return push(make(std::int64_t(decimal())));
    case 'C':  // the bytes of Python 3
    case 'U':
      return push(make(std::string(bytes(number<std::uint8_t>()))));
    case 'X':  // a text in UTF-8
    case 'B':  // bytes
      return push(make(std::string(bytes(number<std::uint32_t>()))));
    case 'T':
      if (const auto size = number<std::int32_t>(); size >= 0) return push(make(std::string(bytes(std::size_t(size)))));
      fail("a string of negative length");
    default:
      return step_container(op);
  }
}

void Machine::step_container(std::uint8_t op) {
  switch (op) {
    case '(':
      return marks_.push_back(stack_.size());
    case ')':
      return push(make(Sequence{}));
    case ']':
      return push(make(Sequence{}));
    case '}':
      return push(make(Dictionary{}));
    case 0x85:
      return push(tuple(1));
    case 0x86:
      return push(tuple(2));
    case 0x87:
      return push(tuple(3));
    case 't':
    case 'l':
      return push(sequence(since_mark()));
    case 'a': {
      Ref item = pop();
      return append({std::move(item)});
    }
    case 'e':
      return append(since_mark());
    case 's': {
      Ref item = pop(), key = pop();
      return set({std::move(key), std::move(item)});
    }
    case 'u':
      return set(since_mark());
    default:
      fail(fmt::format("opcode 0x{:02x} is not one of the few that arrays and dictionaries need", op));
  }
}

}  // namespace

Ref parse(const std::string& name, std::string_view content) { return Machine(name, content).run(); }

}  // namespace pfm::io::pickle
