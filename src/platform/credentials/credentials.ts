// All secrets of all doors, behind one object.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Random } from '../random.ts';
import type { Argon2Cost } from './argon2.ts';
import { HashQueue } from './hash-queue.ts';
import { deriveKey } from './keys.ts';
import { Passwords } from './passwords.ts';
import { LoginThrottle, type ThrottleRules } from './throttle.ts';
import { Tokens } from './tokens.ts';

export interface CredentialsOptions {
  clock: Clock;
  random: Random;
  /** 32 secret bytes, the same in all processes and for ever: without it no token is valid and none can be shown. */
  serverKey: Uint8Array;
  /** Hears of failures of work in the background. */
  onError?: (error: unknown) => void;
  /** What a password hash costs; for tests. */
  cost?: Argon2Cost;
  throttle?: ThrottleRules;
  /** How often uses of tokens are written, in milliseconds; 0: only by `flush`, for tests. */
  flushEveryMs?: number;
}

/** Passwords and tokens. Close it before the database. */
export class Credentials {
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  readonly #throttle: LoginThrottle;
  readonly #passwordsUnder: (rules: ThrottleRules | undefined) => [Passwords, LoginThrottle];
  readonly #opened: Passwords[] = [];
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, options: CredentialsOptions) {
    const { clock, random, serverKey, onError = () => undefined, flushEveryMs = 1000 } = options;
    const queue = new HashQueue();
    const key = deriveKey(serverKey, 'login-throttle');
    this.#passwordsUnder = (rules) => {
      const throttle = new LoginThrottle(db, { clock, key, ...(rules ? { rules } : {}) });
      const { cost } = options;
      const shared = { clock, random, throttle, queue, onError, ...(cost ? { cost } : {}) };
      const passwords = new Passwords(db, shared);
      this.#opened.push(passwords);
      return [passwords, throttle];
    };
    [this.passwords, this.#throttle] = this.#passwordsUnder(options.throttle);
    this.tokens = new Tokens(db, { clock, random, serverKey });
    if (flushEveryMs > 0) {
      this.#timer = setInterval(() => void this.tokens.flush().catch(onError), flushEveryMs);
      this.#timer.unref();
    }
  }

  /**
   * The same passwords for a room with rules of its own for guessing; hashes are made in the same queue. Call it once a
   * room: each remembers for itself what it has verified.
   */
  passwordsUnder(rules: ThrottleRules): Passwords {
    return this.#passwordsUnder(rules)[0];
  }

  /** Removes expired tokens and forgotten failures; the job scheduler calls it, once an hour is enough. */
  async sweep(): Promise<{ tokens: number; failures: number }> {
    return { tokens: await this.tokens.sweep(), failures: await this.#throttle.sweep() };
  }

  /** Writes what is only in memory. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const passwords of this.#opened) await passwords.close();
    await this.tokens.flush({ all: true });
  }
}
