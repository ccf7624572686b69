//! One use case per file: begin, rules, writes, commit last. No GraphQL types in here.
