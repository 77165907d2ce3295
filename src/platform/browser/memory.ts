// What the processes of a browser hold in memory: one document must not take what the whole machine has.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
  pid: number;
  /** Resident memory in bytes. */
  bytes: number;
}

/** A process and all below it, with their memory. Empty where the system does not say (it does on Linux). */
export function memoryOf(pid: number): ProcessMemory[] {
  const found: ProcessMemory[] = [];
  const pids = [pid];
  for (const one of pids) {
    try {
      const status = readFileSync(`/proc/${one}/status`, 'utf8');
      const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
      if (kilobytes !== undefined) found.push({ pid: one, bytes: Number(kilobytes) * 1024 });
      for (const task of readdirSync(`/proc/${one}/task`)) {
        const children = readFileSync(`/proc/${one}/task/${task}/children`, 'utf8').trim();
        if (children !== '') pids.push(...children.split(' ').map(Number));
      }
    } catch {
      // It ended meanwhile, or there is no /proc.
    }
  }
  return found;
}
