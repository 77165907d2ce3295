// What metrics say of calls that were counted.
import { expect, it } from 'vitest';
import { RequestMetrics } from './request-metrics.ts';

function started() {
  const clock = { time: 1_000_000, now: () => clock.time };
  const metrics = new RequestMetrics(clock);
  metrics.start();
  const call = (ms: number, path = '/me') =>
    metrics.answered({ method: 'GET', path, status: 200, ms, bytes: ms * 10 });
  return { clock, metrics, call };
}

type Shown = Record<string, Record<string, number>>;

it('knows the distribution of times and sizes', () => {
  const { metrics, call } = started();
  for (let ms = 1; ms <= 100; ms++) call(ms);
  const { 'requests.timer': all, 'requests.timer.GET./me': own } = metrics.timers() as Shown;
  expect(all).toMatchObject({ count: 100, min: 1, max: 100, mean: 50.5, p50: 51, p99: 100 });
  expect(all?.['stddev']).toBeCloseTo(29.01, 2);
  expect(own).toEqual(all);
  expect(metrics.histograms()).toMatchObject({ 'responses.size': { count: 100, max: 1000 } });
});

it('forgets the oldest values, not their number', () => {
  const { metrics, call } = started();
  call(1_000_000);
  for (let calls = 0; calls < 1028; calls++) call(5);
  expect(metrics.timers()).toMatchObject({ 'requests.timer': { count: 1029, max: 5 } });
});

it('gives calls a second as averages that fade', () => {
  const { clock, metrics, call } = started();
  for (let second = 0; second < 60; second++) {
    call(1);
    call(1);
    clock.time += 1000;
  }
  const rates = () => (metrics.meters() as Shown)['requests.meter'] ?? {};
  expect(rates()).toMatchObject({ count: 120, mean_rate: 2 });
  expect(rates()['m1_rate']).toBeCloseTo(2, 1);
  clock.time += 60_000;
  expect(rates()['m1_rate']).toBeCloseTo(2 / Math.E, 1);
  expect(rates()['m15_rate']).toBeGreaterThan(1.8);
  clock.time += 3_600_000;
  expect(rates()['m1_rate']).toBeLessThan(0.001);
});

it('has a timer for so many paths and no more', () => {
  const { metrics, call } = started();
  for (let path = 0; path < 2000; path++) call(1, `/path/${path}`);
  expect(Object.keys(metrics.timers())).toHaveLength(501);
  expect(metrics.timers()).toMatchObject({ 'requests.timer': { count: 2000 } });
});

it('counts nothing when it is stopped', () => {
  const { metrics, call } = started();
  metrics.stop();
  call(1);
  metrics.start();
  expect(metrics.counters()).toEqual({});
});
