// What a scraper of /metrics sees.
import { expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

async function lines(metrics: Metrics, start: string): Promise<string[]> {
  const { body } = await metrics.read();
  return body.split('\n').filter((line) => line.startsWith(start));
}

const request = { door: 'baasbox', route: '/document/:coll', method: 'GET', status: 200, ms: 3 };

it('counts requests by door, route, method and class of status', async () => {
  const metrics = new Metrics({ process: false });
  metrics.observe(request);
  metrics.observe({ ...request, status: 204 });
  metrics.observe({ ...request, status: 404 });
  metrics.observe({ ...request, method: 'POST', door: 'beebox' });
  metrics.observe({ ...request, status: 999 });
  expect(await lines(metrics, 'http_requests_total')).toEqual([
    'http_requests_total{door="baasbox",route="/document/:coll",method="GET",status="2xx"} 2',
    'http_requests_total{door="baasbox",route="/document/:coll",method="GET",status="4xx"} 1',
    'http_requests_total{door="beebox",route="/document/:coll",method="POST",status="2xx"} 1',
    'http_requests_total{door="other",route="other",method="other",status="other"} 1',
  ]);
});

it('shows times as a cumulative histogram whose bounds are included', async () => {
  const metrics = new Metrics({ process: false });
  for (const ms of [0.5, 1, 3, 40_000]) metrics.observe({ ...request, ms });
  const shown = await lines(metrics, 'http_request_duration_seconds_');
  const labels = 'door="baasbox",route="/document/:coll",method="GET",status="2xx"';
  const bucket = (le: string, count: number) =>
    `http_request_duration_seconds_bucket{${labels},le="${le}"} ${count}`;
  expect(shown).toContain(bucket('0.001', 2));
  expect(shown).toContain(bucket('0.0025', 2));
  expect(shown).toContain(bucket('0.005', 3));
  expect(shown).toContain(bucket('30', 3));
  expect(shown).toContain(bucket('+Inf', 4));
  expect(shown).toContain(`http_request_duration_seconds_count{${labels}} 4`);
  expect(shown.find((line) => line.includes('_sum'))).toMatch(/ 40\.0045$/);
});

it('says the type and meaning of each metric', async () => {
  const { contentType, body } = await new Metrics({ process: false }).read();
  expect(contentType).toContain('text/plain');
  expect(body).toContain('# TYPE http_requests_total counter');
  expect(body).toContain('# TYPE http_request_duration_seconds histogram');
});

it('does not grow without end', async () => {
  const metrics = new Metrics({ process: false });
  for (let i = 0; i < 6000; i++) metrics.observe({ ...request, route: `/${i}` });
  const counted = await lines(metrics, 'http_requests_total');
  expect(counted).toHaveLength(5001);
  expect(counted.at(-1)).toBe(
    'http_requests_total{door="other",route="other",method="other",status="other"} 1000',
  );
});

it('escapes what a label may hold', async () => {
  const metrics = new Metrics({ process: false });
  metrics.observe({ ...request, route: '/a"b\nhttp_requests_total 1' });
  expect(await lines(metrics, 'http_requests_total')).toHaveLength(1);
});

it('reads gauges when somebody looks, and leaves out those that fail', async () => {
  const metrics = new Metrics({ process: false });
  let depth: number | undefined = 3;
  metrics.gauge('jobs_waiting', 'Jobs that wait.', async () => {
    if (depth === undefined) throw new Error('database is away');
    return depth;
  });
  metrics.gauge('jobs_by_kind', 'Jobs by kind.', () => ({ mail: 1, render: 2 }), { label: 'kind' });
  expect(await lines(metrics, 'jobs_')).toEqual([
    'jobs_waiting 3',
    'jobs_by_kind{kind="mail"} 1',
    'jobs_by_kind{kind="render"} 2',
  ]);
  depth = undefined;
  expect(await lines(metrics, 'jobs_waiting')).toEqual([]);
  depth = 4;
  expect(await lines(metrics, 'jobs_waiting')).toEqual(['jobs_waiting 4']);
});

it('reads a costly gauge once in a while only', async () => {
  const metrics = new Metrics({ process: false });
  let reads = 0;
  metrics.gauge('blob_bytes', 'Bytes.', () => ++reads, { everyMs: 60_000 });
  await metrics.read();
  expect(await lines(metrics, 'blob_bytes')).toEqual(['blob_bytes 1']);
  expect(reads).toBe(1);
});

it('keeps the registries of two servers apart', async () => {
  const [one, two] = [new Metrics(), new Metrics()];
  one.counter('database_writes_total', 'Writes.').inc(2);
  expect(await lines(one, 'database_writes_total')).toEqual(['database_writes_total 2']);
  expect(await lines(two, 'database_writes_total')).toEqual([]);
  expect(await lines(two, 'process_cpu_seconds_total')).toHaveLength(1);
});
