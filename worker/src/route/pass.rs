//! That a letter is under way, for as long as it is.

use std::sync::Arc;

use entity::Instant;

use super::Route;

/// A place on the route; given back when dropped.
#[derive(Debug)]
pub struct Pass {
    pub(super) route: Arc<Route>,
    pub(super) domain: String,
    pub(super) since: Instant,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.route.state();
        let Some(letters) = state.under_way.get_mut(&self.domain) else { return };
        if let Some(place) = letters.iter().position(|since| *since == self.since) {
            letters.swap_remove(place);
        }
        if letters.is_empty() {
            state.under_way.remove(&self.domain);
        }
    }
}
