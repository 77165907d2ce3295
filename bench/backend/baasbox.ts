// Skep and the raw program: both answer the BaasBox protocol, from the same documents.
import path from 'node:path';
import { httpRequest, type LoadClient } from '../lib/load.ts';
import { SERVER_CORE, start, type Started } from '../lib/processes.ts';
import { serveDemo, type ServeOptions, temporaryFolder } from '../lib/skep.ts';
import { type Competitor, expectSame, json, LISTENING } from './competitor.ts';
import { note, noteId } from './documents.ts';

interface Access {
  headers: Record<string, string>;
}

/** Skep on its default database, through the BaasBox door, as a signed-in user who owns the documents. */
export async function startSkep(
  load: LoadClient,
  documents: number,
  options: ServeOptions = {},
): Promise<Competitor & Access> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const skep = await serveDemo(folder.path, {}, options);
  cleanup.defer(() => skep.stop());
  const { appcode, admin, user } = skep.demo.baasbox;
  const base = `http://127.0.0.1:${skep.port}`;
  const login = async ({ username, password }: { username: string; password: string }) => {
    const answer = await json(`${base}/login`, { username, password, appcode });
    return (answer as { data: Record<string, string> }).data['X-BB-SESSION'] as string;
  };
  const adminToken = await login(admin);
  for (const collection of ['bench', 'created']) {
    await json(`${base}/admin/collection/${collection}`, {}, { 'X-BB-SESSION': adminToken });
  }
  const headers = { 'X-BB-SESSION': await login(user) };
  await fill(load, skep.port, documents, (number) =>
    httpRequest('POST', '/document/bench', headers, { ...note(number), id: noteId(number) }),
  );
  const all = cleanup.move();
  return { ...baasbox('Skep', skep, headers), stop: () => all.disposeAsync() };
}

/** The raw program, which sends the headers that Skep sends. */
export async function startRaw(
  load: LoadClient,
  documents: number,
  commit: 'single' | 'group',
  like: Competitor & Access,
): Promise<Competitor> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const token = like.headers['X-BB-SESSION'] as string;
  const raw = await start({
    args: ['backend/raw-server.ts'],
    cwd: path.join(import.meta.dirname, '..'),
    env: {
      NODE_ENV: 'production',
      RAW_TOKEN: token,
      RAW_COMMIT: commit,
      RAW_FILE: path.join(folder.path, 'raw.db'),
      RAW_HEADERS: JSON.stringify(await headersOf(like)),
    },
    core: SERVER_CORE,
    ready: LISTENING,
  });
  cleanup.defer(() => raw.stop());
  const started = { ...raw, port: Number(LISTENING.exec(raw.line)?.[1]) };
  const headers = { 'X-BB-SESSION': token };
  await fill(load, started.port, documents, (number) =>
    httpRequest('POST', '/document/bench', headers, { ...note(number), id: noteId(number) }),
  );
  const name = commit === 'group' ? 'raw, group commit' : 'raw';
  const all = cleanup.move();
  return { ...baasbox(name, started, headers), stop: () => all.disposeAsync() };
}

/** Requests of the BaasBox protocol, which Skep and the raw program both answer. */
function baasbox(
  name: string,
  server: Started & { port: number },
  headers: Record<string, string>,
): Competitor & Access {
  const get = (url: string) => httpRequest('GET', url, headers);
  const base = `http://127.0.0.1:${server.port}`;
  const data = async (url: string) =>
    ((await json(`${base}${url}`, undefined, headers)) as { data: unknown }).data;
  return {
    name,
    port: server.port,
    pid: server.process.pid as number,
    headers,
    read: (number) => [get(`/document/bench/${noteId(number)}`)],
    create: (number) => [httpRequest('POST', '/document/created', headers, note(number))],
    listWithCount: [get('/document/bench?page=0&recordsPerPage=20'), get('/document/bench/count')],
    async verify(documents) {
      const one = (await data(`/document/bench/${noteId(7)}`)) as { text?: string; id?: string };
      expectSame(`${name}: read`, [one.id, one.text], [noteId(7), note(7).text]);
      const list = (await data('/document/bench?page=0&recordsPerPage=20')) as unknown[];
      expectSame(`${name}: length of the list`, list.length, 20);
      expectSame(`${name}: count`, await data('/document/bench/count'), { count: documents });
    },
    stop: () => server.stop(),
  };
}

function fill(
  load: LoadClient,
  port: number,
  documents: number,
  request: (number: number) => string,
): Promise<unknown> {
  const operations = Array.from({ length: documents }, (_, number) => [request(number)]);
  return load.run({ port, connections: 64, operations });
}

/** The headers of an answer that the program chose itself: all but those that HTTP needs for the message. */
async function headersOf(server: Competitor & Access): Promise<Record<string, string>> {
  const url = `http://127.0.0.1:${server.port}/document/bench/${noteId(0)}`;
  const { headers } = await fetch(url, { headers: server.headers });
  const own = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);
  return Object.fromEntries([...headers].filter(([name]) => !own.has(name)));
}
