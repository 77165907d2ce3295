// The keys and certificates with which an app proves to the providers who it is.
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Invalid } from '../../platform/errors.ts';

/** How the app proves itself to Apple: with tokens signed by a key, or with a certificate. */
export type AppleCredentials =
  | { kind: 'key'; key: KeyObject; keyId: string; teamId: string }
  | { kind: 'certificate'; tls: { pfx: Buffer; passphrase: string } | PemIdentity };

interface PemIdentity {
  cert: string;
  key: string;
  passphrase: string;
}

export interface GoogleCredentials {
  projectId: string;
  clientEmail: string;
  key: KeyObject;
}

/**
 * Reads what was uploaded for Apple devices: a signing key (`.p8`), or a certificate with its key (`.p12`, `.pem`).
 * Throws `Invalid` (`push_certificate`) when it is none of these, the password is wrong or something is missing.
 */
export function readAppleCredentials(
  file: Buffer,
  { password, keyId, teamId }: { password: string; keyId: string; teamId: string },
): AppleCredentials {
  const text = file.toString('latin1');
  try {
    if (!text.includes('-----BEGIN')) {
      const tls = { pfx: file, passphrase: password };
      createSecureContext(tls);
      return { kind: 'certificate', tls };
    }
    if (text.includes('-----BEGIN CERTIFICATE-----')) {
      const tls = { cert: text, key: text, passphrase: password };
      createSecureContext(tls);
      return { kind: 'certificate', tls };
    }
    const key = createPrivateKey(
      password === '' ? { key: text } : { key: text, passphrase: password },
    );
    if (key.asymmetricKeyType !== 'ec') throw new Error('not an elliptic-curve key');
    if (keyId === '' || teamId === '') throw new Error('the ids of key and team are missing');
    return { kind: 'key', key, keyId, teamId };
  } catch (cause) {
    throw new Invalid(
      'push_certificate',
      'The certificate or key for Apple devices cannot be used',
      {},
      { cause },
    );
  }
}

/** Reads a service account as Google hands it out, as JSON text. Throws `Invalid` (`push_service_account`). */
export function readGoogleCredentials(json: string): GoogleCredentials {
  try {
    const account = JSON.parse(json) as Record<string, unknown>;
    const { type, project_id: projectId, client_email: clientEmail, private_key: pem } = account;
    if (type !== 'service_account' || typeof pem !== 'string')
      throw new Error('no service account');
    if (typeof projectId !== 'string' || !/^[a-z0-9.:-]{1,100}$/.test(projectId)) {
      throw new Error('no project');
    }
    if (typeof clientEmail !== 'string' || clientEmail === '') throw new Error('no client');
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa') throw new Error('not an RSA key');
    return { projectId, clientEmail, key };
  } catch (cause) {
    throw new Invalid(
      'push_service_account',
      'The key for Android devices is not the JSON of a service account',
      {},
      { cause },
    );
  }
}

/** A signed token (RFC 7519): ES256 with an elliptic-curve key, RS256 with an RSA one. */
export function signedToken(
  key: KeyObject,
  claims: Readonly<Record<string, string | number>>,
  header: Readonly<Record<string, string>> = {},
): string {
  const alg = key.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
