//! What can be earned with the course, and what must be stated of it.

use serde_json::{Value, json};

use super::{each, page};
use crate::support::stories;

fn credit(code: &str, amount: Option<&str>, parts: &[(&str, &str)], requirements: &[&str]) -> Value {
    let parts: Vec<Value> =
        parts.iter().map(|(label, amount)| json!({ "label": label, "amount": amount })).collect();
    json!({ "type": code, "amount": amount, "parts": parts, "requirements": requirements })
}

stories! {
    async fn credit_has_eight_kinds_with_parts_that_overlap_and_duties(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        let offers = page["credits"].as_array().expect("credits");
        let found: Vec<Value> = offers.iter().map(|offer| {
            json!({ "type": offer["type"]["code"], "amount": offer["amount"], "parts": offer["parts"], "requirements": each(&offer["requirements"], "kind") })
        }).collect();
        assert_eq!(
            found,
            [
                credit("ama_pra_category_1", Some("16.00"), &[], &[]),
                credit("nursing_contact_hours", Some("16.00"), &[("Pharmacology", "3.75")], &[]),
                credit("nccpa_recognition", None, &[], &[]),
                credit("abim_moc", Some("16.00"), &[], &["EVALUATION"]),
                credit("abp_moc", Some("16.00"), &[], &["PARTICIPATION", "ASSESSMENT_WITH_FEEDBACK"]),
                credit(
                    "massachusetts_risk_management",
                    Some("16.00"),
                    &[
                        ("Opioid Education and Pain Management Training", "3.50"),
                        ("End-of-Life Care Education", "13.00")
                    ],
                    &[]
                ),
                credit("uems_recognition", None, &[], &[]),
                credit("rcpsc_recognition", None, &[], &[]),
            ]
        );
        for (index, word) in [
            (0, "extent of their participation"),
            (2, "recertification"),
            (3, "ACCME"),
            (6, "AMA"),
            (7, "outside Canada"),
        ] {
            assert!(
                offers[index]["statement"].as_str().expect("a statement").contains(word),
                "{}",
                offers[index]
            );
        }
        assert!(offers[4]["requirements"][1]["text"].as_str().expect("a duty").contains("feedback"));
    }

    async fn everything_that_must_be_stated_is_stated_in_its_first_version(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        let statements = page["statements"].as_array().expect("statements");
        let expected = [
            ("ACCREDITATION", "ANCC"),
            ("DISCLOSURE", "financial relationships"),
            ("DISCLAIMER", "not medical advice"),
            ("CANCELLATION_POLICY", "never refunded"),
            ("EXPORT_CONTROL", "sanctions"),
            ("REGISTRATION_SITE", "cmeregistration.hms.harvard.edu"),
            ("ELIGIBILITY", "not required"),
            ("GROUP_DISCOUNT", "pallcare@partners.org"),
            ("CREDIT_CLAIM", "Claim only"),
            ("MATERIALS", "electronic syllabus"),
        ];
        assert_eq!(each(&page["statements"], "kind"), expected.map(|(kind, _)| kind));
        for (statement, (_, words)) in statements.iter().zip(expected) {
            assert_eq!(statement["version"], 1, "{statement}");
            assert!(statement["text"].as_str().expect("a text").contains(words), "{statement}");
        }
    }
}
