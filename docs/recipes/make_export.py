"""Make invented articles in the form of a WeChat export: ``python make_export.py NUMBER FOLDER``.

The same number gives the same files. An article is a title, lines that the exporter adds, some paragraphs,
and lines that ask the reader for something.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

TOWNS = ("青石", "临江", "柳湾", "白沙", "云溪", "东桥", "南屏", "河口")
THINGS = ("茶园", "老桥", "书店", "渡口", "菜市场", "灯塔", "小学", "梨园")
PEOPLE = ("陈伯", "周阿姨", "林老师", "王师傅", "小赵", "许医生")
SAID = (
    "{town}的{thing}建于{year}年，是镇上人最熟悉的地方。",
    "今年{season}，来这里的客人有{guests}位，比去年多了一成。",
    "{who}说：“我们等了{years}年，孩子们终于又能到{thing}来了。”",
    "镇上用了{days}天时间，把旧仓库改成了一间阅览室。",
    "{who}每天清晨五点起床，先把门口的路扫干净，再去开门。",
    "下雨的日子，邻居们就坐在屋檐下喝茶，说一说从前的事。",
    "去年的大水冲坏了{days}米石墙，修补的钱是大家一起出的。",
    "{who}从外地回来以后，在这里开了第一堂课，来了{days}个学生。",
    "老人们记得，{year}年的{season}特别冷，河面结了一层厚冰。",
    "现在，门票的收入都用来买树苗，山坡上已经种了{guests}棵树。",
    "为了这张新地图，{who}走遍了{town}的每一条巷子。",
    "到了{season}，{thing}旁边的桂花开了，整条街都是香味。",
)
SEASONS = ("春天", "夏天", "秋天", "冬天")
ABOVE = ("点击上方蓝字关注我们", "点击上方“{town}时报”，关注我们", "↑ 点击上方蓝字，关注我们")
BELOW = (
    "欢迎点击“分享、点赞、在看”",
    "长按识别二维码，关注我们",
    "觉得不错，请点赞和在看",
    "转载请联系本公众号获得授权",
)


def make_article(number: int) -> str:
    """Return one article; its number decides all of it."""
    dice = random.Random(number)
    town, thing, year = dice.choice(TOWNS), dice.choice(THINGS), dice.randint(1958, 2012)
    parts = [f"{town}的{thing}迎来新的{dice.choice(SEASONS)}"]
    day = f"2024-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d} {dice.randint(6, 22):02d}:00"
    parts.append(
        f"作者: {town}时报\n发布时间: {day}\n原文链接: "
        f"http://mp.weixin.qq.com/s?__biz={number:06d}&mid={dice.randint(1, 9999)}"
    )
    if dice.random() < 0.6:
        parts.append(dice.choice(ABOVE).format(town=town))
    told = dice.sample(SAID, dice.randint(6, 12))
    for first in range(0, len(told), 3):
        values: dict[str, int | str] = {
            "guests": dice.randint(20, 900),
            "days": dice.randint(2, 40),
            "years": dice.randint(2, 30),
        }
        values |= {"who": dice.choice(PEOPLE), "season": dice.choice(SEASONS), "year": year}
        parts.append("".join(told[first : first + 3]).format(town=town, thing=thing, **values))
    parts += dice.sample(BELOW, dice.randint(1, 3))
    if dice.random() < 0.5:
        parts.append("往期推荐")
        parts += [
            f"{dice.choice(TOWNS)}的{dice.choice(THINGS)}，你去过吗？" for _ in range(dice.randint(2, 3))
        ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, int(sys.argv[1]) + 1):
        (folder / f"wx-{number:04d}.txt").write_text(make_article(number), encoding="utf-8", newline="\n")
