// PostGraphile as its documentation sets it up, over Lectern's tables: nothing is written by hand but where it listens.
//   node server.mjs PORT DATABASE_URL
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [port, connectionString] = process.argv.slice(2);
const server = postgraphile({
  extends: [PostGraphileAmberPreset],
  // As many connections as Lectern has.
  pgServices: [makePgService({ connectionString, schemas: ["public"], poolConfig: { max: 10 } })],
  grafserv: { watch: false, graphiql: false },
  grafast: { explain: false },
}).createServ(grafserv);
const listener = createServer();
await server.addTo(listener);
listener.listen(Number(port), "127.0.0.1");
