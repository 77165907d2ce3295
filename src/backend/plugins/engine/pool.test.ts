// Scripts in threads, with the smallest prelude there is: what they get, what they may take, and how they are stopped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptPool, type ScriptRun } from './pool.ts';
import type { HostReply, Outcome, ScriptLimits } from './protocol.ts';

/** Runs the plugin's code, which answers with what it leaves in `module.exports`. */
const PRELUDE = `(function (host, compile) {
  return function (name, code, event) {
    var module = { exports: undefined, event: JSON.parse(event), call: function (name, value) {
      var reply = host(name, JSON.stringify(value));
      if (reply[0] === '-') throw new Error(reply.slice(1));
      return JSON.parse(reply.slice(1));
    } };
    compile(name, code)(null, module);
    var result = module.exports;
    return result && result.then ? result.then(JSON.stringify) : JSON.stringify(result === undefined ? null : result);
  };
})`;

const LIMITS: ScriptLimits = {
  cpuMs: 200,
  wallMs: 10_000,
  memoryBytes: 24 * 1024 * 1024,
  textLength: 10_000,
  hostCalls: 20,
};

let pool: ScriptPool;
/** Less time in all. */
let hasty: ScriptPool;
beforeAll(() => {
  pool = new ScriptPool({ threads: 2, prelude: PRELUDE, limits: LIMITS });
  hasty = new ScriptPool({ threads: 1, prelude: PRELUDE, limits: { ...LIMITS, wallMs: 400 } });
});
afterAll(() => Promise.all([pool.close(), hasty.close()]));

const echo = async (_name: string, args: string): Promise<HostReply> => ({ ok: true, json: args });

function run(code: string, given: Partial<ScriptRun> = {}, on = pool): Promise<Outcome> {
  return on.run({ tenant: 't', name: 'test.script', code, event: '{"x":1}', host: echo, ...given });
}

describe('a script', () => {
  it('gets its event, and gives a result or a promise of one', async () => {
    expect(await run('module.exports = [module.event.x]')).toEqual({ ok: true, json: '[1]' });
    expect(await run('module.exports = (async () => { await 1; return 2 })()')).toEqual({
      ok: true,
      json: '2',
    });
  });

  it.each([
    ["throw new RangeError('why')", 'RangeError: why\n    at <anonymous> (test.script.js:1'],
    ["\n\nthrow new Error('line')", '(test.script.js:3'],
    ["throw 'text'", 'text'],
    ['throw null', 'null'],
    ['throw { message: 5 }', 'Error: '],
    ['module.exports = (', 'SyntaxError'],
    ["module.exports = Promise.reject(new Error('late'))", 'Error: late'],
    ['module.exports = new Promise(() => {})', 'never settles'],
    ["import fs from 'node:fs'", 'SyntaxError'],
    ["module.exports = import('node:fs')", 'Error'],
  ])('fails by %s', async (code, message) => {
    const outcome = await run(code);
    expect(outcome).toMatchObject({ ok: false, reason: 'thrown' });
    expect((outcome as { message: string }).message).toContain(message);
  });

  it('runs what it left to promises', async () => {
    const calls: string[] = [];
    const host = async (name: string) => {
      calls.push(name);
      return { ok: true, json: '1' };
    };
    await run("Promise.resolve().then(() => module.call('later')); module.exports = 1", { host });
    expect(calls).toEqual(['later']);
  });
});

describe('a call to the server', () => {
  it('gives its answer as if it were a function', async () => {
    expect(await run("module.exports = module.call('a', { b: [1, 'ä'] })")).toEqual({
      ok: true,
      json: '{"b":[1,"ä"]}',
    });
  });

  it('throws what the server refuses', async () => {
    const host = async () => ({ ok: false, json: '{"why":1}' });
    const outcome = await run("try { module.call('a') } catch (e) { module.exports = e.message }", {
      host,
    });
    expect(outcome).toEqual({ ok: true, json: '"{\\"why\\":1}"' });
  });

  it('ends the run when it takes too long, and its late answer reaches nobody', async () => {
    let answerLate: (reply: HostReply) => void = () => undefined;
    let aborted = false;
    const host = (_name: string, _args: string, signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<HostReply>((resolve) => (answerLate = resolve));
    };
    const code = "try { module.call('a') } catch (e) { module.exports = 'on' }";
    const outcome = await run(code, { host }, hasty);
    expect(outcome).toEqual({
      ok: false,
      reason: 'limit',
      message: 'The script took more than 400 ms',
    });
    expect(aborted).toBe(true);
    answerLate({ ok: true, json: '"late"' });
    expect(await run("module.exports = module.call('b', 'mine')", {}, hasty)).toEqual({
      ok: true,
      json: '"mine"',
    });
  });

  it('does not count as processor time', async () => {
    const host = () =>
      new Promise<HostReply>((resolve) => setTimeout(() => resolve({ ok: true, json: '1' }), 300));
    expect(await run("module.exports = module.call('a')", { host })).toMatchObject({ ok: true });
  });

  it.each([
    ['for (;;) module.call("a", 1)', 'more than 20 calls'],
    ['for (;;) try { module.call("a", 1) } catch (e) {}', 'more than 20 calls'],
    ['module.exports = "x".repeat(20000)', 'longer than 10000'],
  ])('is bounded: %s', async (code, message) => {
    const outcome = await run(code);
    expect(outcome).toMatchObject({ ok: false, reason: 'limit' });
    expect((outcome as { message: string }).message).toContain(message);
  });

  it('that sends too much is refused, and the script goes on', async () => {
    const code =
      "try { module.call('a', 'x'.repeat(20000)) } catch (e) { module.exports = e.message }";
    expect(JSON.stringify(await run(code))).toContain('more than 10000 characters');
  });
});

