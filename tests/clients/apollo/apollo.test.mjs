// Apollo Client against the running server: its normalized cache, refusals, and what an app sees of an error.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { buildSchema, isAbstractType, parse } from 'graphql';

import { operations, schemaText, text } from '../support/documents.mjs';
import { endpoint, mailedCode, sampleCourse } from '../support/server.mjs';

const documents = operations(parse(text));
const schema = buildSchema(schemaText);
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

function client({ token } = {}) {
  return new ApolloClient({
    link: new HttpLink({ uri: endpoint, headers: token ? { authorization: `Bearer ${token}` } : {} }),
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
});
