// `skep render` as people use it: files and pipes in, files and pipes out, and a file that is watched.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pictureSize } from '../src/content/capture/picture-size.ts';
import { render } from '../src/library/render.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = path.join(ROOT, 'bin/skep.js');
const LETTER = path.join(ROOT, 'examples/templates/apiary-newsletter.json');

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skep-render-'))));
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function start(args: string[]): ChildProcess {
  const child = spawn(process.execPath, [CLI, 'render', ...args], { cwd: folder });
  children.push(child);
  return child;
}

async function skepRender(args: string[], input: string | Buffer = '') {
  const child = start(args);
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString(), stderr };
}

const letter = () => readFile(LETTER, 'utf8');
const titled = (title: string) =>
  JSON.stringify({ page: { head: { meta: { subject: title } }, rows: [] } });

describe('skep render', () => {
  it.each([
    ['html', 'message'],
    ['page', 'page'],
    ['popup', 'popup'],
    ['amp', 'amp'],
  ] as const)('--to %s writes what the server and the library give', async (to, target) => {
    const { code, stdout, stderr } = await skepRender([LETTER, '--to', to]);
    const { html, warnings } = render(await letter(), { target });
    expect([code, stdout]).toEqual([0, html]);
    expect(stderr).toBe(warnings.map((warning) => `skep: warning: ${warning}\n`).join(''));
  });

  it('reads standard input, indents, and picks a language', async () => {
    const options = ['--beautify', '--language', 'it-IT'];
    const { code, stdout } = await skepRender(['-', ...options], await letter());
    const { html } = render(await letter(), { beautify: true, language: 'it-IT' });
    expect([code, stdout]).toEqual([0, html]);
    expect(html.split('\n').length).toBeGreaterThan(50);
  });

  it.each(['text', 'plain'])('--to %s writes text', async (to) => {
    const { code, stdout } = await skepRender([LETTER, '--to', to]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/<(?:p|div|table)\b/);
    expect(stdout).toMatch(/\S\n$/);
  });

  it('leaves nothing behind but the file that it is told to write', async () => {
    const { code, stdout } = await skepRender([LETTER, '--out', 'a.amp.html', '--to', 'amp']);
    expect([code, stdout]).toEqual([0, '']);
    expect(await readdir(folder)).toEqual(['a.amp.html']);
    expect(await readFile(path.join(folder, 'a.amp.html'), 'utf8')).toContain('⚡4email');
  });

  it('makes a template of HTML again', async () => {
    const { stdout } = await skepRender([LETTER]);
    const { code, stdout: json } = await skepRender(['-', '--to', 'json'], stdout);
    expect(code).toBe(0);
    const again = JSON.parse(json) as { page: { rows: unknown[] } };
    expect(again.page.rows.length).toBeGreaterThan(3);
    expect((await skepRender(['-'], json)).stdout).toContain('nl-container');
  });

  it(
    'makes PDFs and pictures in the size that is asked for, of templates and of HTML',
    { timeout: 60_000 },
    async () => {
      await writeFile(path.join(folder, 'a.html'), '<!doctype html><p>Hello</p>');
      const pdf = await skepRender([
        'a.html',
        '--to',
        'pdf',
        '--page-size',
        'a4',
        '--orientation',
        'landscape',
      ]);
      expect([pdf.code, pdf.stdout.slice(0, 5)]).toEqual([0, '%PDF-']);
      expect(pdf.stdout).toMatch(/\/MediaBox\s*\[0 0 84[12][.\d]* 59[45]/);
      const full = await skepRender([LETTER, '--out', 'letter.PDF']);
      expect(full.code).toBe(0);
      const file = await readFile(path.join(folder, 'letter.PDF'), 'latin1');
      expect(file).toMatch(/\/MediaBox\s*\[0 0 675/);
      const png = await skepRender([
        'a.html',
        '--to',
        'png',
        '--width',
        '200',
        '--height',
        '10',
        '--scale',
        '2',
      ]);
      expect([png.code, pictureSize(png.bytes)]).toEqual([0, { width: 400, height: 20 }]);
      const page = await skepRender([LETTER, '--to', 'jpg', '--width', '64', '--target', 'page']);
      expect(pictureSize(page.bytes)).toMatchObject({ width: 64 });
      expect(page.stderr).toMatch(
        /^skep: warning: \d+ pictures, fonts or style sheets were not loaded; --render-network public loads/m,
      );
    },
  );

  it.each([
    ['{"page":\n  {"rows": [}}', 'standard input:2:13: The text is not valid JSON'],
    ['', 'standard input:1:1: The file is empty'],
    ['{"page": 1}', "required key not provided @ data['page']"],
    ['[]', "required key not provided @ data['page']"],
    ['<p>html</p>', 'standard input is HTML'],
    [Buffer.from([0x22, 0xff, 0x22]), 'not valid UTF-8'],
    ['['.repeat(1000), 'nests deeper than 100'],
  ])('says in one line what is wrong with %j', async (input, message) => {
    const { code, stdout, stderr } = await skepRender(['-'], input);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [[], 'Usage: skep render FILE'],
    [['a', 'b'], 'Usage: skep render FILE'],
    [['nope.json'], 'There is no nope.json'],
    [['.'], 'That is a folder'],
    [[LETTER, '--to', 'fax'], 'There is no form "fax"'],
    [[LETTER, '--out', 'a.docx'], 'There is no form "docx"'],
    [[LETTER, '--out', LETTER], 'cannot be the one that is written'],
    [[LETTER, '--out', 'no/such/folder.html'], 'There is no no/such'],
    [[LETTER, '--watch'], '--watch needs a file to read, and --out'],
    [[LETTER, '--to', 'png', '--width', 'wide'], '--width takes a number'],
    [[LETTER, '--to', 'png', '--width', '5000'], 'The width must be a whole number'],
    [[LETTER, '--to', 'pdf', '--page-size', 'A5'], 'The page size must be one of'],
    [[LETTER, '--to', 'png', '--target', 'amp'], 'message or page'],
    [[LETTER, '--fax'], '--fax'],
    [['nope.json', '--watch', '--out', 'a.html'], 'There is no nope.json'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr, stdout } = await skepRender(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('skep render --watch', () => {
  /** Starts watching `in.json`; `seen(text)` waits for a line on stderr. */
  function watch() {
    const child = start(['in.json', '--out', 'out.html', '--watch']);
    let unread = '';
    let check = (): void => undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      unread += chunk.toString();
      check();
    });
    const seen = (text: string) =>
      new Promise<void>((done) => {
        check = () => {
          const at = unread.indexOf(text);
          if (at < 0) return;
          unread = unread.slice(at + text.length);
          done();
        };
        check();
      });
    return { child, seen };
  }
  const title = async () =>
    /<title>(.*?)<\/title>/.exec(await readFile(path.join(folder, 'out.html'), 'utf8'))?.[1];

  it('writes again after every change, however it is made, and ends with 0 on SIGINT', async () => {
    const file = path.join(folder, 'in.json');
    await writeFile(file, titled('one'));
    const { child, seen } = watch();
    await seen('wrote out.html');
    expect(await title()).toBe('one');

    await writeFile(file, titled('two'));
    await seen('wrote out.html');
    expect(await title()).toBe('two');

    // As editors save: another file takes the name.
    await writeFile(`${file}~`, titled('three'));
    await rename(`${file}~`, file);
    await seen('wrote out.html');
    expect(await title()).toBe('three');

    // A mistake is told, and the last good result stays.
    await writeFile(file, '{"page":');
    await seen('in.json:1:9: The text is not valid JSON');
    expect(await title()).toBe('three');

    await rm(file);
    await writeFile(`${file}.real`, titled('four'));
    await symlink(`${file}.real`, file);
    await seen('wrote out.html');
    expect(await title()).toBe('four');

    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['in.json', 'in.json.real', 'out.html']);
  });
});
