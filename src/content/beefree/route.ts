// What the routes of the Beefree door are given.
import type { FastifyInstance } from 'fastify';
import type { BrowserPool } from '../../platform/browser/pool.ts';
import type { AiConfig } from '../ai/config.ts';
import type { CaptureCache } from '../capture/cache.ts';
import type { CaptureLimits } from '../capture/limits.ts';
import type { ImportJobs } from '../import-jobs/import-jobs.ts';
import type { PdfFiles } from '../pdf-files.ts';
import type { BeefreeConfig } from './config.ts';

export interface ContentContext {
  config: BeefreeConfig;
  ai: AiConfig;
  browser: BrowserPool;
  capture: CaptureLimits;
  cache: CaptureCache;
  pdfFiles: PdfFiles;
  importJobs: ImportJobs;
  /** Base of links that are handed out, without a slash at the end; the request's own host when it is not configured. */
  publicUrl: string | undefined;
  /** Names for rows, columns and blocks of new templates. */
  newId: () => string;
  /** Milliseconds since 1970. */
  now: () => number;
  network: 'none' | 'public';
  /** Hears of failures that nobody has foreseen and that don't end the request. */
  report: (error: unknown) => void;
}

/** Declares one or more routes. */
export type ContentRoute = (app: FastifyInstance, context: ContentContext) => void;
