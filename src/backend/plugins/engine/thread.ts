// The program of a script thread: takes runs one after another, and waits for the server when a script calls it.
import { setPriority } from 'node:os';
import {
  parentPort,
  receiveMessageOnPort,
  workerData,
  type MessagePort,
} from 'node:worker_threads';
import type {
  DoneMessage,
  HostCallMessage,
  HostReply,
  HostReplyMessage,
  RunMessage,
  StartedMessage,
  ThreadSetup,
} from './protocol.ts';
import { Sandbox } from './sandbox.ts';

const { module, prelude, limits, port, signal } = workerData as ThreadSetup;
let sequence = 0;
const NICENESS = 10;

/** Scripts are synchronous, the server is not: this thread sleeps until the server has put the reply in the port. */
function call(name: string, args: string, timeoutMs: number): HostReply | undefined {
  sequence += 1;
  port.postMessage({ sequence, name, args } satisfies HostCallMessage, []);
  const end = performance.now() + timeoutMs;
  for (let last = Atomics.load(signal, 0); last < sequence; last = Atomics.load(signal, 0)) {
    if (Atomics.wait(signal, 0, last, Math.max(0, end - performance.now())) === 'timed-out') {
      return undefined;
    }
  }
  for (;;) {
    const received = receiveMessageOnPort(port);
    // Replies to calls that were given up come late.
    const message = received?.message as HostReplyMessage | undefined;
    if (!message || message.sequence === sequence) return message;
  }
}

// Scripts come after requests. Only Linux takes this for the thread alone and not for the whole process.
if (process.platform === 'linux') setPriority(0, NICENESS);

const parent = parentPort as MessagePort;
const sandbox = new Sandbox({ module, prelude, limits, call });

parent.on('message', (message: RunMessage) => {
  parent.postMessage({ id: message.id, started: true } satisfies StartedMessage, []);
  void sandbox.run(message).then((outcome) => {
    const spent = sandbox.isSpent;
    parent.postMessage({ id: message.id, outcome, spent } satisfies DoneMessage, []);
    if (spent) return undefined;
    // Most runs are followed by one of the same tenant. If this fails, the next run says so.
    return sandbox.prepare(message.tenant).catch(() => undefined);
  });
});
