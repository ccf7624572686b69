//! The administrator of the cluster: the one connection that makes the stories' databases, and drops them. It
//! is kept by a thread, because a story's own would end with the story, and each connection is a process of
//! the server.

use std::collections::VecDeque;
use std::sync::OnceLock;

use sea_orm::sqlx::{AssertSqlSafe, Connection, Error, Executor, PgConnection};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::cluster::Cluster;
use super::database::Template;

/// How many databases wait to be dropped, so that their stories have hung up when it is done; the server
/// waits a tenth of a second for whoever has not.
const WAITING: usize = 16;

/// What is asked of the administrator.
enum Order {
    Make {
        statement: String,
        done: oneshot::Sender<Result<(), Error>>,
    },
    /// The database of this name is over.
    Drop(String),
}

static ORDERS: OnceLock<UnboundedSender<Order>> = OnceLock::new();

/// A database that was made for a story. Where databases are dropped, it is some time after this.
#[derive(Debug)]
pub struct Made {
    cluster: &'static Cluster,
    name: String,
    kept: bool,
}

impl Made {
    /// Makes a database of this name, which nobody else may use, as a copy of another.
    pub async fn of(cluster: &'static Cluster, name: String, template: &str, strategy: &str) -> Self {
        let statement = format!("create database {name} template {template} {strategy}");
        let (done, outcome) = oneshot::channel();
        order(cluster, Order::Make { statement, done });
        outcome.await.expect("the administrator lives").expect("the database is made");
        Self { cluster, name, kept: false }
    }

    /// Keeps it, for copies to be made of it.
    pub fn into_template(mut self) -> Template {
        self.kept = true;
        Template::Server(self.cluster, std::mem::take(&mut self.name))
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.cluster.drops && !self.kept {
            order(self.cluster, Order::Drop(std::mem::take(&mut self.name)));
        }
    }
}

fn order(cluster: &'static Cluster, order: Order) {
    let orders = ORDERS.get_or_init(|| {
        let (orders, given) = unbounded_channel();
        std::thread::Builder::new()
            .name("administrator".to_owned())
            .spawn(move || administer(cluster, given))
            .expect("a thread");
        orders
    });
    // Where the administrator is gone, whoever waits for a database sees it.
    let _ = orders.send(order);
}

fn administer(cluster: &Cluster, mut given: UnboundedReceiver<Order>) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection =
            PgConnection::connect(&cluster.url("postgres")).await.expect("the server answers");
        let mut over = VecDeque::new();
        while let Some(order) = given.recv().await {
            match order {
                Order::Make { statement, done } => {
                    // A story that has ended meanwhile needs none.
                    let _ = done.send(connection.execute(AssertSqlSafe(statement)).await.map(drop));
                }
                Order::Drop(name) => over.push_back(name),
            }
            if over.len() > WAITING
                && let Some(name) = over.pop_front()
            {
                let statement = format!("drop database {name} with (force)");
                connection.execute(AssertSqlSafe(statement)).await.expect("the database is dropped");
            }
        }
    });
}
