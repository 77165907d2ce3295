// Metrics in the Prometheus text format: one registry a server, cheap to count into on every request.
import { collectDefaultMetrics, Counter, Gauge, Registry, type Metric } from 'prom-client';

/** One answered request. */
export interface Observed {
  door: string;
  /** The route's pattern, never the path: paths are without number. */
  route: string;
  method: string;
  status: number;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** What a gauge shows: one number, or one for each value of its label. */
export type Reading = number | Readonly<Record<string, number>>;

export interface GaugeOptions {
  /** Name of the label, when there is one number for each of its values. */
  label?: string;
  /** The last reading is shown again until it is this old, in milliseconds: for those that cost a query. */
  everyMs?: number;
}

type Labels = Readonly<Record<'door' | 'route' | 'method' | 'status', string>>;

/** What is counted for one door, route, method and class of status. */
interface Series {
  labels: Labels;
  seconds: number;
  /** Requests by time: one count a bound, and a last one for those above all bounds. */
  buckets: number[];
}

/** Upper bounds of request times, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Series of requests that are told apart; what comes later is counted as `other`, so that nothing grows without end. */
const MAX_SERIES = 5000;

export class Metrics {
  readonly #registry = new Registry();
  readonly #series: Series[] = [];
  readonly #byLabels = new Map<string, Map<string, Map<string, Series[]>>>();
  #other: Series | undefined;

  /** `process: false` leaves out the measurements of the process. */
  constructor({ process = true } = {}) {
    this.#register('http_requests_total', 'counter', 'Requests answered.', (series) => [
      { labels: series.labels, value: countOf(series) },
    ]);
    this.#register(
      'http_request_duration_seconds',
      'histogram',
      'Time from the request to the end of its answer.',
      histogramValues,
    );
    if (process) collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * Counts an answered request. Kept in plain numbers: prom-client's own counter and histogram cost ten times as much,
   * since they hash the labels each time. Labels and text are made when someone reads them.
   */
  observe({ door, route, method, status, ms }: Observed): void {
    const statusClass = Math.trunc(status / 100);
    // Looked up word by word: these strings are the same objects each time, and one joined key would be hashed anew.
    const known = this.#byLabels.get(door)?.get(route)?.get(method)?.[statusClass];
    const series = known ?? this.#add({ door, route, method }, statusClass);
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket += 1;
    series.buckets[bucket] = (series.buckets[bucket] as number) + 1;
    series.seconds += seconds;
  }

  /** A counter for events that are rarer than requests. */
  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  /** A value that is read when somebody looks. When `read` fails, the gauge has no value in that answer. */
  gauge(
    name: string,
    help: string,
    read: () => Reading | Promise<Reading>,
    { label, everyMs = 0 }: GaugeOptions = {},
  ): void {
    let readAt = -Infinity;
    const gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [],
      async collect() {
        if (performance.now() - readAt < everyMs) return;
        const reading = await attempt(read);
        this.reset();
        if (typeof reading === 'number') this.set(reading);
        else if (reading === undefined) this.remove();
        else if (label !== undefined) {
          for (const [key, value] of Object.entries(reading)) this.set({ [label]: key }, value);
        }
        if (reading !== undefined) readAt = performance.now();
      },
    });
    this.#registry.registerMetric(gauge);
  }

  /** Everything, as `/metrics` answers it. */
  async read(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #add({ door, route, method }: Omit<Labels, 'status'>, statusClass: number): Series {
    if (this.#series.length >= MAX_SERIES || statusClass < 1 || statusClass > 5) {
      return (this.#other ??= this.#put(OTHER));
    }
    const routes = entry(this.#byLabels, door, () => new Map<string, Map<string, Series[]>>());
    const methods = entry(routes, route, () => new Map<string, Series[]>());
    const series = this.#put({ door, route, method, status: `${statusClass}xx` });
    entry(methods, method, () => [])[statusClass] = series;
    return series;
  }

  #put(labels: Labels): Series {
    const series = { labels, seconds: 0, buckets: [...BOUNDS, Infinity].map(() => 0) };
    this.#series.push(series);
    return series;
  }

  #register(name: string, type: string, help: string, valuesOf: (series: Series) => Value[]): void {
    const get = async () => ({
      name,
      type,
      help,
      values: this.#series.flatMap(valuesOf),
    });
    // The registry asks of a metric its name and `get`; its type names prom-client's own classes only.
    this.#registry.registerMetric({ name, get } as unknown as Metric);
  }
}

const OTHER: Labels = { door: 'other', route: 'other', method: 'other', status: 'other' };

interface Value {
  labels: Readonly<Record<string, string | number>>;
  value: number;
  metricName?: string;
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function countOf({ buckets }: Series): number {
  return buckets.reduce((sum, count) => sum + count, 0);
}

function histogramValues(series: Series): Value[] {
  const name = 'http_request_duration_seconds';
  const values: Value[] = [];
  let below = 0;
  series.buckets.forEach((count, index) => {
    below += count;
    const labels = { ...series.labels, le: BOUNDS[index] ?? '+Inf' };
    values.push({ labels, value: below, metricName: `${name}_bucket` });
  });
  values.push({ labels: series.labels, value: series.seconds, metricName: `${name}_sum` });
  values.push({ labels: series.labels, value: below, metricName: `${name}_count` });
  return values;
}

async function attempt<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
