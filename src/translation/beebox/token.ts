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
 * Cleans a received token: white space and one pair of quotes around it go (clients that read it as JSON keep them), and
 * letter case does not matter. What follows the first `*`, also in its escaped form, names a project.
 */
export function presentedToken(received: string): PresentedToken {
  const text = unquoted(received.slice(0, MAX_LENGTH));
  const [, session = text, project] = /^(.*?)(?:\*|%2a)(.*)$/is.exec(text) ?? [];
  return {
    session: unquoted(session).toLowerCase(),
    project: unquoted(project ?? '') || undefined,
  };
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
  return quoted ? trimmed.slice(1, -1).trim() : trimmed;
}
