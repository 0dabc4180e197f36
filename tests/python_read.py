"""Reads files of this program with h5py, scipy, anndata and safetensors, and writes files for it to read:
python_read.py cora.h5 e.h5 e.npy m.safetensors cora.npz cora.h5ad made.npz made.h5ad

Prints a line per package: "ok NAME" or "missing NAME"; anything else is a failure.
"""

import importlib
import sys

data, embedding, npy, tensors, npz, h5ad, made_npz, made_h5ad = sys.argv[1:]


def when_here(*names):
    def run(check):
        try:
            modules = [importlib.import_module(name) for name in names]
        except ImportError:
            print("missing", names[0])
            return
        check(*modules)
        print("ok", names[0])

    return run


@when_here("h5py", "scipy.sparse", "numpy")
def _(h5py, sparse, numpy):
    with h5py.File(data, "r") as f:
        assert f.attrs["format"] in (b"pfm", "pfm") and f.attrs["format-version"][0] == 1

        def csr(group):
            return sparse.csr_matrix((group["data"][:], group["indices"][:], group["indptr"][:]), shape=group.attrs["shape"])

        a, x = csr(f["edges/node/edge/node"]), csr(f["nodes/node/x"])
        assert a.shape == (2708, 2708) and a.nnz == 2 * 5278 and (a != a.T).nnz == 0 and a.sum() == a.nnz
        assert x.shape == (2708, 1433) and x.nnz == 49216
        assert numpy.bincount(f["targets/classes"][:]).tolist() == [351, 217, 418, 818, 426, 298, 180]
        assert len(f["splits/train"]) == 140 and len(f["splits/test"]) == 1000
    with h5py.File(embedding, "r") as f:
        assert f["x"][:].tolist() == [[1, 2], [3, -4.5]]
        assert f["names"].asstr()[:].tolist() == ["a", "Å"]
    assert numpy.load(npy).tolist() == [[1, 2], [3, -4.5]]


@when_here("scipy.sparse", "numpy")
def _(sparse, numpy):
    a = sparse.load_npz(npz)
    assert a.format == "csr" and a.shape == (2708, 2708) and a.nnz == 2 * 5278 and (a != a.T).nnz == 0
    sparse.save_npz(made_npz, sparse.coo_matrix(([2.5, 1.0], ([0, 2], [1, 0])), shape=(3, 3)))


@when_here("anndata", "pandas", "scipy.sparse", "numpy")
def _(anndata, pandas, sparse, numpy):
    a = anndata.read_h5ad(h5ad)
    assert a.shape == (2708, 1433) and a.X.nnz == 49216 and a.obsp["adjacency"].nnz == 2 * 5278
    assert a.obs["classes"].value_counts(sort=False).tolist() == [351, 217, 418, 818, 426, 298, 180]
    assert a[a.obs["split_train"]].shape == (140, 1433) and a.obs_names[5] == "5"
    pandas.set_option("future.infer_string", False)  # not every anndata writes the Arrow strings of pandas 3
    kinds = pandas.Categorical(["b", "a", None])
    table = pandas.DataFrame({"one": pandas.Categorical(["x"] * 3), "kind": kinds}, index=["u", "v", "w"])
    made = anndata.AnnData(X=sparse.csc_matrix([[0, 1.5], [0, 0], [1, 0]]), obs=table)
    made.obsp["connectivities"] = sparse.csr_matrix(numpy.diag([1.0, 2.0], 1))
    made.obsp["distances"] = sparse.eye(3, format="csr")
    made.write_h5ad(made_h5ad, compression="gzip")


@when_here("anndata", "h5py")
def _(anndata, h5py):
    with h5py.File(data, "r") as f:
        whole = {name: anndata.io.read_elem(f[name]) for name in f}
        assert whole["edges"]["node"]["edge"]["node"].nnz == 2 * 5278
        assert whole["nodes"]["node"]["x"].shape == (2708, 1433)
        assert whole["splits"]["validation"].shape == (500,)
    with h5py.File(embedding, "r") as f:
        assert anndata.io.read_elem(f["names"]).tolist() == ["a", "Å"]


@when_here("safetensors", "numpy")
def _(safetensors, numpy):
    with safetensors.safe_open(tensors, framework="numpy") as f:
        assert f.metadata() == {"step": "7"}
        assert f.get_tensor("weight").tolist() == [[1, 2], [3, -4.5]]
