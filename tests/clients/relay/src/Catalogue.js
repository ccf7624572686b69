// What everybody may read: the course, and the list of all sessions, page by page.
const { graphql } = require('relay-runtime');

graphql`
  query CatalogueCourseQuery($slug: String!) {
    course(slug: $slug) @required(action: THROW) {
      id
      title
      tracks {
        id
      }
      ...Agenda_course
    }
  }
`;

graphql`
  fragment Catalogue_sessions on Query
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" })
  @refetchable(queryName: "CatalogueSessionsQuery") {
    sessions(first: $first, after: $after, last: $last, before: $before) @connection(key: "Catalogue_sessions") {
      edges {
        cursor
        node {
          id
          title
        }
      }
      pageInfo {
        hasNextPage
        endCursor
        hasPreviousPage
        startCursor
      }
    }
  }
`;
