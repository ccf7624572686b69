-- The first courses by start: $1 says how many.
with c as (select * from course where status <> 'draft' order by coalesce(starts_at, 'infinity'), id limit $1 + 1)
select json_build_object('courses', json_build_object(
  'nodes', coalesce((select json_agg(json_build_object('slug', c.slug, 'title', c.title, 'summary', c.summary, 'format', upper(c.format), 'status', upper(c.status),
      'startsAt', to_char(c.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'endsAt', to_char(c.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'timeZone', c.time_zone, 'registrationWindow', json_build_object('earlyDeadline', c.early_deadline_on, 'deadline', c.registration_deadline_on),
      'directors', coalesce((select json_agg(json_build_object('name', f.name, 'credentials', f.credentials) order by cf.position)
          from course_faculty cf join faculty_member f on f.id = cf.faculty_member_id where cf.course_id = c.id and cf.role = 'director'), '[]'),
      'processingFee', case when c.processing_fee_minor is null then null else json_build_object('formatted', to_char(c.processing_fee_minor / 100.0, 'FM$9,999,990.00')) end)
      order by coalesce(c.starts_at, 'infinity'), c.id) from (select * from c limit $1) c), '[]'),
  'pageInfo', json_build_object('hasNextPage', (select count(*) from c) > $1)))::text
