// What operators and their tools ask: is it alive, is it ready, how is it doing.
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface OperationsOptions {
  /** Checks by name; each throws when its part does not work. */
  checks: Readonly<Record<string, () => Promise<void>>>;
  /** Metrics in the Prometheus text format. */
  metrics: () => Promise<{ contentType: string; body: string }>;
  /** When set, /metrics asks for it as a Bearer token. */
  metricsToken: string | undefined;
  /** Called with the error of a failed check; the client only learns the name of the check. */
  onFailedCheck: (name: string, error: unknown) => void;
}

/** Declares `/healthz` (the process answers), `/readyz` (so do its parts; else 503) and `/metrics`. */
export function operations(app: FastifyInstance, options: OperationsOptions): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(options.checks).map(async ([name, check]) => {
        try {
          await check();
          return [name, 'ok'] as const;
        } catch (error) {
          options.onFailedCheck(name, error);
          return [name, 'failed'] as const;
        }
      }),
    );
    const ready = results.every(([, result]) => result === 'ok');
    reply.code(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'failed', checks: Object.fromEntries(results) };
  });

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayReadMetrics(options.metricsToken, request.headers.authorization)) {
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ status: 'error', message: 'A metrics token is needed' });
    }
    const { contentType, body } = await options.metrics();
    return reply.type(contentType).send(body);
  });
}

function mayReadMetrics(token: string | undefined, header: string | undefined): boolean {
  if (token === undefined) return true;
  const expected = Buffer.from(`Bearer ${token}`);
  const given = Buffer.from(header ?? '');
  return expected.length === given.length && timingSafeEqual(expected, given);
}
