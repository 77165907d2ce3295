// Beebox source files: sent, sent again with other content, and deleted.
import { createHash } from 'node:crypto';
import { outcome, type Client, type Exchange } from './client.ts';
import { ABSENT, Ledger } from './ledger.ts';
import type { SeededRandom } from './random.ts';
import { type Demo, filler, type Session, type Workload } from './workload.ts';

/** Files of one writer: few, so that they are replaced and deleted often. */
const NAMES = 12;

export class Files implements Workload {
  readonly name = 'files';
  readonly ledger = new Ledger();
  readonly #demo: Demo['beebox'];
  #revision = 0;

  constructor(demo: Demo) {
    this.#demo = demo.beebox;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async session(client: Client, writer: number, random: SeededRandom): Promise<Session> {
    const token = await this.#connect(client);
    return {
      write: async () => {
        const key = `w${writer}-${random.between(1, NAMES)}.txt`;
        const before = this.ledger.certain(key);
        if (before === undefined) return 'unknown';
        const path = this.#path(token, key);
        if (before !== ABSENT && random.next() < 0.3) {
          return this.#write(client, key, ABSENT, { method: 'DELETE', path });
        }
        const body = filler(key, this.#revision++, random, 100_000);
        return this.#write(client, key, stateOf(body), { method: 'PUT', path, body });
      },
    };
  }

  async read(client: Client): Promise<Map<string, string>> {
    const token = await this.#connect(client);
    const found = new Map<string, string>();
    for (const key of this.ledger.keys()) {
      const answer = await client.send({ method: 'GET', path: this.#path(token, key) });
      if (answer?.status === 200) found.set(key, stateOf(answer.text));
      else if (answer?.status !== 400 || !answer.text.includes('FILENOTFOUND')) {
        this.ledger.violations.push(`file ${key}: ${answer?.status} ${answer?.text.slice(0, 200)}`);
      }
    }
    await client.must({ method: 'GET', path: `/api/disconnect?token=${token}` });
    return found;
  }

  async #write(
    client: Client,
    key: string,
    next: string,
    request: Exchange,
  ): Promise<'known' | 'unknown'> {
    this.ledger.attempt(key, next);
    const answer = await client.send(request);
    const result = outcome(answer);
    // This protocol has one status for all failures; the id tells the server's own ones.
    if (result === 'unknown' || answer?.text.includes('"id":"INTERNAL"')) return 'unknown';
    if (result === 'stored') this.ledger.acknowledge(key, next);
    else {
      this.ledger.violations.push(`${request.method} file ${key} was refused: ${result.refused}`);
    }
    return 'known';
  }

  async #connect(client: Client): Promise<string> {
    const { project, login, password } = this.#demo;
    const body = { project, login, pwd: password, connector: 'crash run', version: '1' };
    const answer = await client.must({ method: 'POST', path: '/api/connect', body });
    return answer.text;
  }

  #path(token: string, key: string): string {
    const query = new URLSearchParams({
      token,
      locale: this.#demo.sourceLocale,
      folder: 'crash',
      filename: key,
    });
    return `/api/files/file?${query.toString()}`;
  }
}

function stateOf(content: string): string {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${content.slice(0, 30)}… ${content.length} ${digest}`;
}
