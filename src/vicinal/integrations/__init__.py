"""vicinal in other libraries' own manner, one folder a library, which alone imports that library."""

__all__: list[str] = []
