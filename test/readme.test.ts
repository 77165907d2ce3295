// The README's calls, run as they stand there: a newcomer's first minutes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve, skep, type Server } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
let server: Server;
let variables: string;
let blocks: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skep-readme-'));
  const demo = await skep(['demo', '--shell', '--data-dir', folder]);
  server = await serve(['--data-dir', folder]);
  variables = `${demo.stdout}\nexport SKEP='${server.url}'\n`;
  const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  blocks = [...readme.matchAll(/```\w*\n([\s\S]*?)```/g)].map((match) => match[1] as string);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Runs a block in a shell that has the demo's variables; files that it writes go to the temporary folder. */
async function run(block: string): Promise<string> {
  const script = variables + block.replace('-o newsletter.html', `-o '${folder}/newsletter.html'`);
  const shell = spawn('sh', ['-c', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(shell, 'close');
  return output.trim();
}

it.each(['/document/teas', 'project.list', '/v1/message/html'])(
  'the call to %s gives the answer that the README shows',
  async (word) => {
    const at = blocks.findIndex((block) => block.startsWith('curl') && block.includes(word));
    expect(at).toBeGreaterThan(0);
    expect(await run(blocks[at] as string)).toBe(blocks[at + 1]?.trim());
  },
);

it('the Beebox call gives a token of the form that the README shows', async () => {
  const at = blocks.findIndex((block) => block.includes('/api/connect'));
  const token = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  expect(await run(blocks[at] as string)).toMatch(token);
  expect(blocks[at + 1]?.trim()).toMatch(token);
});
