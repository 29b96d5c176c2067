// `--port`, `--key`, `--delay` (milliseconds) and `--exact` come in; one JSON line `{"url":…}` goes out, and
// the gateway runs until it is told to stop or the program that started it is gone.
import { parseArgs } from 'node:util';
import { startGateway } from './server';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      key: { type: 'string' },
      delay: { type: 'string', default: '0' },
      exact: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
    },
  });
  if (!values.key) throw new Error('Say which key to accept: --key KEY');
  const gateway = await startGateway({
    apiKey: values.key,
    port: Number(values.port),
    delayMs: Number(values.delay),
    // For people, who are to see what they will get.
    redraws: !values.exact,
    ...(values.quiet ? {} : { log: (line: string) => console.error(line) }),
  });
  console.log(JSON.stringify({ url: gateway.url }));

  const stop = () => {
    process.stdin.destroy();
    void gateway.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Standard input ends when the parent does, however it ends.
  process.stdin.once('end', stop).once('close', stop).resume();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
