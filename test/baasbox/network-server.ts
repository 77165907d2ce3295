// Facebook, Google and GitHub for tests: one local HTTP server that answers as their documentation says.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BaasboxConfig } from '../../src/backend/baasbox/config.ts';

/** Whose tokens there are: by token, for which app, and what the network knows of its owner. */
export interface Person {
  app: string;
  facts: Record<string, unknown>;
}

export interface NetworkServer {
  config: BaasboxConfig['social'];
  people: Map<string, Person>;
  /** Tokens by code. */
  codes: Map<string, string>;
  /** What every request is answered instead, while it is set. */
  broken: number | undefined;
  requests: { method: string; path: string; authorization: string | undefined }[];
  close(): Promise<void>;
}

export const SECRET = 'app-secret';

export async function startNetworks(): Promise<NetworkServer> {
  const people = new Map<string, Person>();
  const codes = new Map<string, string>();
  const requests: NetworkServer['requests'] = [];
  const http = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://networks.test');
    const { authorization } = request.headers;
    requests.push({ method: request.method ?? '', path: url.pathname, authorization });
    const { broken } = networks;
    const [status, answer] =
      broken === undefined ? reply(url, authorization, body) : ([broken, {}] as const);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(status === 302 ? { location: 'http://127.0.0.1:9/elsewhere' } : {}),
    });
    response.end(JSON.stringify(answer));
  }

  const bearer = (authorization: string | undefined) =>
    authorization?.slice('Bearer '.length) ?? '';

  function reply(url: URL, authorization: string | undefined, body: string): [number, unknown] {
    const query = url.searchParams;
    switch (url.pathname) {
      case '/graph/debug_token': {
        if (bearer(authorization) !== `facebook-app|${SECRET}`) return [400, { error: {} }];
        const person = people.get(query.get('input_token') ?? '');
        if (!person) return [200, { data: { is_valid: false, error: { code: 190 } } }];
        const { app, facts } = person;
        return [200, { data: { app_id: app, is_valid: true, user_id: facts['id'] } }];
      }
      case '/graph/me': {
        const token = bearer(authorization);
        const proof = createHmac('sha256', SECRET).update(token).digest('hex');
        const person = people.get(token);
        if (!person || query.get('appsecret_proof') !== proof) return [400, { error: {} }];
        return [200, person.facts];
      }
      case '/graph/oauth/access_token': {
        const token = codes.get(query.get('code') ?? '');
        const right = query.get('client_secret') === SECRET && query.has('redirect_uri');
        return token && right ? [200, { access_token: token }] : [400, { error: {} }];
      }
      case '/google/tokeninfo': {
        const token = query.get('access_token') ?? query.get('id_token') ?? '';
        const person = people.get(token);
        if (!person) return [400, { error_description: 'Invalid Value' }];
        const idToken = query.has('id_token') ? person.facts : { sub: person.facts['sub'] };
        return [200, { ...idToken, aud: person.app, azp: person.app }];
      }
      case '/google/v1/userinfo': {
        const person = people.get(bearer(authorization));
        return person ? [200, person.facts] : [401, {}];
      }
      case '/google/token': {
        const form = new URLSearchParams(body);
        const token = codes.get(form.get('code') ?? '');
        const right = form.get('client_secret') === SECRET && form.has('redirect_uri');
        return token && right ? [200, { access_token: token }] : [400, { error: 'invalid_grant' }];
      }
      case '/github/applications/github-app/token': {
        const basic = Buffer.from(`github-app:${SECRET}`).toString('base64');
        if (authorization !== `Basic ${basic}`) return [401, {}];
        const person = people.get((JSON.parse(body) as { access_token: string }).access_token);
        if (person?.app !== 'github-app') return [404, { message: 'Not Found' }];
        return [200, { user: { id: person.facts['id'] } }];
      }
      case '/github/user': {
        const person = people.get(bearer(authorization));
        return person ? [200, person.facts] : [401, {}];
      }
      case '/github/user/emails':
        return [
          200,
          [
            { email: 'old@mail.test', primary: false, verified: true },
            { email: 'octo@mail.test', primary: true, verified: true },
          ],
        ];
      case '/github/login/oauth/access_token': {
        const token = codes.get(new URLSearchParams(body).get('code') ?? '');
        return [200, token ? { access_token: token } : { error: 'bad_verification_code' }];
      }
      default:
        return [404, {}];
    }
  }

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const networks: NetworkServer = {
    config: {
      timeoutMs: 2000,
      facebookUrl: `${base}/graph`,
      facebookLoginUrl: 'https://facebook.test/v1',
      googleTokenUrl: `${base}/google`,
      googleUserUrl: `${base}/google`,
      googleLoginUrl: 'https://google.test',
      githubUrl: `${base}/github`,
      githubLoginUrl: `${base}/github`,
    },
    people,
    codes,
    requests,
    broken: undefined,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return networks;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
