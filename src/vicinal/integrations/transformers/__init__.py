"""A Trainer of Hugging Face Transformers that mixes: images by their pixels, sequences by their tokens' embeddings."""

from importlib.util import find_spec

if not all(map(find_spec, ("transformers", "accelerate"))):
    needs = "MixupTrainer needs transformers and accelerate, which are not both installed"
    raise ImportError(f'{needs}: pip install "transformers[torch]".')

from vicinal.integrations.transformers._trainer import MixupTrainer

__all__ = ["MixupTrainer"]
