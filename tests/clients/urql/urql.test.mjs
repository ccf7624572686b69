// urql with its normalized cache against the running server: refusals, and what an app sees of an error.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { buildSchema, introspectionFromSchema, isObjectType, parse } from 'graphql';

import { operations, schemaText, text } from '../support/documents.mjs';
import { endpoint, mailedCode, sampleCourse, scantEndpoint } from '../support/server.mjs';

const documents = operations(parse(text));
const schema = buildSchema(schemaText);
/** Types without an id belong to what holds them. */
const keys = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.getFields().id)
    .map(({ name }) => [name, () => null]),
);

function client({ token, url = endpoint } = {}) {
  const cache = cacheExchange({ schema: introspectionFromSchema(schema), keys, resolvers: { Query: { sessions: relayPagination() } } });
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers: token ? { authorization: `Bearer ${token}` } : {} },
    exchanges: [cache, fetchExchange],
  });
}

const read = async (urql, name, variables, context) => {
  const { data, error } = await urql.query(documents[name] ?? name, variables, context).toPromise();
  if (error) throw error;
  return data;
};
const act = async (urql, name, input) => {
  const { data, error } = await urql.mutation(documents[name], { input }).toPromise();
  if (error) throw error;
  return data;
};

async function signedIn(email) {
  const { requestSignInCode } = await act(client(), 'RequestSignInCode', { email });
  const { signIn } = await act(client(), 'SignIn', { requestId: requestSignInCode.signInRequest.id, code: await mailedCode(email) });
  return client({ token: signIn.signedIn.token });
}

/** The first error of an operation that is expected to fail, as the app gets it, and the HTTP status beside it. */
async function seen(asked) {
  const error = await asked.then(
    () => assert.fail('it went well'),
    (error) => error,
  );
  assert.equal(error.name, 'CombinedError', error.stack);
  assert.equal(error.networkError, undefined, error.message);
  return { ...error.graphQLErrors[0], message: error.graphQLErrors[0].message, status: error.response.status };
}

describe('urql', () => {
  test('a list and a page share what they know of one course', async () => {
    const urql = client();
    const { courses } = await read(urql, 'Courses', { first: 5 });
    const { id } = courses.edges[0].node;
    const { course } = await read(urql, 'CoursePage', { slug: courses.edges[0].node.slug });
    assert.equal(course.id, id);
    assert.deepEqual(await read(urql, 'CoursePage', { slug: course.slug }, { requestPolicy: 'cache-only' }), { course });
  });

  test('pages of sessions become one list', async () => {
    const urql = client();
    const first = await read(urql, 'Sessions', { first: 4 });
    assert.equal(first.sessions.edges.length, 4);
    const both = await read(urql, 'Sessions', { first: 4, after: first.sessions.pageInfo.endCursor });
    const ids = both.sessions.edges.map(({ node }) => node.id);
    assert.equal(ids.length, 8);
    assert.equal(new Set(ids).size, 8);
  });

  test('a registration that is cancelled is so in every list that has it; a refusal is data, not an error', async () => {
    const urql = await signedIn('urql@example.org');
    const { course } = await read(urql, 'CoursePage', { slug: sampleCourse });
    const input = { courseId: course.id, trackId: course.tracks[0].id, professionCode: 'nurse' };
    const { register } = await act(urql, 'Register', { ...input, idempotencyKey: 'first' });
    assert.equal(register.refusal, null);

    const { register: again } = await act(urql, 'Register', { ...input, idempotencyKey: 'second' });
    assert.equal(again.registration, null);
    assert.equal(again.refusal.code, 'ALREADY_REGISTERED');

    const listed = async (requestPolicy) => (await read(urql, 'Me', {}, { requestPolicy })).viewer.registrations.nodes;
    assert.deepEqual((await listed('cache-first')).map(({ status }) => status), ['STARTED']);
    await act(urql, 'CancelRegistration', { registrationId: register.registration.id });
    const [cancelled] = await listed('cache-only');
    assert.equal(cancelled.status, 'CANCELLED');
    assert.deepEqual(await listed('network-only'), [cancelled]);
  });

  test('an app sees what is wrong, whatever the status', async () => {
    const unknownField = await seen(read(client(), gql`query Wrong { courses { nodes { id colour } } }`, {}));
    assert.equal(unknownField.status, 422);
    assert.match(unknownField.message, /colour/);

    const wrongVariable = await seen(read(client(), 'Sessions', { first: 'many' }));
    assert.equal(wrongVariable.status, 422);
    assert.match(wrongVariable.message, /first/);

    const unknownToken = await seen(read(client({ token: 'lct_of-somebody-who-never-was' }), 'Me', {}));
    assert.equal(unknownToken.status, 401);
    assert.equal(unknownToken.extensions.code, 'TOKEN_UNKNOWN');
  });

  test('an app that asks too much is told to come back', async () => {
    const urql = client({ url: scantEndpoint });
    const asked = async () => {
      for (let round = 0; round < 200; round++) await read(urql, 'CoursePage', { slug: sampleCourse }, { requestPolicy: 'network-only' });
    };
    const tooMuch = await seen(asked());
    assert.equal(tooMuch.status, 429);
    assert.equal(tooMuch.extensions.code, 'RATE_LIMITED');
  });
});
