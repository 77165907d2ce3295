// Sends mail through the server that an app's settings name. Nothing is kept: each mail is one connection.
import { isIP } from 'node:net';
import { DeadlineExceeded, Unavailable } from '../../platform/errors.ts';
import { resolvePublic, systemResolver, type Resolver } from '../../platform/network/resolve.ts';

/** How to reach a mail server. */
export interface MailServer {
  host: string;
  port: number;
  /** Encrypted from the first byte. */
  ssl: boolean;
  /** Encrypted before anything is told, or nothing is sent. */
  startTls: boolean;
  login: { user: string; password: string } | undefined;
}

export interface Mail {
  /** Name and address as people write them. */
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Hands a mail to a server. Throws `Unavailable` (`mail_unreachable`), whatever the reason: it is not the client's to know. */
export type SendMail = (server: MailServer, mail: Mail) => Promise<void>;

export interface MailerOptions {
  /** Time for everything, from the look-up of the name to the server's last word, in milliseconds. */
  timeoutMs: number;
  /** Whether mail servers may be on this machine and in private networks. */
  privateServers: boolean;
  resolve?: Resolver;
  /** Certificates to trust besides the usual ones, in PEM. */
  ca?: string;
}

/** Sends by SMTP. The library is loaded with the first mail. */
export function smtpMailer(options: MailerOptions): SendMail {
  const { timeoutMs, privateServers, resolve = systemResolver, ca } = options;
  return async (server, mail) => {
    if (server.host === '') throw unreachable(new Error('no mail server is configured'));
    const late = Promise.withResolvers<never>();
    let end: () => void = () => undefined;
    const timer = setTimeout(() => {
      late.reject(new DeadlineExceeded('mail_timeout', 'The mail server took too long'));
      end();
    }, timeoutMs);
    try {
      const address = privateServers ? server.host : await Promise.race([pinned(), late.promise]);
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host: address,
        port: server.port,
        secure: server.ssl,
        requireTLS: server.startTls,
        ...(server.login ? { auth: { user: server.login.user, pass: server.login.password } } : {}),
        tls: {
          ...(isIP(server.host) ? {} : { servername: server.host }),
          ...(ca === undefined ? {} : { ca }),
        },
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
        // A template is text and nothing else: it never names a file or an address to read.
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      end = () => transport.close();
      await Promise.race([transport.sendMail(mail), late.promise]);
    } catch (error) {
      throw unreachable(error);
    } finally {
      clearTimeout(timer);
      // Nobody may be listening any more.
      late.promise.catch(() => undefined);
      end();
    }

    async function pinned(): Promise<string> {
      const [first] = await resolvePublic(server.host, resolve);
      return first as string;
    }
  };
}

function unreachable(cause: unknown): Unavailable {
  return new Unavailable('mail_unreachable', 'Could not reach the mail server', {}, { cause });
}
