// A door: one wire protocol on the shared origin. What the server needs to know of it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface Door {
  /** Short name for metrics, logs and the OpenAPI tag: `baasbox`. */
  readonly name: string;
  /** One sentence for the API reference. */
  readonly description: string;

  /**
   * Whether a path (no query, after `rewriteUrl`) belongs to this door. Asked in the order in which the doors are
   * mounted, when no route matched or the request failed before routing; the last door should own everything.
   */
  owns(path: string): boolean;

  /** Brings spellings that this protocol allows to the spelling of its routes. Must return foreign URLs unchanged. */
  rewriteUrl?(url: string): string;

  /** Declares parsers, hooks and routes on an instance of its own: none of them reaches another door. */
  routes(app: FastifyInstance): void | Promise<void>;

  /** Answers a failure in this protocol's shape. Never shows a stack trace. */
  onError(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown;

  /** Answers a request for which there is no route: unknown path, or a method that the path does not have. */
  onNotFound(request: FastifyRequest, reply: FastifyReply): unknown;

  /**
   * The bytes of a complete answer to a request that could not be read as HTTP (bad request line, headers too large,
   * too slow), or nothing for a plain empty answer.
   */
  rawError?(status: number): { contentType: string; body: string } | undefined;
}

/** Reads the path out of a raw URL: everything before the query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
