// ViT (Dosovitskiy et al. 2021, arXiv:2010.11929): a transformer over the patches of images, behind rows of its own.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/encoders/transformer.h>

namespace pfm {

// Which patch each row is: a batch of whole images counts them, a masked one leaves some out.
struct PatchRows {
  std::vector<Offset> segments;  // [G + 1] ranges of rows
  std::vector<NodeId> places;    // [n] the patch within its image
};
PatchRows patch_rows(const Batch& patches);

// Segments of rows with `extra` more in front of each.
std::vector<Offset> longer_segments(Segments segments, Offset extra);

// Each segment behind the rows of `first` [extra, k]: [n, k] -> [n + G extra, k]
Var put_before(const Var& first, const Var& rows, Segments segments);

// Of each segment of `rows`, `extra` longer than in `segments`, the first row, or the others.
Var first_of_each(const Var& rows, Segments segments, Offset extra);  // -> [G, k]
Var behind_first(const Var& rows, Segments segments, Offset extra);   // -> [n, k]

struct VisionTransformer {
  // "patches" Linear from `columns`; "class" [extra, d] normal .02: rows in front, the first one the class row;
  // "positions" [extra + patches, d], learned, normal .02, or sines, not trained and 0 for the rows in front;
  // "layers.0",
  // .., "norm".
  enum class Positions { learned, sines };
  VisionTransformer(const Params& p, Offset columns, const Grid& grid, const TransformerSettings& settings,
                    Positions kind, Offset extra = 1);
  // [n, columns] -> [n + G extra, d]
  Var operator()(const PatchRows& where, const Input& patches, const std::optional<Rng>& rng = {}) const;
  std::vector<Var> states(const PatchRows& where, const Input& patches) const;  // Transformer::states()
  Linear patches;
  Var first, positions;
  Transformer transformer;
  Offset extra;

 private:
  Var embedded(const PatchRows& where, const Input& patches) const;
  Attends plan(const PatchRows& where) const;
};

// A row per image: the class row, or the mean over the patches' rows.
enum class PatchReadout { first, mean };
Encoder image_encoder(const VisionTransformer& network, PatchReadout readout);

}  // namespace pfm
