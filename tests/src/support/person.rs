//! People: learners and staff, who act through GraphQL.

use serde_json::{Value, json};

use super::TestApp;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address.
    pub email: String,
    /// The bearer token.
    pub token: String,
}

/// What stories read of a registration.
pub const REGISTRATION: &str =
    "registration { __typename id code status profession { code } holdUntil confirmedAt cancelledAt
    quote { lines { kind label amount { amount } } total { amount formatted } validUntil } }";

impl Person {
    /// Asks, and expects no errors; returns the data.
    pub async fn asks(&self, app: &TestApp, query: &str, variables: Value) -> Value {
        app.asks(Some(&self.token), query, variables).await
    }

    /// Runs a mutation `name` on `input`; returns the outcome with what `selection` reads of its payload.
    pub async fn does(&self, app: &TestApp, name: &str, input: Value, selection: &str) -> Value {
        app.does(Some(&self.token), name, input, selection).await
    }

    /// Registers for the reference course (or the one with this id) in the adult track.
    pub async fn registers(&self, app: &TestApp, profession: &str) -> Value {
        let (course, track) = app.course_and_track().await;
        self.registers_for(app, json!({ "courseId": course, "trackId": track, "professionCode": profession }))
            .await
    }

    /// Registers with this input.
    pub async fn registers_for(&self, app: &TestApp, input: Value) -> Value {
        self.does(app, "register", input, REGISTRATION).await
    }

    /// Registers and has staff record the whole payment; returns the confirmed registration.
    pub async fn takes_part(&self, app: &TestApp, profession: &str) -> Value {
        let started = self.registers(app, profession).await;
        assert_eq!(started["status"], "STARTED", "{started}");
        let staff = app.staff("payments@example.org").await;
        let confirmed = staff.records_payment(app, &started).await;
        app.works().await;
        confirmed
    }

    /// The same in the track of this name.
    pub async fn takes_part_in(&self, app: &TestApp, profession: &str, track: &str) -> Value {
        let query = "query($slug: String!) { course(slug: $slug) { id tracks { id name } } }";
        let data = app.asks(None, query, json!({ "slug": super::SAMPLE_SLUG })).await;
        let tracks = data["course"]["tracks"].as_array().cloned().unwrap_or_default();
        let track = tracks
            .iter()
            .find(|row| row["name"] == track)
            .unwrap_or_else(|| panic!("no track {track} in {data}"));
        let input =
            json!({ "courseId": data["course"]["id"], "trackId": track["id"], "professionCode": profession });
        let started = self.registers_for(app, input).await;
        assert_eq!(started["status"], "STARTED", "{started}");
        let confirmed = app.staff("payments@example.org").await.records_payment(app, &started).await;
        app.works().await;
        confirmed
    }

    /// Records the whole payment of a registration.
    pub async fn records_payment(&self, app: &TestApp, registration: &Value) -> Value {
        let input = json!({ "registrationId": registration["id"], "amount": registration["quote"]["total"]["amount"], "method": "CHECK", "reference": "1001" });
        let paid = self.does(app, "recordPayment", input, REGISTRATION).await;
        assert_eq!(paid["status"], "CONFIRMED", "{paid}");
        paid
    }

    /// Cancels a registration.
    pub async fn cancels(&self, app: &TestApp, registration: &Value) -> Value {
        self.does(app, "cancelRegistration", json!({ "registrationId": registration["id"] }), REGISTRATION)
            .await
    }
}
