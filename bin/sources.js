// What the bundle is made of, so that one that is out of date is never started.

// As the bundle does it: an import of Node's own modules would load more than is needed.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

/** Where the bundle stands: `npm ci` removes it with everything else that it installs. */
export const bundleFolder = (root) => path.join(root, 'node_modules/.cache/skep');

const SOURCES = 'sources.txt';

/**
 * One line for each file that the bundle is made of, with its size and time: the sources, and what npm says about the
 * packages that it installed.
 */
export function listSources(root) {
  const lines = [];
  const folders = ['src'];
  for (const folder of folders) {
    for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (name.endsWith('.ts') && !name.endsWith('.test.ts')) lines.push(line(root, name));
    }
  }
  lines.push(line(root, 'node_modules/.package-lock.json'));
  return lines.sort().join('\n');
}

function line(root, name) {
  const { size, mtimeMs } = statSync(`${root}/${name}`);
  return `${name} ${size} ${mtimeMs}`;
}

/** The file in which a bundle says what it was made of. */
export const sourcesFile = (folder) => path.join(folder, SOURCES);

/**
 * The program to start: the bundle, or the sources when it is missing or older than they are. A package that was installed has
 * neither, but the sources as JavaScript.
 */
export function program(root) {
  const installed = path.join(root, 'server/cli.js');
  if (!existsSync(`${root}/src`) && existsSync(installed)) return installed;
  const folder = bundleFolder(root);
  try {
    if (readFileSync(sourcesFile(folder), 'utf8') === listSources(root)) {
      return path.join(folder, 'cli.js');
    }
  } catch {
    // No bundle.
  }
  return path.join(root, 'src/cli.ts');
}
