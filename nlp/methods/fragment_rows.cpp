#include <pfm/encoders/readout.h>
#include <pfm/nlp/methods/fragment_rows.h>
#include <pfm/nlp/token_batch.h>

namespace pfm::nlp {

Rewriting fragment_rewriting(const Architecture& a, const Batch& seen, const Batch& truth, TokenId mask) {
  const std::vector<Offset> texts = segments_of(truth);
  const std::vector<NodeId>& hidden = seen.hidden_nodes;
  std::vector<TokenIds> read(texts.size() - 1);
  std::vector<NodeId> places;
  std::size_t g = 0;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    while (Offset(hidden[i]) >= texts[g + 1]) ++g;
    const bool goes_on = !read[g].empty() && hidden[i] == hidden[i - 1] + 1;
    read[g].push_back(goes_on ? truth.ids[std::size_t(hidden[i - 1])] : mask);
    places.push_back(NodeId(a.first_position + hidden[i] - texts[g]));
  }
  DecoderRows rows = decoder_rows(a, token_batch(read), seen);
  rows.text.positions = std::move(places);
  return {seen, std::move(rows), tokens_at(truth, hidden)};
}

}  // namespace pfm::nlp
