"""A bilingual policy schedule and its special conditions, as the insurer's own system prints them to PDF."""

from demo.blocks import Body, Fields, Footer, FormPage, Gap, Heading, Letterhead, Table, Title
from demo.model import Description
from demo.texts.motor_claim import INSURED, PLATE, POLICY_NO

_LETTERHEAD = Letterhead("远帆财产保险示范股份有限公司 Yuanfan Property Insurance", f"No. {POLICY_NO}")

SCHEDULE = FormPage(
    script="hans",
    text_size=9.5,
    blocks=(
        _LETTERHEAD,
        Title("机动车商业保险保险单 Motor Insurance Policy"),
        Fields(
            widths=(23, 30, 21, 26),
            rows=(
                ("保险单号 Policy No.", POLICY_NO, "签单日期 Issued on", "2023-10-09"),
                ("投保人 Policyholder", "陈怡君 Chen Yijun", "被保险人 Insured", "陈怡君 Chen Yijun"),
                ("身份证号 ID No.", "990102198703140028", "电话 Telephone", "12900351827"),
                ("住址 Address", "示范市清河区文昌街道书院巷九号 9 Shuyuan Lane, Qinghe District"),
                ("号牌号码 Plate No.", PLATE, "核定载客 Seats", "5"),
                ("厂牌型号 Model", "远山牌 YS7150", "初次登记 Registered", "2021-06-18"),
                ("车架号 VIN", "ZZOQI00DEM0052417", "发动机号 Engine No.", "YS15T-0098213"),
                ("使用性质 Use", "家庭自用 Private", "新车购置价 List price", "CNY 118,800.00"),
            ),
        ),
        Heading("保险责任 Coverage"),
        Table(
            widths=(48, 26, 26),
            header=("险别 Insurance cover", "保险金额 Limit (CNY)", "保险费 Premium (CNY)"),
            rows=(
                ("机动车损失保险 Damage to the vehicle", "96,400.00", "1,386.20"),
                ("第三者责任保险 Third party liability", "1,000,000.00", "1,018.50"),
                ("车上人员责任险（司机）Driver", "50,000.00", "98.60"),
                ("车上人员责任险（乘客）Passengers", "50,000.00 × 4", "252.40"),
                ("医保外医疗费用责任险 Uninsured medical cost", "50,000.00", "64.30"),
                ("合计 Total", "", "2,820.00"),
            ),
            numeric=(1, 2),
        ),
        Fields(
            widths=(23, 77),
            rows=(
                ("保险期间 Period", "2023-10-16 00:00 至 to 2024-10-15 24:00"),
                ("争议解决 Disputes", "提交示范市仲裁委员会仲裁 Arbitration in Shifan City"),
                (
                    "保险费合计 Premium in words",
                    "人民币贰仟捌佰贰拾元整 Two thousand eight hundred and twenty yuan",
                ),
            ),
        ),
        Heading("重要提示 Important notice"),
        Body(
            "收到本保险单后请立即核对，如有错漏请在四十八小时内通知本公司办理批改手续。"
            "发生保险事故后应在四十八小时内报案，服务专线12900900900。"
        ),
        Body(
            "Please check this policy upon receipt and tell us of any mistake within 48 hours. "
            "Report an accident within 48 hours by calling our service line 12900900900."
        ),
        Gap(6),
        Body("核保 Underwriter：方若兰　　制单 Prepared by：许成　　经办 Agent：直销 Direct", indented=False),
        Footer("第1页 共2页 Page 1 of 2"),
    ),
)

CONDITIONS = FormPage(
    script="hans",
    blocks=(
        _LETTERHEAD,
        Title("特别约定与索赔须知 Special conditions and claims guide"),
        Heading("一、特别约定 Special conditions"),
        Body(
            "1. 本车约定驾驶人为陈怡君，其他合法驾驶人驾驶时发生事故，仍按条款规定负责赔偿，不增加免赔率。",
            indented=False,
        ),
        Body(
            "The named driver is Chen Yijun. Other licensed drivers are covered without an added deductible.",
            indented=False,
        ),
        Body("2. 车辆用于网约车等营业性运输期间发生的损失，保险人不负责赔偿。", indented=False),
        Body("Losses while the vehicle carries passengers or goods for hire are excluded.", indented=False),
        Body("3. 家庭自用车因自然灾害受损的，不扣减无赔款优待。", indented=False),
        Body("Damage by natural disaster does not reduce the no claim discount.", indented=False),
        Heading("二、索赔须知 How to claim"),
        Table(
            widths=(9, 46, 45),
            header=("序 No.", "需提交的单证 Documents", "说明 Notes"),
            rows=(
                ("1", "索赔申请书 Claim form", "被保险人签章 Signed by the insured"),
                ("2", "行驶证、驾驶证 Vehicle and driving licence", "复印件 Copies"),
                ("3", "事故责任认定书 Accident report", "原件 Original"),
                ("4", "医疗费发票及费用清单 Medical invoices", "原件 Originals"),
                ("5", "住院病历、出院小结 Hospital records", "加盖医院公章 Stamped by the hospital"),
                ("6", "误工证明及收入流水 Proof of lost income", "人伤案件 Injury claims only"),
                ("7", "收款账户信息 Bank account", "户名须与被保险人一致 In the insured's name"),
            ),
        ),
        Heading("三、个人信息保护 Personal information"),
        Body(
            "本公司仅为订立和履行保险合同之目的处理您的个人信息，敏感个人信息的处理将另行取得您的单独同意。"
            "理赔档案自结案之日起依照法律规定的期限保存，查阅须经审批并留有记录。"
        ),
        Body(
            "We process personal information only to conclude and perform this contract. "
            "Claim files are kept for the period the law requires; every access is approved and recorded."
        ),
        Footer("第2页 共2页 Page 2 of 2"),
    ),
)

POLICY_FILE = Description(
    series="policies",
    volume_title="2023年度 机动车商业保险承保单证",
    title="机动车商业保险保险单 陈怡君",
    doc_type="policy",
    persons=(INSURED,),
    numbers=(("policy", POLICY_NO), ("plate", PLATE)),
    doc_date="2023-10-09",
    tier=2,
)
