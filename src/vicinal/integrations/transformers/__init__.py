"""A Trainer of Hugging Face Transformers that mixes: images by their pixels, sequences by their tokens' embeddings."""

from vicinal.integrations._needs import needed

needed(__name__, "Transformers", "transformers", install="transformers[torch]")
needed(__name__, "Accelerate", "accelerate", install="transformers[torch]")

from vicinal.integrations.transformers._trainer import MixupTrainer

__all__ = ["MixupTrainer"]
