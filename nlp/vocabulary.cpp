#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/nlp/vocabulary.h>

#include <limits>

namespace pfm::nlp {

Vocabulary::Vocabulary(std::vector<std::string> texts, const std::string& origin)
    : texts_(std::move(texts)), origin_(origin) {
  auto fail = [&](std::size_t id, const std::string& what) {
    throw Error(Fault::input, fmt::format("{}: token {} {}", origin_, id, what));
  };
  if (texts_.empty()) throw Error(Fault::input, origin_ + ": holds no tokens, expected some");
  if (texts_.size() > std::size_t(std::numeric_limits<TokenId>::max())) fail(texts_.size(), "is beyond what ids hold");
  ids_.reserve(texts_.size());
  for (std::size_t id = 0; id < texts_.size(); ++id) {
    if (texts_[id].empty()) fail(id, "is empty");
    if (!io::is_utf8(texts_[id])) fail(id, "is not UTF-8 or holds a zero byte");
    const auto [at, fresh] = ids_.emplace(texts_[id], TokenId(id));
    if (!fresh) fail(id, fmt::format("{} is token {} too; each may come once", io::excerpt(texts_[id]), at->second));
  }
}

TokenId Vocabulary::find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? no_token : found->second;
}

TokenId Vocabulary::need(std::string_view text) const {
  const TokenId id = find(text);
  if (id == no_token) throw Error(Fault::input, fmt::format("{}: lacks the token {}", origin_, io::excerpt(text)));
  return id;
}

}  // namespace pfm::nlp
