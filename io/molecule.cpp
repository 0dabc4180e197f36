// The only file that sees RDKit; PFM_RDKIT says whether it is there.
#include <pfm/io/molecule.h>
#include <pfm/kernels/error.h>

#ifdef PFM_RDKIT
#include <GraphMol/ChemTransforms/ChemTransforms.h>
#include <GraphMol/GraphMol.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/SmilesParse/SmilesWrite.h>

#include <exception>
#include <memory>
#endif

namespace pfm::io {

#ifdef PFM_RDKIT
namespace {

constexpr std::size_t longest = 5000;  // RDKit recurses over the chain of atoms

Molecule::Chirality chirality_of(const RDKit::Atom& atom) {
  switch (atom.getChiralTag()) {
    case RDKit::Atom::CHI_UNSPECIFIED:
      return Molecule::Chirality::unspecified;
    case RDKit::Atom::CHI_TETRAHEDRAL_CW:
      return Molecule::Chirality::clockwise;
    case RDKit::Atom::CHI_TETRAHEDRAL_CCW:
      return Molecule::Chirality::counterclockwise;
    default:
      return Molecule::Chirality::other;
  }
}

Molecule::Order order_of(const RDKit::Bond& bond) {
  switch (bond.getBondType()) {
    case RDKit::Bond::SINGLE:
      return Molecule::Order::simple;
    case RDKit::Bond::DOUBLE:
      return Molecule::Order::twofold;
    case RDKit::Bond::TRIPLE:
      return Molecule::Order::threefold;
    case RDKit::Bond::AROMATIC:
      return Molecule::Order::aromatic;
    default:
      return Molecule::Order::other;
  }
}

Molecule::Direction direction_of(const RDKit::Bond& bond) {
  switch (bond.getBondDir()) {
    case RDKit::Bond::ENDUPRIGHT:
      return Molecule::Direction::up;
    case RDKit::Bond::ENDDOWNRIGHT:
      return Molecule::Direction::down;
    default:
      return Molecule::Direction::none;
  }
}

}  // namespace

bool reads_smiles() { return true; }

std::optional<Molecule> parse_smiles(const std::string& smiles) {
  if (smiles.empty() || smiles.size() > longest) return std::nullopt;
  try {
    RDKit::SmilesParserParams how;
    how.allowCXSMILES = how.parseName = false;
    const std::unique_ptr<RDKit::RWMol> parsed(RDKit::SmilesToMol(smiles, how));
    if (!parsed || parsed->getNumAtoms() == 0) return std::nullopt;
    Molecule result;
    for (const RDKit::Atom* atom : parsed->atoms())
      result.atoms.push_back({std::uint8_t(atom->getAtomicNum()), chirality_of(*atom)});
    for (const RDKit::Bond* bond : parsed->bonds())
      result.bonds.push_back({std::int32_t(bond->getBeginAtomIdx()), std::int32_t(bond->getEndAtomIdx()),
                              order_of(*bond), direction_of(*bond)});
    const std::unique_ptr<RDKit::ROMol> scaffold(RDKit::MurckoDecompose(*parsed));
    if (scaffold && scaffold->getNumAtoms() > 0) result.scaffold = RDKit::MolToSmiles(*scaffold);
    return result;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {  // what RDKit throws of chemistry that it does not accept
    return std::nullopt;
  }
}

#else

bool reads_smiles() { return false; }

std::optional<Molecule> parse_smiles(const std::string&) {
  throw Error(Fault::usage,
              "SMILES need RDKit, and this pfm was built without it: install Debian's librdkit-dev, then run cmake and "
              "build again");
}

#endif

}  // namespace pfm::io
