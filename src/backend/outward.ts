// What the room needs to talk to the outside: mail servers, other networks, push providers.
import type { BackendContext } from './context.ts';
import { smtpMailer, type SendMail } from './mail/mailer.ts';
import { DELIVERY_ATTEMPTS, DELIVERY_JOB, runDelivery } from './push/deliver.ts';
import { pushSenders, type PushSenders, type PushSendersOptions } from './push/senders.ts';
import type { Clock } from '../platform/clock.ts';
import { facebook } from './social/facebook.ts';
import { github } from './social/github.ts';
import { google } from './social/google.ts';
import type { NetworkName, SocialNetwork } from './social/network.ts';
import { RESET_JOB, runResetJob } from './users/password-reset.ts';

export interface Outward {
  /** The operator's word on where people reach this server; without it the app's settings say so. */
  publicUrl: string | undefined;
  /** Whether a lost password may be asked for without learning if there is such a user. */
  hideAccounts: boolean;
  resetMailsPerHour: number;
  sendMail: SendMail;
  networks: Readonly<Record<NetworkName, SocialNetwork>>;
  push: PushSenders;
}

export interface OutwardOptions {
  publicUrl?: string | undefined;
  hideAccounts: boolean;
  push: PushSendersOptions;
  mail: {
    timeoutMs: number;
    perUserAndHour: number;
    privateServers: boolean;
    /** Certificates to trust besides the usual ones, in PEM; for tests. */
    ca?: string;
  };
  social: {
    timeoutMs: number;
    facebookUrl: string;
    facebookLoginUrl: string;
    googleTokenUrl: string;
    googleUserUrl: string;
    googleLoginUrl: string;
    githubUrl: string;
    githubLoginUrl: string;
  };
}

/** Makes the clients; none of them connects or loads anything before it is used. */
export function openOutward(
  { publicUrl, hideAccounts, mail, push, social }: OutwardOptions,
  clock: Clock,
): Outward {
  const { timeoutMs } = social;
  return {
    publicUrl,
    hideAccounts,
    resetMailsPerHour: mail.perUserAndHour,
    sendMail: smtpMailer(mail),
    push: pushSenders({ ...push, clock }),
    networks: {
      facebook: facebook({
        timeoutMs,
        graphUrl: social.facebookUrl,
        loginUrl: social.facebookLoginUrl,
      }),
      google: google({
        timeoutMs,
        tokenUrl: social.googleTokenUrl,
        userUrl: social.googleUserUrl,
        loginUrl: social.googleLoginUrl,
      }),
      github: github({ timeoutMs, apiUrl: social.githubUrl, loginUrl: social.githubLoginUrl }),
    },
  };
}

/** Says who does the work that is put off. */
export function registerOutwardJobs(context: BackendContext): void {
  context.jobs.register(
    RESET_JOB,
    (payload, { job }) => runResetJob(context, job.tenantId, payload),
    { concurrency: 2, maxAttempts: 3, timeoutMs: 120_000 },
  );
  context.jobs.register(DELIVERY_JOB, (payload, job) => runDelivery(context, payload, job), {
    concurrency: 4,
    maxAttempts: DELIVERY_ATTEMPTS,
    backoff: { baseMs: 2000, maxMs: 2 * 3_600_000 },
  });
}
