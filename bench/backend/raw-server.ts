// The floor: node:http and better-sqlite3 with nothing between, answering BaasBox document calls with the same bytes.
//
// It knows one token and one owner, checks no rights, parses no criteria, and keeps a document as finished text. It is
// what the machine can do, not a server that anyone could use. Creates are durable (WAL, synchronous=FULL), either one
// commit each or, with RAW_COMMIT=group, one commit for all that arrived together.
import Database from 'better-sqlite3';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';

const token = process.env['RAW_TOKEN'] ?? '';
const group = process.env['RAW_COMMIT'] === 'group';
/** The headers that the server which is measured sends with every answer. */
const headers = JSON.parse(process.env['RAW_HEADERS'] ?? '{}') as Record<string, string>;

const db = new Database(process.env['RAW_FILE'] ?? ':memory:');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
  'CREATE TABLE document (id TEXT PRIMARY KEY, collection TEXT NOT NULL, seq INTEGER NOT NULL, own TEXT NOT NULL, created TEXT NOT NULL) WITHOUT ROWID;' +
    'CREATE UNIQUE INDEX document_order ON document (collection, seq);',
);

interface Row {
  id: string;
  collection: string;
  seq: number;
  own: string;
  created: string;
}
const one = db.prepare<[string], Row>('SELECT * FROM document WHERE id = ?');
const page = db.prepare<[string, number, number], Row>(
  'SELECT * FROM document WHERE collection = ? ORDER BY seq LIMIT ? OFFSET ?',
);
const count = db.prepare<[string], { n: number }>(
  'SELECT count(*) AS n FROM document WHERE collection = ?',
);
const insert = db.prepare<[string, string, number, string, string]>(
  'INSERT INTO document (id, collection, seq, own, created) VALUES (?, ?, ?, ?, ?)',
);

let seq = 0;
let waiting: { row: Row; answer: () => void }[] = [];

function store(row: Row, answer: () => void): void {
  if (!group) {
    insert.run(row.id, row.collection, row.seq, row.own, row.created);
    answer();
    return;
  }
  if (waiting.push({ row, answer }) === 1) setImmediate(commit);
}

function commit(): void {
  const round = waiting;
  waiting = [];
  db.exec('BEGIN IMMEDIATE');
  for (const { row } of round) insert.run(row.id, row.collection, row.seq, row.own, row.created);
  db.exec('COMMIT');
  for (const { answer } of round) answer();
}

function documentText(row: Row): string {
  return `{"@rid":"#20:${row.seq}","@version":1,"@class":"${row.collection}",${row.own.slice(1, -1)},"id":"${row.id}","_creation_date":"${row.created}","_author":"bench"}`;
}

function reply(response: ServerResponse, status: number, data: string): void {
  const body = `{"result":"ok","data":${data},"http_code":${status}}`;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function create(request: IncomingMessage, response: ServerResponse, collection: string): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, ...own } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id?: string };
    const row: Row = {
      id: id ?? randomUUID(),
      collection,
      seq: seq++,
      own: JSON.stringify(own),
      created: new Date().toISOString().replace('Z', '+0000'),
    };
    store(row, () => reply(response, 200, documentText(row)));
  });
}

const server = createServer((request, response) => {
  const { method, url = '' } = request;
  if (request.headers['x-bb-session'] !== token) {
    response.writeHead(401, headers).end('{"result":"error","http_code":401}');
    return;
  }
  const [path = '', query] = url.split('?');
  const [, , collection = '', id] = path.split('/');
  if (method === 'POST') {
    create(request, response, collection);
  } else if (id === 'count') {
    reply(response, 200, `{"count":${count.get(collection)?.n}}`);
  } else if (id !== undefined) {
    const row = one.get(id);
    if (row) reply(response, 200, documentText(row));
    else response.writeHead(404, headers).end('{"result":"error","http_code":404}');
  } else {
    const criteria = new URLSearchParams(query);
    const size = Number(criteria.get('recordsPerPage'));
    const rows = page.all(collection, size, size * Number(criteria.get('page')));
    reply(response, 200, `[${rows.map(documentText).join(',')}]`);
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit());
