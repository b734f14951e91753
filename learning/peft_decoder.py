"""Decodes greedily with transformers and swaps PEFT adapters under one model."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, PeftModel
from safetensors import SafetensorError

from learning import run
from learning.engine import AdapterRef, Completion, Generation, Message
from learning.errors import AdapterError, EngineError, ModelError, PromptTooLongError

UNLOADABLE = (OSError, ValueError, TypeError, RuntimeError, SafetensorError)
"""What transformers and PEFT raise for files that are missing, corrupt or foreign."""

Stopped = Callable[[], bool]


class PeftDecoder:
    """The model, its adapters and the greedy loop; used from one thread only."""

    def __init__(
        self, folder: Path, device: str, context_tokens: int, resident_adapters: int
    ) -> None:
        self._folder = folder
        self._device = device
        self._context_tokens = context_tokens
        self._resident_adapters = resident_adapters
        self._resident: OrderedDict[str, str] = OrderedDict()
        """PEFT's name of each adapter, the one used last at the end."""
        self._loaded = 0
        self._model: Any = None
        self._tokenizer: Any = None
        self._ends: frozenset[int] = frozenset()
        self._control = re.compile("(?!)")

    def load(self, threads: int) -> None:
        torch.set_num_threads(threads)
        library_log: Any = transformers.utils.logging  # untyped
        library_log.disable_progress_bar()
        dtype = torch.bfloat16 if self._device.startswith("cuda") else torch.float32
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(self._folder)
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(
                self._folder, dtype=dtype
            )
            self._model = model.to(self._device).eval()
        except (KeyError, *UNLOADABLE) as exc:
            raise ModelError(
                f"{self._folder} cannot be loaded ({exc}); set MODEL to another model."
            ) from exc
        ends = self._model.generation_config.eos_token_id
        ends = ends if isinstance(ends, list) else [ends]
        self._ends = frozenset({*ends, self._tokenizer.eos_token_id} - {None})
        added = self._tokenizer.added_tokens_decoder.values()
        control = [re.escape(token.content) for token in added if token.special]
        self._control = re.compile("|".join(control) or "(?!)")
        self._context_tokens = min(
            self._context_tokens, self._model.config.max_position_embeddings
        )

    def unload(self) -> None:
        self._model = None
        self._resident.clear()

    def decode(
        self, generation: Generation, emit: Callable[[str], None], stopped: Stopped
    ) -> Completion | None:
        """Answer greedily; None where it was stopped."""
        if stopped():
            return None
        prompt = self._prompt(generation.messages)
        room = self._context_tokens - len(prompt)
        if room < 1:
            raise PromptTooLongError(
                f"The question takes {len(prompt)} tokens and the model reads "
                f"{self._context_tokens}; ask something shorter."
            )
        self.activate(generation.adapter)
        try:
            if generation.adapter is None and self._resident:
                with self._model.disable_adapter():
                    return self._greedy(generation, prompt, room, emit, stopped)
            return self._greedy(generation, prompt, room, emit, stopped)
        except RuntimeError as exc:  # torch's, out of memory among them
            raise EngineError("The model failed; ask again, or shorter.") from exc

    @torch.inference_mode()
    def _greedy(
        self,
        generation: Generation,
        prompt: list[int],
        room: int,
        emit: Callable[[str], None],
        stopped: Stopped,
    ) -> Completion | None:
        began = first = time.perf_counter()
        candidates: dict[str, float] = {}
        cache: Any = None
        tokens: list[int] = []
        likelihoods: list[tuple[str, float]] = []
        text = ""
        read = prompt
        reason = "length"
        while len(tokens) < min(generation.max_tokens, room):
            output = self._model(
                input_ids=torch.tensor([read], device=self._device),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            cache = output.past_key_values
            logits = output.logits[0, -1].float()  # (vocabulary,)
            token = int(logits.argmax())
            if not tokens:
                first = time.perf_counter()
                candidates = self._likeliest(logits, generation.first_token_candidates)
                if candidates and not generation.wants(candidates):
                    reason = "stop"
                    break
            if stopped():
                return None
            tokens.append(token)
            if token in self._ends:
                reason = "stop"
                break
            if generation.first_token_candidates:
                logged = float(logits.log_softmax(-1)[token])
                likelihoods.append((self._tokenizer.decode([token]), logged))
            read = [token]
            whole = self._text(tokens)
            if not whole.endswith("\N{REPLACEMENT CHARACTER}"):  # half a character
                emit(whole[len(text) :])
                text = whole
        whole = self._text(tokens)
        if whole != text:
            emit(whole[len(text) :])
        return Completion(
            text=whole,
            finish_reason=reason,
            tokens=len(tokens),
            prompt_tokens=len(prompt),
            seconds_to_first_token=first - began,
            seconds=time.perf_counter() - began,
            first_token=candidates,
            likelihoods=tuple(likelihoods),
        )

    def _prompt(self, messages: tuple[Message, ...]) -> list[int]:
        turns = [
            {"role": message.role, "content": self._without_control(message.content)}
            for message in messages
        ]
        encoded = self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_dict=True
        )
        return list(encoded["input_ids"])

    def _without_control(self, text: str) -> str:
        """Strip until nothing is left: removing one token can put together another."""
        while self._control.search(text):
            text = self._control.sub("", text)
        return text

    def _text(self, tokens: list[int]) -> str:
        return str(
            self._tokenizer.decode(
                tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def _likeliest(self, logits: torch.Tensor, count: int) -> dict[str, float]:
        values, tokens = logits.log_softmax(-1).topk(min(count, len(logits)))
        likeliest: dict[str, float] = {}
        for value, token in zip(values.tolist(), tokens.tolist(), strict=True):
            likeliest.setdefault(self._tokenizer.decode([token]), value)
        return likeliest

    def activate(self, adapter: AdapterRef | None) -> None:
        """Make an adapter the active one, loading it where needed."""
        if adapter is None:
            return
        if adapter.name not in self._resident:
            self._load_adapter(adapter)
        self._resident.move_to_end(adapter.name)
        name = self._resident[adapter.name]
        if self._model.active_adapters != [name]:
            self._model.set_adapter(name, inference_mode=True)
        while len(self._resident) > self._resident_adapters:
            self.drop(next(iter(self._resident)))

    def drop(self, name: str) -> None:
        """Unload one adapter, if it is there."""
        peft_name = self._resident.pop(name, None)
        if peft_name is None or not isinstance(self._model, PeftModel):
            return
        if not self._resident:
            self._model = self._model.unload()
            return
        if self._model.active_adapters == [peft_name]:
            last = next(reversed(self._resident.values()))
            self._model.set_adapter(last, inference_mode=True)
        if peft_name in self._model.peft_config:
            self._model.delete_adapter(peft_name)

    def _load_adapter(self, adapter: AdapterRef) -> None:
        run.verify(adapter.directory)
        if not (adapter.directory / "adapter_model.safetensors").is_file():
            raise AdapterError(f"{adapter.name} has no weights; learn again.")
        # A server's id may hold dots, which PEFT's names may not.
        name = f"a{self._loaded}"
        self._loaded += 1
        try:
            if not self._resident:
                config = LoraConfig.from_pretrained(str(adapter.directory))
                self._model = PeftModel(self._model, config, name)
            result = self._model.load_adapter(adapter.directory, name)
            strangers = [*result.missing_keys, *result.unexpected_keys]
            if strangers:
                raise KeyError(strangers[0])  # noqa: TRY301 - undone like the others
        except (KeyError, *UNLOADABLE) as exc:
            self._resident[adapter.name] = name
            self.drop(adapter.name)
            raise AdapterError(
                f"{adapter.name} does not fit this model ({exc}); learn again."
            ) from exc
        self._resident[adapter.name] = name
