// A real mail server for tests: takes mails over SMTP and keeps them, parsed.
import { once } from 'node:events';
import { callbackify } from 'node:util';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Whether it came over an encrypted connection, and who had logged in. */
  secure: boolean;
  user: string | undefined;
}

export interface MailServerForTests {
  port: number;
  mails: ReceivedMail[];
  close(): Promise<void>;
}

/** Starts a mail server on a free port. */
export async function startMailServer(
  options: SMTPServerOptions = {},
): Promise<MailServerForTests> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: options.key === undefined,
    logger: false,
    disableReverseLookup: true,
    onData(stream, session, done) {
      callbackify(keep)(stream, session, done);
    },
    ...options,
  });
  async function keep(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const mail = await simpleParser(stream);
    mails.push({
      from: mail.from?.text ?? '',
      to: [mail.to ?? []]
        .flat()
        .map((one) => one.text)
        .join(),
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html || '',
      secure: session.secure,
      user: session.user,
    });
  }
  // Clients that hang up in the middle are part of the tests.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
