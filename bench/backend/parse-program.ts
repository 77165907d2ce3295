// Parse Server as its documentation starts it: Express, PostgreSQL, sessions. Only logging is turned down.
import express from 'express';
import { ParseServer } from 'parse-server';

const server = ParseServer({
  databaseURI: process.env['PARSE_DATABASE'] ?? '',
  appId: 'bench',
  masterKey: 'bench-master',
  maintenanceKey: 'bench-maintenance',
  serverURL: 'http://127.0.0.1/parse',
  mountPath: '/parse',
  logLevel: 'error',
});
await server.start();
const app = express();
app.use('/parse', server.app);
const listener = app.listen(0, '127.0.0.1', () => {
  const address = listener.address();
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit());
