// The shared documents: what an app would write, in files, with the fragments that they spread.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../documents/', import.meta.url);

/** All of them as one text. */
export const text = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

/** The schema that they are written for. */
export const schemaText = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');

/** From `text`, parsed to a document of many definitions: one document for each operation, with just the fragments that it needs. */
export function operations(parsed) {
  const fragments = new Map();
  for (const definition of parsed.definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  }
  const spreads = (node, found) => {
    for (const selection of node.selectionSet?.selections ?? []) {
      const name = selection.kind === 'FragmentSpread' ? selection.name.value : undefined;
      if (name && !found.has(name)) {
        found.add(name);
        spreads(fragments.get(name), found);
      }
      spreads(selection, found);
    }
    return found;
  };
  return Object.fromEntries(
    parsed.definitions
      .filter(({ kind }) => kind === 'OperationDefinition')
      .map((operation) => {
        const needed = [...spreads(operation, new Set())].map((name) => fragments.get(name));
        return [operation.name.value, { kind: 'Document', definitions: [operation, ...needed] }];
      }),
  );
}
