//! Nothing personal is ever kept: every field, every question and every way to ask that the access matrix
//! does not give to anybody.

use std::collections::HashSet;

use lectern::access::{self, Rule, Who};
use serde_json::json;

use super::schema::{Schema, text};
use super::world::World;
use crate::api::kept::{HIT, STORED, ask};
use crate::support::stories;

stories! {
    async fn what_is_not_everybodys_is_never_kept(app at "2026-02-01T12:00-05:00") {
        let (schema, world) = (Schema::read().await, World::build(&app).await);
        let mut wrong = Vec::new();
        let (mut guarded, mut open) = (HashSet::new(), HashSet::new());
        for kind in access::TYPES.iter().filter(|kind| schema.is_node(kind.name)) {
            let Some(thing) = world.things.values().find(|thing| {
                thing.kind == kind.name && (thing.shown || !kind.exists.contains(&Who::Announced))
            }) else {
                wrong.push(format!("there is no {}", kind.name));
                continue;
            };
            for field in schema.fields(kind.name) {
                let name = text(&field["name"]);
                let public = kind.exists.contains(&Who::Announced)
                    && access::rule(kind.fields, name).is_some_and(|rule| rule.who == [Who::Anybody]);
                let query = format!(
                    "{{ node(id: {:?}) {{ ... on {} {{ {} }} }} }}",
                    thing.id,
                    kind.name,
                    schema.field(kind.name, field, 0)
                );
                let first = ask(&app, None, &query, json!({})).await;
                let second = ask(&app, None, &query, json!({})).await;
                let is_kept = second.how.as_deref() == Some(HIT);
                if is_kept != public {
                    wrong.push(format!("{}.{name}: {:?} and {:?}", kind.name, first.how, second.how));
                }
                if public {
                    open.insert(format!("{}.{name}", kind.name))
                } else {
                    guarded.insert(format!("{}.{name}", kind.name))
                };
            }
        }
        assert!(
            guarded.len() > 30 && open.len() > 60,
            "{} guarded and {} open fields were asked for",
            guarded.len(),
            open.len()
        );
        // The questions: those that lead to what has rules of its own are asked for its type alone.
        for rule in access::QUESTIONS {
            for name in rule.each() {
                let query = match name {
                    "course" | "facultyMember" | "organization" | "series" => {
                        format!("{{ {name}(slug: \"nothing\") {{ __typename }} }}")
                    }
                    "registration" => "{ registration(code: \"NOTHING\") { __typename } }".to_owned(),
                    "node" => format!("{{ node(id: {:?}) {{ __typename id }} }}", world.name("course")),
                    "nodes" => {
                        format!("{{ nodes(ids: [{:?}]) {{ __typename id }} }}", world.name("registration"))
                    }
                    "enquiryChallenge" => {
                        format!("{{ enquiryChallenge(courseId: {:?}) {{ nonce }} }}", world.name("course"))
                    }
                    "explain" => format!(
                        "{{ explain(registrationId: {:?}, letter: REGISTRATION_CONFIRMED) {{ summary }} }}",
                        world.name("registration")
                    ),
                    "previewLetter" => format!(
                        "{{ previewLetter(input: {{ courseId: {:?}, rule: {:?}, learnerKind: CONFIRMED }}) {{ refusal {{ code }} }} }}",
                        world.name("course"),
                        world.name("rule")
                    ),
                    "viewer" => "{ viewer { learner { email } } }".to_owned(),
                    "rateLimit" => "{ rateLimit { cost } }".to_owned(),
                    "professions" | "creditTypes" => format!("{{ {name} {{ code }} }}"),
                    _ => format!("{{ {name}(first: 5) {{ edges {{ cursor node {{ __typename id }} }} }} }}"),
                };
                ask(&app, None, &query, json!({})).await;
                let how = ask(&app, None, &query, json!({})).await.how;
                let personal = rule.who != [Who::Anybody]
                    || ["registration", "node", "nodes", "rateLimit"].contains(&name);
                if (how.as_deref() == Some(HIT)) == personal {
                    wrong.push(format!("Query.{name}: {how:?}"));
                }
            }
        }
        // One field is enough.
        let mixed = |field: &str| format!("{{ courses {{ nodes {{ title {field} }} }} }}");
        let public: &Rule =
            access::rule(access::kind("Course").expect("a type").fields, "title").expect("a rule");
        assert_eq!(public.who, [Who::Anybody]);
        for (field, expected) in
            [("slug", Some(HIT)), ("viewerRegistration { id }", None), ("warnings { message }", None)]
        {
            let first = ask(&app, None, &mixed(field), json!({})).await;
            let second = ask(&app, None, &mixed(field), json!({})).await;
            assert_eq!(
                (second.how.as_deref(), first.how.as_deref()),
                (expected, expected.map(|_| STORED)),
                "{field}"
            );
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
