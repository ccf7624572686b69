//! Rows by their ids, kind by kind, as far as the viewer may see them.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{faculty_member, organization, series, session, track};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Node;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::announcement::{self, Announcement};
use crate::graphql::audit::{self, AuditEntry};
use crate::graphql::course::Course;
use crate::graphql::enquiry::{self, Enquiry};
use crate::graphql::faculty::FacultyMember;
use crate::graphql::global_id::Kind;
use crate::graphql::notice::{self, Notice};
use crate::graphql::organization::Organization;
use crate::graphql::registration::{self, Registration};
use crate::graphql::series::Series;
use crate::graphql::session::Session;
use crate::graphql::staff::{self, StaffRole};
use crate::graphql::suppression::{self, Suppression};
use crate::graphql::track::Track;
use crate::viewer::Viewer;

/// Where something is found: its kind and the id of its row.
type Name = (Kind, Uuid);

/// What these names stand for. The number of statements depends on the kinds, not on how many names there
/// are.
pub async fn find(
    app: &AppState,
    viewer: &Viewer,
    named: &[Option<Name>],
) -> Result<HashMap<Name, Node>, DbErr> {
    let mut by_kind: Vec<(Kind, Vec<Uuid>)> = Vec::new();
    for (kind, id) in named.iter().flatten() {
        match by_kind.iter_mut().find(|(known, _)| known == kind) {
            Some((_, ids)) if ids.contains(id) => {}
            Some((_, ids)) => ids.push(*id),
            None => by_kind.push((*kind, vec![*id])),
        }
    }
    let mut found = HashMap::new();
    for (kind, ids) in by_kind {
        let nodes = of_kind(app, viewer, kind, ids).await?;
        found.extend(nodes.into_iter().map(|(id, node)| ((kind, id), node)));
    }
    Ok(found)
}

async fn of_kind(
    app: &AppState,
    viewer: &Viewer,
    kind: Kind,
    ids: Vec<Uuid>,
) -> Result<Vec<(Uuid, Node)>, DbErr> {
    Ok(match kind {
        Kind::Course => {
            let pages = pages(app, viewer, &ids).await?;
            pages.into_values().map(|page| (page.course.id, Node::Course(Course::new(page)))).collect()
        }
        Kind::Session => {
            let select = session::Entity::find()
                .select_only()
                .column(session::Column::Id)
                .column(session::Column::CourseId);
            let select = select.filter(session::Column::Id.is_in(ids));
            let select = select.filter(session::Column::CourseId.in_subquery(viewer.visible_course_ids()));
            let found: Vec<(Uuid, Uuid)> = select.into_tuple().all(&app.db).await?;
            let pages = pages(app, viewer, &courses_of(&found)).await?;
            let node =
                |(id, course_id)| Some((id, Node::Session(Session::find(pages.get(&course_id)?, id)?)));
            found.into_iter().filter_map(node).collect()
        }
        Kind::Track => {
            let select = track::Entity::find().filter(track::Column::Id.is_in(ids));
            let select = select.filter(track::Column::CourseId.in_subquery(viewer.visible_course_ids()));
            select
                .all(&app.db)
                .await?
                .into_iter()
                .map(|row| (row.id, Node::Track(Track(Arc::new(row)))))
                .collect()
        }
        Kind::FacultyMember => {
            let select = faculty_member::Entity::find()
                .filter(faculty_member::Column::Id.is_in(ids))
                .filter(viewer.visible_faculty());
            let node =
                |row: faculty_member::Model| (row.id, Node::FacultyMember(FacultyMember(Arc::new(row))));
            select.all(&app.db).await?.into_iter().map(node).collect()
        }
        Kind::Series => {
            let select = series::Entity::find().select_only().column(series::Column::Id);
            let select = select.filter(series::Column::Id.is_in(ids)).filter(viewer.visible_series());
            let seen: Vec<Uuid> = select.into_tuple().all(&app.db).await?;
            app.catalogue
                .serieses(&app.db, &seen)
                .await?
                .into_iter()
                .map(|(id, row)| (id, Node::Series(Series(row))))
                .collect()
        }
        Kind::Organization => {
            let select = organization::Entity::find()
                .filter(organization::Column::Id.is_in(ids))
                .filter(viewer.visible_organizations());
            let node = |row: organization::Model| (row.id, Node::Organization(Organization(Arc::new(row))));
            select.all(&app.db).await?.into_iter().map(node).collect()
        }
        Kind::Registration => {
            let node = |found: Registration| (found.row().id, Node::Registration(found));
            registration::query::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::Notice => {
            let node = |found: Notice| (found.row.id, Node::Notice(found));
            notice::query::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::AuditEntry => {
            let node = |found: AuditEntry| (found.row().id, Node::AuditEntry(found));
            audit::query::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::Enquiry => {
            let node = |found: Enquiry| (found.row().id, Node::Enquiry(found));
            enquiry::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::Announcement => {
            let node = |found: Announcement| (found.row().id, Node::Announcement(found));
            announcement::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::StaffRole => {
            let node = |found: StaffRole| (found.row().id, Node::StaffRole(found));
            staff::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        Kind::Suppression => {
            let node = |found: Suppression| (found.0.id, Node::Suppression(found));
            suppression::seen(app, viewer, ids).await?.into_iter().map(node).collect()
        }
        // These are found through what they belong to, or named alone.
        Kind::Objective | Kind::Statement | Kind::Learner | Kind::Payment | Kind::File => Vec::new(),
    })
}

fn courses_of(found: &[(Uuid, Uuid)]) -> Vec<Uuid> {
    found.iter().map(|(_, course_id)| *course_id).collect()
}

/// The pages of these courses that the viewer may see, by id.
async fn pages(
    app: &AppState,
    viewer: &Viewer,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<CoursePage>>, DbErr> {
    let mut pages = app.catalogue.pages_by_id(&app.db, ids).await?;
    pages.retain(|_, page| viewer.sees_course(page));
    Ok(pages)
}
