//! Lists whose items can fail.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::try_join_all;

/// A list, of which an error says where in an item it happened ("path", specification section 7.1.6). Of an
/// error that takes an item along the library's own lists say only which item it was.
#[derive(Clone, Debug)]
pub struct Items<T>(pub Vec<T>);

impl<T: OutputType> OutputType for Items<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let resolved = self.0.iter().enumerate().map(|(place, item)| {
            let ctx = ctx.with_index(place);
            async move { item.resolve(&ctx, field).await }
        });
        try_join_all(resolved).await.map(Value::List)
    }
}
