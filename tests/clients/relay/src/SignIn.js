// Signing in, by a code that comes by mail.
const { graphql } = require('relay-runtime');

graphql`
  mutation SignInRequestCodeMutation($input: RequestSignInCodeInput!) {
    requestSignInCode(input: $input) {
      signInRequest {
        id
      }
      refusal {
        code
        message
      }
    }
  }
`;

graphql`
  mutation SignInMutation($input: SignInInput!) {
    signIn(input: $input) {
      signedIn {
        token
      }
      refusal {
        code
        message
      }
    }
  }
`;
