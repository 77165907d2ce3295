// Calls endpoints of this door from inside the server, for scripts: the same handlers, checks and objects as for clients.
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { TooLarge } from '../../../platform/errors.ts';
import type { Actor, BackendContext } from '../../context.ts';
import type { Json } from '../../query/values.ts';
import { NO_BODY, type RawBody } from '../body.ts';
import type { Answer, RawAnswer } from '../envelope.ts';
import { Failure } from '../failure.ts';
import { QueryString } from '../query-string.ts';
import { NOT_FOUND_TEXT, type Route } from '../route.ts';

export interface EndpointCall {
  /** Of a transaction, or of the room. */
  context: BackendContext;
  actor: Actor;
  /** The request that brought the script to run. */
  request: FastifyRequest;
  method: string;
  /** Segments of the path, as they are meant: not encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string | readonly string[]>>;
  /** A JSON value; `undefined`: no body. */
  body?: Json | undefined;
}

/** Characters of an answer that a script can take. */
const MAX_ANSWER = 4 * 1024 * 1024;

interface Candidate {
  route: Route;
  segments: readonly string[];
}

export class EndpointCalls {
  readonly #byMethod: ReadonlyMap<string, readonly Candidate[]>;

  constructor(routes: readonly Route[]) {
    const candidates = routes.map((route) => ({ route, segments: route.path.split('/').slice(1) }));
    this.#byMethod = Map.groupBy(candidates, ({ route }) => route.method);
  }

  /** The data of the answer as JSON text. Throws what the endpoint throws, and `Failure` (404) for an unknown path. */
  async perform(call: EndpointCall): Promise<string> {
    const { context, actor, request, method, path } = call;
    const found = this.#find(method, path);
    if (!found) throw new Failure(404, NOT_FOUND_TEXT);
    const answer = await found.route.perform(
      {
        context,
        request,
        params: found.params,
        query: queryString(call.query ?? {}),
        body: call.body === undefined ? NO_BODY : jsonBytes(call.body),
      },
      actor,
    );
    return dataOf(answer);
  }

  #find(method: string, path: readonly string[]) {
    let best: { route: Route; params: Record<string, string>; literals: number } | undefined;
    for (const { route, segments } of this.#byMethod.get(method) ?? []) {
      const match = matchPath(segments, path);
      if (match && match.literals > (best?.literals ?? -1)) best = { route, ...match };
    }
    return best;
  }
}

/** Literal segments come before parameters, as in the server; `*` at the end takes what is left. */
function matchPath(
  pattern: readonly string[],
  path: readonly string[],
): { params: Record<string, string>; literals: number } | undefined {
  const open = pattern.at(-1) === '*';
  const fits = open ? path.length >= pattern.length : path.length === pattern.length;
  if (!fits || path.includes('')) return undefined;
  const params: Record<string, string> = {};
  let literals = 0;
  for (const [index, wanted] of pattern.entries()) {
    const given = path[index] as string;
    if (wanted === '*') params['*'] = path.slice(index).join('/');
    else if (wanted.startsWith(':')) params[wanted.slice(1)] = given;
    // Earlier literals weigh more.
    else if (wanted === given) literals += 2 ** (path.length - index);
    else return undefined;
  }
  return { params, literals };
}

function queryString(query: NonNullable<EndpointCall['query']>): QueryString {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((text): [string, string] => [name, text]),
  );
  return new QueryString(`?${new URLSearchParams(pairs).toString()}`);
}

function jsonBytes(value: Json): RawBody {
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) };
}

async function dataOf(answer: Answer | RawAnswer): Promise<string> {
  if (!('raw' in answer)) return checked(answer.data);
  const { raw, headers } = answer;
  const text = typeof raw === 'string' || Buffer.isBuffer(raw) ? raw.toString() : await read(raw);
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (!type?.includes('json')) return checked(JSON.stringify(text));
  const envelope = JSON.parse(checked(text)) as { data?: unknown };
  return JSON.stringify('data' in envelope ? envelope.data : envelope);
}

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer | string);
    size += bytes.length;
    if (size > MAX_ANSWER) {
      stream.destroy();
      throw tooLarge();
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checked(text: string): string {
  if (text.length > MAX_ANSWER) throw tooLarge();
  return text;
}

function tooLarge(): TooLarge {
  return new TooLarge(
    'script_answer',
    `A script can take answers of at most ${MAX_ANSWER} characters: ask for pages`,
  );
}
