"""Writes cells.h5ad by h5py 3.16, as AnnData's format 0.1.0 has it: counts of 12 cells and 5 genes.

Count of cell c and gene g: (c * 7 + g * 3) % 11 - 5, or 0 where that is below 0. X are sparse rows, compressed; layers
has it dense, as sparse columns, and divided by 4 in float64.
"""
import h5py
import numpy as np

counts = np.maximum((np.arange(12)[:, None] * 7 + np.arange(5) * 3) % 11 - 5, 0)
text = h5py.string_dtype()


def sparse(group, name, matrix, kind):
    by_rows = matrix if kind == 'csr_matrix' else matrix.T
    made = group.create_group(name)
    made.attrs.update({'encoding-type': kind, 'encoding-version': '0.1.0', 'shape': np.array(matrix.shape)})
    rows, columns = np.nonzero(by_rows)
    made.create_dataset('data', data=by_rows[rows, columns].astype('float32'), compression='gzip', chunks=(8,))
    made.create_dataset('indices', data=columns.astype('int32'), compression='gzip')
    made.create_dataset('indptr', data=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(by_rows)))]))


def frame(group, name, index, names):
    made = group.create_group(name)
    made.attrs.update({'encoding-type': 'dataframe', 'encoding-version': '0.2.0', '_index': index})
    made.create_dataset(index, data=names, dtype=text)
    return made


with h5py.File('cells.h5ad', 'w') as file:
    file.attrs.update({'encoding-type': 'anndata', 'encoding-version': '0.1.0'})
    sparse(file, 'X', counts, 'csr_matrix')
    obs = frame(file, 'obs', '_index', [f'cell-{c}' for c in range(12)])
    kind = obs.create_group('cell_type')
    kind.attrs.update({'encoding-type': 'categorical', 'encoding-version': '0.2.0', 'ordered': False})
    kind.create_dataset('codes', data=(np.arange(12) % 3).astype('int8'))
    kind.create_dataset('categories', data=['T', 'B', 'NK'], dtype=text)
    obs.create_dataset('batch', data=np.arange(12) // 6)
    obs.create_dataset('set', data=['test' if c % 4 == 0 else 'train' for c in range(12)], dtype=text)
    frame(file, 'var', 'gene', ['CD3E', 'CD19', 'NKG7', 'α-Gen', 'MT-1'])
    layers = file.create_group('layers')
    layers.create_dataset('dense', data=counts, compression='gzip', chunks=(5, 2))
    layers.create_dataset('quarters', data=counts / 4)
    sparse(layers, 'columns', counts, 'csc_matrix')
