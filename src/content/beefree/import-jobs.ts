// Import jobs: POST /v1/conversion/html-to-json/job, GET and DELETE /v1/conversion/html-to-json/job/{hash} (Beefree spec 3.13).
import Type from 'typebox';
import { isWebhook } from '../import-jobs/notices.ts';
import { htmlOf } from './conversion.ts';
import { Refusal, wrongField } from './errors.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImportState } from '../import-jobs/import-jobs.ts';
import type { ContentRoute } from './route.ts';

const JOB = '/v1/conversion/html-to-json/job';
const security = [{ bearer: [] }];

const status = Type.Object({
  id: Type.String({ description: 'Names the job in the other calls: a hash of the HTML.' }),
  status: Type.String({ description: 'success, in-progress or failed' }),
});
const params = Type.Object({ hash: Type.String() });

const WORDS: Readonly<Record<ImportState, string>> = {
  done: 'success',
  running: 'in-progress',
  failed: 'failed',
};

/** What a client, or its webhook, is told of a job. */
export const jobBody = ({ hash, state }: { hash: string; state: ImportState }) =>
  JSON.stringify({ id: hash, status: WORDS[state] });

const send = (reply: FastifyReply, code: number, body: string) =>
  reply.code(code).type('application/json; charset=utf-8').send(body);

const hashOf = (request: FastifyRequest) => (request.params as { hash: string }).hash;

const ask: ContentRoute = (app, { importJobs }) => {
  const schema = {
    summary: 'Asks for the HTML of an e-mail to become a template, later',
    description:
      'The body is the HTML itself, as text/html. 202: it will be done; 200: it has been done already.',
    security,
    querystring: Type.Object({
      webhook: Type.Optional(
        Type.String({ description: 'A public address that is told, by POST, when it is done.' }),
      ),
    }),
    body: Type.String({ description: 'The HTML.' }),
    response: { 200: status, 202: status },
  };
  app.post(JOB, { schema, config: { textBody: true } }, async (request, reply) => {
    const html = htmlOf(request);
    const webhook = webhookOf(request);
    const answer = await importJobs.ask(request.contentTenant!, html, webhook);
    return send(reply, answer.state === 'done' ? 200 : 202, jobBody(answer));
  });
};

function webhookOf(request: FastifyRequest): string | undefined {
  const { webhook } = request.query as { webhook?: unknown };
  if (webhook === undefined || webhook === '') return undefined;
  if (typeof webhook !== 'string' || !isWebhook(webhook)) throw wrongField('not a URL', 'webhook');
  return webhook;
}

const read: ContentRoute = (app, { importJobs }) => {
  const schema = {
    summary: 'The template that an import job made',
    description: '202: the job still runs; 422: it failed.',
    security,
    params,
    response: {
      200: Type.Object({ page: Type.Unknown({ description: 'The template.' }) }),
      202: status,
    },
  };
  app.get(`${JOB}/:hash`, { schema }, async (request, reply) => {
    const found = await importJobs.read(request.contentTenant!, hashOf(request));
    if (found.state === 'failed') throw importFailed(found.error);
    if (found.state === 'running') return send(reply, 202, jobBody(found));
    return send(reply, 200, found.result);
  });
};

const importFailed = (details: string) =>
  new Refusal(422, { code: 4201, message: 'HTML conversion error', details });

const remove: ContentRoute = (app, { importJobs }) => {
  const schema = {
    summary: 'Ends an import job, and forgets its template',
    security,
    params,
    response: { 200: status },
  };
  // Whatever comes along as a body is not looked at.
  app.delete(`${JOB}/:hash`, { schema, config: { textBody: true } }, async (request, reply) => {
    const hash = hashOf(request);
    await importJobs.remove(request.contentTenant!, hash);
    return send(reply, 200, JSON.stringify({ id: hash, status: 'cancelled' }));
  });
};

export const importJobRoutes: ContentRoute[] = [ask, read, remove];
