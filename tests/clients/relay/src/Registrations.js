// A person's registrations: the list, and what is done to it by registering and by cancelling.
const { graphql } = require('relay-runtime');

graphql`
  fragment Registrations_registration on Registration {
    id
    code
    status
    cancelledAt
    course {
      title
    }
  }
`;

graphql`
  query RegistrationsQuery {
    viewer {
      learner {
        email
      }
      registrations(first: 20) @connection(key: "Registrations_registrations") {
        __id
        edges {
          node {
            id
            ...Registrations_registration
          }
        }
      }
    }
  }
`;

graphql`
  mutation RegistrationsRegisterMutation($input: RegisterInput!, $connections: [ID!]!) {
    register(input: $input) {
      registration @prependNode(connections: $connections, edgeTypeName: "RegistrationEdge") {
        ...Registrations_registration
      }
      refusal {
        code
        message
      }
    }
  }
`;

graphql`
  mutation RegistrationsCancelMutation($input: CancelRegistrationInput!) {
    cancelRegistration(input: $input) {
      registration {
        ...Registrations_registration
      }
      refusal {
        code
        message
      }
    }
  }
`;
