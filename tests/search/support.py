"""Real indexes on a keyed file, rows to put into them, and pages to search."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from search.index import Clause, Filter, Row, row_id

KEY = "5a" * 32
EVERYTHING = Filter((Clause(max_tier=5),))

SENTENCES = (
    ("患者因外伤后腰痛二小时入院", "患者因外傷後腰痛二小時入院"),
    ("既往高血压病史三年，服药不规律", "既往高血壓病史三年，服藥不規律"),
    ("否认糖尿病、冠心病病史", "否認糖尿病、冠心病病史"),
    ("被保险人于台湾省台北市发生交通事故", "被保險人於臺灣省臺北市發生交通事故"),
    ("初步诊断：腰椎压缩性骨折", "初步診斷：腰椎壓縮性骨折"),
    ("给予维生素B12 500μg 肌注", "給予維生素B12 500μg 肌注"),
    ("理赔申请书编号CLM2024-0012345678", "理賠申請書編號CLM2024-0012345678"),
    ("保单号P20240088123，身份证号110101199003074514", "保單號P20240088123，身分證號110101199003074514"),
    ("血红蛋白 128 g/L，白细胞(WBC) 11.2", "血紅蛋白 128 g/L，白細胞(WBC) 11.2"),
    ("腰椎CT及MRI检查见第三腰椎骨折线", "腰椎CT及MRI檢查見第三腰椎骨折線"),
    ("经复查病情稳定，准予出院", "經複查病情穩定，准予出院"),
    ("医嘱：卧床休息，定期复诊", "醫囑：臥床休息，定期複診"),
    ("张伟，男，四十二岁，汉族", "張偉，男，四十二歲，漢族"),
    ("李强与王芳为夫妻关系", "李強與王芳為夫妻關係"),
    ("赔付金额人民币35000元整", "賠付金額人民幣35000元整"),
    ("The patient was discharged on 2024-03-15 in stable condition", "Discharge summary, ward 7B, bed 21"),
    ("药物过敏史：青霉素", "藥物過敏史：青黴素"),
    ("骨折，腰椎；高血压", "骨折，腰椎；高血壓"),
)


def keyed(path: Path, key: str = KEY) -> Callable[[], Any]:
    """Opens the file as the embedded archive does."""

    def connect() -> Any:
        connection = sqlcipher.connect(str(path), timeout=30, check_same_thread=False, isolation_level=None)
        connection.execute(f"pragma key = \"x'{key}'\"")
        for setting in (
            "journal_mode = wal",
            "synchronous = full",
            "busy_timeout = 30000",
            "temp_store = memory",
        ):
            connection.execute(f"pragma {setting}")
        return connection

    return connect


def row(item_id: int, slot: int = 1, *, about: str = "", body: str = "", **attributes: Any) -> Row:
    plain: dict[str, Any] = {
        "tier": 2,
        "unit_id": 1,
        "state": "archived",
        "batch_id": 1,
        "volume_id": None,
        "series_id": None,
        "doc_type": "claim",
        "year": 2024,
        "day": None,
    }
    return Row(row_id(item_id, slot), item_id, slot, about, body, **(plain | attributes))


def page_text(chance: random.Random, sentences: int = 8) -> str:
    """A page in mixed scripts, with line ends anywhere, as OCR leaves them."""
    text = "".join(
        chance.choice(chance.choice(SENTENCES)) + chance.choice("。，；\n ") for _ in range(sentences)
    )
    return "".join(char + ("\n" if chance.random() < 0.06 else "") for char in text)


def pages(number: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [page_text(chance, chance.randint(3, 10)) for _ in range(number)]
