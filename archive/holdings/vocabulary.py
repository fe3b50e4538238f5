"""Types of documents, parts that persons play, kinds of numbers. The row holds a code, each language shows its own word.

Types and parts are open lists: what is not on them is kept, and shown, as it was typed.
"""

from collections.abc import Mapping

from archive.web.language import N_, _

DOC_TYPES: dict[str, str] = {
    "claim_file": N_("理赔案卷"),
    "claim_form": N_("理赔申请书"),
    "accident_report": N_("事故认定书"),
    "survey_report": N_("查勘报告"),
    "investigation_memo": N_("调查备忘录"),
    "inpatient_record": N_("住院病历"),
    "front_sheet": N_("病案首页"),
    "admission_note": N_("入院记录"),
    "discharge_note": N_("出院记录"),
    "orders": N_("医嘱单"),
    "lab_report": N_("检验报告"),
    "diagnosis": N_("诊断证明"),
    "medical_bill": N_("医疗费用单据"),
    "invoice": N_("发票"),
    "application": N_("投保单"),
    "policy": N_("保险单"),
    "photograph": N_("照片"),
    "identity": N_("身份证明"),
}

PARTS: dict[str, str] = {
    "claimant": N_("索赔人"),
    "insured": N_("被保险人"),
    "policyholder": N_("投保人"),
    "beneficiary": N_("受益人"),
    "injured": N_("伤者"),
    "patient": N_("患者"),
    "driver": N_("驾驶人"),
    "witness": N_("证人"),
    "subject": N_("调查对象"),
}

NUMBER_KINDS: dict[str, str] = {
    "claim": N_("赔案号"),
    "policy": N_("保单号"),
    "record": N_("病案号"),
    "plate": N_("车牌号"),
    "other": N_("其他号码"),
}


def word(code: str, words: Mapping[str, str]) -> str:
    return _(words[code]) if code in words else code


def code(typed: str, words: Mapping[str, str]) -> str:
    """The code of a word as it was chosen from the list, else the text itself."""
    return next((known for known, text in words.items() if typed in {text, _(text)}), typed)


def choices(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((known, _(text)) for known, text in words.items())
