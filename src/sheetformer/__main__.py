"""`python -m sheetformer` is the same as `sheetformer`."""

from sheetformer.cli import main

if __name__ == "__main__":
    main()
