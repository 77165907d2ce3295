// Logging in through other networks (BaasBox spec 2.10).
import {
  authorizeUrl,
  connectionsOf,
  exchangeCode,
  linkAccount,
  loginThrough,
  unlinkAccount,
} from '../social/accounts.ts';
import type { SocialToken } from '../social/links.ts';
import { serverAddress } from '../mail/server-address.ts';
import { openSession, profileFor } from '../users/sessions.ts';
import { presented } from './access.ts';
import { jsonBody } from './body.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { appRoute, route, type ActorCall, type AppCall, type Call, type Route } from './route.ts';
import { profileJson } from './wire.ts';

const GROUP = { group: 'social' } as const;

export const socialRoutes: readonly Route[] = [
  appRoute('POST', '/social/:network', GROUP, login),
  route('PUT', '/social/:network', { level: 'user', ...GROUP }, link),
  route('DELETE', '/social/:network', { level: 'user', ...GROUP }, unlink),
  route('GET', '/social', { level: 'user', ...GROUP }, list),
  appRoute('GET', '/social/login/:network/callback', GROUP, callback),
  appRoute('GET', '/social/:network/authUrl', GROUP, loginAddress),
];

/** Both, from a JSON body or from the query; networks with one token have it sent twice. */
function tokenOf({ body, query }: Call): SocialToken {
  const sent = body.bytes.length > 0 && body.type.endsWith('/json') ? jsonBody(body).value : {};
  const fields =
    typeof sent === 'object' && sent !== null && !Array.isArray(sent)
      ? (sent as Record<string, unknown>)
      : {};
  const [token, secret] = ['oauth_token', 'oauth_secret'].map((name) => {
    const value = fields[name];
    return (typeof value === 'string' && value) || query.first(name) || undefined;
  });
  if (token === undefined || secret === undefined) {
    throw new Failure(
      400,
      'Both oauth_token and oauth_secret are needed, as query parameters or in a JSON body',
    );
  }
  return { token, secret };
}

async function login(call: AppCall): Promise<Answer> {
  const { context, tenant, params } = call;
  const identity = await loginThrough(context, tenant, params['network'] ?? '', tokenOf(call));
  const profile = await profileFor(context, identity);
  if (!profile) throw new Failure(401, 'unauthorized');
  const session = await openSession(context, identity);
  return { data: profileJson(profile, session), headers: { 'X-BB-SESSION': session } };
}

async function link(call: ActorCall): Promise<Answer> {
  const { context, actor, params } = call;
  await linkAccount(context, actor, params['network'] ?? '', tokenOf(call));
  return { data: NOTHING };
}

async function unlink({ context, actor, params }: ActorCall): Promise<Answer> {
  await unlinkAccount(context, actor, params['network'] ?? '');
  return { data: NOTHING };
}

async function list({ context, actor }: ActorCall): Promise<Answer> {
  const connections = await connectionsOf(context, actor);
  if (connections.length === 0)
    throw new Failure(404, 'The account is not linked with any network');
  return answer(
    connections.map(({ network, id, username, facts, token, secret }) => ({
      username: username ?? null,
      // There is none: the network vouches for its own users.
      password: null,
      from: network,
      token,
      secret,
      id,
      additionalData: facts,
    })),
  );
}

async function loginAddress(call: AppCall): Promise<Answer> {
  const { context, tenant, params } = call;
  const network = params['network'] ?? '';
  const url = await authorizeUrl(context, tenant, network, await callbackAddress(call, network));
  return answer({ url });
}

/** Where the network sends browsers back to. It has to be entered there exactly so. */
async function callbackAddress(call: AppCall, network: string): Promise<string> {
  return (await serverAddress(call.context, call.tenant)) + callbackPath(call, network);
}

function callbackPath({ request, query }: AppCall, network: string): string {
  const appcode = presented(request, query).appcode ?? query.first('appcode') ?? '';
  return `/social/login/${encodeURIComponent(network)}/callback?appcode=${encodeURIComponent(appcode)}`;
}

/** The token is in the address: it is for the app that watches the browser, not for logs and histories. */
const SECRET_ADDRESS = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

async function callback(call: AppCall): Promise<Answer | RawAnswer> {
  const { context, tenant, params, query } = call;
  const network = params['network'] ?? '';
  const arrived = query.first('access_token');
  if (arrived) {
    const secret = query.first('secret') || arrived;
    return { ...answer({ oauth_token: arrived, oauth_secret: secret }), headers: SECRET_ADDRESS };
  }
  const code = query.first('code');
  if (!code) {
    throw new Failure(400, `The login at ${network} did not succeed: there is no code`);
  }
  const redirectUri = await callbackAddress(call, network);
  const state = query.first('state') ?? '';
  const token = await exchangeCode(context, tenant, network, { redirectUri, code, state });
  const value = encodeURIComponent(token);
  const location = `${callbackPath(call, network)}&access_token=${value}&secret=${value}`;
  return { status: 303, headers: { ...SECRET_ADDRESS, location }, raw: '' };
}
