// What the crash run needs of a door: clients that write, and a complete reading of what is stored.
import type { SeededRandom } from './random.ts';
import type { Client } from './client.ts';
import type { Ledger } from './ledger.ts';

/** What `skep demo --json` prints. */
export interface Demo {
  baasbox: {
    appcode: string;
    admin: { username: string; password: string };
    user: { username: string; password: string };
  };
  beebole: { token: string };
  beebox: { project: string; login: string; password: string; sourceLocale: string };
}

export interface Session {
  /** Sends one write and records its outcome; `unknown` when nobody can tell whether it took effect. */
  write(): Promise<'known' | 'unknown'>;
}

export interface Workload {
  readonly name: string;
  readonly ledger: Ledger;
  /** Once, before the first crash. */
  prepare(client: Client): Promise<void>;
  /** A writer; `writer` tells it from the others, and no two alive have the same number. */
  session(client: Client, writer: number, random: SeededRandom): Promise<Session>;
  /** Everything that is stored, by the ledger's keys. Reports counts and lists that disagree as violations. */
  read(client: Client): Promise<Map<string, string>>;
}

/** Text of a random length that shows when a part of it is missing or foreign. */
export function filler(
  key: string,
  revision: number,
  random: SeededRandom,
  maximum: number,
): string {
  const unit = `${key}/${revision} `;
  return unit.repeat(Math.ceil(random.between(1, maximum) / unit.length));
}
