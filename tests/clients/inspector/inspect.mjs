// What the schema of this tree breaks for those who wrote their documents against the last release. A change that breaks something fails,
// unless accepted.json names it and says why; so does an entry there that nothing needs any more.
import { readFileSync } from 'node:fs';

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const [released, now] = ['../released/schema.graphql', '../../../schema.graphql'].map((path) => buildSchema(read(path)));
const accepted = new Map(Object.entries(JSON.parse(read('accepted.json'))));

const changes = await diff(released, now);
const at = (level) => changes.filter(({ criticality }) => criticality.level === level);
const breaking = at(CriticalityLevel.Breaking);

/** A change as accepted.json names it: its kind and where it is, such as `FIELD_REMOVED Course.kind`. */
const named = ({ type, path, message }) => `${type} ${path ?? message}`;

for (const change of at(CriticalityLevel.Dangerous)) console.log(`may matter: ${named(change)}: ${change.message}`);
const unasked = breaking.filter((change) => !accepted.get(named(change))?.trim());
for (const change of unasked) console.log(`BREAKS: ${named(change)}: ${change.message}`);
const idle = [...accepted.keys()].filter((name) => !breaking.some((change) => named(change) === name));
for (const name of idle) console.log(`NOT NEEDED in accepted.json: ${name}`);
console.log(`${changes.length} changes since the last release, ${breaking.length} of them breaking, ${breaking.length - unasked.length} accepted`);
if (unasked.length || idle.length) process.exit(1);
