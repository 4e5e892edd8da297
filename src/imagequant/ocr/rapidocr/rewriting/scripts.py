"""The scripts whose characters the recogniser may answer with.

PP-OCRv6 knows Latin and Greek letters, kana and ideographs, but no Cyrillic, Korean or Arabic letter.
"""

import unicodedata
from collections.abc import Collection

# What Chinese (simplified, then traditional) and Japanese products print around quantities. Numerals and others that
# look like signs and Latin letters (十 + 一 - 口 0) are left out: the print is mostly Latin.
_QUANTITY_WORDS = """
    克 公克 毫克 微克 千克 公斤 斤 两 磅 盎司 吨 毫米 厘米 公分 分米 米 公尺 公里 英寸 寸 英尺 尺 码 毫升 升 公升
    立方 平方
    伏 伏特 千伏 瓦 瓦特 千瓦 安培 毫安时 焦耳 千卡 大卡 卡路里 赫兹 兆 吉 帕 摄氏度 华氏度 流明 分贝 欧姆 牛 转 秒
    分钟 小时 天 像素 万 字节 克拉 加仑 夸脱
    兩 噸 釐米 吋 呎 碼 毫安時 攝 華氏 貝 歐姆 轉 鐘 小時 萬 赫茲 加侖
    个 件 枚 只 包 盒 袋 瓶 罐 支 枝 片装 粒 颗 锭 张 页 卷 套 对 双 条 块 台 份 组 箱 桶 杯 根 把 听 打 入 数量 共
    合计 每 各 胶囊 级
    個 隻 裝 顆 錠 張 頁 對 雙 條 塊 組 數
    重量 净重 毛重 净含量 总重 质量 自重 单重 体重 承重 载重 荷载 负重 限重 耐荷 固形物 沥干 规格 容量 容积 体积
    液体
    淨重 總 質量 單 體積 載 負 瀝乾 規 積
    尺寸 大小 长 宽 高 深 厚 长度 直径 半径 周长 外径 内径 身高 底面 顶边 展开 折叠 产品 型号 名称 参数 参考 表
    長 寬 徑 內 頂邊 開 疊 產 號 稱 參 考
    电压 额定 输入 输出 功率 电流 电源 频率 电池 充放电 待机 消耗 能量 亮度 光通量 噪音 压力 转速 扭矩 流量 面积
    温度 环境 续航
    電壓 額 輸 頻 機 壓 溫 環 續
    约 最大 最小 最高 最低 不超过 不少于 至 到 以上 以下 以内 左右 可 误差 等
    約 過 於 誤 为 為
    蛋白质 脂肪 碳水化合物 糖 钠 盐 营养成分 热 食用 价 元 税 半
    鈉 鹽 營養 熱 價 稅
    内容総量 固形 正味 質量 本体 幅 横 縦 奥行 全長 寸法 外形 約 消費電力 定格 出力 周波数 満水 時間 積載 入数 個数
    単位 製品 商品 梱包 税込 価格 進深 进深 付属
    当 脂質 炭水化物 食塩相当量 熱量 栄養 使用 面積 圧力 回転 光束 騒音 毎 円
"""
_QUANTITY_IDEOGRAPHS = frozenset("".join(_QUANTITY_WORDS.split()))
# Units are written with these letters wherever the print is Latin.
_LETTERS_OF_UNITS = frozenset("μΩ")
# The ideographs of a script are those of its national character sets.
_CODECS = {"chinese": ("gb2312", "big5"), "japanese": ("shift_jis",)}
_BY_NAME = {
    "LATIN": frozenset(("latin",)),
    "GREEK": frozenset(("greek",)),
    "HIRAGANA": frozenset(("kana", "japanese")),
    "KATAKANA": frozenset(("kana", "japanese")),
}


def is_in_scripts(symbol: str, scripts: Collection[str]) -> bool:
    """Return whether a symbol belongs to one of some scripts, or to none, as digits and signs do.

    Args:
        symbol: One of the recogniser's output symbols.
        scripts: See ``RapidOcrParams.scripts``.
    """
    return "all" in scripts or all(_is_in(character, scripts) for character in symbol)


def _is_in(character: str, scripts: Collection[str]) -> bool:
    name = unicodedata.name(character, "")
    if name.startswith("CJK"):
        is_quantity = "quantities" in scripts and character in _QUANTITY_IDEOGRAPHS
        return is_quantity or any(_is_encoded(character, codec) for each in scripts for codec in _CODECS.get(each, ()))
    named = _BY_NAME.get(name.partition(" ")[0])
    return named is None or not named.isdisjoint(scripts) or character in _LETTERS_OF_UNITS


def _is_encoded(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
