"""ResNet-50 at 224 pixels on a GPU: images a second, beside the same step in PyTorch.

Two kinds of work on the same random images, in bfloat16:

    fine-tuning  every weight trained: `FineTune.fit` here, a plain training loop in PyTorch
    features     the frozen backbone run once over the images: `extract_features`, and the same
                 forward pass in PyTorch

PyTorch gets what its own guides advise: autocast, channels last, pinned memory, a fused optimiser.
Images begin in the host's memory in both. The first pass, in which both compile or choose their
kernels, is left out; the median of the others counts. The share of the chip's peak counts 7.6 GFLOP
for an image's forward pass (3.8 billion multiply-adds, He et al. 2016, table 1) and three times
that for a training step, against the dense bfloat16 peak of the maker's data sheet.

Without a GPU nothing is measured, and the table says so. `--anywhere` runs on a CPU, to see the
program work with small `--size`, `--images` and `--batch`.

    python tests/benchmarks/gpu_fine_tuning.py --json
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from rich.console import Console
from rich.table import Table

N_CLASSES = 10
FORWARD_GFLOP = 7.6  # an image of 224 × 224 pixels
TRAINING = 3  # forward, and backward to the activations and to the weights
# Dense bfloat16 TFLOP/s by NVIDIA's data sheets, for the names that drivers give.
PEAKS = {"H200": 989, "H100": 989, "A100": 312, "L40S": 362, "L4": 121}
METHODS = ("fine-tuning", "features")
LIBS = ("tlcourse", "torch")


def images_of(args):
    rng = np.random.default_rng(0)
    x = rng.random((args.images, args.size, args.size, 3), dtype="float32")
    return x, np.arange(args.images) % N_CLASSES


def with_tlcourse(args):
    """Returns method to images a second, and the device's name."""
    import jax
    import keras

    import tlcourse as tl
    from tlcourse.backbones import load_backbone
    from tlcourse.domains import Domain
    from tlcourse.training import extract_features, precision

    device = jax.devices()[0]
    keras.config.set_dtype_policy("mixed_bfloat16" if args.anywhere else precision())
    x, labels = images_of(args)
    backbone = load_backbone("resnet50", input_shape=x.shape[1:], seed=0)
    domain = Domain(
        name="random",
        x_train=x,
        labels_train=labels,
        x_test=x[:N_CLASSES],
        labels_test=labels[:N_CLASSES],
        class_names=[str(i) for i in range(N_CLASSES)],
    )
    passes = args.repeats + 1
    settings = {"epochs": passes, "n_evals": passes, "batch_size": args.batch}
    tuned = tl.FineTune(backbone, freeze_statistics=False, **settings).fit(domain)
    seconds = np.diff(tuned.history["seconds"])  # from the end of the first pass on
    found = {"fine-tuning": len(x) / statistics.median(seconds)}

    def run():
        extract_features(backbone, x, batch_size=args.batch)

    found["features"] = len(x) / median_seconds(run, args.repeats)
    return found, device.device_kind


def with_torch(args):
    """Returns method to images a second, and the device's name."""
    import torch

    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    x, labels = images_of(args)
    x = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    labels = torch.from_numpy(labels)
    if cuda:
        x, labels = x.pin_memory(), labels.pin_memory()
    net = torch_resnet50(torch).to(device, memory_format=torch.channels_last)
    head = torch.nn.Linear(2048, N_CLASSES).to(device)
    optimiser = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=1e-3, fused=cuda)

    def batches():
        for order in torch.randperm(len(x)).split(args.batch):
            rows = x[order].contiguous(memory_format=torch.channels_last)
            if cuda:
                rows = rows.pin_memory()
            yield rows.to(device, non_blocking=True), labels[order].to(device, non_blocking=True)

    def tune():
        net.train()
        for images, wanted in batches():
            optimiser.zero_grad(set_to_none=True)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                loss = torch.nn.functional.cross_entropy(head(net(images)), wanted)
            loss.backward()
            optimiser.step()
        if cuda:
            torch.cuda.synchronize()

    def features():
        net.eval()
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
            found = [
                net(rows.to(device, non_blocking=True)).float() for rows in x.split(args.batch)
            ]
            torch.cat(found).cpu()

    runs = {"fine-tuning": tune, "features": features}
    found = {name: len(x) / median_seconds(run, args.repeats) for name, run in runs.items()}
    return found, torch.cuda.get_device_name() if cuda else "cpu"


