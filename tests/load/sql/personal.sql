-- What somebody sees who is signed in: $1 is the hash of the token, $2 the moment in microseconds.
with moment as (select to_timestamp($2::bigint / 1000000.0) as now),
l as (select l.* from learner l join access_token t on t.learner_id = l.id where t.token_hash = $1 and t.revoked_at is null and t.expires_at > (select now from moment))
select json_build_object('viewer', (select json_build_object(
  'learner', json_build_object('name', l.name, 'email', l.email),
  'registrations', json_build_object('nodes', coalesce((select json_agg(json_build_object('code', r.code, 'status', upper(r.status),
      'startedAt', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'confirmedAt', to_char(r.confirmed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'course', json_build_object('slug', c.slug, 'title', c.title, 'startsAt', to_char(c.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
      'quote', json_build_object('total', json_build_object('amount', to_char(q.total_minor / 100.0, 'FM9999990.00')))) order by r.id desc)
      from (select * from registration where learner_id = l.id order by id desc limit 20) r join course c on c.id = r.course_id join quote q on q.registration_id = r.id), '[]')),
  'upcomingSessions', json_build_object('nodes', coalesce((select json_agg(json_build_object('title', s.title, 'startsAt', to_char(s.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'endsAt', to_char(s.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'course', json_build_object('slug', s.course_slug)) order by s.starts_at, s.position, s.id) from (
        select s.*, c.slug as course_slug from session s join course c on c.id = s.course_id join registration r on r.course_id = c.id
        where r.learner_id = l.id and r.status = 'confirmed' and s.starts_at > (select now from moment) and s.kind not in ('break', 'meal', 'transition')
          and (not exists (select 1 from session_track st where st.session_id = s.id) or exists (select 1 from session_track st where st.session_id = s.id and st.track_id = r.track_id))
        order by s.starts_at, s.position, s.id limit 10) s), '[]'))) from l))::text
