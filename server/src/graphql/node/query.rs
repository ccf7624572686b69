//! Asking for nodes by their ids.

use async_graphql::{Context, ID, Object, Result};

use super::Node;
use super::find::find;
use crate::app::AppState;
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::parse;
use crate::graphql::keyset::MAX_SIZE;
use crate::graphql::refusal::{OrOpaque, bad_argument};
use crate::viewer::Viewer;

/// The questions about anything that has an id.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// What this id names; null where it names nothing that the viewer may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its opaque id.")] id: ID) -> Nullable<Node> {
        nullable(async { Ok(nodes(ctx, &[id]).await?.pop().flatten()) }).await
    }

    /// What these ids name, in their order, null where one names nothing that the viewer may see. At most
    /// 100.
    #[graphql(directive = list_size::apply(100))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their opaque ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if u64::try_from(ids.len()).is_ok_and(|count| count > MAX_SIZE) {
            return Err(bad_argument(format!("`ids` may hold {MAX_SIZE} at most")));
        }
        nodes(ctx, &ids).await
    }
}

async fn nodes(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>> {
    let named: Vec<_> = ids.iter().map(|id| parse(id)).collect();
    let found = find(ctx.data::<AppState>()?, ctx.data::<Viewer>()?, &named).await.or_opaque()?;
    Ok(named.into_iter().map(|name| name.and_then(|name| found.get(&name).cloned())).collect())
}
