// GitHub: access tokens of OAuth apps, checked at the applications API, looked up at the users API.
import { askProvider } from '../../platform/network/provider.ts';
import { ask, form, urlOf } from './client.ts';
import { identityOf, refused, textOf, type SocialNetwork } from './network.ts';

export interface GithubOptions {
  /** The REST API. */
  apiUrl: string;
  /** The site with the login page. */
  loginUrl: string;
  timeoutMs: number;
}

const NAME = 'GitHub';
const API = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

export function github({ apiUrl, loginUrl, timeoutMs }: GithubOptions): SocialNetwork {
  return {
    async identify(app, token) {
      const basic = Buffer.from(`${app.id}:${app.secret}`).toString('base64');
      // Known to the app's own list of tokens: not one that another app was given.
      const path = `/applications/${encodeURIComponent(app.id)}/token`;
      const checked = await ask(NAME, urlOf(apiUrl, path, {}), {
        method: 'POST',
        headers: { ...API, authorization: `Basic ${basic}`, 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: token }),
        timeoutMs,
      });
      const holder = (checked['user'] ?? {}) as Record<string, unknown>;
      const headers = { ...API, authorization: `Bearer ${token}` };
      const me = await ask(NAME, urlOf(apiUrl, '/user', {}), { headers, timeoutMs });
      const id = me['id'];
      if (typeof id !== 'number' || id !== holder['id']) throw refused(NAME);
      return identityOf(String(id), {
        username: textOf(me, 'login'),
        name: textOf(me, 'name'),
        email: textOf(me, 'email') ?? (await primaryEmail(headers)),
        gender: undefined,
        personalUrl: textOf(me, 'html_url'),
      });
    },
    authorizeUrl: (app, { redirectUri, state }) =>
      urlOf(loginUrl, '/login/oauth/authorize', {
        client_id: app.id,
        redirect_uri: redirectUri,
        scope: 'read:user user:email',
        state,
      }).href,
    async exchange(app, { redirectUri, code }) {
      const answer = await ask(NAME, urlOf(loginUrl, '/login/oauth/access_token', {}), {
        ...form({
          client_id: app.id,
          client_secret: app.secret,
          redirect_uri: redirectUri,
          code,
        }),
        timeoutMs,
      });
      // Refusals come with status 200.
      const token = textOf(answer, 'access_token');
      if (token === undefined) throw refused(NAME);
      return token;
    },
  };

  /** The address that is not public, if the person lets the app see it. */
  async function primaryEmail(
    headers: Readonly<Record<string, string>>,
  ): Promise<string | undefined> {
    const url = urlOf(apiUrl, '/user/emails', {});
    const answer = await askProvider(url, { headers, timeoutMs }).catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    try {
      const list = JSON.parse(answer.body) as unknown;
      if (!Array.isArray(list)) return undefined;
      const primary = (list as Record<string, unknown>[]).find(
        (one) => one['primary'] === true && one['verified'] === true,
      );
      return primary && textOf(primary, 'email');
    } catch {
      return undefined;
    }
  }
}
