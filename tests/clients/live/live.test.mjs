// npm's graphql-ws and graphql-sse against the running server: what is followed tells of what others do, and ends when it is told to.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

import { endpoint, mailedCode, sampleCourse, url } from '../support/server.mjs';

const REGISTRATION = 'subscription ($id: ID!) { registration(id: $id) { id status } }';

async function ask(query, variables, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}

async function signIn(email) {
  const { requestSignInCode } = await ask(
    'mutation ($email: String!) { requestSignInCode(input: { email: $email }) { signInRequest { id } } }',
    { email },
  );
  const input = { requestId: requestSignInCode.signInRequest.id, code: await mailedCode(email) };
  const { signIn } = await ask('mutation ($input: SignInInput!) { signIn(input: $input) { signedIn { token } } }', { input });
  return signIn.signedIn.token;
}

async function register(token) {
  const { course } = await ask('query ($slug: String!) { course(slug: $slug) { id tracks { id } } }', { slug: sampleCourse });
  const input = { courseId: course.id, trackId: course.tracks[0].id, professionCode: 'nurse' };
  const { register } = await ask('mutation ($input: RegisterInput!) { register(input: $input) { registration { id } } }', { input }, token);
  return register.registration.id;
}

const cancel = (id, token) =>
  ask('mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { registration { status } } }', { id }, token);

const clients = {
  'graphql-ws': (token) =>
    createSocket({
      url: `${url.replace('http', 'ws')}/graphql/ws`,
      webSocketImpl: WebSocket,
      connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
      retryAttempts: 0,
    }),
  'graphql-sse': (token) =>
    createEvents({ url: endpoint, headers: () => (token ? { authorization: `Bearer ${token}` } : {}), retryAttempts: 0 }),
};

for (const [name, connect] of Object.entries(clients)) {
  describe(name, () => {
    test('a registration is followed until the client has heard enough', async () => {
      const token = await signIn(`${name}@example.org`);
      const id = await register(token);
      const client = connect(token);
      const states = [];
      for await (const { data, errors } of client.iterate({ query: REGISTRATION, variables: { id } })) {
        assert.equal(errors, undefined);
        states.push(data.registration.status);
        if (states.length === 1) await cancel(id, token);
        else break;
      }
      assert.deepEqual(states, ['STARTED', 'CANCELLED']);
      await client.dispose();
    });

    test('what is not yours is null, and complete', async () => {
      const token = await signIn(`${name}-own@example.org`);
      const id = await register(token);
      const client = connect();
      const heard = [];
      for await (const { data } of client.iterate({ query: REGISTRATION, variables: { id } })) heard.push(data);
      assert.deepEqual(heard, [{ registration: null }]);
      await cancel(id, token);
      await client.dispose();
    });

    test('a document that is wrong is told with a code', async () => {
      const client = connect();
      const heard = [];
      try {
        for await (const { errors } of client.iterate({ query: 'subscription { nothing }' })) heard.push(...errors);
      } catch (errors) {
        heard.push(...errors);
      }
      assert.deepEqual(heard.map(({ extensions }) => extensions.code), ['GRAPHQL_VALIDATION_FAILED']);
      await client.dispose();
    });

    test('a token that opens nothing is told to be so', async () => {
      const client = connect('lct_of-somebody-who-never-was');
      await assert.rejects(async () => {
        for await (const _ of client.iterate({ query: REGISTRATION, variables: { id: 'x' } })) assert.fail('it is followed');
      }, (error) => error.code === 4403 || error.response?.status === 401);
      await client.dispose();
    });
  });
}
