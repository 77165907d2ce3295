// Turns a failure into one line that tells an operator what to do.
import { DomainError } from '../platform/errors.ts';

/** The sentence for a failure. Only what nobody foresaw shows its kind, for a report to the developers. */
export function explain(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code, message } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const { address, port } = error as { address?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${address} is in use by another program. Stop it, or choose another with --port.`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `This user may not listen on port ${port}. Choose one above 1023 with --port.`;
  }
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address}. See --host.`;
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${address}:${port}. Is the database running?`;
  if (code === 'ENOENT') {
    return `There is no ${(error as NodeJS.ErrnoException).path ?? 'such file'}`;
  }
  if (code === 'EISDIR') return 'That is a folder, and not a file';
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') {
    return `Cannot write: ${message}`;
  }
  return `${error.name}: ${message}`;
}
