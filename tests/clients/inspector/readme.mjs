// What people copy out of the README must be good: every GraphQL document in it is validated in full, as their clients would.
import { readFileSync } from 'node:fs';

import { buildSchema, parse, validate } from 'graphql';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const schema = buildSchema(read('../../../schema.graphql'));
const readme = read('../../../README.md');

const fenced = [...readme.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, text]) => text);
const inCommands = [...readme.matchAll(/'(\{"query":.*?\})'/g)].map(([, json]) => JSON.parse(json).query);
const inProse = [...readme.matchAll(/`(\{ [^`\n]* \})`/g)].map(([, text]) => text);

let wrong = 0;
let seen = 0;
for (const text of [...fenced, ...inCommands, ...inProse]) {
  // A block may hold several documents, one below the other.
  for (const definition of parse(text).definitions) {
    seen += 1;
    for (const error of validate(schema, { kind: 'Document', definitions: [definition] })) {
      wrong += 1;
      console.log(`README.md: ${error.message}\n${text}`);
    }
  }
}
console.log(`${seen} documents in README.md, ${wrong} mistakes`);
if (wrong || !fenced.length || !inCommands.length) process.exit(1);
