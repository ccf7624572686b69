//! What all money comes to that was received for a registration: whether it was enough at some moment, whatever
//! the order in which it was written down.

use super::{Model, Terms, terms};
use crate::{Instant, Refusal, course, price, registration};

/// Money, by when it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When it was received.
    pub received_at: Instant,
    /// How much, in the smallest unit of its currency.
    pub minor: i64,
}

/// What money comes to that is written down beside what was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoned {
    /// By what it is measured: what counted at the moment at which the price was paid in full, or else when
    /// the last of the money was received.
    pub terms: Terms,
    /// What was due of it, in the smallest unit of its currency.
    pub due_minor: i64,
    /// Whether the price is paid in full with it.
    pub in_full: bool,
}

/// What `receipt` comes to beside the money that was written down `before`.
///
/// All of it is gone through as it was received. The first moment at which enough had come for what counted
/// then settles the price: who has paid the early price in time has paid, though something that came later
/// was written down first.
///
/// # Errors
/// As [`terms`].
pub fn reckon(
    (course, prices): (&course::Model, &[price::Model]),
    registration: &registration::Model,
    told: Option<&Model>,
    before: &[Receipt],
    receipt: Receipt,
) -> Result<Reckoned, Refusal> {
    let at = |moment: Instant| -> Result<Reckoned, Refusal> {
        let terms = terms(course, prices, registration, told, moment)?;
        let other: i64 =
            before.iter().filter(|other| other.received_at <= moment).map(|other| other.minor).sum();
        let due_minor = (terms.total_minor - other).max(0);
        Ok(Reckoned { in_full: receipt.minor >= due_minor, due_minor, terms })
    };
    let mut later: Vec<Instant> =
        before.iter().map(|other| other.received_at).filter(|at| *at > receipt.received_at).collect();
    later.sort_unstable();
    let mut reckoned = at(receipt.received_at)?;
    for moment in later {
        if reckoned.in_full {
            break;
        }
        reckoned = at(moment)?;
    }
    Ok(reckoned)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{Basis, draft};
    use super::*;
    use crate::course::sample::{at, course, day};
    use crate::profession::Profession;
    use crate::registration::Status;

    /// A registration of November 20, held until December 4, at an early price of 80.00 to the end of
    /// November, a regular one of 100.00, and a fee of 5.00.
    struct Desk {
        course: course::Model,
        prices: Vec<price::Model>,
        registration: registration::Model,
        quote: Model,
        receipts: Vec<Receipt>,
    }

    impl Desk {
        fn new() -> Self {
            let course = course::Model {
                early_deadline_on: Some(day("2026-11-30")),
                processing_fee_minor: Some(500),
                ..course("2027-03-01", "2027-03-02")
            };
            let prices = vec![price::Model {
                id: Uuid::from_u128(3),
                course_id: course.id,
                position: 1,
                profession: Profession::Nurse,
                label: "Nurse".to_owned(),
                regular_minor: 10_000,
                early_minor: Some(8_000),
            }];
            let started_at = at("2026-11-20T12:00:00-05:00");
            let hold_until = course.hold_until(started_at);
            let registration = registration::Model {
                id: Uuid::from_u128(1),
                code: "K7QD4MXPTZ".to_owned(),
                course_id: course.id,
                learner_id: Uuid::from_u128(2),
                profession: Profession::Nurse,
                track_id: None,
                known_as: None,
                external_id: None,
                status: Status::Started,
                started_at,
                hold_until: Some(hold_until),
                confirmed_at: None,
                cancelled_at: None,
                expired_at: None,
                entered_by: None,
                corrected_at: None,
                updated_at: started_at,
            };
            let told = draft(&course, &prices[0], hold_until, started_at);
            let (quote, _) =
                told.rows((Uuid::from_u128(4), registration.id), &course, started_at, || Uuid::from_u128(5));
            Self { course, prices, registration, quote, receipts: Vec::new() }
        }

        /// Writes money down at `now`, as recording a payment does.
        fn enters(&mut self, receipt: Receipt, now: Instant) {
            if self.registration.status == Status::Started {
                let said = (&self.course, self.prices.as_slice());
                let told = Some(&self.quote);
                let reckoned =
                    reckon(said, &self.registration, told, &self.receipts, receipt).expect("a price");
                if let Some(draft) = &reckoned.terms.anew {
                    let ids = (self.quote.id, self.registration.id);
                    (self.quote, _) = draft.rows(ids, &self.course, now, || Uuid::from_u128(5));
                }
                if reckoned.in_full {
                    self.registration.status = Status::Confirmed;
                }
            }
            self.receipts.push(receipt);
        }

        /// What people see at `now`: the status, the price it rests on, and the total.
        fn stands(&self, now: Instant) -> (Status, Basis, i64) {
            let anew = self.quote.has_lapsed(&self.registration, now).then(|| {
                let told = Some(&self.quote);
                terms(&self.course, &self.prices, &self.registration, told, now).expect("a price").anew
            });
            match anew.flatten() {
                Some(draft) => (self.registration.status, draft.basis, draft.total_minor()),
                None => (self.registration.status, self.quote.basis, self.quote.total_minor),
            }
        }
    }

    /// Every order in which these can be written down.
    fn orders(receipts: &[Receipt]) -> Vec<Vec<Receipt>> {
        if receipts.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for (index, first) in receipts.iter().enumerate() {
            let rest: Vec<Receipt> =
                receipts.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, other)| *other).collect();
            all.extend(orders(&rest).into_iter().map(|order| [vec![*first], order].concat()));
        }
        all
    }

    #[test]
    fn the_order_in_which_money_is_written_down_changes_nothing() {
        let received =
            |on: &str, minor| Receipt { received_at: at(&format!("2026-{on}T12:00:00-05:00")), minor };
        let early = (Status::Confirmed, Basis::Early, 8_500);
        let regular = (Status::Confirmed, Basis::Regular, 10_500);
        let started = (Status::Started, Basis::Regular, 10_500);
        for (receipts, stands) in [
            (vec![received("12-03", 1_000), received("11-29", 8_500)], early),
            (vec![received("12-03", 1_000), received("11-29", 3_000), received("11-28", 5_500)], early),
            (vec![received("12-03", 1_000), received("11-29", 8_400)], started),
            (vec![received("12-03", 2_100), received("11-29", 8_400)], regular),
            (vec![received("12-02", 2_000), received("12-01", 8_500)], regular),
            (
                vec![
                    received("12-02", 1_000),
                    received("11-21", 2_000),
                    received("12-01", 1_000),
                    received("11-30", 6_500),
                ],
                early,
            ),
        ] {
            for order in orders(&receipts) {
                let mut desk = Desk::new();
                for (minute, receipt) in (0..).zip(&order) {
                    desk.enters(*receipt, at("2026-12-03T12:00:00-05:00").plus_minutes(minute));
                }
                assert_eq!(desk.stands(at("2026-12-03T13:00:00-05:00")), stands, "{order:?}");
            }
        }
    }

    #[test]
    fn what_is_due_of_money_is_what_was_due_when_it_was_enough() {
        let desk = Desk::new();
        let due = |before: &[Receipt], on: &str, minor| {
            let receipt = Receipt { received_at: at(on), minor };
            let said = (&desk.course, desk.prices.as_slice());
            let reckoned = reckon(said, &desk.registration, Some(&desk.quote), before, receipt);
            reckoned.map(|reckoned| (reckoned.due_minor, reckoned.in_full)).expect("a price")
        };
        let (early, late) = ("2026-11-29T12:00:00-05:00", "2026-12-03T12:00:00-05:00");
        let before = [Receipt { received_at: at(late), minor: 1_000 }];
        assert_eq!(due(&before, early, 8_500), (8_500, true));
        assert_eq!(due(&before, early, 8_499), (9_500, false), "it is not enough early, nor with the rest");
        assert_eq!(due(&before, late, 9_500), (9_500, true));
        assert_eq!(due(&[], late, 8_500), (10_500, false));
    }
}
