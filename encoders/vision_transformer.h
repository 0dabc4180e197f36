// ViT (Dosovitskiy et al. 2021, arXiv:2010.11929): a transformer over the patches of images, behind rows of its own.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/encoders/transformer.h>

namespace pfm {

// Which patch each row is: a batch of whole images counts them, a masked one leaves some out.
struct PatchRows {
  std::vector<Offset> segments;  // [G + 1] ranges of rows
  std::vector<NodeId> places;    // [n] the patch within its image
  std::vector<NodeId> hidden;    // rows that a token stands for
};
PatchRows patch_rows(const Batch& patches);

// Segments of rows with `extra` more in front of each.
std::vector<Offset> longer_segments(Segments segments, Offset extra);

// Each segment behind the rows of `first` [extra, k]: [n, k] -> [n + G extra, k]
Var put_before(const Var& first, const Var& rows, Segments segments);

// Of each segment of `rows`, `extra` longer than in `segments`, the first row, or the others.
Var first_of_each(const Var& rows, Segments segments, Offset extra);  // -> [G, k]
Var behind_first(const Var& rows, Segments segments, Offset extra);   // -> [n, k]

// What some have and others do not. BEiT (Bao et al. 2022, arXiv:2106.08254): a learned "token" [1, d] instead of
// hidden patches; biases of attention by how far apart two patches are, a table "layers.I.pair_bias" for each layer or
// one, "pair_bias" [B, heads], for all. CLIP (Radford et al. 2021, arXiv:2103.00020): patches without bias,
// "norm_before".
struct VisionParts {
  enum class Relative { none, each_layer, shared };
  bool token = false;
  Relative relative = Relative::none;
  bool patch_bias = true, norm_before = false;
};

// Rows of a table of biases for pairs of a class row and a grid's patches: one for each difference query - key of their
// places, row by row; the last three are for the class row as query, as key, as both.
Offset pair_biases_of(const Grid& grid);                       // (2 height - 1) (2 width - 1) + 3
PairIds pairs_in_grid(const Grid& grid, std::size_t samples);  // of so many whole images

struct VisionTransformer {
  // "patches" Linear from `columns`; "class" [extra, d] normal .02: rows in front, the first one the class row;
  // "positions" [extra + patches, d], learned, normal .02, or sines, not trained and 0 for the rows in front, or none;
  // "layers.0", .., "norm"; the `parts`. Biases by places need whole images and one row in front.
  enum class Positions { learned, sines, none };
  VisionTransformer(const Params& p, Offset columns, const Grid& grid, const TransformerSettings& settings,
                    Positions kind, Offset extra = 1, const VisionParts& parts = {});
  // [n, columns] -> [n + G extra, d]
  Var operator()(const PatchRows& where, const Input& patches, const std::optional<Rng>& rng = {}) const;
  std::vector<Var> states(const PatchRows& where, const Input& patches) const;  // Transformer::states()
  Linear patches;
  Var first, positions, token, pair_bias;
  std::optional<LayerNorm> norm_before;
  Transformer transformer;
  Offset extra;
  std::optional<Grid> relative;  // where biases are by places in it

 private:
  Var embedded(const PatchRows& where, const Input& patches) const;
  Attends plan(const PatchRows& where) const;
};

// A row per image: the class row, or the mean over the patches' rows.
enum class PatchReadout { first, mean };
Encoder image_encoder(const VisionTransformer& network, PatchReadout readout);

}  // namespace pfm
