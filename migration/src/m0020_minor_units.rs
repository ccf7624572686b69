//! Money is kept in the smallest unit of its currency (ISO 4217), no longer in hundredths of every one; and
//! there is room for what a course costs where the unit is small, such as in Vietnam.

use sea_orm_migration::prelude::*;

use crate::constraint;
use crate::ground;

/// Counts in smallest units; takes that back, as long as all amounts fit.
#[derive(DeriveMigrationName)]
pub struct Step;

/// Table, constraint, what it says, and what it said.
const RANGES: [(&str, &str, &str, &str); 4] = [
    (
        "course",
        "course_fee_range",
        "processing_fee_cents is null or processing_fee_cents between 0 and 10000000000000",
        "processing_fee_cents is null or processing_fee_cents between 0 and 100000000",
    ),
    (
        "price",
        "price_regular_range",
        "regular_cents between 0 and 10000000000000",
        "regular_cents between 0 and 100000000",
    ),
    (
        "quote",
        "quote_total_range",
        "total_cents between 0 and 100000000000000",
        "total_cents between 0 and 1000000000",
    ),
    (
        "payment",
        "payment_amount_range",
        "amount_cents between 1 and 100000000000000",
        "amount_cents between 1 and 1000000000",
    ),
];

/// Currencies whose smallest unit is no hundredth, and into how many it is parted.
const CURRENCIES: [(&str, i64); 3] = [
    (
        "'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'",
        1,
    ),
    ("'BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'", 1_000),
    ("'CLF', 'UYW'", 10_000),
];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, check, _) in RANGES {
            constraint::replace(manager, table, name, check).await?;
        }
        for (codes, units) in CURRENCIES {
            ground::run(manager, &recounted(codes, 100, units)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (codes, units) in CURRENCIES {
            ground::run(manager, &recounted(codes, units, 100)).await?;
        }
        for (table, name, _, check) in RANGES {
            constraint::replace(manager, table, name, check).await?;
        }
        Ok(())
    }
}

/// Amounts in these currencies that are counted in parts of `from`, in parts of `to`. Of prices, a part of a
/// unit that there is not is left out; a total remains the sum of its lines; of what was paid, such a part
/// counts as a whole unit, so that nobody who has paid owes anything by this.
fn recounted(codes: &str, from: i64, to: i64) -> String {
    let becomes = |column: &str| format!("{column} = {column} * {to} / {from}");
    format!(
        "update price set {regular}, {early} where course_id in (select id from course where currency in ({codes}));
update course set {fee} where currency in ({codes});
update quote_line set {line} where quote_id in (select id from quote where currency in ({codes}));
update quote set total_cents = coalesce(
    (select sum(quote_line.amount_cents) from quote_line where quote_line.quote_id = quote.id), total_cents * {to} / {from}
) where currency in ({codes});
update payment set amount_cents = (amount_cents * {to} + {from} - 1) / {from} where currency in ({codes});
",
        regular = becomes("regular_cents"),
        early = becomes("early_cents"),
        fee = becomes("processing_fee_cents"),
        line = becomes("amount_cents"),
    )
}
