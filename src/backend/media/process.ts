// The program of a media process: takes files of strangers apart for its parent, which kills it when that takes too long.
import type { ImageSize } from './image-size.ts';
import type { Resized } from './resize.ts';
import type { Extracted } from './text/extracted.ts';

export type MediaTask =
  { kind: 'text'; mediaType: string } | { kind: 'resize'; mediaType: string; size: ImageSize };

/** What the parent says before it sends `bytes` bytes into the standard input. */
export interface MediaRequest {
  task: MediaTask;
  bytes: number;
}

export type MediaReply = { text: Extracted } | { image: Resized } | { failed: string };

let request: MediaRequest | undefined;
let arrived: Buffer[] = [];
let size = 0;

process.on('disconnect', () => process.exit(0));
process.on('message', (message: MediaRequest) => {
  request = message;
  begin();
});
process.stdin.on('data', (chunk: Buffer) => {
  arrived.push(chunk);
  size += chunk.length;
  begin();
});

/** The message and the bytes come on different ways: either may be first. */
function begin(): void {
  if (!request || size < request.bytes) return;
  const { task } = request;
  const bytes = Buffer.concat(arrived);
  request = undefined;
  arrived = [];
  size = 0;
  perform(task, bytes).then(
    (reply) => process.send?.(reply),
    (error: unknown) =>
      process.send?.({ failed: error instanceof Error ? error.message : 'unknown' }),
  );
}

async function perform(task: MediaTask, bytes: Buffer): Promise<MediaReply> {
  if (task.kind === 'text') {
    const { extractText } = await import('./text/extract.ts');
    return { text: await extractText(task.mediaType, bytes) };
  }
  const { resizeImage } = await import('./resize.ts');
  return { image: await resizeImage(task.mediaType, bytes, task.size) };
}
