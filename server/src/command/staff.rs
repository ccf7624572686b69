//! Staff, their roles and people's sign-ins, at the command line.

use std::collections::HashMap;
use std::fmt::Write;
use std::process::ExitCode;

use entity::{Zone, learner, organization, staff_role};
use lectern::action::end_sign_ins::{Ended, Whose, end_sign_ins};
use lectern::action::grant_role::{GrantRole, Granted, grant_role};
use lectern::action::revoke_role::{Revoked, Which, revoke_role};
use lectern::app::AppState;
use lectern::catalogue::draft::Name;
use lectern::config::{Config, SignInsCommand, StaffCommand, StaffRole};
use lectern::store::Limits;
use lectern::write::authority::Authority;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::{ACTOR, CommandError, existing_app, ready_app, say};

/// What is done about staff.
pub async fn staff(config: &Config, command: StaffCommand) -> Result<ExitCode, CommandError> {
    let by = Authority::Operator(ACTOR);
    match command {
        StaffCommand::List { organization } => {
            let app = existing_app(config).await?;
            say::hand_over(&listed(&app, organization.as_deref()).await?)?;
        }
        StaffCommand::Add { email, role, organization } => {
            let app = ready_app(config, Limits::PATIENT).await?;
            let Granted { learner, role, organization, changed, .. } = grant_role(
                &app,
                by,
                &GrantRole { email, role: stored(role), organization: organization.map(Name::Slug) },
            )
            .await?;
            let has = if changed { "now has" } else { "already had" };
            say::tell(format_args!(
                "{} {has} the role {}, for {}.",
                learner.email,
                name(role.role),
                scope(organization.as_ref())
            ));
        }
        StaffCommand::Remove { email, role, organization } => {
            let app = existing_app(config).await?;
            let Revoked { learner, role, organization } = revoke_role(
                &app,
                by,
                &Which::Granted { email, role: stored(role), organization: organization.map(Name::Slug) },
            )
            .await?;
            say::tell(format_args!(
                "{} no longer has the role {}, for {}.",
                learner.email,
                name(role.role),
                scope(organization.as_ref())
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is done about sign-ins.
pub async fn sign_ins(config: &Config, command: SignInsCommand) -> Result<ExitCode, CommandError> {
    let SignInsCommand::End { email } = command;
    let app = existing_app(config).await?;
    let Ended { learner, tokens } =
        end_sign_ins(&app, Authority::Operator(ACTOR), &Whose::Address(email)).await?;
    let sign_ins = if tokens == 1 { "1 sign-in was".to_owned() } else { format!("{tokens} sign-ins were") };
    say::tell(format_args!("{} is signed out everywhere: {sign_ins} ended.", learner.email));
    Ok(ExitCode::SUCCESS)
}

fn stored(role: StaffRole) -> staff_role::Role {
    match role {
        StaffRole::Staff => staff_role::Role::Staff,
        StaffRole::Admin => staff_role::Role::Admin,
    }
}

fn name(role: staff_role::Role) -> &'static str {
    match role {
        staff_role::Role::Staff => "staff",
        staff_role::Role::Admin => "admin",
    }
}

fn scope(organization: Option<&organization::Model>) -> String {
    organization.map_or_else(
        || "all organizations".to_owned(),
        |organization| format!("the organization {}", organization.slug),
    )
}

/// Everybody's roles, a line each, in the order of addresses; those of one organization alone where one is
/// named.
async fn listed(app: &AppState, only: Option<&str>) -> Result<String, DbErr> {
    let held = staff_role::Entity::find().order_by_asc(staff_role::Column::Id).all(&app.db).await?;
    let whose = learner::Column::Id.is_in(held.iter().map(|role| role.learner_id));
    let learners: HashMap<_, _> = learner::Entity::find()
        .filter(whose)
        .all(&app.db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let organizations: HashMap<_, _> =
        organization::Entity::find().all(&app.db).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut rows = Vec::new();
    for role in &held {
        let Some(learner) = learners.get(&role.learner_id) else { continue };
        let organization = role.organization_id.and_then(|id| organizations.get(&id));
        if only.is_none_or(|slug| organization.is_some_and(|organization| organization.slug == slug)) {
            rows.push((learner, role, scope(organization)));
        }
    }
    rows.sort_by(|(one, ..), (other, ..)| one.email_key.cmp(&other.email_key));
    let width = rows.iter().map(|(learner, ..)| learner.email.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (learner, role, scope) in rows {
        let since = role.created_at.date_in(&Zone::utc());
        let person = learner.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{:width$}  {:5}  for {scope}, since {since}{person}",
            learner.email,
            name(role.role)
        );
    }
    Ok(text)
}
