// Vitest set-up: property tests draw the same cases in every run, so that a run that passes passes again.
// `TEST_SEED=random` looks for new ones, `TEST_SEED=<number>` repeats those of a failure.
import fc from 'fast-check';

const given = process.env['TEST_SEED'];
if (given !== 'random') fc.configureGlobal({ seed: Number(given ?? 20261122) });
