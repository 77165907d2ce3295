// The compatibility page tells the truth: every route has a row, every row a route, and every test that it names exists.
import { existsSync, readFileSync } from 'node:fs';
import Fastify from 'fastify';
import Type from 'typebox';
import { expect, it } from 'vitest';
import { baasboxConfig } from '../../src/backend/baasbox/config.ts';
import { createBaasboxDoor } from '../../src/backend/baasbox/index.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { Jobs } from '../../src/platform/jobs/jobs.ts';
import { startServer } from './server.ts';

const page = readFileSync(new URL('../../docs/baasbox-compatibility.md', import.meta.url), 'utf8');

/** Rows that name a path and its methods: path, methods, tests. */
const rows = [
  ...page.matchAll(/^\| `(\/\S*)`\s*\| ((?:`[A-Z]+`(?:, )?)+)\s*\|.*\|([^|]*)\|$/gm),
].map(([, path = '', methods = '', tests = '']) => ({ path, methods: wordsIn(methods), tests }));

/** What stands between backquotes. */
function wordsIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** Without the names of parameters, which differ; what a route takes as the rest of a path is one parameter here. */
const shape = (path: string) =>
  path
    .replaceAll(/(?<=\/)(:\w+|\*)/g, '{}')
    .replace(/\.\{[^}]*…\}/, '{}')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replace(/\{\}\.json$/, '{}');

/** `METHOD /path` of every route that the door has. */
async function routesOfDoor(): Promise<Set<string>> {
  const server = await startServer('sqlite');
  const { baasbox } = await loadConfig(Type.Object({ baasbox: baasboxConfig }), { env: {} });
  const app = Fastify({ exposeHeadRoutes: false });
  const routes = new Set<string>();
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.add(`${one} ${shape(url)}`);
  });
  const jobs = new Jobs({ ...server.platform, sharedTime: () => Promise.resolve(0) });
  await createBaasboxDoor({ ...server.platform, jobs }, baasbox).routes(app);
  await app.close();
  await server.close();
  return routes;
}

it('has a row for every route, and a route for every row', async () => {
  const routes = await routesOfDoor();
  const listed = new Set(
    rows.flatMap(({ path, methods }) => methods.map((method) => `${method} ${shape(path)}`)),
  );
  expect(routes.size).toBeGreaterThan(150);
  expect([...listed].toSorted()).toEqual([...routes].toSorted());
});

it('names tests that exist', () => {
  const named = new Set(rows.flatMap(({ tests }) => wordsIn(tests)));
  expect(rows.filter(({ tests }) => wordsIn(tests).length === 0)).toEqual([]);
  const missing = [...named].filter(
    (name) => !existsSync(new URL(`${name}.test.ts`, import.meta.url)),
  );
  expect(missing).toEqual([]);
});
