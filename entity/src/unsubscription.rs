//! Who does not want letters of a topic any more. An address, not a person: it holds whether or not somebody
//! registers with it.

use sea_orm::entity::prelude::*;
use sea_orm::{JoinType, QuerySelect, SelectGetableTuple, Selector};

use crate::mailing::Topic;
use crate::{Instant, learner};

/// One topic that one address has had enough of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unsubscription")]
pub struct Model {
    /// Address in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_key: String,
    /// Which letters.
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: Topic,
    /// Since when.
    pub at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Which of these learners have had enough of which topic: pairs of a learner's id and a topic.
pub fn of_learners(ids: impl IntoIterator<Item = Uuid>) -> Selector<SelectGetableTuple<(Uuid, Topic)>> {
    let whose = Entity::belongs_to(learner::Entity).from(Column::EmailKey).to(learner::Column::EmailKey);
    Entity::find()
        .select_only()
        .column(learner::Column::Id)
        .column(Column::Topic)
        .join(JoinType::InnerJoin, whose.into())
        .filter(learner::Column::Id.is_in(ids))
        .into_tuple()
}
