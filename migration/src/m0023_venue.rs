//! Where a course is taught in person.

use crate::plain::Plain;

/// Adds the columns, and takes them away again.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
alter table course add column venue_name text constraint course_venue_name_form check (venue_name is null or length(venue_name) between 1 and 300);
alter table course add column venue_address text constraint course_venue_address_form check (venue_address is null or length(venue_address) between 1 and 2000);
alter table course add column venue_map_url text constraint course_venue_map_url_form check (venue_map_url is null or length(venue_map_url) between 1 and 2000);
alter table course add column venue_directions text constraint course_venue_directions_form check (venue_directions is null or length(venue_directions) between 1 and 20000);
";

const DOWN: &str = r"
alter table course drop column venue_directions;
alter table course drop column venue_map_url;
alter table course drop column venue_address;
alter table course drop column venue_name;
";
