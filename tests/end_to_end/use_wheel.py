"""What a user of the wheel does first, from any folder: load a record, convert, clean, validate the release
inside.
"""

from __future__ import annotations

import subprocess
import sys

import duizhao
from duizhao.schema import available, home

assert duizhao.load("sentences")[0]["zh_hans"]
for config in available():
    assert duizhao.load(config, as_="arrow").num_rows == len(duizhao.load(config)) > 0, config
assert duizhao.convert("里面", "zh-Hant") == "裡面"
assert duizhao.clean("标题\n\n正文在这里。\n") == "标题\n\n正文在这里。"
subprocess.run([sys.executable, "-m", "duizhao", "validate", str(home("dataset"))], check=True)
