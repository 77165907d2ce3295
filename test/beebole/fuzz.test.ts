// Whatever a client sends to any service: an answer of the protocol, never a failure of ours, nothing said in null.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { v1 } from '../../src/timesheets/beebole/v1/index.ts';
import { v2 } from '../../src/timesheets/beebole/v2/index.ts';
import { onBothEngines } from '../support/database.ts';
import { call, startDemo, type Demo } from './demo.ts';

const generations = [
  ['/api', v1],
  ['/api/v2', v2],
] as const;

/** Values near what parameters expect, and far from it. */
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<unknown>(2, 3, 15, 16, 18, 19, 21, 23, 25, 29, '18', 8, 0, -0, -1, null, true),
    fc.constantFrom<unknown>('2026-03-02', '2026-3-4', '2026-02-30', 'tree', 'flat', '7,5', '1:30'),
    fc.constantFrom<unknown>('', ' ', "' OR 1=1 --", '\0', '\ud800', '$1', '%', 'x'.repeat(300)),
    fc.double(),
    fc.string({ unit: 'binary', maxLength: 20 }),
  ),
  key: fc.dictionary(fc.constantFrom('id', 'xid', 'name', 'email', 'toString'), tie('leaf'), {
    maxKeys: 3,
  }),
  value: fc.oneof(tie('leaf'), tie('key'), fc.array(tie('leaf'), { maxLength: 4 })),
})).value;

onBothEngines('any request', (engine) => {
  let demo: Demo;

  beforeAll(async () => {
    const unlimited = Object.fromEntries(
      ['v1', 'v2'].flatMap((name) => [
        [`beebole-${name}-requests-per-day`, '0'],
        [`beebole-${name}-kilobytes-per-day`, '0'],
      ]),
    );
    demo = await startDemo(engine, { settings: unlimited });
  });
  afterAll(() => demo.app.close());

  it.each(generations.map(([path, generation]) => [path, generation] as const))(
    'at %s has a proper answer',
    async (path, generation) => {
      // A person who is switched off is locked out, and this test with them.
      const services = generation.services.filter(({ name }) => name !== 'person.deactivate');
      const request = fc.constantFrom(...services).chain((service) => {
        const members = fc.record(
          Object.fromEntries(Object.keys(service.parameters).map((name) => [name, value])),
          { requiredKeys: [] },
        );
        return fc
          .tuple(members, fc.dictionary(fc.string(), value, { maxKeys: 2 }), fc.boolean())
          .map(([known, unknown, wrapped]) => ({
            ...unknown,
            ...(service.wrapper !== undefined && wrapped ? { [service.wrapper]: known } : known),
            service: service.name,
          }));
      });
      await fc.assert(
        fc.asyncProperty(request, fc.boolean(), async (body, admin) => {
          const token = admin ? demo.adminToken : demo.token;
          const response = await call(demo, path, token, body);
          if (JSON.stringify(body).includes('__proto__')) return;
          expect(response.text).toMatch(/^\{"status":"(ok|error)"[ -~]*\}$/);
          expect(response.status).toBe(200);
          expect(response.text).not.toMatch(/[:,[]null/);
        }),
        { numRuns: 250 },
      );
      expect(demo.app.logged.join('')).not.toContain('request failed');
    },
    60_000,
  );
});
