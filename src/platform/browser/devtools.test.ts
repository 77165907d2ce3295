// The connection to a browser that breaks off or talks nonsense.
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DevTools } from './devtools.ts';

function connect() {
  const [out, input] = [new PassThrough(), new PassThrough()];
  return { devtools: new DevTools(out, input), input };
}

describe('DevTools', () => {
  it('puts answers together from any pieces', async () => {
    const { devtools, input } = connect();
    const answers = Promise.all([devtools.send('A'), devtools.send('B')]);
    const text = '{"id":2,"result":{"b":"ü"}}\0{"id":1,"result":{"a":1}}\0';
    for (const byte of Buffer.from(text)) input.write(Buffer.from([byte]));
    expect(await answers).toEqual([{ a: 1 }, { b: 'ü' }]);
  });

  it.each(['{"id":1,"res\0', '\0', '\0\0{"id":1}\0', 'nonsense\0{"id":1,"result":{}}\0'])(
    'is lost at %j, and nobody waits for ever',
    async (text) => {
      const { devtools, input } = connect();
      const waiting = devtools.send('A');
      input.write(text);
      await expect(waiting).rejects.toMatchObject({ kind: 'unavailable', code: 'browser_gone' });
      await expect(devtools.send('B')).rejects.toMatchObject({ code: 'browser_gone' });
    },
  );

  it('listens to nothing after a listener ended it', async () => {
    const { devtools, input } = connect();
    let heard = 0;
    devtools.on('', 'Event', () => {
      heard++;
      devtools.lose();
    });
    const event = '{"method":"Event","params":{}}\0';
    input.write(`${event}${event}{"half`);
    expect(await devtools.closed).toMatchObject({ code: 'browser_gone' });
    input.write('":1}\0');
    expect(heard).toBe(1);
  });
});
