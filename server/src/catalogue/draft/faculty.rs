//! Who directs and who belongs to the faculty of a course.

use entity::course_faculty::Role;

use super::beside::Name;
use super::open::Open;
use super::path::at;
use super::{FacultyMember, Standing};

/// Makes these people the faculty of a course, in this order; whoever is left out and speaks in a session
/// stays there as a guest.
pub fn set_faculty(open: &mut Open<'_>, faculty: Vec<(Name, Role)>) {
    let mut listed: Vec<FacultyMember> = Vec::new();
    for (index, (name, role)) in faculty.into_iter().enumerate() {
        let standing = match role {
            Role::Director => Standing::Director,
            Role::Faculty => Standing::Faculty,
        };
        let path = at![Faculty, index, Member];
        let Some(found) = open.faculty_member(&name, standing, path.clone()) else { continue };
        if listed.iter().any(|row| row.slug == found.slug) {
            open.mistakes.add(path, "This person is named twice.");
        } else {
            listed.push(found);
        }
    }
    let guests = open.draft.faculty.drain(..).filter(|row| !listed.iter().any(|kept| kept.slug == row.slug));
    let guests: Vec<_> = guests.map(|row| FacultyMember { role: Standing::Guest, ..row }).collect();
    open.draft.faculty = listed.into_iter().chain(guests).collect();
}
