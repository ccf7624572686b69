//! What everybody does: every act by everybody who may not, and what is refused as an act is.

use lectern::access::{self, Else, Rule, Who};
use serde_json::Value;

use super::persona::{Persona, Thing};
use super::schema::text;
use super::{Walk, dump, sample};
use crate::support::payload::is_refused;

impl Walk<'_> {
    /// Whether an answer to an act, or to what is refused as an act is, is the table's.
    pub(super) fn judge(
        &mut self,
        persona: &Persona,
        act: &str,
        rules: &'static [Rule],
        thing: &Thing,
        told: &Value,
    ) {
        let Some(rule) = access::rule(rules, act) else { return };
        let code = match rule.otherwise {
            _ if persona.person.is_none() => "UNAUTHENTICATED",
            Else::Refused(no) => no.code(),
            Else::RefusedStaff(no, _) if !persona.could(&[Who::Staff]) => no.code(),
            Else::RefusedStaff(_, no) => no.code(),
            Else::Nothing | Else::Null | Else::Empty => "nothing",
        };
        let may = persona.may(rule.who, thing) && (persona.person.is_some() || rule.who == [Who::Anybody]);
        let right = if may { !is_refused(told) } else { told["code"] == code };
        if !right {
            self.wrong.push(format!(
                "{}: {act} is answered with {told}; {}",
                persona.name,
                if may { "it is theirs" } else { code }
            ));
        }
    }

    /// Every act by everybody who may not, on our things.
    pub(super) async fn acts(&mut self) {
        let mut before = dump::dump(self.app).await;
        for field in self.schema.fields("Mutation") {
            let act = text(&field["name"]);
            let Some(rule) = access::rule(access::ACTS, act) else { continue };
            let Some((input, about)) = sample::of_act(self.world, act) else {
                self.wrong.push(format!("no sample for Mutation.{act}"));
                continue;
            };
            let thing = self.world.things[&about].clone();
            for persona in &self.world.personas {
                let may =
                    persona.may(rule.who, &thing) && (persona.person.is_some() || rule.who == [Who::Anybody]);
                if may && !sample::DRY.contains(&act) {
                    continue;
                }
                let told = self.app.does(persona.token(), act, input.clone(), "").await;
                self.judge(persona, act, access::ACTS, &thing, &told);
            }
            let after = dump::dump(self.app).await;
            for (one, other) in before.iter().zip(&after).filter(|(one, other)| one != other) {
                self.wrong.push(format!("{act} has changed {}: {} became {}", one.0, one.1, other.1));
            }
            before = after;
        }
    }
}
