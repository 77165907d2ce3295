// A live stream of the changes of a collection, for those who may read them; not in the original.
import { isAllowed } from '../acl/acl.ts';
import type { Follower } from '../changes/feed.ts';
import {
  isKnown,
  isLogged,
  keepLog,
  newestPosition,
  readChanges,
  type Change,
  type Position,
} from '../changes/log.ts';
import { getCollection, type Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Document } from '../documents/document.ts';
import { contentOf } from '../documents/content.ts';
import { documentSubject } from '../documents/target.ts';
import { matches, type Subject } from '../query/evaluate.ts';
import type { Query } from '../query/query.ts';
import type { JsonObject } from '../query/values.ts';
import {
  EVENT_STREAM_HEADERS,
  type EventStream,
  type StreamEvent,
} from '../../platform/http/event-stream.ts';
import { readFilter } from './criteria.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { failureOf } from './errors.ts';
import { route, streamRoute, type ActorCall, type Route, type StreamCall } from './route.ts';
import { documentJson } from './wire.ts';

export const changeRoutes: readonly Route[] = [
  streamRoute('/changes/:name', { level: 'anon', group: 'data.read' }, follow),
  route('GET', '/admin/collection/:name/changes', 'admin', state),
  route('PUT', '/admin/collection/:name/changes', 'admin', (call) => keep(call, true)),
  route('DELETE', '/admin/collection/:name/changes', 'admin', (call) => keep(call, false)),
];

/** Changes that are read from the log at once. */
const BATCH = 200;
/** How long a client waits before it connects again, in milliseconds. */
const RETRY_MS = 2000;
/** How often an open stream proves that its session is still good, which also keeps the session alive. */
const RENEW_MS = 60_000;
const MAX_STREAMS = 1000;
const MAX_STREAMS_EACH = 20;

async function state({ context, actor, params }: ActorCall): Promise<Answer> {
  const { number } = await getCollection(context.db, actor.tenant, params['name'] ?? '');
  const enabled = await isLogged(context, actor.tenant, number);
  return answer({ enabled, hours: context.limits.changeHours });
}

async function keep({ context, actor, params }: ActorCall, kept: boolean): Promise<Answer> {
  await keepLog(context, actor.tenant, params['name'] ?? '', kept);
  return { data: NOTHING };
}

async function follow(call: StreamCall): Promise<RawAnswer> {
  const { context, actor, params, query, request } = call;
  const collection = await getCollection(context.db, actor.tenant, params['name'] ?? '');
  const { name, number } = collection;
  if (!(await isLogged(context, actor.tenant, number))) {
    throw new Failure(
      400,
      `Changes of ${name} are not kept. HINT: PUT /admin/collection/${name}/changes`,
    );
  }
  const { filter } = readFilter(query);
  const header = request.headers['last-event-id'];
  const since = positionOf((Array.isArray(header) ? header[0] : header) || query.first('since'));
  const stream = openStream(call);
  const follower = context.feed.follow(actor.tenant);
  const renewing = setInterval(() => follower.nudge(), RENEW_MS);
  renewing.unref();
  stream.once('close', () => {
    clearInterval(renewing);
    follower.stop();
  });
  stream.retryAfter(RETRY_MS);
  void pump(call, { collection, filter, since, stream, follower });
  return { headers: EVENT_STREAM_HEADERS, raw: stream };
}

function openStream({ streams, actor, request }: StreamCall): EventStream {
  if (streams.size >= MAX_STREAMS) {
    throw new Failure(503, 'This server has as many open streams as it can hold');
  }
  const holder = `${actor.tenant} ${actor.user?.id ?? request.ip}`;
  if (streams.heldBy(holder) >= MAX_STREAMS_EACH) {
    throw new Failure(429, `One caller has at most ${MAX_STREAMS_EACH} open streams`);
  }
  return streams.open(holder);
}

interface Following {
  collection: Collection;
  filter: Query['filter'];
  /** The last change that the client has seen; `undefined`: it begins now. */
  since: Position | undefined;
  stream: EventStream;
  follower: Follower;
}

