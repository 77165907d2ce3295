// Logging in and out (Beebox spec 2.1 to 2.4).
import Type from 'typebox';
import { jsonBody } from './body.ts';
import { MissingParameter } from './failures.ts';
import { Parameters } from './parameters.ts';
import {
  json,
  NOTHING,
  openRoute,
  plainText,
  type Answer,
  type Call,
  type Route,
} from './route.ts';
import { presentedToken } from './token.ts';

const DEFAULT_WAIT_SECONDS = 10;
const MAX_WAIT_SECONDS = 60;

const parameters = {
  project: 'Project key; empty for administrators who log in without a project.',
  login: 'Login of a connector of the project, or of an administrator.',
  pwd: 'Password.',
  waitsecs: 'Seconds to wait while the project is busy, 10 by default, 60 at most.',
  connector: 'Name of the client.',
  version: 'Version of the client.',
};

const token = plainText('The session token and nothing else.');

const connectBody = Type.Object({
  project: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: parameters.project }),
  ),
  login: Type.String({ description: parameters.login }),
  pwd: Type.String({ description: parameters.pwd }),
  waitsecs: Type.Optional(
    Type.Union([Type.Integer(), Type.String()], { description: parameters.waitsecs }),
  ),
  connector: Type.Optional(Type.String({ description: parameters.connector })),
  version: Type.Optional(Type.String({ description: parameters.version })),
});

/** Ends the session, if there is one; never fails, because clients print what they get. */
const disconnect = async ({ query, request, translation }: Call): Promise<Answer> => {
  const body = request.method === 'POST' ? await optionalJson(request) : undefined;
  const token = body?.text('token') ?? query.text('token') ?? '';
  await translation.sessions.end(presentedToken(token).session);
  return NOTHING;
};

export const connecting: Route[] = [
  openRoute(
    'GET',
    '/api/connect',
    {
      summary:
        'Logs in and gives a session token. The form with POST keeps the password out of logs.',
      parameters,
      required: ['project', 'login'],
      answer: token,
    },
    (call) => connect(call, call.query),
  ),
  openRoute(
    'POST',
    '/api/connect',
    { summary: 'Logs in and gives a session token.', body: json(connectBody), answer: token },
    async (call) => connect(call, Parameters.ofJson(await jsonBody(call.request))),
  ),
  ...(['GET', 'PUT', 'POST', 'DELETE'] as const).map((method) =>
    openRoute(
      method,
      '/api/disconnect',
      {
        summary: 'Ends a session. Says the same whether there was one or not.',
        parameters: { token: 'Session token.' },
      },
      disconnect,
    ),
  ),
];

async function connect(call: Call, given: Parameters): Promise<Answer> {
  const login = given.text('login');
  // An old description of the method had `password`.
  const password = given.text('pwd', 'password');
  if (login === undefined) throw new MissingParameter('login');
  if (password === undefined) throw new MissingParameter('pwd');
  const text = await call.translation.logins.login(
    {
      project: (given.text('project') ?? '').trim(),
      login,
      password,
      waitMs: waitSeconds(given.text('waitsecs')) * 1000,
      client: given.text('connector') ?? '',
      version: given.text('version') ?? '',
      address: call.request.ip,
    },
    call.gone,
  );
  return { kind: 'text', text };
}

/** Anything that is no number counts as not sent (Beebox spec 2.2). */
function waitSeconds(text: string | undefined): number {
  if (text === undefined || !/^\s*[+-]?\d{1,15}(\.\d{1,15})?\s*$/.test(text)) {
    return DEFAULT_WAIT_SECONDS;
  }
  return Math.min(Math.max(Number(text), 0), MAX_WAIT_SECONDS);
}

async function optionalJson(request: Call['request']): Promise<Parameters | undefined> {
  try {
    return Parameters.ofJson(await jsonBody(request));
  } catch {
    return undefined;
  }
}
