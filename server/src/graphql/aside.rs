//! Parts of an object that few ask for, put aside.
//!
//! Of an object that is put together of parts, the library sets aside for each field that it resolves as much
//! as all parts need that it may have to go through. What is in here is on the heap, and only once it is come
//! to. The library goes through parts from the last to the first, so what is put aside is declared first.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

/// A part, put aside.
#[derive(Clone, Debug)]
pub struct Aside<T>(pub T);

impl<T: ObjectType> ContainerType for Aside<T> {
    fn resolve_field(&self, ctx: &Context<'_>) -> impl Future<Output = ServerResult<Option<Value>>> + Send {
        Box::pin(self.0.resolve_field(ctx))
    }
}

impl<T: ObjectType> OutputType for Aside<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> impl Future<Output = ServerResult<Value>> + Send {
        self.0.resolve(ctx, field)
    }
}

impl<T: ObjectType> ObjectType for Aside<T> {}