def median_seconds(run, repeats):
    """Returns the median of the seconds of a run that was made once before."""
    run()
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def torch_resnet50(torch):
    """Returns the network of He et al. (2016), strides where Keras's version of it has them."""
    nn = torch.nn

    def convolution(before, after, size, stride=1):
        layer = nn.Conv2d(before, after, size, stride, padding=size // 2)
        return nn.Sequential(layer, nn.BatchNorm2d(after))

    class Block(nn.Module):
        def __init__(self, before, width, stride):
            super().__init__()
            self.inner = nn.Sequential(
                convolution(before, width, 1, stride),
                nn.ReLU(inplace=True),
                convolution(width, width, 3),
                nn.ReLU(inplace=True),
                convolution(width, 4 * width, 1),
            )
            same = before == 4 * width
            self.shortcut = nn.Identity() if same else convolution(before, 4 * width, 1, stride)

        def forward(self, x):
            return nn.functional.relu(self.inner(x) + self.shortcut(x))

    blocks, before = [], 64
    for width, depth, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for i in range(depth):
            blocks.append(Block(before, width, stride if i == 0 else 1))
            before = 4 * width
    return nn.Sequential(
        convolution(3, 64, 7, 2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, padding=1),
        *blocks,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def rows_of(lib, found, device, args):
    peak = next((peak for name, peak in PEAKS.items() if name in device), None)
    rows = []
    for method in METHODS:
        gflop = FORWARD_GFLOP * (TRAINING if method == "fine-tuning" else 1)
        share = found[method] * gflop / 1000 / peak if peak and args.size == 224 else None
        rows.append(
            {
                "lib": lib,
                "method": method,
                "seed": 0,
                "target_acc": None,  # images are random: there is nothing to be learned
                "epoch_s": args.images / found[method],
                "images_per_s": round(found[method], 1),
                "share_of_peak": share and round(share, 3),
                "device": device,
            }
        )
    return rows


def has_gpu():
    """Tells whether the NVIDIA driver lists a GPU."""
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return False
    return listed.returncode == 0 and "GPU" in listed.stdout


def measured(lib, args):
    """Returns the rows of one library, which has a process, and so the GPU's memory, of its own."""
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--lib", lib],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={"KERAS_BACKEND": "jax", **os.environ},
    )
    if done.returncode:
        raise SystemExit(f"{lib}: the process ended with {done.returncode}, see above")
    return json.loads(done.stdout.splitlines()[-1])


def table_of(rows):
    """Returns a table, which says "not measured" where there is no row."""
    device = rows[0]["device"] if rows else "no GPU"
    table = Table(title=f"ResNet-50, images a second (share of the bfloat16 peak), {device}")
    table.add_column("method")
    for lib in LIBS:
        table.add_column(lib, justify="right")
    for method in METHODS:
        table.add_row(method, *(_cell(rows, lib, method) for lib in LIBS))
    return table


def _cell(rows, lib, method):
    found = [row for row in rows if (row["lib"], row["method"]) == (lib, method)]
    if not found:
        return "not measured"
    share = found[0]["share_of_peak"]
    return f"{found[0]['images_per_s']:,.0f}" + (f" ({share:.0%})" if share else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=4096)
    parser.add_argument("--size", type=int, default=224, help="pixels each way")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--anywhere", action="store_true", help="on a CPU too")
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    parser.add_argument("--lib", choices=LIBS, help="one library, in this process")
    args = parser.parse_args()
    if args.lib:
        found, device = {"tlcourse": with_tlcourse, "torch": with_torch}[args.lib](args)
        print(json.dumps(rows_of(args.lib, found, device, args)))
        return
    console = Console(stderr=True)
    rows = []
    if args.anywhere or has_gpu():
        for lib in LIBS:
            with console.status(f"measuring {lib}"):
                rows += measured(lib, args)
    console.print(table_of(rows))
    if args.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
