// What real connectors send, byte for byte as curl and PHP write it, as far as the server goes (Beebox spec 7).
import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { CONNECTOR, startBeebox, TOKEN, type BeeboxServer } from './door.ts';

interface Answer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

/** Form encoding as PHP's urlencode() does it. */
function urlencode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

onBothEngines('beebox clients', (engine) => {
  let server: BeeboxServer;
  beforeAll(async () => {
    server = await startBeebox(engine);
  });
  afterAll(() => server.close());

  /** One request on a connection of its own, as PHP's curl does it; the base URL ends with a slash. */
  async function curl(
    method: string,
    target: string,
    { headers = [], body }: { headers?: string[]; body?: Buffer } = {},
  ): Promise<Answer> {
    const { hostname, port, host } = new URL(server.url);
    const socket = openSocket(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Accept: */*', ...headers];
    socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
    if (body) socket.write(body);
    await once(socket, 'close');
    return parsed(Buffer.concat(chunks));
  }

  /** A PUT from PHP: no content type, and a question before the body. */
  const curlPut = (target: string, body: Buffer) =>
    curl('PUT', target, {
      headers: [`Content-Length: ${body.length}`, 'Expect: 100-continue'],
      body,
    });
  const connectUrl = (connector: string, version: string, prefix = '') =>
    `${prefix}/api/connect?connector=${connector}&version=${version}&project=${server.project.key}&login=${CONNECTOR.login}&pwd=${urlencode(CONNECTOR.pwd)}`;
  const xliff = (target = '') =>
    Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2">${target}</xliff>\n`);
  const token = async (url: string) => {
    const { status, contentType, body } = await curl('GET', url);
    expect({ status, contentType }).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
    });
    expect(body.toString()).toMatch(TOKEN);
    return body.toString();
  };
  const silent = { status: 204, body: Buffer.alloc(0) };

  it('Drupal 7: availability check, details, source, instructions, download, logout', async () => {
    const url = connectUrl('WB-Drupal', '1.02.02');
    const check = await token(url);
    expect(await curl('GET', `/api/disconnect?token=${check}`)).toMatchObject(silent);

    const t = await token(url);
    const details = await curl('GET', `/api/details?token=${t}`);
    const { sourceLocale, targetLocales } = JSON.parse(details.body.toString()) as {
      sourceLocale: string;
      targetLocales: string[];
    };
    expect(sourceLocale).toBe('en');
    expect(targetLocales).toContain('fr');
    const name = urlencode('41-drupal_connector.xliff');
    const at = (file: string) => `/api/files/file?token=${t}&locale=en&folder=&filename=${file}`;
    expect(await curlPut(at(name), xliff())).toMatchObject(silent);
    const instructions = Buffer.from('{"locales":["fr"]}');
    expect(await curlPut(at(`${name}.beebox`), instructions)).toMatchObject(silent);

    // The translation, as the pipeline or a person would leave it.
    expect(
      await curlPut(`/api/files/file?token=${t}&locale=fr&filename=${name}`, xliff('<target/>')),
    ).toMatchObject(silent);
    const fetched = await curl(
      'GET',
      `/api/files/file?token=${t}&locale=&folder=fr&filename=${name}`,
    );
    expect(fetched.status).toBe(200);
    expect(fetched.body.equals(xliff('<target/>'))).toBe(true);
    expect(await curl('GET', `/api/disconnect?token=${t}`)).toMatchObject(silent);
    const late = await curl('GET', `/api/details?token=${t}`);
    expect(JSON.parse(late.body.toString())).toMatchObject({
      id: 'LOGGEDOUT',
      message: expect.any(String) as string,
    });
  });

  it('WordPress: a base URL that ends with a slash, several files, delete with the folder last', async () => {
    const t = await token(connectUrl('WordPress', '1.0', '/'));
    const names = ['post-5-fr-wordpress_connector.xliff', 'post-6-de-wordpress_connector.xliff'];
    for (const name of names) {
      const target = `//api/files/file?token=${t}&locale=en&folder=&filename=${urlencode(name)}`;
      expect(await curlPut(target, xliff(name))).toMatchObject(silent);
      expect(await curlPut(`${target}.beebox`, Buffer.from('{"locales":["fr"]}'))).toMatchObject(
        silent,
      );
    }
    for (const name of names) {
      const target = `//api/files/file?token=${t}&locale=en&filename=${urlencode(name)}&folder=`;
      expect(await curl('DELETE', target)).toMatchObject(silent);
    }
    expect(await curl('GET', `//api/disconnect?token=${t}`)).toMatchObject(silent);
  });

  it('Drupal 8: exactly 204 for PUT and DELETE, also for instructions that are not there; the message of a failed login', async () => {
    const t = await token(connectUrl('WB-Drupal', '8.x-1.0'));
    const target = (name: string) =>
      `/api/files/file?token=${t}&locale=en&filename=${name}&folder=`;
    expect((await curlPut(target('42-drupal_connector.xliff'), xliff())).status).toBe(204);
    expect((await curl('DELETE', target('42-drupal_connector.xliff'))).status).toBe(204);
    expect((await curl('DELETE', target('42-drupal_connector.xliff.beebox'))).status).toBe(204);
    const failed = await curl('GET', connectUrl('WB-Drupal', '8').replace(/pwd=.*/, 'pwd=wrong'));
    expect(failed.status).toBe(400);
    expect(JSON.parse(failed.body.toString())).toMatchObject({
      message: expect.stringMatching(/\w/) as string,
    });
  });

  it('TYPO3 10: whois before each login, instructions first, a session a step and never a logout', async () => {
    const step = async () => {
      const { body } = await curl('GET', '/whois');
      const { name } = JSON.parse(body.toString()) as { name: string };
      expect(name.toLowerCase()).toBe('beebox api');
      return token(connectUrl('Beebox+Connector', '10.1.0'));
    };
    const first = await step();
    const target = (t: string, name: string, locale = 'en') =>
      `/api/files/file?token=${t}&locale=${locale}&filename=${name}`;
    const instructions = '{"deadline":"2031-03-18T17:00:00.0000000+01:00","locales":["de"]}';
    expect(
      await curlPut(target(first, 'k9_12.xml.beebox'), Buffer.from(instructions)),
    ).toMatchObject(silent);
    expect(await curlPut(target(first, 'k9_12.xml'), xliff())).toMatchObject(silent);
    const second = await step();
    expect(await curlPut(target(second, 'k9_12.xml', 'de'), xliff('de'))).toMatchObject(silent);
    const third = await step();
    const fetched = await curl('GET', target(third, 'k9_12.xml', 'de'));
    expect(fetched.body.equals(xliff('de'))).toBe(true);
    // The settings check of the same client does log out, by a call whose answer would be printed.
    expect(await curl('GET', `/api/disconnect?token=${third}`)).toMatchObject(silent);
    expect((await curl('GET', `/api/details?token=${first}`)).status).toBe(200);
  });

  it('TYPO3 11: a content type that is none, a stray parameter on delete, a sandbox that is cleared', async () => {
    const t = await token(connectUrl('Beebox+Connector', '11.0.0'));
    const target = `/api/files/file?token=${t}&locale=en&filename=k9_13.xml`;
    const body = xliff('11');
    const stored = await curl('PUT', target, {
      headers: [
        'User-Agent: GuzzleHttp/7',
        'Content-Type: Stream',
        `Content-Length: ${body.length}`,
      ],
      body,
    });
    expect(stored).toMatchObject(silent);
    expect((await curl('GET', target)).body.equals(body)).toBe(true);
    const doomed = `/api/files/file?0=folder&token=${t}&locale=en&filename=k9_13.xml`;
    expect(await curl('DELETE', doomed)).toMatchObject(silent);
    const sandbox = `/api/files/directory?token=${t}&locale=sandbox`;
    expect(
      await curlPut(`/api/files/file?token=${t}&locale=sandbox&filename=q.xml`, body),
    ).toMatchObject(silent);
    expect(await curl('DELETE', sandbox)).toMatchObject(silent);
    expect(await curl('DELETE', sandbox)).toMatchObject(silent);
  });

  it('AEM: waits for the server, clears the sandbox, sends pages to it and to the project', async () => {
    const t = await token(`${connectUrl('AEM-Beebox', '1.00')}&waitsecs=30`);
    expect(await curl('DELETE', `/api/files/directory?token=${t}&locale=sandbox`)).toMatchObject(
      silent,
    );
    for (const locale of ['sandbox', 'en']) {
      const target = `/api/files/file?token=${t}&locale=${locale}&filename=${urlencode('content\\site\\en\\home.xml')}`;
      expect(await curlPut(target, xliff(locale))).toMatchObject(silent);
    }
    expect(await curl('GET', `/api/disconnect?token=${t}`)).toMatchObject(silent);
  });

  it('a browser app: POST connect, a token read as JSON text and sent back in quotes', async () => {
    const body = Buffer.from(
      JSON.stringify({
        project: server.project.key,
        ...CONNECTOR,
        waitsecs: 10,
        connector: 'App',
        version: '1',
      }),
    );
    const answer = await curl('POST', '/api/connect', {
      headers: ['Content-Type: application/json', `Content-Length: ${body.length}`],
      body,
    });
    const quoted = encodeURIComponent(JSON.stringify(answer.body.toString()));
    expect((await curl('GET', `/api/details?token=${quoted}`)).status).toBe(200);
    const bye = Buffer.from(JSON.stringify({ token: answer.body.toString() }));
    expect(
      await curl('POST', '/api/disconnect', {
        headers: ['Content-Type: application/json', `Content-Length: ${bye.length}`],
        body: bye,
      }),
    ).toMatchObject(silent);
    expect((await curl('GET', `/api/details?token=${quoted}`)).status).toBe(400);
  });
});

/** The last answer of a connection: an interim 100 Continue may come before it. */
function parsed(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  const [start = '', ...headers] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(start.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parsed(rest);
  const value = (name: string) =>
    headers
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  expect(value('transfer-encoding')).toBeUndefined();
  return { status, contentType: value('content-type'), body: rest };
}
