//! People: learners and staff, who act through GraphQL.

use serde_json::{Value, json};

use super::House;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address.
    pub email: String,
    /// The bearer token.
    pub token: String,
}

/// What stories read of a registration.
pub const REGISTRATION: &str = "registration { __typename id code status profession { code } holdUntil confirmedAt cancelledAt
    quote { lines { kind label amount { amount } } total { amount formatted } validUntil } }";

impl Person {
    /// Asks, and expects no errors; returns the data.
    pub async fn asks(&self, house: &House, query: &str, variables: Value) -> Value {
        house.asks(Some(&self.token), query, variables).await
    }

    /// Runs a mutation `name` on `input`; returns the outcome with what `selection` reads of its payload.
    pub async fn does(&self, house: &House, name: &str, input: Value, selection: &str) -> Value {
        house.does(Some(&self.token), name, input, selection).await
    }

    /// Registers for the reference course (or the one with this id) in the adult track.
    pub async fn registers(&self, house: &House, profession: &str) -> Value {
        let (course, track) = house.course_and_track().await;
        self.registers_for(house, json!({ "courseId": course, "trackId": track, "professionCode": profession })).await
    }

    /// Registers with this input.
    pub async fn registers_for(&self, house: &House, input: Value) -> Value {
        self.does(house, "register", input, REGISTRATION).await
    }

    /// Registers and has staff record the whole payment; returns the confirmed registration.
    pub async fn takes_part(&self, house: &House, profession: &str) -> Value {
        let started = self.registers(house, profession).await;
        assert_eq!(started["status"], "STARTED", "{started}");
        let staff = house.staff("payments@example.org").await;
        let confirmed = staff.records_payment(house, &started).await;
        house.works().await;
        confirmed
    }

    /// The same in the track of this name.
    pub async fn takes_part_in(&self, house: &House, profession: &str, track: &str) -> Value {
        let query = "query($slug: String!) { course(slug: $slug) { id tracks { id name } } }";
        let data = house.asks(None, query, json!({ "slug": super::SAMPLE_SLUG })).await;
        let tracks = data["course"]["tracks"].as_array().cloned().unwrap_or_default();
        let track = tracks.iter().find(|row| row["name"] == track).unwrap_or_else(|| panic!("no track {track} in {data}"));
        let input = json!({ "courseId": data["course"]["id"], "trackId": track["id"], "professionCode": profession });
        let started = self.registers_for(house, input).await;
        assert_eq!(started["status"], "STARTED", "{started}");
        let confirmed = house.staff("payments@example.org").await.records_payment(house, &started).await;
        house.works().await;
        confirmed
    }

    /// Records the whole payment of a registration.
    pub async fn records_payment(&self, house: &House, registration: &Value) -> Value {
        let input = json!({ "registrationId": registration["id"], "amount": registration["quote"]["total"]["amount"], "method": "CHECK", "reference": "1001" });
        let paid = self.does(house, "recordPayment", input, REGISTRATION).await;
        assert_eq!(paid["status"], "CONFIRMED", "{paid}");
        paid
    }

    /// Cancels a registration.
    pub async fn cancels(&self, house: &House, registration: &Value) -> Value {
        self.does(house, "cancelRegistration", json!({ "registrationId": registration["id"] }), REGISTRATION).await
    }
}
