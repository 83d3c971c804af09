"""A county with many petitions, written set-wise: a few INSERT … SELECT on PostgreSQL, no row through Python."""

from __future__ import annotations

from sqlalchemy import Engine, text

UNITS = """
INSERT INTO unit (code, name, kind, active)
SELECT 'B' || lpad(g::text, 5, '0'), '测试单位' || g, CASE WHEN g % 3 = 0 THEN 'town' ELSE 'department' END, true
FROM generate_series(1, :units) g
"""
PLACES = "INSERT INTO place (code, name, active) SELECT 'B' || g, '测试村' || g, true FROM generate_series(1, :units) g"
STAFF = """
INSERT INTO staff (name, unit_id, head, since)
SELECT '测试员' || u.id || '-' || g, u.id, g = 1, date '2020-01-01' FROM unit u, generate_series(1, 3) g
"""
# words of two characters, as they are searched for: frequent ones, one in 500 and one in 20,000
PETITIONS = """
WITH u AS (SELECT array_agg(id ORDER BY id) AS ids FROM unit),
     p AS (SELECT array_agg(id ORDER BY id) AS ids FROM place),
     c AS (SELECT array_agg(id ORDER BY id) AS ids FROM category),
     s AS (SELECT array_agg(id ORDER BY id) AS ids FROM staff),
     g AS (SELECT n, hashint8(n)::bigint + 2147483648 AS h,
                  timestamptz '2024-01-01 01:00+00' + n * (interval '500 days' / :petitions) AS at
           FROM generate_series(1, :petitions) n)
INSERT INTO petition (number, title, content, kind, category_id, place_id, channel, received_at, registered_at,
                      first_unit_id, first_receiver_id, keeper_id, anonymous, persons, "case", status,
                      responsible_unit_id, closed_at, version)
SELECT 'B' || to_char(at, 'YYYY') || '-' || lpad(n::text, 8, '0'),
       '关于' || (ARRAY['清河镇','柳林镇','城关镇','东山乡','北关街道','石桥镇','南湖村','高坪村'])[1 + h % 8]
         || CASE WHEN n % 20000 = 77 THEN '采砂' WHEN n % 500 = 3 THEN '噪声' ELSE '' END
         || (ARRAY['土地征收补偿','拖欠农民工工资','物业收费','道路积水','学校分班','低保资格','违章建筑','供暖不足',
                   '环境污染','宅基地纠纷','养老金认定','医保报销','林权争议','公交线路','房屋漏水','门面拆迁'])
             [1 + (h / 8) % 16]
         || (ARRAY['未兑现','长期未解决','请求核实','请求公开','处理不当','希望尽快办理'])[1 + (h / 128) % 6],
       repeat('来信人反映的情况和请求，由工作人员如实记录。', 6),
       (ARRAY['suggestion','accusation','request','request','request'])[1 + h % 5],
       c.ids[1 + h % cardinality(c.ids)], p.ids[1 + h % cardinality(p.ids)],
       (ARRAY['visit','letter','call','online'])[1 + h % 4], at, at + interval '2 hours',
       u.ids[1 + h % cardinality(u.ids)], s.ids[1 + h % cardinality(s.ids)], s.ids[1 + h % cardinality(s.ids)],
       false, 1,
       'A',
       CASE WHEN n < :petitions * 0.95 THEN 'closed' ELSE 'handling' END,
       u.ids[1 + h % cardinality(u.ids)],
       CASE WHEN n < :petitions * 0.95 THEN at + interval '50 days' END, 1
FROM g, u, p, c, s
"""
INVOLVED = """
INSERT INTO involvement (petition_id, unit_id)
SELECT id, first_unit_id FROM petition UNION SELECT id, responsible_unit_id FROM petition
"""
STEPS = """
INSERT INTO step (petition_id, seq, kind, at, unit_id, mode, outcome, evidence, recorded_at)
SELECT p.id, k.seq, k.kind, p.received_at + (k.seq - 1) * interval '1 hour', p.first_unit_id, k.mode,
       CASE k.kind WHEN 'route' THEN p."case" ELSE k.outcome END, '{}', p.received_at + k.seq * interval '1 hour'
FROM petition p, (VALUES (1, 'receive', NULL, NULL), (2, 'register', NULL, NULL), (3, 'inform', 'written', 'accepted'),
  (4, 'route', NULL, NULL)) AS k (seq, kind, mode, outcome)
"""
DUTIES = """
INSERT INTO duty (petition_id, key, kind, unit_id, rule, occurrence, paragraph, opened_at, opened_by_id, measure,
                  due_at, due_on, status, discharged_at, discharged_by_id, ended_at, late, rulebook_id, trace)
SELECT p.id, k.kind, k.kind, CASE k.kind WHEN 'HANDLE' THEN p.responsible_unit_id ELSE p.first_unit_id END, k.rule,
       k.kind, '§2(1)', p.received_at, s.id, 'calendar', due.at, (due.at AT TIME ZONE 'Asia/Shanghai')::date,
       CASE WHEN done THEN 'discharged' ELSE 'open' END, CASE WHEN done THEN due.at - interval '1 day' END,
       CASE WHEN done THEN s.id END, CASE WHEN done THEN due.at - interval '1 day' END, false, r.id, '{}'
FROM petition p
JOIN step s ON s.petition_id = p.id AND s.seq = 1
CROSS JOIN (VALUES ('INFORM', 'ACCEPT', 15), ('HANDLE', 'HANDLE', 60), ('FOLLOW_UP', 'FOLLOW_UP', 30))
  AS k (kind, rule, days)
CROSS JOIN LATERAL (SELECT p.received_at + k.days * interval '1 day' AS at) due
CROSS JOIN LATERAL (SELECT p.status = 'closed' OR k.kind = 'INFORM' AS done) state
CROSS JOIN (SELECT min(id) AS id FROM rulebook) r
"""
PARTS = (UNITS, PLACES, STAFF, PETITIONS, INVOLVED, STEPS, DUTIES)


def fill(engine: Engine, petitions: int) -> None:
    """Write ``petitions`` petitions with steps, duties and involvement into a migrated database with reference data."""
    values = {"petitions": petitions, "units": max(30, petitions // 333)}
    with engine.begin() as link:
        for part in PARTS:
            statement = text(part)
            link.execute(statement, {name: values[name] for name in statement.compile().params})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE"))
