// The translation room, opened: its services on the ground, in one object.
import type { Platform } from '../platform/platform.ts';
import { Administrators } from './administrators.ts';
import { Connectors } from './connectors.ts';
import { ExclusiveSections } from './exclusive-sections.ts';
import { ProjectFiles } from './files.ts';
import { LOGIN_THROTTLE, Logins } from './logins.ts';
import { Projects } from './projects.ts';
import { Sessions } from './sessions.ts';
import { systemTimer, type Timer } from './timer.ts';

export interface TranslationOptions {
  /** How long a session lasts without a call, in milliseconds. */
  sessionIdleMs: number;
  /** Answers every login as if its project were busy. */
  simulateBusy: boolean;
  timer?: Timer;
}

export interface Translation {
  readonly projects: Projects;
  readonly connectors: Connectors;
  readonly administrators: Administrators;
  readonly sections: ExclusiveSections;
  readonly sessions: Sessions;
  readonly logins: Logins;
  readonly files: ProjectFiles;
}

/** Builds the room's services. They hold nothing that would have to be closed. */
export function openTranslation(
  platform: Pick<Platform, 'clock' | 'random' | 'log' | 'db' | 'tenants' | 'credentials' | 'blobs'>,
  { sessionIdleMs, simulateBusy, timer = systemTimer }: TranslationOptions,
): Translation {
  const { clock, random, log, db, credentials, blobs } = platform;
  const { handles } = platform.tenants;
  const passwords = credentials.passwordsUnder(LOGIN_THROTTLE);
  const projects = new Projects(db, { clock, random, handles });
  const connectors = new Connectors(db, { clock, random, passwords });
  const administrators = new Administrators({ passwords, handles });
  const sections = new ExclusiveSections(db, { clock, timer, random });
  const sessions = new Sessions(db, {
    tokens: credentials.tokens,
    projects,
    idleMs: sessionIdleMs,
  });
  const logins = new Logins({
    clock,
    timer,
    log,
    passwords,
    projects,
    connectors,
    administrators,
    sections,
    sessions,
    simulateBusy,
  });
  const files = new ProjectFiles(db, { blobs, clock });
  return { projects, connectors, administrators, sections, sessions, logins, files };
}
