// Versions and statistics (BaasBox spec 3.2, 5.13).
import os from 'node:os';
import { listCollections } from '../collections/collections.ts';
import { countObjects, databaseFacts, freeBytes, memoryFacts } from '../operation/measure.ts';
import { serverSettings } from '../operation/server-settings.ts';
import type { BaasboxConfig } from './config.ts';
import { answer, API_VERSION, type Answer, type RawAnswer } from './envelope.ts';
import { openRoute, route, type ActorCall, type Route } from './route.ts';

const EDITION = 'Skep';

/** What an administrator may not see. */
const HIDDEN = 'N/A';

export function statisticsRoutes(switches: BaasboxConfig['statistics']): readonly Route[] {
  return [
    openRoute('GET', '/admin/apiVersion', apiVersion),
    route('GET', '/admin/version/latest', 'admin', latest),
    route('GET', '/admin/dbStatistics', 'admin', (call) => statistics(call, switches)),
  ];
}

function apiVersion(): Promise<RawAnswer> {
  return Promise.resolve({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    raw: JSON.stringify({ api_version: API_VERSION, edition: EDITION }),
  });
}

/** The original asks its vendor; this server calls nobody, and knows its own version. */
function latest(): Promise<Answer> {
  return Promise.resolve(answer({ version: API_VERSION, edition: EDITION, announcement: '' }));
}

async function statistics(
  { context, actor }: ActorCall,
  switches: BaasboxConfig['statistics'],
): Promise<Answer> {
  const { tenant } = actor;
  const [facts, free, counts, collections, { alertPercent }] = await Promise.all([
    databaseFacts(context),
    freeBytes(context),
    countObjects(context, tenant),
    listCollections(context, tenant),
    serverSettings(context),
  ]);
  const locale = new Intl.Locale(Intl.DateTimeFormat().resolvedOptions().locale);
  return answer({
    installation: { bb_id: tenant, bb_version: API_VERSION, db_version: facts.version },
    db: {
      properties: {
        version: facts.version,
        // Where the data are is the operator's business.
        url: facts.engine.toLowerCase(),
        path: HIDDEN,
        timezone: 'UTC',
        'locale.language': locale.language,
        'locale.country': locale.region ?? '',
      },
      status: 'OPEN',
      configuration: `${facts.engine} ${facts.version}`,
      physical_size: facts.bytes,
      datafile_freespace: free,
      size_threshold_percentage: alertPercent,
    },
    data: {
      users: counts.users,
      collections: collections.length,
      collections_details: collections.map(({ name, records, bytes }) => ({
        name,
        records,
        size: bytes,
      })),
      assets: counts.assets,
      files: counts.files,
    },
    ...systemFacts(switches.os),
    memory: memory(switches.memory),
  });
}

function systemFacts(shown: boolean) {
  const text = (value: string) => (shown ? value : HIDDEN);
  return {
    os: {
      os_name: text(os.type()),
      os_arch: text(os.arch()),
      os_version: text(os.release()),
      processors: shown ? os.availableParallelism() : 0,
    },
    // Clients look for these names; what runs here is another machine.
    java: {
      java_class_version: text(process.versions.modules),
      java_vendor: text('Node.js'),
      java_vendor_url: text('https://nodejs.org'),
      java_version: text(process.version),
    },
  };
}

function memory(shown: boolean) {
  const { most, allocated, used } = shown ? memoryFacts() : { most: 0, allocated: 0, used: 0 };
  return {
    max_allocable_memory: most,
    current_allocate_memory: allocated,
    used_memory_in_the_allocate_memory: used,
    free_memory_in_the_allocated_memory: allocated - used,
  };
}
