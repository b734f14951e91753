"""The child process that serves one base model and a fixed set of adapters.

It reads its settings as one line of JSON from standard input, prints `ready`, and
serves on a Unix socket until standard input ends: so it dies with its parent. It
imports nothing of ours and is run by its path, so that it starts from any folder.
"""

import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import xllamacpp

ERRORS_ONLY = 1

UBATCH_TOKENS = 48
"""Below 64, where flash attention changes its algorithm and so its rounding: then a
prompt gives the same probabilities wherever its cached prefix ends (measured: 4 of 8
answers differed at 128, none at 48)."""


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    # Ctrl-C and a service's stop reach the whole group; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    folder = Path(settings["socket"]).parent
    code = 1
    with suppress(RuntimeError, ValueError, OSError):
        # What llama.cpp cannot load it explains on standard error; and writing
        # fails where the parent died meanwhile.
        _server = xllamacpp.Server(_params(settings))
        print("ready", flush=True)  # noqa: T201
        sys.stdin.read()
        code = 0
    # Deleting the server would wait up to 30 s for an open stream.
    shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.flush()
    os._exit(code)


def _params(settings: dict[str, Any]) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = settings["gguf"]
    params.verbosity = ERRORS_ONLY
    params.fit_params = False  # it would load the model twice
    params.warmup = False  # 0.5 s to start; with it 0.6 to 3 s on a busy machine
    params.n_gpu_layers = 0
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["context_tokens"] * settings["slots"]
    params.n_batch = params.n_ubatch = UBATCH_TOKENS
    params.cpuparams.n_threads = settings["decode_threads"]
    params.cpuparams_batch.n_threads = settings["prompt_threads"]
    # The cache in RAM restores what another adapter made of the same prompt.
    params.cache_ram_mib = 0
    params.cache_idle_slots = False
    # Scale 0 here, and every request names all adapters: one that named none would
    # get them all.
    params.lora_init_without_apply = True
    params.lora_adapters = [
        xllamacpp.CommonAdapterLoraInfo(path, 0.0) for path in settings["adapters"]
    ]
    params.hostnames = [settings["socket"]]
    params.api_keys = [settings["key"]]
    params.ui = False
    params.endpoint_slots = False
    params.sse_ping_interval = 1
    return params


if __name__ == "__main__":
    main()
