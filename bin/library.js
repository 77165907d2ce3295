// Makes what other programs import from the package: plain JavaScript without imports of its own, and its types. `npm ci` and
// `npm pack` run it. A folder may be named; without one it is `dist`.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What can be imported: `skep/NAME` is made from `src/library/NAME.ts`. */
const ENTRIES = ['render'];

/** Writes the library into `folder`. Throws when an entry needs what not every runtime has, or has types of other files. */
async function writeLibrary(folder) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries(
      ENTRIES.map((name) => [name, path.join(root, `src/library/${name}.ts`)]),
    ),
    // Not for Node alone: a module of Node's own would be left as an import, and refused below.
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const next = `${folder}.${process.pid}`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { recursive: true });
  const { output } = await bundle.write({
    dir: next,
    format: 'esm',
    comments: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
  });
  await bundle.close();
  const made = new Set(output.map(({ fileName }) => fileName));
  for (const { fileName, imports = [] } of output) {
    const foreign = imports.filter((name) => !made.has(name));
    if (foreign.length > 0) throw new Error(`${fileName} imports ${foreign.join(', ')}`);
  }
  for (const name of ENTRIES) await writeFile(path.join(next, `${name}.d.ts`), await types(name));
  await writeFile(path.join(next, 'LICENSES.txt'), await licences(output));
  await rm(folder, { recursive: true, force: true });
  await rename(next, folder);
}

/** The declarations of an entry, from its file alone. */
async function types(name) {
  const { default: ts } = await import('typescript');
  const fileName = path.join(root, `src/library/${name}.ts`);
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(
    await readFile(fileName, 'utf8'),
    { fileName, reportDiagnostics: true, compilerOptions: { isolatedDeclarations: true } },
  );
  const [first] = diagnostics;
  if (first) throw new Error(`${name}: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
  if (/\bfrom ['"]/.test(outputText)) throw new Error(`${name}: its types need another file`);
  return outputText;
}

/** The licences of all packages whose code is in the result. Throws when one has none. */
async function licences(output) {
  const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}));
  const folders = modules.flatMap(
    (file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [],
  );
  const texts = [...new Set(folders)].map(async (folder) => {
    const name = (await readdir(folder)).find((file) => /^licen[cs]e(?:\.\w+)?$/i.test(file));
    if (!name) throw new Error(`${folder} has no licence`);
    const text = await readFile(path.join(folder, name), 'utf8');
    return `${path.relative(root, folder)}\n\n${text.trim()}\n`;
  });
  const head = 'The library contains code of these packages.\n';
  return [head, ...(await Promise.all(texts))].join('\n');
}

try {
  await writeLibrary(process.argv[2] ?? path.join(root, 'dist'));
} catch (error) {
  // The server does not need it, so installing goes on; a package must not be made without it.
  console.error(`skep/render could not be built: ${String(error)}`);
  if (process.env.npm_command === 'pack' || process.argv[2] !== undefined) process.exitCode = 1;
}
