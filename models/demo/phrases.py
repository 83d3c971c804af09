"""What the demo's steps say: wording of letters, notices, replies and reports, in Chinese as an office writes them."""

from __future__ import annotations

from datetime import date
from random import Random

from models.terms import InformMode, TransferMode

DELIVERIES = ("当面送达，信访人签收", "邮政挂号寄送，回执已收", "网上信访平台送达，已阅", "村（社区）干部陪同上门送达")
HOWS = ("书面函件", "县信访信息系统", "电话报告并补送书面材料", "当面报告并留存记录")
LEADERS = ("周副县长", "林副县长", "赵常务副县长", "何副县长")
_FOLLOWED = (
    ("电话", "询问责任单位办理进展，对方称正在核实，已记录"),
    ("上门", "到责任单位查看办理台账，督促按期答复"),
    ("电话", "回访信访人，转告办理进展，信访人表示理解"),
    ("函询", "发函询问进展，责任单位书面回复已进入调查阶段"),
    ("现场", "会同村（社区）干部走访现场，了解整改情况"),
)
REASONS_TRANSFER = ("该事项属{unit}法定职责范围，转请办理。", "经审核，按职责分工应由{unit}办理，现予转送。")
REASONS_OBJECT = ("依据三定方案，该事项不属我单位职责，应由{unit}办理。", "涉及的审批和监管权限在{unit}，请予调整。")
REASONS_UPHOLD = "经核对部门职责清单，异议成立，请首接单位重新转送。"
REASONS_REJECT = "经核对部门职责清单，该事项属你单位职责，异议不成立，请按期办理。"
REASONS_EXTEND = ("需委托第三方鉴定，鉴定周期较长。", "涉及历史档案调取和多方核实，情况复杂。")
REASONS_PAUSE = "依申请举行听证，听证期间中止计时。"
NOT_SUPPORTED = "经调查核实，所提诉求缺乏事实和政策依据，不予支持，已当面说明理由并告知救济途径。"
EXPLAINED = "所反映问题属实，受资金和施工条件限制暂不能一次解决，已列入计划，承诺限期解决并逐月告知进度。"
UNABLE = "所反映问题超出本级权限，已做好解释稳定工作，并形成专题报告报请上级研究。"
BASIS = "依据现行政策文件及调查笔录、现场照片、档案材料。"
MINUTES = "牵头单位主持，各协办单位参加，听取情况汇报，明确问题成因、责任分工和完成时限，形成会议纪要。"
WITHDRAWAL = "信访人书面说明问题已协商解决，自愿撤回信访事项，签名按手印附后。"
LATE_NOTE = "承诺事项已全部完成，经信访人现场确认。"
URGENT_NOTE = "涉及人数较多，情绪激动，有集体越级上访苗头，认定为重大紧急事项。"

