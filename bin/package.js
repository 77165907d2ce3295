// Makes the sources of a package: below node_modules Node runs no TypeScript. `npm pack` runs it, and so does an installation from a
// git repository; a clone needs none of it. A folder may be named; without one it is `server`.
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Programs of other processes and threads, which are named beside their file. */
const PROGRAMS = /(new URL\(["'])([\w-]+)\.ts(["'], import\.meta\.url\))/g;

async function writePackage(folder) {
  const { transformSync } = await import('rolldown/experimental');
  const src = path.join(root, 'src');
  const next = `${folder}.${process.pid}`;
  await rm(next, { recursive: true, force: true });
  for (const name of readdirSync(src, { recursive: true })) {
    const to = path.join(next, name);
    if (/(?:\.test\.ts|\.d\.ts|\.golden)$/.test(name) || !/\.(?:ts|js)$/.test(name)) continue;
    await mkdir(path.dirname(to), { recursive: true });
    if (name.endsWith('.js')) {
      await copyFile(path.join(src, name), to);
      continue;
    }
    const source = await readFile(path.join(src, name), 'utf8');
    const { code, errors } = transformSync(name, source, {
      lang: 'ts',
      typescript: { onlyRemoveTypeImports: true, rewriteImportExtensions: 'rewrite' },
    });
    if (errors.length > 0) throw new Error(`${name}: ${JSON.stringify(errors[0])}`);
    await writeFile(to.replace(/ts$/, 'js'), code.replaceAll(PROGRAMS, '$1$2.js$3'));
  }
  await rm(folder, { recursive: true, force: true });
  await rename(next, folder);
}

await writePackage(process.argv[2] ?? path.join(root, 'server'));
