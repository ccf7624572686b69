// An app in TypeScript, on the types that graphql-codegen makes of the shared documents: it must compile under --strict, and then run.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';

import { endpoint, mailedCode, sampleCourse } from '../../support/server.mjs';
import { useFragment as readFragment } from './generated/index.js';
import {
  AmountFragmentDoc,
  AnythingDocument,
  CancelRegistrationDocument,
  CourseCardFragmentDoc,
  CoursePageDocument,
  MeDocument,
  type RefusalCode,
  RefusedFragmentDoc,
  RegisterDocument,
  RegistrationCardFragmentDoc,
  RequestSignInCodeDocument,
  SignInDocument,
} from './generated/graphql.js';

interface Answer<Data> {
  data?: Data | null;
  errors?: GraphQLFormattedError[];
}

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables, token?: string): Promise<Data> {
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query: print(document), variables }) });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors?.[0] || !answer.data) throw new Error(answer.errors?.[0]?.message ?? `no data, status ${response.status}`);
  return answer.data;
}

/** What the app tells a person who was refused: in words of its own where it knows the code. */
function told(code: RefusalCode, message: string): string {
  switch (code) {
    case 'ALREADY_REGISTERED':
      return 'You are already in.';
    case 'COURSE_FULL':
      return 'No seat is left.';
    default:
      return message;
  }
}

test('a course page has prices by profession, each with its name', async () => {
  const { course } = await ask(CoursePageDocument, { slug: sampleCourse });
  assert.ok(course, 'the sample course is there');
  const nurse = course.prices.find(({ profession }) => profession.code === 'nurse');
  assert.ok(nurse);
  assert.match(nurse.profession.name, /nurse/i);
  assert.match(readFragment(AmountFragmentDoc, nurse.regular).amount, /^\d+\.\d\d$/);

  const { course: none } = await ask(CoursePageDocument, { slug: 'there-is-no-such-course' });
  assert.equal(none, null);
  // @ts-expect-error: a course may be absent, and the types say so.
  assert.throws(() => none.slug, TypeError);
});

test('a node is told apart by its type', async () => {
  const { course } = await ask(CoursePageDocument, { slug: sampleCourse });
  assert.ok(course);
  const { node } = await ask(AnythingDocument, { id: readFragment(CourseCardFragmentDoc, course).id });
  assert.equal(node?.__typename, 'Course');
  if (node?.__typename === 'Course') assert.equal(readFragment(CourseCardFragmentDoc, node).slug, sampleCourse);
  const director = course.directors[0];
  assert.ok(director);
  const { node: person } = await ask(AnythingDocument, { id: director.id });
  assert.equal(person?.__typename === 'FacultyMember' ? person.name : undefined, director.name);
});

test('registering is answered with a registration or with a refusal, and the types tell which', async () => {
  const email = 'codegen@example.org';
  const { requestSignInCode } = await ask(RequestSignInCodeDocument, { input: { email } });
  assert.ok(requestSignInCode.signInRequest);
  const { signIn } = await ask(SignInDocument, { input: { requestId: requestSignInCode.signInRequest.id, code: await mailedCode(email) } });
  assert.ok(signIn.signedIn);
  const { token } = signIn.signedIn;

  const { course } = await ask(CoursePageDocument, { slug: sampleCourse });
  assert.ok(course);
  const input = {
    courseId: readFragment(CourseCardFragmentDoc, course).id,
    trackId: course.tracks[0]?.id ?? null,
    professionCode: 'nurse',
    idempotencyKey: 'first',
  };
  const first = await ask(RegisterDocument, { input }, token);
  // @ts-expect-error: what was refused has no registration, and the types say so.
  const unread = () => first.register.registration.id;
  assert.equal(first.register.refusal, null);
  const registration = readFragment(RegistrationCardFragmentDoc, first.register.registration);
  assert.equal(registration?.status, 'STARTED');
  assert.equal(registration?.profession.code, 'nurse');
  assert.doesNotThrow(unread);

  // @ts-expect-error: an input without its course does not compile, and is turned away.
  await assert.rejects(ask(RegisterDocument, { input: { professionCode: 'nurse' } }, token), /courseId/);

  const again = await ask(RegisterDocument, { input: { ...input, idempotencyKey: 'second' } }, token);
  assert.equal(again.register.registration, null);
  const refusal = readFragment(RefusedFragmentDoc, again.register.refusal);
  assert.ok(refusal);
  assert.equal(told(refusal.code, refusal.message), 'You are already in.');

  assert.ok(registration);
  const { cancelRegistration } = await ask(CancelRegistrationDocument, { input: { registrationId: registration.id } }, token);
  assert.equal(readFragment(RegistrationCardFragmentDoc, cancelRegistration.registration)?.status, 'CANCELLED');

  const { viewer } = await ask(MeDocument, {}, token);
  assert.equal(viewer?.learner.email, email);
  const { viewer: nobody } = await ask(MeDocument, {});
  assert.equal(nobody, null);
});
