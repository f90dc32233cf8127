"""``python -m duizhao``: the same as the command ``duizhao``."""

from duizhao.cli import main

main()