describe('limits', () => {
  it.each([
    ['for (;;) ;', 'processor time'],
    ['try { for (;;) ; } finally { for (;;) ; }', 'processor time'],
    ["/(a+)+$/.test('a'.repeat(40) + 'b')", 'processor time'],
    ['module.exports = (async () => { for (;;) await 1 })()', 'processor time'],
  ])('stop %s', async (code, message) => {
    const outcome = await run(code);
    expect(outcome).toMatchObject({ ok: false, reason: 'limit' });
    expect((outcome as { message: string }).message).toContain(message);
    expect(await run('module.exports = 1')).toEqual({ ok: true, json: '1' });
  });

  it('end a thread whose interpreter cannot be asked to stop', async () => {
    const code = "var s = 'a'.repeat(5e6); for (;;) s.indexOf('b'.repeat(1e6) + 'c')";
    expect(await run(code, {}, hasty)).toMatchObject({ reason: 'limit' });
    expect(await run('module.exports = 1', {}, hasty)).toEqual({ ok: true, json: '1' });
  });

  it.each([
    'var a = []; for (;;) a.push(new Array(10000).fill(1))',
    'var a = []; for (;;) a.push({})',
    'var a = []; for (;;) a.push(new Uint8Array(100000))',
    "var a = []; for (;;) a.push('x'.repeat(100000) + a.length)",
    'var a = []; for (;;) try { a.push([a.length]) } catch (e) {}',
    'var m = new Map(); for (var i = 0; ; i++) m.set(i, i)',
    'var p = []; for (;;) p.push(Promise.resolve().then(() => 0))',
  ])('hold memory down: %s', async (code) => {
    const before = process.memoryUsage().rss;
    for (let times = 0; times < 2; times++) {
      expect(await run(code)).toMatchObject({ ok: false, reason: 'limit' });
    }
    // Twice the memory of a run would be 48 MB; without a limit it is hundreds.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(await run('module.exports = 1')).toEqual({ ok: true, json: '1' });
  });

  it.each([
    ["'x'.repeat(1e9)", /memory|too long/],
    ['(function f() { f() })()', /stack/],
    ["JSON.parse('['.repeat(1e6))", /stack|memory/],
    ['var o = {}; for (var i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)', /stack|memory|ms/],
  ])('end %s', async (code, message) => {
    const outcome = await run(code);
    expect(outcome.ok).toBe(false);
    expect((outcome as { message: string }).message).toMatch(message);
  });
});

describe('the pool', () => {
  it('keeps nothing of one run for the next, nor for another tenant', async () => {
    const leave = 'globalThis.leak = 1; Object.prototype.leak = 2; module.exports = 1';
    const look = 'module.exports = [typeof globalThis.leak, typeof ({}).leak]';
    for (const tenant of ['t', 'u', 't']) {
      await run(leave, { tenant: 't' });
      expect(await run(look, { tenant })).toEqual({ ok: true, json: '["undefined","undefined"]' });
    }
  });

  it('leaves one thread to others', async () => {
    // On a busy machine the greedy ones wait for each other longer than a client would.
    const own = new ScriptPool({ threads: 2, prelude: PRELUDE, limits: LIMITS, queueMs: 60_000 });
    const order: string[] = [];
    const burn = Array.from({ length: 3 }, () =>
      run('for (;;) ;', { tenant: 'greedy' }, own).then(() => order.push('greedy')),
    );
    await run('module.exports = 1', { tenant: 'modest' }, own).then(() => order.push('modest'));
    await Promise.all(burn);
    expect(order.indexOf('modest')).toBeLessThan(2);
    await own.close();
  });

  it('ends threads that have nothing to do, and starts them again', async () => {
    const own = new ScriptPool({ threads: 1, prelude: PRELUDE, limits: LIMITS, idleMs: 20 });
    await run('module.exports = 1', {}, own);
    while (own.stats().threads > 0) await new Promise((done) => setTimeout(done, 10));
    expect(await run('module.exports = 2', {}, own)).toEqual({ ok: true, json: '2' });
    await own.close();
  });

  it('refuses who has waited too long, and fails what runs when it is closed', async () => {
    const own = new ScriptPool({
      threads: 1,
      prelude: PRELUDE,
      limits: { ...LIMITS, cpuMs: 5000, wallMs: 5000 },
      queueMs: 30,
    });
    const first = run('for (;;) ;', {}, own);
    await expect(run('module.exports = 1', {}, own)).rejects.toMatchObject({ kind: 'unavailable' });
    const waiting = run('module.exports = 1', {}, own).catch((error: unknown) => error);
    await own.close();
    expect(await first).toMatchObject({ ok: false, reason: 'broken' });
    expect(await waiting).toMatchObject({ kind: 'unavailable' });
    await expect(run('module.exports = 1', {}, own)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
