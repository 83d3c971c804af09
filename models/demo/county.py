"""The invented county of Qingyuan: its units and its places. Running it again creates only what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import Place, Unit
from models.terms import UnitKind

BUREAU, OFFICE, WATCHDOG = "XFJ", "LD", "D30"

# Chinese name, English name, villages or communities (Chinese:English)
TOWNS = (
    ("城关街道", "Chengguan Subdistrict", "东门社区:Dongmen 西街社区:Xijie 文庙社区:Wenmiao 北苑社区:Beiyuan"),
    ("东湖街道", "Donghu Subdistrict", "湖滨社区:Hubin 新华社区:Xinhua 翠竹社区:Cuizhu 学府社区:Xuefu 锦绣社区:Jinxiu"),
    ("柳林镇", "Liulin Town", "柳林村:Liulin 大王庄村:Dawangzhuang 小河口村:Xiaohekou 槐树坪村:Huaishuping"),
    ("石桥镇", "Shiqiao Town", "石桥村:Shiqiao 前进村:Qianjin 桃花沟村:Taohuagou 李家湾村:Lijiawan 土地岭村:Tudiling"),
    ("白塔镇", "Baita Town", "白塔村:Baita 红旗村:Hongqi 曹家店村:Caojiadian 山口村:Shankou"),
    ("双河镇", "Shuanghe Town", "双河村:Shuanghe 渡口村:Dukou 张家坝村:Zhangjiaba 长堤村:Changdi 芦花村:Luhua"),
    ("云台镇", "Yuntai Town", "云台村:Yuntai 茶园村:Chayuan 松林村:Songlin 高坪村:Gaoping"),
    ("青峰镇", "Qingfeng Town", "青峰村:Qingfeng 后山村:Houshan 采石村:Caishi 黄土岗村:Huangtugang 泉水村:Quanshui"),
    ("马坪镇", "Maping Town", "马坪村:Maping 牛角冲村:Niujiaochong 油坊村:Youfang 赵家埠村:Zhaojiabu"),
    ("龙泉镇", "Longquan Town", "龙泉村:Longquan 温泉村:Wenquan 新民村:Xinmin 古井村:Gujing 周家塘村:Zhoujiatang"),
    ("沙河镇", "Shahe Town", "沙河村:Shahe 沿河村:Yanhe 砖瓦村:Zhuanwa 陈家渡村:Chenjiadu"),
    ("永安镇", "Yong'an Town", "永安村:Yong'an 太阳村:Taiyang 合心村:Hexin 吴家桥村:Wujiaqiao 梨园村:Liyuan"),
    ("太平乡", "Taiping Township", "太平村:Taiping 凤凰村:Fenghuang 半山村:Banshan 刘家峪村:Liujiayu"),
    ("竹溪乡", "Zhuxi Township", "竹溪村:Zhuxi 上湾村:Shangwan 下湾村:Xiawan 梅子垭村:Meiziya"),
    ("望山乡", "Wangshan Township", "望山村:Wangshan 石门村:Shimen 苦竹村:Kuzhu 孙家寨村:Sunjiazhai 林场村:Linchang"),
)

DEPARTMENTS = (
    ("县人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    ("县住房和城乡建设局", "Housing and Construction Bureau"),
    ("县自然资源局", "Natural Resources Bureau"),
    ("县农业农村局", "Agriculture and Rural Affairs Bureau"),
    ("县教育局", "Education Bureau"),
    ("县卫生健康局", "Health Bureau"),
    ("县交通运输局", "Transport Bureau"),
    ("县公安局", "Public Security Bureau"),
    ("县民政局", "Civil Affairs Bureau"),
    ("县水利局", "Water Resources Bureau"),
    ("县生态环境局", "Ecology and Environment Bureau"),
    ("县城市管理局", "Urban Management Bureau"),
    ("县市场监督管理局", "Market Regulation Bureau"),
    ("县应急管理局", "Emergency Management Bureau"),
    ("县医疗保障局", "Healthcare Security Bureau"),
    ("县林业局", "Forestry Bureau"),
    ("县文化和旅游局", "Culture and Tourism Bureau"),
    ("县财政局", "Finance Bureau"),
    ("县发展和改革局", "Development and Reform Bureau"),
    ("县工业和信息化局", "Industry and Information Technology Bureau"),
    ("县司法局", "Justice Bureau"),
    ("县退役军人事务局", "Veterans Affairs Bureau"),
    ("县商务局", "Commerce Bureau"),
    ("县审计局", "Audit Bureau"),
    ("县统计局", "Statistics Bureau"),
    ("县行政审批服务局", "Administrative Approval Bureau"),
    ("县残疾人联合会", "Disabled Persons' Federation"),
    ("县数据局", "Data Bureau"),
    ("县房屋征收与补偿中心", "Housing Expropriation and Compensation Centre"),
    ("县纪委监委机关", "Discipline Inspection and Supervision Commission"),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A village or community with its town, as plain data."""

    id: int
    name: str
    town: str
    town_name: str


