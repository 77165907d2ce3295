// Puts the sources and the larger packages into few files, because loading some 2000 takes most of a start. `npm ci`
// runs it; without a bundle, or with one that is out of date, Skep starts from its sources. A folder may be named.
import { builtinModules } from 'node:module';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFolder, listSources, sourcesFile } from './sources.js';

/**
 * Packages that are bundled, with what they need. All others are loaded as they are installed: those with native code
 * or files of their own must be, and for the rest it is the safe choice.
 */
const BUNDLED = new Set([
  '@fastify/compress',
  '@fastify/swagger',
  'croner',
  'fastify',
  'ipaddr.js',
  'json-p3',
  'kysely',
  'lru-cache',
  'parse5',
  'pino',
  'prom-client',
  're2js',
  'typebox',
]);

/**
 * Writes the bundle of the sources below `root` into `folder`, which must be somewhere below `root`, too, so that the
 * packages are found from it. Throws when the bundler is not installed or fails.
 */
async function writeBundle(root, folder) {
  const { rolldown } = await import('rolldown');
  // Before the work: whatever changes meanwhile makes the bundle out of date.
  const sources = listSources(root);
  const src = path.join(root, 'src');
  const bundle = await rolldown({
    input: { cli: path.join(src, 'cli.ts') },
    platform: 'node',
    plugins: [packages(src), builtins(), places(src, folder)],
    onwarn(warning) {
      // Of the packages' code nothing else can be expected.
      if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
    },
  });
  const next = `${folder}.${process.pid}`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { recursive: true });
  await bundle.write({
    dir: next,
    format: 'esm',
    chunkFileNames: '[name].js',
    comments: false,
    // Names and lines stay as they are, for who reads a stack trace; pure ASCII takes half the memory.
    minify: {
      compress: false,
      mangle: false,
      codegen: { removeWhitespace: false, asciiOnly: true },
    },
  });
  await writeFile(path.join(next, 'package.json'), '{"type":"module"}');
  await bundle.close();
  await writeFile(sourcesFile(next), sources);
  await rm(folder, { recursive: true, force: true });
  await rename(next, folder);
}

/** Leaves the packages outside that are not meant to be bundled. */
function packages(src) {
  return {
    name: 'packages',
    resolveId(id, importer) {
      if (/^[./]/.test(id) || importer === undefined || !importer.startsWith(src)) return null;
      const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
      return BUNDLED.has(name) || isBuiltin(id) ? null : { id, external: true };
    },
  };
}

/**
 * Node's own modules, as a CommonJS module gets them: `import` makes a copy of all their exports, and so loads what
 * nobody asked for, such as the whole of fetch with `node:http`.
 */
function builtins() {
  const PREFIX = '\0builtin:';
  return {
    name: 'builtins',
    resolveId(id) {
      if (!isBuiltin(id)) return null;
      const name = id.replace(/^node:/, '');
      // The bundler's own helpers need this one.
      return name === 'module' ? { id: 'node:module', external: true } : PREFIX + name;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const name = JSON.stringify(`node:${id.slice(PREFIX.length)}`);
      return `module.exports = process.getBuiltinModule(${name});`;
    },
  };
}

const isBuiltin = (id) => id.startsWith('node:') || builtinModules.includes(id);

/** Has the sources find what lies beside them, such as the programs of other processes, where it is. */
function places(src, folder) {
  return {
    name: 'places',
    transform(code, id) {
      if (!id.startsWith(src) || !code.includes('import.meta')) return null;
      if (/import\.meta\.(?:dirname|filename|main)/.test(code)) {
        throw new Error(`${id}: only import.meta.url and import.meta.resolve can be bundled`);
      }
      const place = JSON.stringify(path.relative(folder, id));
      return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
    },
  };
}

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  await writeBundle(root, process.argv[2] ?? bundleFolder(root));
} catch (error) {
  // Never a reason to fail an installation.
  console.error(`Skep will start from its sources, which takes longer: ${String(error)}`);
}
