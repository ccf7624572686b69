//! Which letter, to whom, when; and why not.

mod announcement;
mod civil_time;
mod course_cancelled;
mod enquiry;
mod held_again;
mod hold;
mod kept;
mod life;
mod lived_twice;
mod mark;
mod movement;
mod past;
mod queue;
mod route;
mod schedule_change;
mod snapshot;
mod steered;
mod tick;
mod tls;
mod told;
mod unsubscribe;
