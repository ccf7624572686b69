// The audits of npm graphql-http against the server at LECTERN_URL. They were written for an earlier text of GraphQL over HTTP; those that
// the edition which we follow overrules stand in overruled.json, each with its section. An audit that fails and is not listed there is a fault
// of ours, and one that is listed and passes has no business on the list; both fail.

import { readFile } from 'node:fs/promises';
import { serverAudits } from 'graphql-http';

const url = `${process.env.LECTERN_URL ?? 'http://127.0.0.1:8000'}/graphql`;
const { audits: overruled, edition, read } = JSON.parse(await readFile(new URL('overruled.json', import.meta.url), 'utf8'));

const results = [];
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  results.push(await audit.fn());
}
if (results.length < 60) throw new Error(`there are only ${results.length} audits`);

const faults = results
  .filter(({ id, status }) => status !== 'ok' && !(id in overruled))
  .map(({ id, name, reason }) => `${id} ${name}: ${reason}`);
const known = new Set(results.map(({ id }) => id));
const idle = Object.keys(overruled).flatMap((id) => {
  if (!known.has(id)) return [`${id} is no audit`];
  return results.some((result) => result.id === id && result.status === 'ok') ? [`${id} is listed as overruled, and passes`] : [];
});

console.log(`${results.filter(({ status }) => status === 'ok').length} of ${results.length} audits pass;`);
console.log(`${Object.keys(overruled).length} are overruled by ${edition} (read on ${read})`);
for (const line of [...faults, ...idle]) console.error(line);
process.exit(faults.length + idle.length > 0 ? 1 : 0);
