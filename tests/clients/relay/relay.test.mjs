// Relay's own runtime against the running server: its store after registering, cancelling and removing, its pages, and its refetching of a node.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import runtime from 'relay-runtime';

import { endpoint, mailedCode, sampleCourse } from '../support/server.mjs';

const { commitMutation, createOperationDescriptor, Environment, fetchQuery, getRequest, getSingularSelector, Network, RecordSource, Store } = runtime;

// What relay-compiler made of the documents in src/. In an app, babel-plugin-relay puts these in the place of the documents.
const require = createRequire(import.meta.url);
const generated = Object.fromEntries(
  readdirSync(new URL('./generated', import.meta.url)).map((file) => [file.replace('.graphql.js', ''), require(`./generated/${file}`)]),
);

function environment(token) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const ask = async ({ name, text }, variables) =>
    (await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query: text, operationName: name, variables }) })).json();
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}

const query = (relay, name, variables = {}) => fetchQuery(relay, generated[name], variables, { fetchPolicy: 'network-only' }).toPromise();

const mutate = (relay, name, variables) =>
  new Promise((resolve, reject) =>
    commitMutation(relay, {
      mutation: generated[name],
      variables,
      onCompleted: (data, errors) => (errors ? reject(new Error(errors[0].message)) : resolve(data)),
      onError: reject,
    }),
  );

/** What the store has now for a query that was asked before; nothing is fetched. */
const stored = (relay, name, variables = {}) => relay.lookup(createOperationDescriptor(getRequest(generated[name]), variables).fragment).data;
/** What the store has now for a fragment, at the place in the data where it is spread. */
const part = (relay, fragment, at) => relay.lookup(getSingularSelector(generated[fragment], at)).data;

async function signedIn(email) {
  const relay = environment();
  const { requestSignInCode } = await mutate(relay, 'SignInRequestCodeMutation', { input: { email } });
  const input = { requestId: requestSignInCode.signInRequest.id, code: await mailedCode(email) };
  const { signIn } = await mutate(relay, 'SignInMutation', { input });
  assert.equal(signIn.refusal, null);
  return environment(signIn.signedIn.token);
}

describe('relay', () => {
  test('the list has a new registration at its head, is untouched by a refusal, and shows a cancellation', async () => {
    const relay = await signedIn('relay@example.org');
    const { course } = await query(relay, 'CatalogueCourseQuery', { slug: sampleCourse });
    const registrations = () => stored(relay, 'RegistrationsQuery').viewer.registrations;
    const listed = () => registrations().edges.map(({ node }) => part(relay, 'Registrations_registration', node));
    await query(relay, 'RegistrationsQuery');
    assert.deepEqual(listed(), []);

    const register = (idempotencyKey) =>
      mutate(relay, 'RegistrationsRegisterMutation', {
        input: { courseId: course.id, trackId: course.tracks[0].id, professionCode: 'nurse', idempotencyKey },
        connections: [registrations().__id],
      });
    assert.equal((await register('first')).register.refusal, null);
    assert.deepEqual(listed().map(({ status }) => status), ['STARTED']);

    assert.equal((await register('second')).register.refusal.code, 'ALREADY_REGISTERED');
    assert.equal(listed().length, 1);

    const { cancelRegistration } = await mutate(relay, 'RegistrationsCancelMutation', { input: { registrationId: listed()[0].id } });
    assert.equal(cancelRegistration.refusal, null);
    const [cancelled] = listed();
    assert.equal(cancelled.status, 'CANCELLED');
    assert.ok(cancelled.cancelledAt);

    // What the store made of it by itself is what the server has.
    await query(relay, 'RegistrationsQuery');
    assert.deepEqual(listed(), [cancelled]);
  });

  test('the agenda has a session that was added at its end, and no longer one that was removed', async () => {
    const relay = await signedIn('relay-office@example.org');
    const { course } = await query(relay, 'CatalogueCourseQuery', { slug: sampleCourse });
    const agenda = () => part(relay, 'Agenda_course', stored(relay, 'CatalogueCourseQuery', { slug: sampleCourse }).course);
    const before = agenda().sessions.edges.map(({ node }) => node.id);
    assert.ok(before.length > 10, 'the sample has sessions');

    const input = { courseId: course.id, version: agenda().version, title: 'Questions', kind: 'TALK', date: agenda().startsOn, startTime: '07:00', endTime: '07:30' };
    const { addSession } = await mutate(relay, 'AgendaAddSessionMutation', { input, connections: [agenda().sessions.__id] });
    assert.equal(addSession.refusal, null);
    const { id } = addSession.session;
    assert.deepEqual(agenda().sessions.edges.map(({ node }) => node.id), [...before, id]);

    const stale = await mutate(relay, 'AgendaRemoveSessionMutation', { input: { sessionId: id, version: input.version } });
    assert.equal(stale.removeSession.refusal.code, 'STALE');
    assert.equal(stale.removeSession.removedSessionId, null);
    assert.equal(agenda().sessions.edges.at(-1).node.title, 'Questions');

    const { removeSession } = await mutate(relay, 'AgendaRemoveSessionMutation', { input: { sessionId: id, version: agenda().version } });
    assert.equal(removeSession.removedSessionId, id);
    // Relay leaves an edge without a node where a record was deleted.
    assert.deepEqual(agenda().sessions.edges.flatMap(({ node }) => node?.id ?? []), before);

    // What was removed is gone from the server, too, and the course is refetched by its id.
    await query(relay, 'AgendaQuery', { id: course.id });
    assert.deepEqual(agenda().sessions.edges.map(({ node }) => node.id), before);
  });

  test('pages of sessions are appended to one list, each session once', async () => {
    const relay = environment();
    const list = (of, first) => part(of, 'Catalogue_sessions', stored(of, 'CatalogueSessionsQuery', first)).sessions;
    const ids = ({ edges }) => edges.map(({ node }) => node.id);

    const forward = { first: 7 };
    await query(relay, 'CatalogueSessionsQuery', forward);
    assert.equal(list(relay, forward).edges.length, 7);
    for (let pages = 0; list(relay, forward).pageInfo.hasNextPage; pages++) {
      assert.ok(pages < 100, 'the pages end');
      await query(relay, 'CatalogueSessionsQuery', { ...forward, after: list(relay, forward).pageInfo.endCursor });
    }
    const paged = ids(list(relay, forward));
    assert.ok(paged.length > 14, 'more than two pages');
    assert.equal(new Set(paged).size, paged.length);

    const whole = environment();
    await query(whole, 'CatalogueSessionsQuery', { first: 100 });
    assert.deepEqual(paged, ids(list(whole, { first: 100 })));

    const back = environment();
    const backward = { last: 5 };
    await query(back, 'CatalogueSessionsQuery', backward);
    await query(back, 'CatalogueSessionsQuery', { ...backward, before: list(back, backward).pageInfo.startCursor });
    assert.deepEqual(ids(list(back, backward)), paged.slice(-10));
  });

  test('a course is refetched by its id', async () => {
    const relay = environment();
    const { course } = await query(relay, 'CatalogueCourseQuery', { slug: sampleCourse });
    const { node } = await query(relay, 'AgendaQuery', { id: course.id, first: 1 });
    assert.equal(part(relay, 'Agenda_course', node).title, course.title);
    const { node: nothing } = await query(relay, 'AgendaQuery', { id: Buffer.from('Course:none').toString('base64') });
    assert.equal(nothing, null);
  });
});
