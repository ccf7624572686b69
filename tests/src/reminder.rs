//! Which letter, to whom, when; and why not.

mod civil_time;
mod life;
mod movement;
mod queue;
mod tls;
