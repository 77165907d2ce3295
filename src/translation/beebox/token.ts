// Session tokens as clients send them back, and the project that administrators append to theirs (Beebox spec 2.3, 2.7).

export interface PresentedToken {
  /** Lower case, without quotes and white space. */
  session: string;
  /** The project key behind the asterisk, if there is one. */
  project: string | undefined;
}

/** Longer texts are no token of ours; looking at them would only cost time. */
const MAX_LENGTH = 400;

/**
 * Cleans a received token: white space and quotes around it go (clients that read it as JSON keep them), and letter case
 * does not matter. What follows the first `*`, also in its escaped form, names a project.
 */
export function presentedToken(received: string): PresentedToken {
  const text = received.slice(0, MAX_LENGTH);
  const [, session = text, project = ''] = /^(.*?)(?:\*|%2a)(.*)$/is.exec(text) ?? [];
  return { session: bare(session).toLowerCase(), project: bare(project) || undefined };
}

function bare(text: string): string {
  return text.replace(/^[\s"]+/, '').replace(/[\s"]+$/, '');
}
