#!/usr/bin/env python3
"""Makes the test bed's model: a Llama of two layers with random weights, and a byte-level tokenizer.

usage:  make-model.py OUTPUT          (with a Python that has transformers, as the base image's)
OUTPUT  folder for config.json, generation_config.json, model.safetensors, tokenizer files and a chat template: 0.9 MB

The same bytes each time. It talks nonsense, but always the same nonsense: greedy tokens in float32 must be the same for one
node and for two. Four heads and two key/value heads, so that a tensor-parallel size of 2 divides them;
32 values per head is the least that vLLM's attention on the CPU takes.
"""

import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SEED = 20260101
CONTEXT = 512
SPECIAL = ("<|begin|>", "<|end|>", "<|user|>", "<|assistant|>")
SAYABLE = "abcdefghijklmnopqrstuvwxyz\u0120"  # U+0120 is the space of byte-level tokenizers
CHAT_TEMPLATE = (
    "<|begin|>{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<|assistant|>{% else %}<|user|>{% endif %}{{ message['content'] }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def byte_level_tokenizer() -> PreTrainedTokenizerFast:
    """One token per byte and no merges: any text can be said, nothing had to be learned."""
    vocabulary = {symbol: number for number, symbol in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin|>",
        eos_token="<|end|>",
        pad_token="<|end|>",
        model_max_length=CONTEXT,
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def llama(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(tokenizer) + len(tokenizer) % 2,
        hidden_size=128,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        # Ten times the usual spread: the first logits then lie far enough apart that the order of additions cannot swap them.
        initializer_range=0.2,
        tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        dtype="float32",
    )
    torch.manual_seed(SEED)
    model = LlamaForCausalLM(config)
    # Only letters and the space are ever said (a logit of nought never wins): a completion of N tokens is N characters of
    # plain text, which people and logs can read, and never ends early.
    sayable = [token for symbol, token in tokenizer.get_vocab().items() if symbol in SAYABLE]
    with torch.no_grad():
        weight = model.lm_head.weight
        mask = torch.zeros(weight.shape[0], 1)
        mask[sayable] = 1
        weight.mul_(mask)
    return model


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    output = Path(sys.argv[1])
    tokenizer = byte_level_tokenizer()
    tokenizer.save_pretrained(output)
    llama(tokenizer).save_pretrained(output)
    for path in output.iterdir():  # safetensors writes 0600, but the folder is handed to other users
        path.chmod(0o644)


if __name__ == "__main__":
    main()
