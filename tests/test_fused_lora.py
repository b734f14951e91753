"""Proves that the fused LoRA layers compute what PEFT's own compute."""

# ruff: noqa: E402 - torch is looked for before what imports it

import pytest

from tests.training_steps import write_tiny_base

torch = pytest.importorskip("torch")

from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from learning.fused_lora import fuse
from learning.lora import TARGET_MODULES

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


def gradients(model):
    return {
        name: parameter.grad.clone()
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }


def own_peft(base):
    config = LoraConfig(r=4, lora_alpha=12, target_modules=list(TARGET_MODULES))
    torch.manual_seed(1)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model.eval()


def forward_and_back(model, embedded):
    model.zero_grad()
    embedded = embedded.clone().requires_grad_()
    logits = model(inputs_embeds=embedded).logits
    logits.square().mean().backward()
    return logits.detach(), embedded.grad, gradients(model)


def test_the_fused_layers_compute_what_peft_computes(base):
    model = own_peft(base)
    embedded = torch.randn(2, 5, model.config.hidden_size)
    logits, to_input, to_weights = forward_and_back(model, embedded)
    with torch.no_grad(), model.disable_adapter():
        bare = model(inputs_embeds=embedded).logits

    fuse(model)
    fused_logits, fused_to_input, fused_to_weights = forward_and_back(model, embedded)
    with torch.no_grad(), model.disable_adapter():
        fused_bare = model(inputs_embeds=embedded).logits

    close = {"rtol": 1e-3, "atol": 1e-4}
    torch.testing.assert_close(fused_logits, logits, **close)
    torch.testing.assert_close(fused_to_input, to_input, **close)
    torch.testing.assert_close(fused_bare, bare, **close)
    assert not torch.allclose(logits, bare, **close)
    assert len(fused_to_weights) == len(to_weights) > 0
    for name, gradient in to_weights.items():
        torch.testing.assert_close(fused_to_weights[name], gradient, **close)


def test_every_layer_of_the_bundled_kind_is_fused(base):
    model = own_peft(base)

    fuse(model)

    layers = [m for m in model.modules() if "default" in getattr(m, "lora_A", {})]
    assert layers
    assert all("forward" in vars(layer) for layer in layers)


def test_a_layer_with_a_bias_keeps_it():
    torch.manual_seed(1)
    plain = torch.nn.Sequential(
        torch.nn.Linear(4, 4), torch.nn.Linear(4, 4, bias=False)
    )
    config = LoraConfig(r=2, target_modules=["0", "1"], init_lora_weights=False)
    model = get_peft_model(plain, config).eval()
    x = torch.randn(3, 4)
    with torch.no_grad():
        before = model(x)

        fuse(model)

        torch.testing.assert_close(model(x), before)
        with model.disable_adapter():
            torch.testing.assert_close(model(x), plain(x))
