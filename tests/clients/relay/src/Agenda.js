// A course's sessions, as its office sees and changes them.
const { graphql } = require('relay-runtime');

graphql`
  fragment Agenda_course on Course
  @argumentDefinitions(first: { type: "Int", defaultValue: 100 }, after: { type: "String" })
  @refetchable(queryName: "AgendaQuery") {
    title
    version
    startsOn
    sessions(first: $first, after: $after) @connection(key: "Agenda_sessions") {
      __id
      edges {
        node {
          id
          title
          startsAt
        }
      }
    }
  }
`;

graphql`
  mutation AgendaAddSessionMutation($input: AddSessionInput!, $connections: [ID!]!) {
    addSession(input: $input) {
      session @appendNode(connections: $connections, edgeTypeName: "SessionEdge") {
        id
        title
        startsAt
        course {
          version
        }
      }
      refusal {
        code
        message
      }
    }
  }
`;

graphql`
  mutation AgendaRemoveSessionMutation($input: RemoveSessionInput!) {
    removeSession(input: $input) {
      course {
        version
      }
      removedSessionId @deleteRecord
      refusal {
        code
        message
      }
    }
  }
`;