@dataclass(frozen=True, slots=True)
class County:
    """Unit ids by code, unit names by code, and the villages, in a fixed order."""

    units: dict[str, int]
    names: dict[str, str]
    spots: tuple[Spot, ...]


def town_code(index: int) -> str:
    return f"T{index:02}"


def settle(session: Session) -> County:
    """Units and places of the county; flushes."""
    rows = {row.code: row for row in session.scalars(select(Unit))}
    bureau = next((row for row in rows.values() if row.kind is UnitKind.bureau), None)
    if bureau is not None:  # a county has one bureau; the demo joins the one that is there
        rows[BUREAU] = bureau
    office = _unit(session, rows, OFFICE, "县领导办公室", "County Leaders' Office", UnitKind.leaders_office, None)
    _unit(session, rows, BUREAU, "县信访局", "County Letters and Calls Bureau", UnitKind.bureau, office.id)
    for index, (name, english, _) in enumerate(TOWNS, 1):
        _unit(session, rows, town_code(index), name, english, UnitKind.town, office.id)
    for index, (name, english) in enumerate(DEPARTMENTS, 1):
        _unit(session, rows, f"D{index:02}", name, f"County {english}", UnitKind.department, office.id)
    session.flush()
    ours = [OFFICE, BUREAU, *(town_code(i) for i in range(1, len(TOWNS) + 1))]
    ours += [f"D{i:02}" for i in range(1, len(DEPARTMENTS) + 1)]
    return County({code: rows[code].id for code in ours}, {code: rows[code].name for code in ours}, _places(session))


def _unit(
    session: Session, rows: dict[str, Unit], code: str, name: str, english: str, kind: UnitKind, parent: int | None
) -> Unit:
    if code not in rows:
        rows[code] = Unit(code=code, name=name, name_en=english, kind=kind, parent_id=parent, active=True)
        session.add(rows[code])
        session.flush()
    return rows[code]


def _places(session: Session) -> tuple[Spot, ...]:
    rows = {row.code: row for row in session.scalars(select(Place))}
    root = _place(session, rows, "QY", "清源县", "Qingyuan County", None)
    found = []
    for index, (name, english, villages) in enumerate(TOWNS, 1):
        code = town_code(index)
        town = _place(session, rows, f"QY-{code}", name, english, root.id)
        for number, pair in enumerate(villages.split(), 1):
            chinese, plain = pair.split(":")
            kind = "Community" if chinese.endswith("社区") else "Village"
            spot = _place(session, rows, f"QY-{code}-{number:02}", chinese, f"{plain} {kind}", town.id)
            found.append(Spot(spot.id, chinese, code, name))
    return tuple(found)


def _place(session: Session, rows: dict[str, Place], code: str, name: str, english: str, parent: int | None) -> Place:
    if code not in rows:
        rows[code] = Place(code=code, name=name, name_en=english, parent_id=parent, active=True)
        session.add(rows[code])
        session.flush()
    return rows[code]
