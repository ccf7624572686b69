//! How much may be asked of the server, in numbers: what clients may take, how large a document may be, how
//! many may follow something. Each is a setting, or follows from one; here are the values where nothing is
//! said. The configuration reads them, and the rooms above keep them.

pub mod client;
pub mod document;
pub mod live;
