"""`python -m bot` is `election-bot`."""

import sys

if __name__ == "__main__":
    try:
        from bot.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)
