// Facebook: access tokens, checked and looked up at the Graph API.
import { createHmac } from 'node:crypto';
import { ask, urlOf } from './client.ts';
import { identityOf, refused, textOf, type SocialNetwork } from './network.ts';

export interface FacebookOptions {
  /** The Graph API with its version. */
  graphUrl: string;
  /** The login page with its version. */
  loginUrl: string;
  timeoutMs: number;
}

const NAME = 'Facebook';

export function facebook({ graphUrl, loginUrl, timeoutMs }: FacebookOptions): SocialNetwork {
  return {
    async identify(app, token) {
      // A token that some other app got from the same person must not open this one's account.
      const inspected = await ask(NAME, urlOf(graphUrl, '/debug_token', { input_token: token }), {
        headers: { authorization: `Bearer ${app.id}|${app.secret}` },
        timeoutMs,
      });
      const data = (inspected['data'] ?? {}) as Record<string, unknown>;
      if (data['is_valid'] !== true || String(data['app_id']) !== app.id) throw refused(NAME);
      const proof = createHmac('sha256', app.secret).update(token).digest('hex');
      const me = await ask(
        NAME,
        urlOf(graphUrl, '/me', { fields: 'id,name,email,gender,link', appsecret_proof: proof }),
        { headers: { authorization: `Bearer ${token}` }, timeoutMs },
      );
      const id = textOf(me, 'id');
      if (id === undefined || id !== String(data['user_id'])) throw refused(NAME);
      return identityOf(id, {
        username: undefined,
        name: textOf(me, 'name'),
        // Only confirmed addresses are told.
        email: textOf(me, 'email'),
        gender: textOf(me, 'gender'),
        personalUrl: textOf(me, 'link'),
      });
    },
    authorizeUrl: (app, { redirectUri, state }) =>
      urlOf(loginUrl, '/dialog/oauth', {
        client_id: app.id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'public_profile,email',
        state,
      }).href,
    async exchange(app, { redirectUri, code }) {
      const answer = await ask(
        NAME,
        urlOf(graphUrl, '/oauth/access_token', {
          client_id: app.id,
          client_secret: app.secret,
          redirect_uri: redirectUri,
          code,
        }),
        { timeoutMs },
      );
      const token = textOf(answer, 'access_token');
      if (token === undefined) throw refused(NAME);
      return token;
    },
  };
}
