// Apollo Client against the running server: its normalized cache, refusals, and what an app sees of an error.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { buildSchema, isAbstractType, parse } from 'graphql';

import { operations, schemaText, text } from '../support/documents.mjs';
import { endpoint, mailedCode, sampleCourse, scantEndpoint } from '../support/server.mjs';

const documents = operations(parse(text));
const schema = buildSchema(schemaText);
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

function client({ token, uri = endpoint, ...link } = {}) {
  return new ApolloClient({
    link: new HttpLink({ uri, headers: token ? { authorization: `Bearer ${token}` } : {}, ...link }),
    cache: new InMemoryCache({ possibleTypes, typePolicies: { Query: { fields: { sessions: relayStylePagination() } } } }),
  });
}

const ask = async (apollo, name, variables, options) => (await apollo.query({ query: documents[name], variables, ...options })).data;
const act = async (apollo, name, input) => (await apollo.mutate({ mutation: documents[name], variables: { input } })).data;

async function signedIn(email) {
  const { requestSignInCode } = await act(client(), 'RequestSignInCode', { email });
  const { signIn } = await act(client(), 'SignIn', { requestId: requestSignInCode.signInRequest.id, code: await mailedCode(email) });
  return client({ token: signIn.signedIn.token });
}

/** The first error of an operation that is expected to fail, as the app gets it. */
async function seen(asked) {
  const error = await asked.then(
    () => assert.fail('it went well'),
    (error) => error,
  );
  assert.ok(CombinedGraphQLErrors.is(error), `${error.name}: ${error.message}`);
  return error.errors[0];
}

describe('apollo', () => {
  test('what was read once is found in the cache by its id', async () => {
    const apollo = client();
    const { course } = await ask(apollo, 'CoursePage', { slug: sampleCourse });
    const fragment = gql`
      fragment Title on Course {
        title
      }
    `;
    const id = apollo.cache.identify({ __typename: 'Course', id: course.id });
    assert.equal(apollo.cache.readFragment({ id, fragment }).title, course.title);
    const { course: cached } = await ask(apollo, 'CoursePage', { slug: sampleCourse }, { fetchPolicy: 'cache-only' });
    assert.deepEqual(cached, course);
  });

  test('pages of sessions become one list', async () => {
    const apollo = client();
    const watched = apollo.watchQuery({ query: documents.Sessions, variables: { first: 4 } });
    const data = await new Promise((resolve) => watched.subscribe((result) => result.data && resolve(result.data)));
    assert.equal(data.sessions.edges.length, 4);
    assert.equal(data.sessions.pageInfo.hasNextPage, true);
    await watched.fetchMore({ variables: { after: data.sessions.pageInfo.endCursor } });
    const { sessions } = apollo.readQuery({ query: documents.Sessions, variables: { first: 4 } });
    const ids = sessions.edges.map(({ node }) => node.id);
    assert.equal(ids.length, 8);
    assert.equal(new Set(ids).size, 8);
  });

  test('a registration that is cancelled is so in every list that has it; a refusal is data, not an error', async () => {
    const apollo = await signedIn('apollo@example.org');
    const { course } = await ask(apollo, 'CoursePage', { slug: sampleCourse });
    const input = { courseId: course.id, trackId: course.tracks[0].id, professionCode: 'nurse' };
    const { register } = await act(apollo, 'Register', { ...input, idempotencyKey: 'first' });
    assert.equal(register.refusal, null);
    assert.equal(register.registration.status, 'STARTED');

    const { register: again } = await act(apollo, 'Register', { ...input, idempotencyKey: 'second' });
    assert.equal(again.registration, null);
    assert.equal(again.refusal.code, 'ALREADY_REGISTERED');
    assert.ok(again.refusal.message.length > 10);

    const listed = (options) => ask(apollo, 'Me', {}, options).then(({ viewer }) => viewer.registrations.nodes);
    assert.deepEqual((await listed()).map(({ status }) => status), ['STARTED']);
    await act(apollo, 'CancelRegistration', { registrationId: register.registration.id });
    const [cancelled] = await listed({ fetchPolicy: 'cache-only' });
    assert.equal(cancelled.status, 'CANCELLED');
    assert.deepEqual(await listed({ fetchPolicy: 'network-only' }), [cancelled]);
  });

  test('an app sees what is wrong, whatever the status', async () => {
    const unparsable = await seen(ask(client({ print: () => '{ courses(first: ' }), 'Courses', {}));
    assert.equal(unparsable.extensions.code, 'GRAPHQL_PARSE_FAILED');
    assert.equal(unparsable.locations.length, 1);

    const unknownField = await seen(client().query({ query: gql`query Wrong { courses { nodes { id colour } } }` }));
    assert.match(unknownField.message, /colour/);
    assert.ok(unknownField.extensions.code);

    const wrongVariable = await seen(ask(client(), 'Sessions', { first: 'many' }));
    assert.match(wrongVariable.message, /first/);

    const unknownToken = await seen(ask(client({ token: 'lct_of-somebody-who-never-was' }), 'Me', {}));
    assert.equal(unknownToken.extensions.code, 'TOKEN_UNKNOWN');
    assert.ok(unknownToken.message.length > 10);
  });

  test('an app that asks too much is told to come back', async () => {
    const apollo = client({ uri: scantEndpoint });
    const asked = async () => {
      for (let round = 0; round < 200; round++) await ask(apollo, 'CoursePage', { slug: sampleCourse }, { fetchPolicy: 'network-only' });
    };
    const tooMuch = await seen(asked());
    assert.equal(tooMuch.extensions.code, 'RATE_LIMITED');
  });
});
