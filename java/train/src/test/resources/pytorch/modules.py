"""Makes modules.safetensors: modules of PyTorch with random weights, what they are given and what they give.

    python modules.py modules.safetensors          makes it
    python modules.py --check FILE                 loads a file of StateDict.save into the modules, and compares
                                                   "out.*" of FILE with what they give for its "in.*"

Needs torch and safetensors. Made with PyTorch 2.13.0 and safetensors 0.8.0 on a CPU.
"""
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

OUTPUTS = ["mean", "log_variance", "image", "states", "state"]


class Modules(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(2, 3, (4, 3), 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(36, 5),
                                     nn.LayerNorm(5), nn.ELU())
        self.mean = nn.Linear(5, 2)
        self.log_variance = nn.Linear(5, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 36), nn.SiLU(), nn.Unflatten(1, (3, 4, 3)),
                                     nn.ConvTranspose2d(3, 2, (4, 3), 2, 1, output_padding=(0, 1)))
        self.rnn = nn.GRU(2, 4, num_layers=2, batch_first=True)
        self.cell = nn.GRUCell(3, 4)

    def forward(self, image, sequence, step, state):
        h = self.encoder(image)
        mean = self.mean(h)
        return mean, self.log_variance(h), self.decoder(mean), self.rnn(sequence)[0], self.cell(step, state)


def make(file):
    torch.manual_seed(1)
    modules = Modules()
    with torch.no_grad():
        for p in modules.parameters():
            p.add_(0.2 * torch.randn_like(p))
    stored = {}
    types = {"encoder.4": torch.float64, "decoder": torch.float16, "rnn": torch.bfloat16}
    for name, value in modules.state_dict().items():
        dtype = next((t for prefix, t in types.items() if name.startswith(prefix)), torch.float32)
        stored[name] = value.to(dtype)
        value.copy_(stored[name])
    given = {"image": torch.randn(2, 2, 8, 6), "sequence": torch.randn(2, 3, 2), "step": torch.randn(2, 3),
             "state": torch.randn(2, 4)}
    with torch.no_grad():
        results = modules(**given)
    stored.update({"in." + name: value for name, value in given.items()})
    stored.update({"out." + name: value.contiguous() for name, value in zip(OUTPUTS, results)})
    save_file(stored, file)


def check(file):
    stored = load_file(file)
    modules = Modules()
    modules.load_state_dict({k: v for k, v in stored.items() if not k.startswith(("in.", "out."))})
    with torch.no_grad():
        results = modules(**{k[3:]: v for k, v in stored.items() if k.startswith("in.")})
    for name, value in zip(OUTPUTS, results):
        expected = stored["out." + name].reshape(value.shape)
        print(name, "differs by", float((value - expected).abs().max() / value.abs().max()), "of its largest")


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1] == "--check" else make(sys.argv[1])
