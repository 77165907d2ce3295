// What plugins of all apps share: the threads, the cache, the journal, turns at storages, transactions.
import { readFile } from 'node:fs/promises';
import type { BackendContext } from '../../context.ts';
import { PluginCache } from '../../plugins/cache.ts';
import type { ScriptPool } from '../../plugins/engine/pool.ts';
import { Journal } from '../../plugins/journal.ts';
import { StorageTurns } from '../../plugins/storage.ts';
import { Transactions } from '../../plugins/transaction.ts';
import type { BaasboxConfig } from '../config.ts';
import type { Route } from '../route.ts';
import { EndpointCalls } from './endpoint-calls.ts';

export interface PluginServices {
  context: BackendContext;
  config: BaasboxConfig['plugins'];
  /** Hosts with port that scripts may reach though their address is private. */
  trustedHosts: readonly string[];
  calls: EndpointCalls;
  cache: PluginCache;
  journal: Journal;
  turns: StorageTurns;
  transactions: Transactions;
  /** The threads; the interpreter is loaded when the first script runs. */
  pool(): Promise<ScriptPool>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Makes the services; `routes` are the endpoints that scripts may call. */
export function openPlugins(
  context: BackendContext,
  { plugins: config, trustedHosts }: Pick<BaasboxConfig, 'plugins' | 'trustedHosts'>,
  routes: readonly Route[],
): PluginServices {
  let pool: Promise<ScriptPool> | undefined;
  return {
    context,
    config,
    trustedHosts,
    calls: new EndpointCalls(routes),
    cache: new PluginCache(context.clock),
    journal: new Journal(),
    turns: new StorageTurns(),
    transactions: new Transactions(context, config.transactionMs),
    pool: () => (pool ??= openPool(config)),
    close: async () => (await pool)?.close(),
  };
}

async function openPool(config: BaasboxConfig['plugins']): Promise<ScriptPool> {
  const { ScriptPool } = await import('../../plugins/engine/pool.ts');
  return new ScriptPool({
    threads: config.threads,
    prelude: await readFile(new URL('box.js', import.meta.url), 'utf8'),
    limits: {
      cpuMs: config.cpuMs,
      wallMs: config.timeoutMs,
      memoryBytes: config.memoryMb * 1024 * 1024,
      textLength: 1024 * 1024,
      hostCalls: config.maxCalls,
    },
  });
}