CONFIRM = (
    "经调阅办理记录，超期事实清楚，单位无异议，予以确认。",
    "超过规定期限未履行且无正当理由，按考核办法确认扣分。",
    "系统时限计算无误，单位书面认可，予以确认。",
    "抽查卷宗未见按期履行的凭证，予以确认。",
)
WITHDRAW = (
    "单位已提交当日书面材料，证明已按期履行，系录入滞后，撤回。",
    "因系统检修无法录入，有纸质登记为证，撤回本次扣分。",
    "因防汛抢险抽调全员，经县领导批准顺延，撤回。",
)
NOTIFY = "经比对办理记录，本事项超过规定期限，拟按考核办法扣分。如有异议，请于五个工作日内书面申辩。"
# what a unit says, and what the bureau answers to it
HEARD_CONFIRM = (
    ("承办人岗位调整，交接期间出现疏漏，已约谈责任人并完善交接制度。", "申辩理由不影响超期事实，按考核办法确认扣分。"),
    (
        "事项涉及多个村组，核实耗时较长，未及时申请延期，今后改进。",
        "延期须事先批准并告知信访人，本件未办理，予以确认。",
    ),
    ("已与信访人口头沟通，但未形成书面材料，认可系统记录。", "未提供期限内履行的凭证，予以确认。"),
)
HEARD_WITHDRAW = (
    (
        "当日已当面告知信访人并取得签收，因断网未及时录入，附签收单复印件。",
        "所附签收单经核对属实，期限内已履行，予以撤回。",
    ),
    ("承办人被抽调参加防汛抢险，附县防指抽调通知。", "抽调通知属实，经县领导批准顺延，予以撤回。"),
    ("纸质登记簿显示当日已办理，系录入人员误选日期，附登记簿照片。", "经核对纸质登记簿，日期确系误录，予以撤回。"),
)
APPEAL_LOST = (
    "本单位人手不足，同期承办事项较多，请求免予扣分。",
    "人手不足不属于考核办法规定的顺延情形，超期事实清楚，维持原决定。",
)
APPEAL_WON = (
    "邮政回执显示告知书在期限届满前一日已由信访人签收，原决定未予采信，申请复核。",
    "经调取邮政回执原件，签收日期在期限之内，原决定认定有误，予以推翻。",
)
SERIOUS = (
    "信访人三次到单位反映同一事项，承办人均以“领导不在”为由未予登记，也未告知办理途径，直至信访局督办后方补办登记。",
    "多次推诿，已不止于逾期，提请立案调查。",
    "经调阅接访记录、询问当事人，事实基本清楚，现听取单位意见。",
    "反映情况属实，已对当事人批评教育、调离接访岗位，并当面向信访人致歉。请考虑单位整改情况。",
    "敷衍塞责事实清楚，单位整改及时。决定在全县范围内通报，责令当事人作出书面检查。",
)
SERIOUS_NOW = (
    "承办人接访时言语生硬，与信访人发生争执，致使十余名群众在单位门口聚集，两小时后方劝返。",
    "处置不当激化矛盾，提请立案调查。",
    "已调取现场录像并询问在场人员，现听取单位意见。",
)


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def letter_number(rng: Random, unit: str, year: int) -> str:
    return f"清信转〔{year}〕{unit}-{rng.randint(1, 400)}号"


def delivered(rng: Random, day: date, *, anonymous: bool) -> str:
    """A nameless petitioner can only be told by posting a notice."""
    how = "在政务公开栏和门户网站公示，公示期七日" if anonymous else rng.choice(DELIVERIES)
    return f"{chinese_date(day)}{how}"


def followed(rng: Random) -> dict[str, str]:
    how, what = rng.choice(_FOLLOWED)
    return {"how": how, "what": what}


def informed(rng: Random, day: date, said: str, *, anonymous: bool) -> dict[str, object]:
    """Evidence of a notice to the petitioner, in writing or (seldom) orally."""
    whom = "匿名信访人" if anonymous else "信访人本人"
    proof: dict[str, object] = {"said": said, "told_to": whom, "delivery": delivered(rng, day, anonymous=anonymous)}
    if rng.random() < 0.08 and not anonymous:
        return proof | {"mode": InformMode.oral, "oral_reason": "信访人年事已高，不识字，经本人同意口头告知并记录。"}
    return proof | {"mode": InformMode.written}


def sent(rng: Random, code: str, unit_name: str, day: date) -> dict[str, object]:
    """Evidence of a transfer, in writing or by phone."""
    proof: dict[str, object] = {"reason": rng.choice(REASONS_TRANSFER).format(unit=unit_name)}
    if rng.random() < 0.25:
        phone = {"phone_number": f"0000-55{rng.randrange(100000):05}", "person_reached": f"{unit_name}值班人员"}
        return proof | {"mode": TransferMode.phone} | phone | {"confirmation": "转送函已于次日补送"}
    number = {"letter_number": letter_number(rng, code, day.year), "sent_how": rng.choice(("机要交换", "专人送达"))}
    return proof | {"mode": TransferMode.written} | number


FREEZE = "年终考核经审核无误，予以冻结；尚未办结的申辩事项，结案后以更正版本公布。"
