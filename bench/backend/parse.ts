// Parse Server on PostgreSQL, filled with the same documents.
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../test/support/postgres.ts';
import { httpRequest } from '../lib/load.ts';
import { SERVER_CORE, start } from '../lib/processes.ts';
import { temporaryFolder } from '../lib/skep.ts';
import { type Competitor, expectSame, json, LISTENING } from './competitor.ts';
import { note } from './documents.ts';

/** Parse Server on a PostgreSQL with fsync; the documents belong to the signed-in user, as in Skep. */
export async function startParse(documents: number): Promise<Competitor> {
  await using cleanup = new AsyncDisposableStack();
  const postgres = await startPostgres({ durable: true });
  cleanup.defer(() => postgres.stop());
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const url = `${postgres.url}/parse`;
  await sql(`${postgres.url}/postgres`, 'CREATE DATABASE parse');
  const parse = await start({
    args: [path.join(import.meta.dirname, 'parse-program.ts')],
    // It writes its logs into the working directory.
    cwd: folder.path,
    env: { NODE_ENV: 'production', PARSE_DATABASE: url },
    core: SERVER_CORE,
    ready: LISTENING,
  });
  cleanup.defer(() => parse.stop());
  const port = Number(LISTENING.exec(parse.line)?.[1]);
  const base = `http://127.0.0.1:${port}/parse`;
  const app = { 'X-Parse-Application-Id': 'bench' };
  const user = { username: 'bench', password: 'bench-bench' };
  const { sessionToken, objectId } = (await json(`${base}/users`, user, app)) as Record<
    string,
    string
  >;
  const headers = { ...app, 'X-Parse-Session-Token': sessionToken as string };
  const owned = (number: number) => ({
    ...note(number),
    ACL: { [objectId as string]: { read: true, write: true } },
  });
  // Clients may not make classes by default: the master key does, as an operator would.
  const master = { ...app, 'X-Parse-Master-Key': 'bench-master' };
  for (const name of ['Note', 'Created']) await json(`${base}/classes/${name}`, owned(0), master);
  // Straight into its table, as its own rows look: through the API this takes minutes.
  await fillParse(url, documents, objectId as string);
  const get = (target: string) => httpRequest('GET', `/parse${target}`, headers);
  const all = cleanup.move();
  return {
    name: 'parse-server',
    port,
    pid: parse.process.pid as number,
    read: (number) => [get(`/classes/Note/${parseId(number)}`)],
    create: (number) => [httpRequest('POST', '/parse/classes/Created', headers, owned(number))],
    listWithCount: [get('/classes/Note?limit=20&count=1')],
    async verify(expected) {
      const one = (await json(`${base}/classes/Note/${parseId(7)}`, undefined, headers)) as {
        text?: string;
      };
      expectSame('parse-server: read', one.text, note(7).text);
      const list = (await json(`${base}/classes/Note?limit=20&count=1`, undefined, headers)) as {
        results: unknown[];
        count: number;
      };
      expectSame('parse-server: list', [list.results.length, list.count], [20, expected]);
    },
    stop: () => all.disposeAsync(),
  };
}

const parseId = (number: number) => number.toString(36).padStart(10, '0');

async function fillParse(url: string, documents: number, owner: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('DELETE FROM "Note"');
  for (let from = 0; from < documents; from += 5000) {
    const size = Math.min(5000, documents - from);
    const rows = Array.from({ length: size }, (_, at) => ({
      objectId: parseId(from + at),
      ...note(from + at),
    }));
    await client.query(
      `INSERT INTO "Note" ("objectId", "createdAt", "updatedAt", _rperm, _wperm, title, text, number, done, tags, place)
       SELECT "objectId", now(), now(), ARRAY[$2], ARRAY[$2], title, text, number, done, tags, place
       FROM jsonb_to_recordset($1::jsonb)
         AS t("objectId" text, title text, text text, number float8, done boolean, tags jsonb, place jsonb)`,
      [JSON.stringify(rows), owner],
    );
  }
  await client.query('VACUUM ANALYZE "Note"');
  await client.end();
}

async function sql(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}
