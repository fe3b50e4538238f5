"""A fraud investigation memo: the paper whose very existence is hidden from all but named persons."""

from demo.blocks import Body, Fields, Footer, FormPage, Heading, Letterhead, Signature, Stamp, Title
from demo.model import Description
from demo.texts.motor_claim import CLAIM_NO, INJURED, INSURED

MEMO = FormPage(
    script="hans",
    blocks=(
        Letterhead("远帆财产保险示范公司 反欺诈调查组", "特别限制 仅限指定人员"),
        Title("调查备忘录"),
        Fields(
            widths=(15, 35, 15, 35),
            rows=(
                ("备忘录编号", "FD2024-0093", "日期", "2024年9月12日"),
                ("涉及赔案", CLAIM_NO, "被保险人", "陈怡君"),
                ("被调查人", "周文海", "身份证号", "990103197511220318"),
                ("线索来源", "实名举报，举报人代号青松", "调查员", "高远、沈静"),
            ),
        ),
        Heading("一、举报内容"),
        Body(
            "举报人青松称，周文海在事故前已从顺达货运离职，用于索赔的误工证明和收入流水系托人虚开，"
            "护理人员亦未实际护理。举报人要求对身份严格保密，不得向赔案经办人员透露。"
        ),
        Heading("二、已核实情况"),
        Body(
            "1. 走访顺达货运人事部门，周文海于2024年4月30日办理离职，误工证明落款日期为2024年6月3日，公章样式与备案不符。",
            indented=False,
        ),
        Body("2. 银行流水中三笔工资入账均由个人账户转入，付款人为周文海的表弟。", indented=False),
        Body("3. 住院治疗真实，骨折伤情与事故相符，医疗费用未见异常。", indented=False),
        Body("4. 未发现被保险人陈怡君知情或参与。", indented=False),
        Heading("三、初步意见"),
        Body(
            "误工费13,500.00元及护理费3,600.00元疑似虚假索赔，合计17,100.00元。建议保全证据，委托公章鉴定，"
            "鉴定完成前不与当事人接触；确认后追偿并移送公安机关。"
        ),
        Heading("四、知悉范围"),
        Body("法务负责人、反欺诈调查组两名调查员。本备忘录不得复制，不得放入赔案卷宗。"),
        Signature(("调查员：", "调查员：", "2024年9月12日"), (True, True, False)),
        Stamp("远帆财产保险示范公司", "反欺诈调查组", across=0.84, above=34, radius=54),
        Footer("第1页 共1页"),
    ),
)

MEMO_FILE = Description(
    series="claims",
    volume_title="2024年度 反欺诈调查",
    title=f"调查备忘录 FD2024-0093（{CLAIM_NO}）",
    doc_type="investigation_memo",
    persons=(INJURED, INSURED),
    numbers=(("claim", CLAIM_NO),),
    doc_date="2024-09-12",
    tier=5,
)