/** Sends what happens until the client goes away, its credentials end, or the collection is dropped. */
async function pump(call: StreamCall, following: Following): Promise<void> {
  const { context } = call;
  const { tenant } = call.actor;
  const { collection, stream, follower } = following;
  const { number } = collection;
  try {
    let position = await begin(context, tenant, following);
    while (stream.isOpen) {
      const { version } = follower;
      const read = await readChanges(context.db, tenant, number, position, BATCH);
      // What is sent is what the caller may read now; and a stream ends with its session.
      const actor = await call.renew();
      await getCollection(context.db, tenant, collection.name);
      await sendChanges({ ...following, context, actor }, read);
      position = read.read;
      if (!read.more) await follower.next(version);
    }
  } catch (error) {
    const { statusCode, message } = failureOf(error);
    if (statusCode >= 500) context.log.error({ err: error }, 'a stream of changes failed');
    stream.send({ event: 'end', data: JSON.stringify({ message, http_code: statusCode }) });
  } finally {
    stream.end();
  }
}

/** Where to begin; a client whose place is no longer in the log is told to read everything again. */
async function begin(
  { db }: BackendContext,
  tenant: string,
  { since, stream }: Following,
): Promise<Position> {
  if (since && (await isKnown(db, tenant, since))) return since;
  const newest = await newestPosition(db, tenant);
  stream.send({ id: idOf(newest), event: since ? 'reset' : 'ready', data: '{}' });
  return newest;
}

async function sendChanges(
  following: Following & { context: BackendContext; actor: Actor },
  { changes, read }: { changes: readonly Change[]; read: Position },
): Promise<void> {
  const { stream } = following;
  let sent = 0;
  for (const change of changes) {
    const event = await eventOf(following, change);
    if (!event || !stream.isOpen) continue;
    const { tx, seq } = change;
    sent = seq;
    if (!stream.send({ ...event, id: idOf({ epoch: read.epoch, tx, seq }) })) {
      await stream.drained();
    }
  }
  // A client that comes back need not look again through what it may not see.
  if (changes.length > 0 && sent !== read.seq) stream.mark(idOf(read));
}

/**
 * What a change is to the caller: `create` and `update` with the document, `delete`, or `leave` when the document is there
 * still but no longer among those that the caller may read or asked for. Nothing, when he could not see it before either.
 */
async function eventOf(
  { context, actor, collection, filter }: Following & { context: BackendContext; actor: Actor },
  change: Change,
): Promise<Omit<StreamEvent, 'id'> | undefined> {
  const { author, kind } = change;
  const readable = (acl: string) => isAllowed(context.db, actor, 'read', { author, acl });
  const now = await readable(change.acl);
  const before = kind === 'create' ? false : await readable(change.aclBefore);
  if (!now && !before) return undefined;
  const document = documentOf(change, collection);
  const key = JSON.stringify({ id: document.id, '@version': document.version });
  if (kind === 'delete') return { event: 'delete', data: key };
  const wanted = now && (!filter || matches(filter, subjectOf(document, collection), change.at));
  if (wanted) return { event: before ? kind : 'create', data: documentJson(document) };
  return before ? { event: 'leave', data: key } : undefined;
}

function documentOf(change: Change, { name, number }: Collection): Document {
  const { document: id, position, version, author, authorName, acl, createdAt, body } = change;
  return {
    id,
    collection: name,
    number,
    position,
    version,
    author,
    authorName: authorName ?? '',
    acl,
    createdAt,
    body,
  };
}

/** The document as queries see it: the same forms of texts and numbers as in the database. */
function subjectOf(document: Document, collection: Collection): Subject {
  const { queryBody } = contentOf(
    document.body,
    JSON.parse(document.body) as JsonObject,
    NO_FIELDS,
  );
  const { position: key, id, version, createdAt, authorName } = document;
  return documentSubject(
    { key, id, version, createdAt, authorName, fields: queryBody },
    collection,
  );
}

const NO_FIELDS: ReadonlySet<string> = new Set();

const idOf = ({ epoch, tx, seq }: Position) => `${epoch}.${tx}.${seq}`;

const ID = /^([\w-]{1,64})\.(\d{1,16})\.(\d{1,16})$/;

/** The position in an event id. An id of another server or form is one that is no longer known. */
function positionOf(id: string | undefined): Position | undefined {
  if (!id) return undefined;
  const [, epoch = 'unknown', tx = '0', seq = '0'] = ID.exec(id) ?? [];
  return { epoch, tx: Number(tx), seq: Number(seq) };
}
