// Counts and times this door's calls while root wants it, in the shapes of the original's metrics (BaasBox spec 5.15).
import type { Clock } from '../../platform/clock.ts';

/** Values that percentiles are worked out from: the last ones. */
const SAMPLES = 1028;
/** Method and path make a timer each; those beyond are counted in `requests.timer` alone. */
const MAX_TIMERS = 500;

/** Rates are worked out anew every five seconds. */
const TICK_MS = 5000;

const UNITS = { duration_units: 'milliseconds', rate_units: 'calls/second' };

export interface AnsweredCall {
  method: string;
  /** The route's pattern: paths are without number. */
  path: string;
  status: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** Bytes of the answer, when they are known. */
  bytes: number | undefined;
}

export class RequestMetrics {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #all: Timer;
  #timers = new Map<string, Timer>();
  #statuses = new Map<number, number>();
  #sizes = new Histogram();
  /** Whether root has asked for it. */
  running = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#all = new Timer(clock);
  }

  /** Begins to count, from nothing; a second call changes nothing. */
  start(): void {
    if (this.running) return;
    this.#all = new Timer(this.#clock);
    this.#timers = new Map();
    this.#statuses = new Map();
    this.#sizes = new Histogram();
    this.running = true;
  }

  stop(): void {
    this.running = false;
  }

  answered({ method, path, status, ms, bytes }: AnsweredCall): void {
    if (!this.running) return;
    this.#all.add(ms);
    this.#timer(`${method}.${path}`)?.add(ms);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (bytes !== undefined) this.#sizes.add(bytes);
  }

  timers(): Record<string, object> {
    const own = [...this.#timers].map(([name, timer]) => [`requests.timer.${name}`, timer.shown()]);
    return { 'requests.timer': this.#all.shown(), ...Object.fromEntries(own) };
  }

  counters(): Record<string, object> {
    return Object.fromEntries(
      [...this.#statuses].map(([status, count]) => [`requests.counter.${status}`, { count }]),
    );
  }

  meters(): Record<string, object> {
    return { 'requests.meter': this.#all.rates() };
  }

  histograms(): Record<string, object> {
    return { 'responses.size': this.#sizes.shown() };
  }

  uptime(): object {
    return {
      start_time: new Date(this.#startedAt).toISOString(),
      time_zone: 'UTC',
      uptime: this.#clock.now() - this.#startedAt,
      time_unit: 'ms',
    };
  }

  #timer(name: string): Timer | undefined {
    let timer = this.#timers.get(name);
    if (!timer && this.#timers.size < MAX_TIMERS) {
      this.#timers.set(name, (timer = new Timer(this.#clock)));
    }
    return timer;
  }
}

class Histogram {
  readonly #samples: number[] = [];
  count = 0;

  add(value: number): void {
    this.#samples[this.count % SAMPLES] = value;
    this.count += 1;
  }

  shown() {
    const sorted = this.#samples.toSorted((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0;
    const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(sorted.length, 1);
    const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      count: this.count,
      max: sorted.at(-1) ?? 0,
      mean,
      min: sorted[0] ?? 0,
      p50: at(0.5),
      p75: at(0.75),
      p95: at(0.95),
      p98: at(0.98),
      p99: at(0.99),
      p999: at(0.999),
      stddev: sorted.length > 1 ? Math.sqrt(squares / (sorted.length - 1)) : 0,
    };
  }
}

class Timer {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #values = new Histogram();
  readonly #minutes = [1, 5, 15].map((minutes) => ({ minutes, perSecond: 0 }));
  #tickedAt: number;
  #sinceTick = 0;
  #ticked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = this.#tickedAt = clock.now();
  }

  add(ms: number): void {
    this.#tick();
    this.#values.add(ms);
    this.#sinceTick += 1;
  }

  shown(): object {
    const { rate_units, ...rates } = this.rates();
    return { ...this.#values.shown(), ...rates, ...UNITS, rate_units };
  }

  /** Calls a second, as moving averages that forget exponentially. */
  rates() {
    this.#tick();
    const [m1, m5, m15] = this.#minutes.map(({ perSecond }) => perSecond);
    const seconds = Math.max((this.#clock.now() - this.#startedAt) / 1000, 1);
    return {
      count: this.#values.count,
      m15_rate: m15,
      m1_rate: m1,
      m5_rate: m5,
      mean_rate: this.#values.count / seconds,
      rate_units: UNITS.rate_units,
    };
  }

  #tick(): void {
    const ticks = Math.floor((this.#clock.now() - this.#tickedAt) / TICK_MS);
    if (ticks <= 0) return;
    this.#tickedAt += ticks * TICK_MS;
    const now = this.#sinceTick / (TICK_MS / 1000);
    for (const average of this.#minutes) {
      const kept = Math.exp(-TICK_MS / 60_000 / average.minutes);
      const first = this.#ticked ? now + (average.perSecond - now) * kept : now;
      // Nothing happened in the other ticks.
      average.perSecond = first * kept ** (ticks - 1);
    }
    this.#ticked = true;
    this.#sinceTick = 0;
  }
}
