"""Types of documents, parts that persons play, kinds of numbers. The row holds a code, each language shows its own word.

Types and parts are open lists: what is not on them is kept, and shown, as it was typed.
"""

from collections.abc import Mapping

from archive.web.language import N_, _

DOC_TYPES: dict[str, str] = {
    # claims 理赔
    "claim_file": N_("理赔案卷"),
    "approval": N_("批复"),
    "judgment": N_("判决书、裁决书"),
    "conclusion": N_("结案报告书"),
    "loss_notice": N_("报案记录"),
    "claim_form": N_("理赔申请书"),
    "accident_report": N_("事故认定书"),
    "survey_report": N_("查勘报告"),
    "investigation_memo": N_("调查备忘录"),
    "damage_assessment": N_("定损单"),
    "photograph": N_("照片"),
    "identity": N_("身份证明"),
    "vehicle_licence": N_("行驶证、驾驶证"),
    "invoice": N_("发票"),
    "medical_bill": N_("医疗费用单据"),
    "diagnosis": N_("诊断证明"),
    "injury_appraisal": N_("伤残鉴定意见书"),
    "death_certificate": N_("死亡证明"),
    "household_cancellation": N_("户籍注销证明"),
    "calculation": N_("赔款计算书"),
    "review_opinion": N_("核赔意见"),
    "payment_voucher": N_("赔付凭证"),
    "claim_receipt": N_("赔款收据"),
    "recovery": N_("追偿材料"),
    # policies 承保
    "application": N_("投保单"),
    "policy": N_("保险单"),
    "endorsement": N_("批单"),
    "premium_receipt": N_("保费收据"),
    # inpatient records 住院病案
    "inpatient_record": N_("住院病历"),
    "front_sheet": N_("病案首页"),
    "admission_note": N_("入院记录"),
    "progress_note": N_("病程记录"),
    "preoperative_discussion": N_("术前讨论记录"),
    "surgery_consent": N_("手术同意书"),
    "anaesthesia_consent": N_("麻醉同意书"),
    "preanaesthetic_visit": N_("麻醉术前访视记录"),
    "surgical_safety_check": N_("手术安全核查记录"),
    "surgical_count": N_("手术清点记录"),
    "anaesthesia_record": N_("麻醉记录"),
    "surgery_record": N_("手术记录"),
    "postanaesthetic_visit": N_("麻醉术后访视记录"),
    "postoperative_note": N_("术后病程记录"),
    "discharge_note": N_("出院记录"),
    "death_record": N_("死亡记录"),
    "death_discussion": N_("死亡病例讨论记录"),
    "transfusion_consent": N_("输血治疗知情同意书"),
    "special_consent": N_("特殊检查（特殊治疗）同意书"),
    "consultation": N_("会诊记录"),
    "critical_notice": N_("病危（重）通知书"),
    "pathology": N_("病理资料"),
    "lab_report": N_("检验、检查报告单"),
    "imaging": N_("医学影像检查资料"),
    "temperature_chart": N_("体温单"),
    "orders": N_("医嘱单"),
    "nursing_record": N_("病重（病危）患者护理记录"),
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
