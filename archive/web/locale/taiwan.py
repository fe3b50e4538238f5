"""What OpenCC's Taiwan phrases leave as the mainland says it, in words of the records office.

Applied to OpenCC's proposal in this order, before a person reads it. A text that needs more than that is corrected in the
catalogue itself.
"""

import re
from functools import cache

from opencc import OpenCC

TERMS: tuple[tuple[str, str], ...] = (
    # people and rights
    ("賬", "帳"),
    ("經辦", "承辦"),
    ("待審批", "待審核"),
    ("審批", "審核"),
    ("批准", "核准"),
    ("待批", "待核准"),
    ("投保人", "要保人"),
    ("投保單", "要保書"),
    ("身份", "身分"),
    ("運維", "維運"),
    ("核賠主管", "理賠主管"),
    ("審計", "稽核"),
    ("監管", "監理"),
    ("投訴", "申訴"),
    ("崗位", "職務"),
    ("許可權", "權限"),
    ("個人資訊", "個人資料"),
    # records
    ("病案", "病歷"),
    ("質檢", "品檢"),
    ("質量", "品質"),
    ("密級", "密等"),
    ("保管期限", "保存年限"),
    ("識別", "辨識"),
    ("縮圖圖", "縮圖"),
    ("縮略圖", "縮圖"),
    ("水印", "浮水印"),
    ("浮浮水印", "浮水印"),
    ("調查物件", "調查對象"),
    ("賠案號", "理賠案號"),
    ("銷燬", "銷毀"),
    ("待籤", "待簽"),
    ("類别範本", "類範本"),
    ("模板", "範本"),
    ("捲", "卷"),
    # machines
    ("新建", "新增"),
    ("列表", "清單"),
    ("從備份恢復", "從備份還原"),
    ("恢復過備份", "還原過備份"),
    ("不能恢復", "無法復原"),
    ("機構程式碼", "機構代碼"),
    ("此程式碼的機構", "此代碼的機構"),
    ("“物件”一欄", "“對象”一欄"),
    ("此地址", "此位址"),
    ("錯誤程式碼", "錯誤代碼"),
    ("引數", "參數"),
    ("示例", "範例"),
    ("應答", "回應"),
    ("字首", "前綴"),
    ("登入會話", "登入工作階段"),
    ("訪問日誌", "存取日誌"),
    ("標籤頁", "分頁"),
    ("只讀", "唯讀"),
    ("重啟", "重新啟動"),
    ("釐米", "公分"),
    ("紙質", "紙本"),
    ("灰度", "灰階"),
    ("表單域", "表單欄位"),
    ("下劃線", "底線"),
    ("後回車：", "後按 Enter："),
    ("組卷臺", "組卷台"),
    ("一臺電腦", "一台電腦"),
    ("通過檢索", "透過檢索"),
    ("介面令牌", "API 權杖"),
    ("令牌", "權杖"),
    ("介面檔案", "API 文件"),
    ("介面文件", "API 文件"),
    ("撤銷", "復原"),
    ("吊銷", "撤銷"),
    ("簽名", "簽章"),
    ("校驗值", "雜湊值"),
    ("校驗", "檢核"),
    ("分塊", "區塊"),
    ("快捷鍵", "快速鍵"),
    ("退出", "登出"),
    ("拖動", "拖曳"),
    ("遊標", "游標"),
    ("脫機", "離線"),
    ("壓縮包", "壓縮檔"),
    ("本屏", "本畫面"),
    # papers, which OpenCC takes for files of a computer
    ("檔案型別", "文件類型"),
    ("檔案類型", "文件類型"),
    ("檔案日期", "文件日期"),
    ("卷內檔案", "卷內文件"),
    ("應有檔案", "應有文件"),
    ("未入卷檔案", "未入卷文件"),
    ("缺少的檔案", "缺少的文件"),
    ("型別", "類型"),
    # punctuation
    ("“", "「"),
    ("”", "」"),
)


def proposed(text: str) -> str:
    """Traditional characters, Taiwan's words; to be read by a person."""
    said = _converter().convert(text)
    for mainland, taiwan in TERMS:
        said = said.replace(mainland, taiwan)
    return _WITHOUT_SPACE.sub(" API", str(said))


_WITHOUT_SPACE = re.compile(r"(?<=[\u3400-\u9fff])API")


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")
