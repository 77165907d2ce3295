// How a route of this door is declared: method, path, who may, parameters, handler.
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { Project } from '../projects.ts';
import type { Session } from '../sessions.ts';
import type { Translation } from '../translation.ts';
import type { BeeboxConfig } from './config.ts';
import { MissingParameter } from './failures.ts';
import { Parameters } from './parameters.ts';
import { presentedToken } from './token.ts';

/** What the routes work with. */
export interface BeeboxContext {
  translation: Translation;
  config: BeeboxConfig;
  /** Version of the server, for /whois. */
  version: string;
}

/** One call, as its handler sees it. */
export interface Call extends BeeboxContext {
  request: FastifyRequest;
  /** Parameters of the query. */
  query: Parameters;
  /** Aborted when the client goes away before it got its answer. */
  gone: AbortSignal;
}

/** A call with a valid session on a project. */
export interface ProjectCall extends Call {
  session: Session;
  project: Project;
}

export type Answer =
  | { kind: 'nothing' }
  | { kind: 'text'; text: string }
  | { kind: 'json'; value: object }
  | { kind: 'file'; name: string; size: number; stream: Readable };

export const NOTHING: Answer = { kind: 'nothing' };

interface Described {
  /** One sentence for the API reference. */
  summary: string;
  /** Parameters of the query by name, with what they mean. */
  parameters?: Readonly<Record<string, string>>;
  /** Names of parameters without which there is no such method; empty values are the handler's business. */
  required?: readonly string[];
  /** The answer, when there is one. */
  answer?: Content;
  /** The body of the request, when there is one. */
  body?: Content;
}

interface Content {
  mediaType: string;
  schema: TSchema;
}

/** What a JSON body looks like. */
export const json = (schema: TSchema): Content => ({ mediaType: 'application/json', schema });
/** A file's bytes. */
export const bytes: Content = {
  mediaType: 'application/octet-stream',
  schema: Type.String({ format: 'binary' }),
};
/** Plain text. */
export const plainText = (description: string): Content => ({
  mediaType: 'text/plain',
  schema: Type.String({ description }),
});

/** Puts a route into the server. */
export type Route = (app: FastifyInstance, context: BeeboxContext) => void;

/** A route that needs no session. */
export function openRoute(
  method: HTTPMethods,
  path: string,
  described: Described,
  handler: (call: Call) => Promise<Answer>,
): Route {
  return (app, context) => {
    const run = async (request: FastifyRequest, reply: FastifyReply) => {
      const query = Parameters.ofUrl(request.originalUrl);
      for (const name of described.required ?? []) {
        if (query.get(name) === undefined) throw new MissingParameter(name);
      }
      const call: Call = { ...context, request, query, gone: goneSignal(reply) };
      return sendAnswer(request, reply, await handler(call));
    };
    app.route({ method, url: path, schema: schemaOf(described), handler: run });
    // HEAD is GET without the body (Beebox spec 8.1).
    if (method === 'GET') app.head(path, { schema: { hide: true } }, run);
  };
}

/** A route for sessions on a project; the token is a parameter of the query. */
export function projectRoute(
  method: HTTPMethods,
  path: string,
  { parameters, required = [], ...described }: Described,
  handler: (call: ProjectCall) => Promise<Answer>,
): Route {
  const complete: Described = {
    ...described,
    parameters: { token: 'Session token.', ...parameters },
    required: ['token', ...required],
  };
  return openRoute(method, path, complete, async (call) => {
    const token = presentedToken(call.query.text('token') ?? '');
    const entered = await call.translation.sessions.enter(token.session, token.project);
    return handler({ ...call, ...entered });
  });
}

/** Aborts when the connection closes before the answer is complete. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new ClientGone());
  });
  if (raw.destroyed) gone.abort(new ClientGone());
  return gone.signal;
}

/** Why a call was given up: nobody is left to be answered. */
class ClientGone extends Error {
  readonly statusCode = 400;
  constructor() {
    super('The client has gone away');
  }
}

function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  // Tokens and documents are nobody else's business.
  reply.header('cache-control', 'no-store');
  switch (answer.kind) {
    case 'nothing':
      return reply.code(204).send();
    case 'text':
      return reply.header('content-type', 'text/plain; charset=utf-8').send(answer.text);
    case 'json':
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(JSON.stringify(answer.value));
    case 'file':
      return sendFile(request, reply, answer);
  }
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, size, stream }: Extract<Answer, { kind: 'file' }>,
): FastifyReply {
  reply.headers({
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    'content-disposition': `attachment; filename*=UTF-8''${extendedValue(name)}`,
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') {
    stream.destroy();
    return reply.send();
  }
  return reply.send(stream);
}

/** A value as RFC 8187 writes it in headers. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Only describes: parameters are read by `Parameters`, which knows this protocol's rules. */
function schemaOf({ summary, parameters = {}, required = [], answer, body }: Described) {
  const members = Object.entries(parameters).map(([name, description]) => {
    const text = Type.String({ description });
    return [name, required.includes(name) ? text : Type.Optional(text)] as const;
  });
  return {
    tags: ['beebox'],
    summary,
    ...(required.includes('token') ? { security: [{ beeboxToken: [] }] } : {}),
    ...(members.length > 0 ? { querystring: Type.Object(Object.fromEntries(members)) } : {}),
    ...(body ? { body: contentOf(body) } : {}),
    response: {
      ...(answer
        ? { 200: { description: 'Done.', ...contentOf(answer) } }
        : { 204: Type.Null({ description: 'Done.' }) }),
      400: apiErrorSchema,
      404: noMethodSchema,
    },
  };
}

function contentOf({ mediaType, schema }: Content) {
  return { content: { [mediaType]: { schema } } };
}

const apiErrorSchema = Type.Object(
  {
    type: Type.String(),
    id: Type.Optional(Type.String()),
    message: Type.String(),
    inner: Type.Optional(Type.String()),
    failed: Type.Literal(true),
  },
  { description: 'The call failed; `id` says why, `message` tells people.' },
);

const noMethodSchema = Type.Object(
  {
    Message: Type.String(),
    MessageDetail: Type.String(),
    message: Type.String(),
    failed: Type.Literal(true),
  },
  { description: 'No such method, or one of its required parameters is missing.' },
);
