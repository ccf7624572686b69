// Bundles source.js with everything it needs into graphiql.js and graphiql.css, and gathers the licenses of what is in them.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;

// GraphiQL brings its own fonts, ten times the size of its styles: the system's are good enough.
const withoutFonts = {
  name: 'without-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, ({ path }) => {
      const css = readFileSync(path, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, '');
      return { contents: css, loader: 'css' };
    });
  },
};

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: [join(here, 'source.js')],
  outfile: join(here, 'graphiql.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  metafile: true,
  plugins: [withoutFonts],
  write: false,
});

for (const { path, text } of outputFiles) {
  // What is served must not ask any other host for anything.
  const foreign = path.endsWith('.css') ? text.match(/(?:url\((?!["']?data:)|@import)[^)]{0,60}/) : null;
  if (foreign) throw new Error(`${path} asks for ${foreign[0]}`);
  writeFileSync(path, text);
}

function licenseTexts(folder) {
  const files = readdirSync(join(here, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  return files.map((file) => readFileSync(join(here, folder, file), 'utf8').trim());
}

const packages = new Set();
for (const { inputs } of Object.values(metafile.outputs)) {
  for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
    const folder = input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
    if (folder && bytesInOutput > 0) packages.add(folder);
  }
}
const licenses = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8'));
  if (!license) throw new Error(`${name} names no license`);
  let texts = licenseTexts(folder);
  // Some packages of GraphiQL's repository leave its license to the main one.
  if (texts.length === 0 && name.startsWith('@graphiql/')) texts = licenseTexts('node_modules/graphiql');
  const text = texts.length > 0 ? texts.join('\n\n') : `(The package has no file with its license, which is ${license}.)`;
  return `${name} ${version}, ${license}\n\n${text}\n`;
});
const head = 'graphiql.js and graphiql.css hold the following packages, under these licenses.\n';
writeFileSync(join(here, 'LICENSES.txt'), [head, ...licenses].join(`\n${'-'.repeat(80)}\n\n`));
