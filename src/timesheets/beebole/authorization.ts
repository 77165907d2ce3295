// Finds the token in an Authorization header, in all the ways clients write it (Beebole spec 2.4).

const BASIC = /^basic\s+(\S.*)$/is;
const BEARER = /^bearer\s+(\S.*)$/is;
const BASE64 = /^[\w+/-]+={0,2}$/;
const TOKEN_IN_BASE64 = /^([0-9a-f]{40}):/;

/** Longer headers hold no token of ours. */
const MAX_HEADER = 1024;

/**
 * The presented token: the user name of Basic credentials, whatever the password, or a Bearer token. The screen with the
 * token shows it raw and as the Base64 of `token:x`; whichever of them a client takes for the token is understood.
 * Gives nothing when there is no header or it is malformed.
 */
export function presentedToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_HEADER) return undefined;
  const text = header.trim();
  const bearer = BEARER.exec(text)?.[1];
  if (bearer !== undefined) return unwrapped(bearer);
  const encoded = BASIC.exec(text)?.[1]?.replaceAll(/\s/g, '');
  if (encoded === undefined || !BASE64.test(encoded)) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const end = credentials.indexOf(':');
  const user = (end < 0 ? credentials : credentials.slice(0, end)).trim();
  return user === '' ? undefined : unwrapped(user);
}

/** The token itself when the Base64 form of token and password was given in its place. */
function unwrapped(text: string): string {
  if (!BASE64.test(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return TOKEN_IN_BASE64.exec(decoded)?.[1] ?? text;
}
