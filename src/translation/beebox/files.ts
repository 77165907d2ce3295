// Sending, fetching and deleting files (Beebox spec 3.2, 3.4 to 3.7, 3.9, 3.10).
import { Invalid, NotFound, TooLarge } from '../../platform/errors.ts';
import { areaOf, placeOf } from '../areas.ts';
import { resolveOptionalPath, resolvePath } from '../paths.ts';
import { discardBody, sentContentType } from './body.ts';
import {
  bytes,
  NOTHING,
  projectRoute,
  type Answer,
  type ProjectCall,
  type Route,
} from './route.ts';

const LOCALE =
  'Source locale: sources and instructions. Target locale: translations. `sandbox`: files for a quotation.';

const parameters = {
  locale: LOCALE,
  folder: 'Folder that goes in front of the file name.',
  filename: 'Path of the file, with backslashes or slashes.',
};

/** Instructions are the name of their source and this. */
const INSTRUCTIONS = '.beebox';

export const files: Route[] = [
  projectRoute(
    'PUT',
    '/api/files/file',
    {
      summary: 'Stores the body as a file, in place of one at the same path.',
      parameters,
      required: ['filename'],
      body: bytes,
    },
    async (call) => {
      try {
        return await put(call);
      } catch (error) {
        await discardBody(call.request.raw, call.config.maxFileBytes);
        throw error;
      }
    },
  ),
  projectRoute(
    'GET',
    '/api/files/file',
    {
      summary: 'Gives a file, byte for byte.',
      parameters,
      required: ['filename'],
      answer: bytes,
    },
    get,
  ),
  projectRoute(
    'DELETE',
    '/api/files/file',
    { summary: 'Deletes a file.', parameters, required: ['filename'] },
    remove,
  ),
  projectRoute(
    'DELETE',
    '/api/files/directory',
    {
      summary: 'Deletes all files below a directory; with the sandbox and no directory, all of it.',
      parameters: {
        locale: LOCALE,
        folder: 'Folder that goes in front of the directory.',
        directoryname: 'Path of the directory; may be left out for the sandbox only.',
      },
    },
    removeDirectory,
  ),
];

async function put(call: ProjectCall): Promise<Answer> {
  const { query, project, request, translation, config } = call;
  const area = areaOf(project, query.text('locale') ?? '');
  const path = resolvePath(query.text('folder') ?? '', query.text('filename') ?? '');
  if (sentContentType(request).startsWith('multipart/form-data')) {
    throw new Invalid('multipart', 'Send the file as the body itself, not as a form');
  }
  const maxBytes = config.maxFileBytes;
  if (Number(request.headers['content-length']) > maxBytes) {
    throw new TooLarge('blob_too_large', `A file has at most ${maxBytes} bytes`);
  }
  try {
    await translation.files.put(project, area, path, request.raw, { maxBytes });
  } catch (error) {
    // Nobody is left to be answered, and nothing has gone wrong with the server.
    if (request.raw.errored) throw new Invalid('upload_interrupted', 'The upload broke off');
    throw error;
  }
  return NOTHING;
}

async function get({ query, project, translation }: ProjectCall): Promise<Answer> {
  const { area, path } = filePlace({ query, project });
  const { file, stream } = await translation.files.open(project, area, path);
  const name = file.path.slice(file.path.lastIndexOf('\\') + 1);
  return { kind: 'file', name, size: file.size, stream };
}

async function remove({ query, project, translation }: ProjectCall): Promise<Answer> {
  const { area, path } = filePlace({ query, project });
  const removed = await translation.files.remove(project, area, path);
  // Clients delete the instructions of each file without knowing whether there are any.
  if (!removed && !path.key.endsWith(INSTRUCTIONS)) {
    throw new NotFound('file_not_found', 'There is no such file');
  }
  return NOTHING;
}

async function removeDirectory({ query, project, translation }: ProjectCall): Promise<Answer> {
  const directory = resolveOptionalPath(
    query.text('folder') ?? '',
    query.text('directoryname') ?? '',
  );
  const { area, path } = placeOf(project, query.text('locale') ?? '', directory);
  // Sources and translations are never wiped by a parameter that was left out.
  if (!path && area.name !== 'sandbox') throw new Invalid('path', 'A directory is needed');
  const removed = await translation.files.removeDirectory(project, area, path);
  if (removed === 0 && path) {
    throw new NotFound('directory_not_found', 'There is no such directory');
  }
  return NOTHING;
}

function filePlace({ query, project }: Pick<ProjectCall, 'query' | 'project'>) {
  const given = resolvePath(query.text('folder') ?? '', query.text('filename') ?? '');
  const { area, path } = placeOf(project, query.text('locale') ?? '', given);
  if (!path) throw new Invalid('path', 'A file name is needed');
  return { area, path };
}
