// `skep serve`: the server, until it is told to stop.
import { createApp } from '../app.ts';
import { setUpFirstTenant } from '../setup.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: 'serve',
  summary: 'Serves all four APIs until SIGTERM or SIGINT.',
  async run({ config }) {
    const app = await createApp({ config });
    let address: string;
    try {
      // First the port: a start that fails there must not have used up the only sight of the password.
      address = await app.listen();
      const made = await setUpFirstTenant(app.platform, config);
      if (made) console.log(made.message(address));
    } catch (error) {
      await app.close();
      throw error;
    }
    let stopping = false;
    const stop = () => {
      // A second signal means: now.
      if (stopping) process.exit(130);
      stopping = true;
      app.close().then(
        () => process.exit(0),
        (error: unknown) => {
          app.platform.log.fatal({ err: error }, 'could not stop in order');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // Last, so that whoever reads this line may also end the server in order.
    console.log(`skep listening on ${address}`);
  },
};
