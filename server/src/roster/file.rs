//! A roster as a file (CSV, RFC 4180): read by pages and written as it is read, so that no course is too
//! large for it.

use std::collections::HashMap;
use std::sync::Arc;

use entity::money::Money;
use entity::registration;
use entity::{Instant, Zone, evaluation, learner, payment, quote};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cell::guarded;
use super::{Filter, Order};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::Fault;
use crate::listing::{Key, Wanted};

/// Rows read at once.
pub const PAGE: u64 = 500;

/// The columns, in order. Those that an import reads have the names that it knows.
pub const COLUMNS: [&str; 14] = [
    "code",
    "external_id",
    "status",
    "name",
    "email",
    "profession",
    "track",
    "started_at",
    "confirmed_at",
    "cancelled_at",
    "quote_total",
    "paid",
    "evaluated_at",
    "missing",
];

/// What a ticket is for: which rows, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which rows.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
}

/// A file in the making: how far it has been written.
#[derive(Debug)]
pub struct Roster {
    app: AppState,
    page: Arc<CoursePage>,
    asked: Asked,
    /// The moment as of which it tells.
    now: Instant,
    after: Option<Vec<Key>>,
    begun: bool,
    ended: bool,
}

/// Everything beside the rows of a page.
#[derive(Debug, Default)]
struct Beside {
    learners: HashMap<Uuid, learner::Model>,
    totals: HashMap<Uuid, i64>,
    paid: HashMap<Uuid, i64>,
    evaluated: HashMap<Uuid, Instant>,
}

impl Roster {
    /// The roster of a course as of now; whether the asker may have it has been decided before.
    pub fn new(app: AppState, page: Arc<CoursePage>, asked: Asked) -> Self {
        let now = app.nature.now();
        Self { app, page, asked, now, after: None, begun: false, ended: false }
    }

    /// The next piece of the file, and the rest of it; none at the end. Each piece costs as many statements,
    /// however large the course.
    ///
    /// # Errors
    /// A failing database.
    pub async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let select = registration::Entity::find()
            .filter(Condition::all().add(registration::Column::CourseId.eq(self.page.course.id)))
            .filter(self.asked.filter.condition(self.now));
        let wanted = Wanted::after(PAGE, self.after.take());
        let slice =
            wanted.fetch::<registration::Model, _, _>(&self.app.db, select, &self.asked.order.sort()).await?;
        self.ended = !slice.has_next();
        self.after = slice.rows.last().map(|(key, _)| key.clone());
        let rows: Vec<registration::Model> = slice.rows.into_iter().map(|(_, row)| row).collect();
        let beside = beside(&self.app, &rows).await?;
        let mut text = Vec::new();
        if !self.begun {
            // Spreadsheets take a file for UTF-8 when it says so.
            text.extend_from_slice("\u{feff}".as_bytes());
        }
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(text);
        if !self.begun {
            writer.write_record(COLUMNS).map_err(unwritten)?;
            self.begun = true;
        }
        for row in &rows {
            writer
                .write_record(self.cells(row, &beside).iter().map(|cell| guarded(cell)))
                .map_err(unwritten)?;
        }
        let text = writer.into_inner().map_err(|error| Fault::Stored(error.to_string()))?;
        Ok(Some((text, self)))
    }

    fn cells(&self, row: &registration::Model, beside: &Beside) -> [String; COLUMNS.len()] {
        let zone = &self.page.course.time_zone;
        let whose = beside.learners.get(&row.learner_id);
        let track = self.page.tracks.iter().find(|track| Some(track.id) == row.track_id);
        let money = |minor: i64| Money::new(minor, self.page.course.currency.as_str()).decimal().to_string();
        let missing = whose.map(|learner| row.missing(learner, !self.page.tracks.is_empty(), self.now)).map(
            |missing| missing.into_iter().map(registration::Missing::word).collect::<Vec<_>>().join(" "),
        );
        let local = |at: Option<Instant>| at.map(|at| told(at, zone)).unwrap_or_default();
        [
            row.code.clone(),
            row.external_id.clone().unwrap_or_default(),
            shouted(&row.status_at(self.now)),
            whose.and_then(|learner| learner.name.clone()).unwrap_or_default(),
            whose.map(|learner| learner.email.clone()).unwrap_or_default(),
            shouted(&row.profession),
            track.map(|track| track.name.clone()).unwrap_or_default(),
            told(row.started_at, zone),
            local(row.confirmed_at),
            local(row.cancelled_at),
            beside.totals.get(&row.id).map(|minor| money(*minor)).unwrap_or_default(),
            money(beside.paid.get(&row.id).copied().unwrap_or(0)),
            local(beside.evaluated.get(&row.id).copied()),
            missing.unwrap_or_default(),
        ]
    }
}

/// A value of a closed set as the API names it, such as `PHYSICIAN_ASSISTANT`.
fn shouted<T: sea_orm::ActiveEnum<Value = String> + Clone>(value: &T) -> String {
    value.clone().into_value().to_uppercase()
}

/// A moment on the clock in `zone`, to the second, with its offset, such as `2026-04-01T12:00:00-04:00`.
fn told(at: Instant, zone: &Zone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn unwritten(error: csv::Error) -> Fault {
    Fault::Stored(error.to_string())
}

/// What stands beside these rows: four statements.
async fn beside(app: &AppState, rows: &[registration::Model]) -> Result<Beside, Fault> {
    if rows.is_empty() {
        return Ok(Beside::default());
    }
    let ids = || rows.iter().map(|row| row.id);
    let learners = learner::Entity::find()
        .filter(learner::Column::Id.is_in(rows.iter().map(|row| row.learner_id)))
        .all(&app.db)
        .await?;
    let totals: Vec<(Uuid, i64)> = quote::Entity::find()
        .select_only()
        .columns([quote::Column::RegistrationId, quote::Column::TotalMinor])
        .filter(quote::Column::RegistrationId.is_in(ids()))
        .into_tuple()
        .all(&app.db)
        .await?;
    let paid: Vec<(Uuid, i64)> = payment::sums(ids()).into_tuple().all(&app.db).await?;
    let evaluated: Vec<(Uuid, Instant)> = evaluation::submitted(ids()).into_tuple().all(&app.db).await?;
    Ok(Beside {
        learners: learners.into_iter().map(|row| (row.id, row)).collect(),
        totals: totals.into_iter().collect(),
        paid: paid.into_iter().collect(),
        evaluated: evaluated.into_iter().collect(),
    })
}
