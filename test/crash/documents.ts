// BaasBox documents: created under ids of the client's choosing, replaced and deleted.
import { outcome, type Client, type Exchange } from './client.ts';
import { ABSENT, Ledger } from './ledger.ts';
import type { SeededRandom } from './random.ts';
import { type Demo, filler, type Session, type Workload } from './workload.ts';

const COLLECTION = 'crash';
const PAGE = 500;

interface Stored {
  id: string;
  revision: number;
  text: string;
}

export class Documents implements Workload {
  readonly name = 'documents';
  readonly ledger = new Ledger();
  readonly #demo: Demo['baasbox'];
  #created = 0;

  constructor(demo: Demo) {
    this.#demo = demo.baasbox;
  }

  async prepare(client: Client): Promise<void> {
    const headers = await this.#login(client, this.#demo.admin);
    await client.must({
      method: 'POST',
      path: `/admin/collection/${COLLECTION}`,
      headers,
      body: {},
    });
  }

  async session(client: Client, writer: number, random: SeededRandom): Promise<Session> {
    const headers = await this.#login(client, this.#demo.user);
    const ownIds = () =>
      this.ledger.keys().filter((id) => id.startsWith(`w${writer}-`) && this.ledger.certain(id));
    return {
      write: async () => {
        const mine = ownIds();
        // Many are changed and deleted, so that a long run does not grow.
        const existing = random.next() < (mine.length < 40 ? 0.4 : 0.9) ? mine : [];
        const id = existing.length > 0 ? random.pick(existing) : `w${writer}-${this.#created++}`;
        const item = `/document/${COLLECTION}/${id}`;
        if (existing.length > 0 && random.next() < 0.3) {
          return this.#write(client, id, ABSENT, { method: 'DELETE', path: item, headers });
        }
        const revision = this.#created++;
        const own = { revision, text: filler(id, revision, random, 3000) };
        const request =
          existing.length > 0
            ? { method: 'PUT', path: item, headers, body: own }
            : { method: 'POST', path: `/document/${COLLECTION}`, headers, body: { ...own, id } };
        return this.#write(client, id, stateOf(own), request);
      },
    };
  }

  async read(client: Client): Promise<Map<string, string>> {
    const headers = await this.#login(client, this.#demo.user);
    const get = async <T>(path: string) => {
      const { text } = await client.must({ method: 'GET', path, headers });
      return (JSON.parse(text) as { data: T }).data;
    };
    const found = new Map<string, string>();
    for (let page = 0; ; page++) {
      const criteria = `page=${page}&recordsPerPage=${PAGE}&orderBy=id`;
      const rows = await get<Stored[]>(`/document/${COLLECTION}?${criteria}`);
      for (const row of rows) {
        if (found.has(row.id)) this.ledger.violations.push(`document ${row.id}: listed twice`);
        found.set(row.id, stateOf(row));
      }
      if (rows.length < PAGE) break;
    }
    const { count } = await get<{ count: number }>(`/document/${COLLECTION}/count`);
    if (count !== found.size) {
      this.ledger.violations.push(`documents: count says ${count}, the list has ${found.size}`);
    }
    // The way by id must agree with the list, also for what is gone.
    for (const id of this.ledger.keys().slice(-50)) {
      const answer = await client.send({
        method: 'GET',
        path: `/document/${COLLECTION}/${id}`,
        headers,
      });
      const state =
        answer?.status === 200
          ? stateOf((JSON.parse(answer.text) as { data: Stored }).data)
          : ABSENT;
      if (state !== (found.get(id) ?? ABSENT)) {
        this.ledger.violations.push(`document ${id}: by id it is not what the list says`);
      }
    }
    return found;
  }

  async #write(
    client: Client,
    id: string,
    next: string,
    request: Exchange,
  ): Promise<'known' | 'unknown'> {
    this.ledger.attempt(id, next);
    const result = outcome(await client.send(request));
    if (result === 'unknown') return 'unknown';
    if (result === 'stored') this.ledger.acknowledge(id, next);
    else {
      this.ledger.violations.push(
        `${request.method} document ${id} was refused: ${result.refused}`,
      );
    }
    return 'known';
  }

  async #login(
    client: Client,
    user: { username: string; password: string },
  ): Promise<Record<string, string>> {
    const body = { ...user, appcode: this.#demo.appcode };
    const { text } = await client.must({ method: 'POST', path: '/login', body });
    const { data } = JSON.parse(text) as { data: Record<string, string> };
    return { 'X-BB-SESSION': data['X-BB-SESSION'] ?? '' };
  }
}

function stateOf({ revision, text }: { revision: number; text: string }): string {
  return `${revision}:${text}`;
}
