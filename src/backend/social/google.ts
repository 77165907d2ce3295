// Google: access tokens and ID tokens, checked at the token endpoint, looked up at the OpenID Connect one.
import { ask, form, urlOf, type Answer } from './client.ts';
import { identityOf, refused, textOf, type SocialApp, type SocialNetwork } from './network.ts';

export interface GoogleOptions {
  /** The login page. */
  loginUrl: string;
  /** Where codes are exchanged and tokens checked. */
  tokenUrl: string;
  /** Where people are looked up. */
  userUrl: string;
  timeoutMs: number;
}

const NAME = 'Google';

/** Three parts of Base64url: what current Android and iOS libraries hand out. */
const ID_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

export function google({ loginUrl, tokenUrl, userUrl, timeoutMs }: GoogleOptions): SocialNetwork {
  return {
    async identify(app, token) {
      const isIdToken = ID_TOKEN.test(token);
      const query = isIdToken ? { id_token: token } : { access_token: token };
      const info = await ask(NAME, urlOf(tokenUrl, '/tokeninfo', query), { timeoutMs });
      // Apps for phones have client ids of their own.
      const ids = clientIds(app);
      const audience = [info['aud'], info['azp']];
      if (!audience.some((id) => typeof id === 'string' && ids.includes(id))) throw refused(NAME);
      const person = isIdToken
        ? info
        : await ask(NAME, urlOf(userUrl, '/v1/userinfo', {}), {
            headers: { authorization: `Bearer ${token}` },
            timeoutMs,
          });
      const id = textOf(person, 'sub');
      if (id === undefined) throw refused(NAME);
      return identityOf(id, {
        username: undefined,
        name: textOf(person, 'name'),
        email: isVerified(person) ? textOf(person, 'email') : undefined,
        gender: textOf(person, 'gender'),
        personalUrl: textOf(person, 'profile'),
      });
    },
    authorizeUrl: (app, { redirectUri, state }) =>
      urlOf(loginUrl, '/o/oauth2/v2/auth', {
        client_id: clientIds(app)[0] ?? '',
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid email profile',
        state,
      }).href,
    async exchange(app, { redirectUri, code }) {
      const answer = await ask(NAME, urlOf(tokenUrl, '/token', {}), {
        ...form({
          grant_type: 'authorization_code',
          client_id: clientIds(app)[0] ?? '',
          client_secret: app.secret,
          redirect_uri: redirectUri,
          code,
        }),
        timeoutMs,
      });
      const token = textOf(answer, 'access_token');
      if (token === undefined) throw refused(NAME);
      return token;
    },
  };
}

function clientIds({ id }: SocialApp): string[] {
  return id.split(/[\s,]+/).filter((one) => one !== '');
}

/** The two endpoints write the same truth differently. */
function isVerified(person: Answer): boolean {
  return person['email_verified'] === true || person['email_verified'] === 'true';
}
