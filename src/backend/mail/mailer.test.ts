// Mail over real connections: encryption, servers that do not answer, servers that may not be asked.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, it } from 'vitest';
import { CERTIFICATE, KEY } from '../../../test/support/certificate.ts';
import { smtpMailer, type Mail, type MailServer } from './mailer.ts';

const MAIL: Mail = {
  from: 'shop@tea.test',
  to: 'mira@mail.test',
  subject: 'Hello\r\nBcc: everyone@mail.test',
  text: 'text',
  html: '<p>html</p>',
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listen(options: { secure?: boolean } = {}) {
  const received: { secure: boolean; text: string; to: string[] }[] = [];
  const server = new SMTPServer({
    key: KEY,
    cert: CERTIFICATE,
    authOptional: true,
    ...options,
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ secure: session.secure, text, to });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closers.push(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return { port: (server.server.address() as AddressInfo).port, received };
}

const at = (port: number, more: Partial<MailServer> = {}): MailServer => ({
  host: 'localhost',
  port,
  ssl: false,
  startTls: false,
  login: undefined,
  ...more,
});

const mailer = smtpMailer({ timeoutMs: 5000, privateServers: true, ca: CERTIFICATE });

it('encrypts from the start, or before anything is told', async () => {
  const starttls = await listen();
  await mailer(at(starttls.port, { startTls: true }), MAIL);
  const tls = await listen({ secure: true });
  await mailer(at(tls.port, { ssl: true }), MAIL);
  expect([starttls.received[0]?.secure, tls.received[0]?.secure]).toEqual([true, true]);
});

it('does not let a line break in the subject add recipients or headers', async () => {
  const server = await listen();
  await mailer(at(server.port), MAIL);
  expect(server.received[0]?.to).toEqual(['mira@mail.test']);
  expect(server.received[0]?.text).not.toMatch(/^Bcc:/im);
});

it('refuses a certificate that nobody vouches for', async () => {
  const server = await listen();
  const strict = smtpMailer({ timeoutMs: 5000, privateServers: true });
  await expect(strict(at(server.port, { startTls: true }), MAIL)).rejects.toMatchObject({
    code: 'mail_unreachable',
  });
  expect(server.received).toEqual([]);
});

it('gives up in time when the server says nothing, and hangs up', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  closers.push(() => silent.close());
  const hasty = smtpMailer({ timeoutMs: 150, privateServers: true });
  const { port } = silent.address() as AddressInfo;
  await expect(hasty(at(port, { host: '127.0.0.1' }), MAIL)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'mail_unreachable',
  });
  const [socket] = sockets;
  if (socket && !socket.closed) await once(socket, 'close');
});

it('asks no server without a name', async () => {
  await expect(mailer(at(25, { host: '' }), MAIL)).rejects.toMatchObject({
    code: 'mail_unreachable',
  });
});

it.each([['127.0.0.1'], ['10.0.0.8'], ['::1'], ['mail.inside.test']])(
  'asks no server at %s where only public ones are allowed',
  async (host) => {
    const server = await listen();
    const careful = smtpMailer({
      timeoutMs: 5000,
      privateServers: false,
      resolve: () => Promise.resolve(['192.168.0.9']),
    });
    await expect(careful(at(server.port, { host }), MAIL)).rejects.toMatchObject({
      code: 'mail_unreachable',
      cause: { code: 'address_not_public' },
    });
    expect(server.received).toEqual([]);
  },
);
