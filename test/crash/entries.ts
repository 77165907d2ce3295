// Beebole time entries: created and changed; the notes say who wrote them.
import { outcome, type Client } from './client.ts';
import { Ledger } from './ledger.ts';
import type { SeededRandom } from './random.ts';
import type { Demo, Session, Workload } from './workload.ts';

/** The demo's account: an entry goes on a subproject of project 18, with task 29. */
const SUBPROJECTS = [24, 25];
const TASK = 29;

const FIRST_DAY = Date.UTC(1995, 0, 1);
const DAY_MS = 86_400_000;
/** Days over which the entries are spread, so that no day gets more than 24 hours. */
const DAYS = 20_000;

interface Entry {
  id: number;
  date: string;
  hours: number;
  notes: string;
  subproject: { id: number };
}

export class Entries implements Workload {
  readonly name = 'time entries';
  readonly ledger = new Ledger();
  readonly #headers: Record<string, string>;
  /** Ids of entries by key, as far as an answer or a list told them. */
  readonly #ids = new Map<string, number>();
  #count = 0;

  constructor(demo: Demo) {
    const credentials = Buffer.from(`${demo.beebole.token}:x`).toString('base64');
    this.#headers = { authorization: `Basic ${credentials}` };
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  session(client: Client, writer: number, random: SeededRandom): Promise<Session> {
    const mine = () => [...this.#ids.keys()].filter((key) => key.startsWith(`w${writer}-`));
    const write = async (): Promise<'known' | 'unknown'> => {
      const own = mine();
      // This generation of the protocol deletes nothing: after a while entries are only changed.
      const changes = random.next() < (own.length < 100 ? 0.4 : 1) ? own : [];
      const number = this.#count++;
      const key = changes.length > 0 ? random.pick(changes) : `w${writer}-${number}`;
      if (this.ledger.certain(key) === undefined) return 'unknown';
      const entry = {
        subproject_id: random.pick(SUBPROJECTS),
        task_id: TASK,
        date: new Date(FIRST_DAY + (number % DAYS) * DAY_MS).toISOString().slice(0, 10),
        hours: random.between(1, 8) / 4,
        notes: `${key} ${number}`,
      };
      const next = stateOf({ ...entry, subproject: { id: entry.subproject_id } });
      const id = this.#ids.get(key);
      const body =
        id === undefined
          ? { service: 'time_entry.create', ...entry }
          : { service: 'time_entry.update', id, ...entry };
      this.ledger.attempt(key, next);
      const answer = await this.#call(client, body);
      if (answer === 'unknown') return 'unknown';
      if ('refused' in answer) {
        this.ledger.violations.push(`${body.service} ${key} was refused: ${answer.refused}`);
      } else {
        this.#ids.set(key, (answer.content['timeEntry'] as Entry).id);
        this.ledger.acknowledge(key, next);
      }
      return 'known';
    };
    return Promise.resolve({ write });
  }

  async read(client: Client): Promise<Map<string, string>> {
    const answer = await this.#call(client, {
      service: 'time_entry.list',
      from: '1995-01-01',
      to: '2099-12-31',
    });
    if (answer === 'unknown' || 'refused' in answer) {
      throw new Error(`time_entry.list failed: ${JSON.stringify(answer)}`);
    }
    const found = new Map<string, string>();
    for (const entry of answer.content['timeEntries'] as Entry[]) {
      const key = /^(w\d+-\d+) \d+$/.exec(entry.notes)?.[1];
      if (key === undefined) continue;
      if (found.has(key)) this.ledger.violations.push(`time entry ${key}: stored twice`);
      found.set(key, stateOf(entry));
      this.#ids.set(key, entry.id);
    }
    return found;
  }

  /** The answer of a service, `unknown`, or the words with which it was refused. */
  async #call(
    client: Client,
    body: Record<string, unknown>,
  ): Promise<{ content: Record<string, unknown> } | { refused: string } | 'unknown'> {
    const answer = await client.send({
      method: 'POST',
      path: '/api',
      headers: this.#headers,
      body,
    });
    const result = outcome(answer);
    if (result !== 'stored') return result;
    const content = JSON.parse(answer?.text ?? '') as Record<string, unknown>;
    return content['status'] === 'ok' ? { content } : { refused: String(content['message']) };
  }
}

function stateOf({ date, hours, notes, subproject }: Omit<Entry, 'id'>): string {
  return `${date} ${hours} ${subproject.id} ${notes}`;
}
