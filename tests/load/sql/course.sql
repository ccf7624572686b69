-- The course page as one statement: $1 is the slug.
with c as (select * from course where slug = $1 and status <> 'draft')
select json_build_object('course', (select json_build_object(
  'id', rtrim(translate(encode(convert_to('course:' || replace(c.id::text, '-', ''), 'UTF8'), 'base64'), E'+/\n', '-_'), '='),
  'slug', c.slug, 'title', c.title, 'kind', c.kind, 'summary', c.summary, 'overview', c.overview,
  'status', upper(c.status), 'format', upper(c.format), 'lengthLabel', c.length_label, 'timeZone', c.time_zone,
  'startsOn', c.starts_on, 'endsOn', c.ends_on,
  'startsAt', to_char(c.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'endsAt', to_char(c.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'centre', c.centre, 'contactEmail', c.contact_email, 'registrationSite', c.registration_site, 'creditHeadline', c.credit_headline,
  'days', (select json_agg(json_build_object('date', d.day, 'sessions', d.sessions) order by d.day) from (
    select s.day, json_agg(json_build_object(
      'id', rtrim(translate(encode(convert_to('session:' || replace(s.id::text, '-', ''), 'UTF8'), 'base64'), E'+/\n', '-_'), '='),
      'title', s.title, 'kind', upper(s.kind),
      'startsAt', to_char(s.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'endsAt', to_char(s.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'startTime', to_char(s.starts_at at time zone c.time_zone, 'HH24:MI'),
      'endTime', to_char(s.ends_at at time zone c.time_zone, 'HH24:MI'),
      'tracks', coalesce((select json_agg(json_build_object('name', t.name) order by t.position) from session_track st join track t on t.id = st.track_id where st.session_id = s.id), '[]'),
      'faculty', coalesce((select json_agg(json_build_object('role', upper(sf.role), 'member', json_build_object('name', f.name, 'credentials', f.credentials)) order by sf.position)
        from session_faculty sf join faculty_member f on f.id = sf.faculty_member_id where sf.session_id = s.id), '[]')
      ) order by s.starts_at, s.position) as sessions
    from (select session.*, (session.starts_at at time zone c.time_zone)::date as day from session where session.course_id = c.id) s group by s.day) d),
  'tracks', coalesce((select json_agg(json_build_object(
      'id', rtrim(translate(encode(convert_to('track:' || replace(t.id::text, '-', ''), 'UTF8'), 'base64'), E'+/\n', '-_'), '='),
      'slug', t.slug, 'name', t.name) order by t.position) from track t where t.course_id = c.id), '[]'),
  'directors', coalesce((select json_agg(json_build_object('name', f.name, 'credentials', f.credentials, 'title', f.title, 'affiliation', f.affiliation) order by cf.position)
      from course_faculty cf join faculty_member f on f.id = cf.faculty_member_id where cf.course_id = c.id and cf.role = 'director'), '[]'),
  'faculty', json_build_object('nodes', coalesce((select json_agg(json_build_object('name', f.name, 'credentials', f.credentials, 'title', f.title, 'affiliation', f.affiliation) order by cf.position)
      from course_faculty cf join faculty_member f on f.id = cf.faculty_member_id where cf.course_id = c.id), '[]')),
  'objectives', coalesce((select json_agg(o.text order by o.position) from objective o where o.course_id = c.id), '[]'),
  'domains', coalesce((select json_agg(g.name order by g.position) from course_tag g where g.course_id = c.id and g.kind = 'domain'), '[]'),
  'audiences', coalesce((select json_agg(a.name order by a.position) from audience a where a.course_id = c.id), '[]'),
  'topics', coalesce((select json_agg(g.name order by g.position) from course_tag g where g.course_id = c.id and g.kind = 'topic'), '[]'),
  'competencies', coalesce((select json_agg(json_build_object('name', k.group_name, 'competencies', k.names) order by k.group_position) from (
      select group_position, min(group_name) as group_name, json_agg(name order by position) as names from competency where course_id = c.id group by group_position) k), '[]'),
  'offeredBy', coalesce((select json_agg(json_build_object('name', g.name, 'url', g.url) order by co.position) from course_organization co join organization g on g.id = co.organization_id
      where co.course_id = c.id and co.role = 'offered_by'), '[]'),
  'accreditedBy', coalesce((select json_agg(json_build_object('name', g.name, 'url', g.url) order by co.position) from course_organization co join organization g on g.id = co.organization_id
      where co.course_id = c.id and co.role = 'accredited_by'), '[]'),
  'registrationWindow', json_build_object('opensAt', to_char(c.registration_opens_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'earlyDeadline', c.early_deadline_on, 'deadline', c.registration_deadline_on),
  'prices', coalesce((select json_agg(json_build_object('profession', json_build_object('code', p.profession), 'label', p.label,
      'regular', json_build_object('amount', to_char(p.regular_minor / 100.0, 'FM9999990.00'), 'formatted', to_char(p.regular_minor / 100.0, 'FM$9,999,990.00')),
      'early', case when p.early_minor is null then null else json_build_object('amount', to_char(p.early_minor / 100.0, 'FM9999990.00'), 'formatted', to_char(p.early_minor / 100.0, 'FM$9,999,990.00')) end,
      'audiences', coalesce((select json_agg(a.name order by a.position) from audience a where a.course_id = c.id and (a.profession = p.profession or (p.profession = 'allied_health_other'
          and not exists (select 1 from price q where q.course_id = c.id and q.profession = a.profession)))), '[]')) order by p.position)
      from price p where p.course_id = c.id), '[]'),
  'processingFee', case when c.processing_fee_minor is null then null else json_build_object('amount', to_char(c.processing_fee_minor / 100.0, 'FM9999990.00'),
      'formatted', to_char(c.processing_fee_minor / 100.0, 'FM$9,999,990.00')) end,
  'credits', coalesce((select json_agg(json_build_object('type', json_build_object('code', k.kind), 'label', k.label, 'amount', to_char(k.amount_hundredths / 100.0, 'FM9999990.00'),
      'parts', coalesce((select json_agg(json_build_object('label', p.label, 'amount', to_char(p.amount_hundredths / 100.0, 'FM9999990.00')) order by p.position) from credit_part p where p.credit_offer_id = k.id), '[]'),
      'requirements', coalesce((select json_agg(json_build_object('kind', upper(r.kind), 'text', r.text) order by r.position) from credit_requirement r where r.credit_offer_id = k.id), '[]'),
      'statement', k.statement) order by k.position) from credit_offer k where k.course_id = c.id), '[]'),
  'statements', coalesce((select json_agg(json_build_object('kind', upper(s.kind), 'version', s.version, 'text', s.text) order by s.position) from statement s where s.course_id = c.id and s.retired_at is null), '[]')
) from c))::text
