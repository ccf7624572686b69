-- A member of the faculty: $1 is the slug.
with f as (select * from faculty_member where slug = $1)
select json_build_object('facultyMember', (select json_build_object('slug', f.slug, 'name', f.name, 'credentials', f.credentials, 'title', f.title, 'affiliation', f.affiliation, 'bio', f.bio,
  'courses', json_build_object('nodes', coalesce((select json_agg(json_build_object('slug', c.slug, 'title', c.title, 'startsAt', to_char(c.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      order by coalesce(c.starts_at, 'infinity'), c.id) from (select c.* from course c where c.status <> 'draft' and (
          c.id in (select course_id from course_faculty where faculty_member_id = f.id)
          or c.id in (select s.course_id from session s join session_faculty sf on sf.session_id = s.id where sf.faculty_member_id = f.id))
        order by coalesce(c.starts_at, 'infinity'), c.id limit 20) c), '[]')),
  'sessions', json_build_object('nodes', coalesce((select json_agg(json_build_object('title', s.title, 'startsAt', to_char(s.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'endsAt', to_char(s.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'course', json_build_object('slug', s.slug)) order by s.starts_at, s.id) from (
        select s.id, s.title, s.starts_at, s.ends_at, c.slug from session s join course c on c.id = s.course_id join session_faculty sf on sf.session_id = s.id
        where sf.faculty_member_id = f.id and c.status <> 'draft' order by s.starts_at, s.id limit 20) s), '[]'))) from f))::text
