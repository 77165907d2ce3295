// The bundle that `npm ci` makes: it serves what the sources serve, and is not started when it is out of date.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from './support/http.ts';
import { serve } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skep-bundle-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('the bundle', () => {
  it('serves every door, the reference and its page', { timeout: 60_000 }, async () => {
    const bundle = path.join(ROOT, 'node_modules/.cache', `skep-test-${process.pid}`);
    try {
      const { stderr } = await run(process.execPath, [path.join(ROOT, 'bin/bundle.js'), bundle]);
      expect(stderr).toBe('');
      const server = await serve(['--data-dir', folder], {}, path.join(bundle, 'cli.js'));
      try {
        const get = (where: string) => send(server.url, { path: where });
        expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
        const reference = (await get('/openapi.json')).json() as { paths: object };
        const paths = Object.keys(reference.paths);
        for (const one of ['/v1/message/html', '/api/v2', '/whois', '/login']) {
          expect(paths).toContain(one);
        }
        expect((await get('/docs/')).text).toContain('Skep API reference');
        const refused = await send(server.url, { method: 'POST', path: '/v1/message/html' });
        expect(refused.json()).toMatchObject({ code: 4001 });
        expect(await server.stop()).toBe(0);
      } finally {
        await server.stop('SIGKILL');
      }
      const { stdout } = await run(process.execPath, [path.join(bundle, 'cli.js'), 'help']);
      expect(stdout).toContain('serve');
    } finally {
      await rm(bundle, { recursive: true, force: true });
    }
  });
});

describe('what is started', () => {
  interface Sources {
    program: (root: string) => string;
    bundleFolder: (root: string) => string;
    sourcesFile: (folder: string) => string;
    listSources: (root: string) => string;
  }
  let sources: Sources;
  const source = () => path.join(folder, 'src/cli.ts');

  beforeEach(async () => {
    sources = (await import(new URL('../bin/sources.js', import.meta.url).href)) as Sources;
    await mkdir(path.join(folder, 'src/deep'), { recursive: true });
    await mkdir(sources.bundleFolder(folder), { recursive: true });
    await writeFile(source(), '// one');
    await writeFile(path.join(folder, 'src/deep/a.ts'), '// a');
    await writeFile(path.join(folder, 'node_modules/.package-lock.json'), '{}');
  });

  async function bundled(): Promise<void> {
    const file = sources.sourcesFile(sources.bundleFolder(folder));
    await writeFile(file, sources.listSources(folder));
  }

  it('is the sources as long as there is no bundle', () => {
    expect(sources.program(folder)).toBe(source());
  });

  it('is the bundle when nothing changed since; tests do not count', async () => {
    await bundled();
    await writeFile(path.join(folder, 'src/deep/a.test.ts'), '// test');
    expect(sources.program(folder)).toBe(path.join(sources.bundleFolder(folder), 'cli.js'));
  });

  it.each([
    ['a file got longer', () => writeFile(path.join(folder, 'src/deep/a.ts'), '// longer')],
    ['a file was written again', () => utimes(path.join(folder, 'src/deep/a.ts'), 1, 2)],
    ['a file came', () => writeFile(path.join(folder, 'src/deep/b.ts'), '')],
    ['a file went', () => rm(path.join(folder, 'src/deep/a.ts'))],
    ['packages changed', () => writeFile(path.join(folder, 'node_modules/.package-lock.json'), '')],
  ])('is the sources when %s', async (_what, change) => {
    await bundled();
    await change();
    expect(sources.program(folder)).toBe(source());
  });
});
