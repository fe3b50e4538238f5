"""Words that stand before names and numbers on claims and medical papers, folded: simplified characters, small letters."""

import re
from collections.abc import Iterable

NAME_LABELS: dict[str, str] = {
    "姓名": "",
    "患者姓名": "patient",
    "病人姓名": "patient",
    "患者": "patient",
    "被保险人": "insured",
    "被保险人姓名": "insured",
    "投保人": "policyholder",
    "投保人姓名": "policyholder",
    "受益人": "beneficiary",
    "受益人姓名": "beneficiary",
    "伤者": "injured",
    "伤者姓名": "injured",
    "驾驶人": "driver",
    "驾驶员": "driver",
    "标的驾驶人": "driver",
    "申请人": "claimant",
    "索赔人": "claimant",
    "证人": "witness",
    "被调查人": "subject",
}
"""To the part of the person, empty where the label does not say it."""

NUMBER_LABELS: dict[str, str] = {
    "病案号": "record",
    "病历号": "record",
    "住院号": "record",
    "门诊号": "record",
    "保单号": "policy",
    "保单号码": "policy",
    "保险单号": "policy",
    "保险单号码": "policy",
    "赔案号": "claim",
    "赔案号码": "claim",
    "赔案编号": "claim",
    "立案号": "claim",
    "案件号": "claim",
    "涉及赔案": "claim",
}

MEDICAL_WORDS = ("病案号", "住院号", "病历号", "门诊号", "床号", "入院", "出院")
"""On a page with one of these, a name without a part is the patient's."""

DOC_TYPE_WORDS: tuple[tuple[str, str], ...] = (
    ("理赔申请书", "claim_form"),
    ("索赔申请书", "claim_form"),
    ("事故认定书", "accident_report"),
    ("查勘", "survey_report"),
    ("调查备忘录", "investigation_memo"),
    ("病案首页", "front_sheet"),
    ("入院记录", "admission_note"),
    ("出院记录", "discharge_note"),
    ("出院小结", "discharge_note"),
    ("医嘱单", "orders"),
    ("检验报告", "lab_report"),
    ("化验单", "lab_report"),
    ("诊断证明", "diagnosis"),
    ("医疗费用", "medical_bill"),
    ("费用明细", "medical_bill"),
    ("发票", "invoice"),
    ("投保单", "application"),
    ("保险单", "policy"),
    ("身份证", "identity"),
    ("住院病历", "inpatient_record"),
)
"""In a heading, the first that fits, to the code of ``vocabulary.DOC_TYPES``."""

PLATE_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时"
    "穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘"
    "池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支"
    "欧诸葛司徒上官夏侯皇甫尉迟公孙慕容令狐宇文长孙"
)
"""The first characters of names: nearly all bearers, a few of the rare ones too many (proposals are confirmed by people)."""


def label_pattern(labels: Iterable[str]) -> re.Pattern[str]:
    """The longest label first, and none inside a longer word (``姓名`` in ``联系人姓名``)."""
    ordered = sorted(labels, key=len, reverse=True)
    return re.compile(rf"(?<![\u4e00-\u9fff])(?:{'|'.join(ordered)})(?=[\s:：a-z.]|$)")
