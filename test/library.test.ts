// The package as another program gets it: packed, unpacked into its node_modules, imported, and checked by its compiler.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { render } from '../src/library/render.ts';
import { send } from './support/http.ts';
import { serve } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

let folder: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skep-library-'));
  installed = path.join(folder, 'node_modules/skep');
  await mkdir(installed, { recursive: true });
  const built = await run(process.execPath, [path.join(ROOT, 'bin/library.js')], { cwd: ROOT });
  expect(built.stderr).toBe('');
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const archive = path.join(folder, filename);
  await run('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a program of the consumer and gives what it prints. */
async function consume(name: string, code: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, code);
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });
  expect(stderr).toBe('');
  return stdout.trim();
}

describe('skep/render in another program', () => {
  it('does what its documentation shows', async () => {
    const page = await readFile(path.join(ROOT, 'docs/library.md'), 'utf8');
    const [, code = '', printed = ''] =
      /```js\n([\s\S]*?)```\s*```text\n([\s\S]*?)```/.exec(page) ?? [];
    expect(await consume('example.js', code)).toBe(printed.trim());
  });

  it('renders the same bytes as the sources', async () => {
    for (const [name, target] of [
      ['apiary-newsletter', 'message'],
      ['apiary-newsletter', 'amp'],
      ['open-day-page', 'page'],
      ['sign-up-popup', 'popup'],
    ] as const) {
      const file = path.join(ROOT, `examples/templates/${name}.json`);
      const code = `import { render } from 'skep/render';
        import { readFileSync } from 'node:fs';
        process.stdout.write(render(readFileSync(${JSON.stringify(file)}, 'utf8'), { target: '${target}' }).html);`;
      const { html } = render(await readFile(file, 'utf8'), { target });
      expect(await consume('same.js', code)).toBe(html.trim());
    }
  });

  it('can be required', async () => {
    const code = `console.log(require('skep/render').render({ page: {} }).html.slice(0, 15));`;
    expect(await consume('old.cjs', code)).toBe('<!DOCTYPE html>');
  });

  it('loads nothing else, of Node or of other packages', async () => {
    const code = await readFile(path.join(installed, 'dist/render.js'), 'utf8');
    expect(code).not.toMatch(/\bimport\s*[("'{]|\brequire\(|\bprocess\.|^export .* from /m);
    const licences = await readFile(path.join(installed, 'dist/LICENSES.txt'), 'utf8');
    for (const name of ['parse5', 'entities']) expect(licences).toContain(`node_modules/${name}\n`);
  });

  it(
    'has types that a strict compiler takes, and that refuse mistakes',
    { timeout: 60_000 },
    async () => {
      const good = `
      import { importHtml, isRenderError, render, type Rendered, type RenderOptions } from 'skep/render';
      const options: RenderOptions = { target: 'page', language: undefined };
      const result: Rendered = render({ page: {} }, options);
      const text: string = result.html + result.warnings.join();
      const rows: unknown = importHtml(text, { id: () => 'x' }).page['rows'];
      try { render(rows); } catch (error) { if (isRenderError(error)) error.code.length; }
    `;
      const bad = `import { render } from 'skep/render';\nrender({}, { target: 'fax' });`;
      await writeFile(path.join(folder, 'good.ts'), good);
      await writeFile(path.join(folder, 'bad.ts'), bad);
      const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      const flags = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext';
      const args = [tsc, ...flags.split(' '), 'good.ts', 'bad.ts'];
      // The one error that there is to find, and no other.
      await expect(run(process.execPath, args, { cwd: folder })).rejects.toMatchObject({
        stdout: expect.stringMatching(/^bad\.ts\(2,14\): .*'"fax"'.*\n$/) as string,
      });
    },
  );

  it('brings the command, which runs from there', { timeout: 60_000 }, async () => {
    await run(process.execPath, [
      path.join(ROOT, 'bin/package.js'),
      path.join(installed, 'server'),
    ]);
    const { dependencies } = JSON.parse(
      await readFile(path.join(ROOT, 'package.json'), 'utf8'),
    ) as { dependencies: Record<string, string> };
    // As npm would install them beside it.
    for (const name of Object.keys(dependencies)) {
      const to = path.join(folder, 'node_modules', name);
      await mkdir(path.dirname(to), { recursive: true });
      await symlink(path.join(ROOT, 'node_modules', name), to);
    }
    const skep = path.join(installed, 'bin/skep.js');
    const letter = path.join(installed, 'examples/templates/apiary-newsletter.json');
    const { stdout } = await run(process.execPath, [skep, 'render', letter, '--to', 'page']);
    const { html } = render(await readFile(letter, 'utf8'), { target: 'page' });
    expect(stdout).toBe(html);
    const server = await serve(['--data-dir', path.join(folder, 'data')], {}, skep);
    try {
      expect((await send(server.url, { path: '/healthz' })).json()).toEqual({ status: 'ok' });
    } finally {
      await server.stop('SIGKILL');
    }
    for (const program of ['platform/database/scan-pool', 'backend/media/pool']) {
      const file = path.join(installed, `server/${program}.js`);
      const [, name = 'none'] = /new URL\(["']([^"']+)/.exec(await readFile(file, 'utf8')) ?? [];
      expect(existsSync(path.join(path.dirname(file), name))).toBe(true);
    }
  });

  it('carries no test and no golden file', async () => {
    const { stdout } = await run('find', [
      installed,
      '-name',
      '*.test.ts',
      '-o',
      '-name',
      '*.golden',
    ]);
    expect(stdout).toBe('');
  });
});

describe('render', () => {
  it.each([
    ['page_missing', () => render({})],
    ['json', () => render('{"page":')],
    ['bad_target', () => render({ page: {} }, { target: 'fax' as never })],
  ])('throws %s', (code, call) => {
    expect(call).toThrow(expect.objectContaining({ kind: 'invalid', code }) as Error);
  });
});
