"""A year's notice is read as it is published, or line by line; what is not understood is named."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules import notices
from models.rules.calendar import announced
from models.terms import DayKind

NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
国务院办公厅
2025年11月4日
"""
ROWS = "日期,类别,名称\n2027-10-01 – 2027-10-03, holiday, 国庆节\n2027-10-09，调休上班日，调休\n"


def test_the_published_text_says_the_days_that_are_known_of_its_year() -> None:
    found = notices.read(NOTICE, 2026)
    off, on, _known = announced([2026])
    assert found.wrong == ()
    assert {one.day for one in found.days if one.kind is DayKind.makeup} == set(on)
    holidays = {one.day: one.name for one in found.days if one.kind is DayKind.holiday}
    assert set(off) - set(on) <= holidays.keys()
    assert all(day.weekday() > 4 for day in holidays.keys() - set(off))
    assert holidays[date(2026, 2, 23)] == "春节"


def test_rows_are_read_as_well() -> None:
    found = notices.read(ROWS, 2027)
    assert found.wrong == ()
    assert [(one.day.day, one.kind.value, one.name) for one in found.days] == [
        *((day, "holiday", "国庆节") for day in (1, 2, 3)),
        (9, "makeup", "调休"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("端午节：6月9日（周四）至11日（周五）放假。", notices.SAID, id="a wrong weekday"),
        pytest.param(
            "春节：2月5日（农历腊月廿九、周四）至9日放假。", notices.SAID, id="a wrong weekday after another note"
        ),
        pytest.param("端午节：6月9日（周三）至11日（星期六）放假。", notices.SAID, id="a wrong last weekday"),
        pytest.param("2027-10-04, makeup, 调休", notices.WEEKDAY, id="a make-up day on a Monday"),
        pytest.param("国庆节：10月1日至7日放假。10月8日上班。", notices.WEEKDAY, id="a make-up day on a Friday"),
        pytest.param("2026-05-01, holiday, 劳动节", notices.OUTSIDE, id="another year"),
        pytest.param("2027-05-01, free, 劳动节", notices.UNREAD, id="an unknown kind"),
        pytest.param("2027-02-30, holiday, 春节", notices.UNREAD, id="no such day"),
        pytest.param("我们5月1日放假", notices.UNREAD, id="a sentence that names a day"),
        pytest.param("劳动节：5月1日至3日休息。", notices.UNREAD, id="days without a verb"),
        pytest.param("国庆节：10月1日至12月7日放假。", notices.LONG, id="two months"),
        pytest.param("2027-10-09, holiday, 国庆节\n2027-10-09, makeup, 调休", notices.TWICE, id="both"),
        pytest.param("各单位：\n请做好值班。", notices.NOTHING, id="nothing in it"),
    ],
)
def test_what_cannot_be_right_is_named(text: str, message: str) -> None:
    assert message in {one.message for one in notices.read(text, 2027).wrong}


def test_a_weekday_without_brackets_does_not_hide_the_end_of_a_span() -> None:
    found = notices.read("端午节：6月9日周三至11日星期五放假。", 2027)
    assert (found.wrong, [one.day.day for one in found.days]) == ((), [9, 10, 11])


def test_the_weekdays_of_a_span_over_the_new_year_are_those_of_its_years() -> None:
    assert notices.read("元旦：2026年12月31日（周四）至1月2日（周六）放假。1月3日（周日）上班。", 2027).wrong == ()
    found = notices.read("元旦：2026年12月31日（周四）至2027年1月2日（周六）放假。", 2027)
    assert (found.wrong, len(found.days)) == ((), 3)
