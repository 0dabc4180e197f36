#include <expat.h>
#include <fmt/format.h>
#include <pfm/io/line_blocks.h>
#include <pfm/io/xml_stream.h>
#include <pfm/kernels/error.h>

#include <exception>

namespace pfm::io {
namespace {

// Expat gives "namespace name".
std::string_view local(const char* name) {
  const std::string_view whole(name);
  return whole.substr(whole.rfind(' ') + 1);
}

}  // namespace

// Expat's callbacks are C: what is thrown in them is kept and thrown again after XML_Parse.
struct XmlStream::Parser {
  explicit Parser(const Events& what) : events(what), expat(XML_ParserCreateNS(nullptr, ' ')) {
    if (expat == nullptr) throw std::bad_alloc();
    XML_SetUserData(expat, this);
    XML_SetElementHandler(expat, on_begin, on_end);
    XML_SetCharacterDataHandler(expat, on_text);
    XML_SetEntityDeclHandler(expat, on_entity);
    XML_SetSkippedEntityHandler(expat, on_skipped);
  }
  ~Parser() { XML_ParserFree(expat); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  template <class Body>
  void guarded(Body body) {
    if (thrown) return;
    try {
      body();
    } catch (...) {
      thrown = std::current_exception();
      XML_StopParser(expat, XML_FALSE);
    }
  }

  static Parser& of(void* data) { return *static_cast<Parser*>(data); }
  static void XMLCALL on_begin(void* data, const XML_Char* name, const XML_Char** pairs) {
    of(data).guarded([&] {
      Parser& parser = of(data);
      parser.attributes.clear();
      for (; *pairs != nullptr; pairs += 2) parser.attributes.emplace_back(local(pairs[0]), pairs[1]);
      parser.events.begin(local(name), parser.attributes);
    });
  }
  static void XMLCALL on_end(void* data, const XML_Char* name) {
    of(data).guarded([&] { of(data).events.end(local(name)); });
  }
  static void XMLCALL on_text(void* data, const XML_Char* text, int size) {
    of(data).guarded([&] { of(data).events.text({text, std::size_t(size)}); });
  }
  static void XMLCALL on_entity(void* data, const XML_Char*, int, const XML_Char*, int, const XML_Char*,
                                const XML_Char*, const XML_Char*, const XML_Char*) {
    of(data).refuse("a declared entity");
  }
  static void XMLCALL on_skipped(void* data, const XML_Char*, int) { of(data).refuse("a reference to an entity"); }
  void refuse(const char* what) {
    guarded([&] { owner->complain(fmt::format("{}, expected a text that stands for itself", what)); });
  }

  const Events& events;
  XML_Parser expat;
  const XmlStream* owner = nullptr;
  Attributes attributes;
  std::exception_ptr thrown;
};

void XmlStream::read(const Events& events) {
  Parser parser(events);
  parser.owner = this;
  parser_ = &parser;
  LineBlocks blocks(name_);
  std::string block;
  for (bool more = true; more;) {
    more = blocks.next(block);
    if (!more) block.clear();
    constexpr std::size_t piece = 1 << 20;  // expat counts in int
    for (std::size_t at = 0; at == 0 || at < block.size(); at += piece) {
      const std::size_t size = std::min(piece, block.size() - at);
      const XML_Status status = XML_Parse(parser.expat, block.data() + at, int(size), more ? 0 : 1);
      if (parser.thrown) std::rethrow_exception(parser.thrown);
      if (status != XML_STATUS_OK) complain(XML_ErrorString(XML_GetErrorCode(parser.expat)));
    }
  }
  parser_ = nullptr;
}

void XmlStream::complain(const std::string& what) const {
  const auto line = parser_ == nullptr ? 0 : XML_GetCurrentLineNumber(parser_->expat);
  const auto column = parser_ == nullptr ? 0 : XML_GetCurrentColumnNumber(parser_->expat) + 1;
  throw Error(Fault::input, fmt::format("{}:{}:{}: {}", name_, line, column, what));
}

}  // namespace pfm::io
